//! Reads and searches.

use serde_json::{Value, json};

use super::question::{keys, keys_of_all, parameters, patient_keys, query};
use crate::access::{Call, DirectoryQuery, DirectoryView, Failure};
use crate::model::audit_event::Transaction;
use crate::model::civil_day::day_of;
use crate::model::connected_system::ConnectedSystem;
use crate::model::ids::Oid;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::fields::reference;
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::fhir_directory::{
    device, organization, patient, patient_of_logical_id, practitioner, related_person, representation_of_logical_id, role, roles_of,
};

/// Resources with their versions; nothing where they are too many.
type Found = Option<Vec<(Value, u64)>>;

/// Where the answer comes from.
struct Source<'s, 'v> {
    view: DirectoryView<'v>,
    own: &'s Oid,
    day: String,
}

/// `GET TYPE/ID`.
pub(super) fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let resource_type = resource_type(request);
    let found = looked_up(services, call, &resource_type, |source| source.by_id(&resource_type, params.id()))?;
    match found.flatten().and_then(|mut found| found.pop()) {
        Some((resource, version)) => Ok(Answer::resource(resource).version(version)),
        None => Err(Refusal::not_found().audited()),
    }
}

/// `GET TYPE?…` and `POST TYPE/_search`.
pub(super) fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let resource_type = resource_type(request);
    let asked = parameters(request, known_parameters(&resource_type))?;
    let (query, identifiers) = query(&asked)?;
    let found = looked_up(services, call, &resource_type, |source| source.by_query(&resource_type, query, &identifiers))?;
    let Some(found) = found.unwrap_or_else(|| Some(Vec::new())) else {
        let text = "more entries fit than one answer holds; say more of whom you look for";
        return Err(Refusal::of(400, Issue::error(IssueCode::TooCostly, text)).audited());
    };
    let entry = |(mut resource, version): (Value, u64)| {
        let url = format!("{}/{resource_type}/{}", request.base_url, resource.get("id").and_then(Value::as_str).unwrap_or_default());
        if let Some(fields) = resource.as_object_mut() {
            fields.insert("meta".to_owned(), json!({ "versionId": version.to_string() }));
        }
        json!({ "fullUrl": url, "resource": resource, "search": { "mode": "match" } })
    };
    let entries: Vec<Value> = found.into_iter().map(entry).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len() });
    if let (false, Some(fields)) = (entries.is_empty(), bundle.as_object_mut()) {
        fields.insert("entry".to_owned(), entries.into());
    }
    Ok(Answer::resource(bundle))
}

/// The people and establishments at these addresses below the base, such as `Practitioner/D01`, as far as the caller may look
/// them up: each with its address. A role comes with its person and its establishment.
pub(in crate::transactions::fhir) fn resources_at(
    services: &Services,
    call: &Call,
    mut addresses: Vec<String>,
) -> Result<Vec<(String, Value)>, Refusal> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let found = looked_up(services, call, "Practitioner", |source| {
        while let Some(address) = addresses.pop() {
            let Some((resource_type, id)) = address.split_once('/') else { continue };
            let found = source.by_id(resource_type, id)?.and_then(|mut found| found.pop());
            if let Some((resource, _)) = found {
                let ends = ["practitioner", "organization"].into_iter().filter_map(|end| reference(&resource, end));
                addresses.extend(ends.filter(|_| resource_type == "PractitionerRole").map(str::to_owned));
                all.push((address, resource));
            }
        }
        Ok(None)
    });
    found.map(|_| all)
}

pub(super) fn resource_type(request: &FhirRequest<'_>) -> String {
    request.segments.first().cloned().unwrap_or_default()
}

fn known_parameters(resource_type: &str) -> &'static [&'static str] {
    match resource_type {
        "Patient" => &["_id", "identifier", "name", "family", "given", "birthdate"],
        "Organization" => &["_id", "identifier", "name"],
        "Practitioner" => &["_id", "identifier", "name", "family", "given"],
        "PractitionerRole" => &["practitioner"],
        "Device" => &["organization"],
        _ => &["patient"],
    }
}

/// Nothing for callers whom the rules refuse everything.
fn looked_up(
    services: &Services,
    call: &Call,
    resource_type: &str,
    find: impl FnOnce(&mut Source<'_, '_>) -> Result<Found, Failure>,
) -> Result<Option<Found>, Refusal> {
    let Some(own) = services.assigning_authorities.first() else { return Ok(None) };
    let transaction = if matches!(resource_type, "Patient" | "RelatedPerson") { Transaction::Iti78 } else { Transaction::Iti90 };
    let found = services.door.read(call, transaction, |reading| {
        let Some(view) = reading.directories()? else { return Ok(None) };
        find(&mut Source { view, own, day: day_of(call.now) }).map(Some)
    });
    Ok(found?)
}

fn of_system((system, version): &(ConnectedSystem, u64)) -> (Value, u64) {
    (device(system), *version)
}

impl Source<'_, '_> {
    fn by_id(&mut self, resource_type: &str, id: &str) -> Result<Found, Failure> {
        let only = |key: String| DirectoryQuery { ids: Some(vec![key]), ..DirectoryQuery::default() };
        match resource_type {
            "Patient" => {
                let Some(patient_id) = patient_of_logical_id(id, self.own) else { return Ok(None) };
                // The id of a record that was merged names no resource any more.
                let found = self.patients(&only(patient_id.to_string()))?;
                Ok(found.map(|found| found.into_iter().filter(|(resource, _)| resource.get("id") == Some(&Value::from(id))).collect()))
            }
            "PractitionerRole" => {
                let Some((professional, number)) = id.rsplit_once('.') else { return Ok(None) };
                let Ok(number) = number.parse() else { return Ok(None) };
                let found = self.view.professionals(&only(professional.to_owned()))?.unwrap_or_default();
                Ok(Some(found.iter().filter_map(|(entry, version)| Some((role(entry, number, &self.day)?, *version))).collect()))
            }
            "RelatedPerson" => {
                let Some((child, by)) = representation_of_logical_id(id, self.own) else { return Ok(None) };
                let links = self.view.representatives_of(&child)?.into_iter().chain(self.view.representatives_of(&by)?);
                let found = links.filter(|(link, _)| link.child == child && link.representative == by);
                Ok(Some(found.map(|(link, version)| (related_person(&link, self.own), version)).collect()))
            }
            "Device" => Ok(Some(self.view.connected_system(id)?.iter().map(of_system).collect())),
            _ => self.entries(resource_type, &only(id.to_owned())),
        }
    }

    fn by_query(&mut self, resource_type: &str, mut query: DirectoryQuery, identifiers: &[&str]) -> Result<Found, Failure> {
        let mut ids = Vec::new();
        for identifier in identifiers {
            ids.push(match resource_type {
                "Patient" => patient_keys(identifier, self.own),
                "RelatedPerson" => patient_keys(identifier.trim_start_matches("Patient/"), self.own),
                "Device" => vec![identifier.trim_start_matches("Organization/").to_owned()],
                "PractitionerRole" => vec![identifier.trim_start_matches("Practitioner/").to_owned()],
                _ => keys(&mut self.view, identifier)?,
            });
        }
        query.ids = keys_of_all(ids);
        match resource_type {
            "Patient" => self.patients(&query),
            "PractitionerRole" => {
                let Some(found) = self.view.professionals(&query)? else { return Ok(None) };
                let roles =
                    found.iter().flat_map(|(entry, version)| roles_of(entry, &self.day).into_iter().map(move |role| (role, *version)));
                Ok(Some(roles.collect()))
            }
            "RelatedPerson" => {
                let mut found = Vec::new();
                for patient_id in query.ids.iter().flatten().filter_map(|id| id.parse().ok()) {
                    found.extend(self.view.representatives_of(&patient_id)?);
                }
                Ok(Some(found.into_iter().map(|(link, version)| (related_person(&link, self.own), version)).collect()))
            }
            "Device" => {
                let mut found = Vec::new();
                for establishment in query.ids.iter().flatten() {
                    found.extend(self.view.systems_of_establishment(establishment)?.iter().map(of_system));
                }
                Ok(Some(found))
            }
            _ => self.entries(resource_type, &query),
        }
    }

    fn patients(&mut self, query: &DirectoryQuery) -> Result<Found, Failure> {
        let found = self.view.patients(query)?;
        Ok(found.map(|found| found.into_iter().map(|((id, known), version)| (patient(&id, &known, self.own), version)).collect()))
    }

    fn entries(&mut self, resource_type: &str, query: &DirectoryQuery) -> Result<Found, Failure> {
        if resource_type == "Organization" {
            let found = self.view.establishments(query)?;
            return Ok(found.map(|found| found.iter().map(|(entry, version)| (organization(entry, &self.day), *version)).collect()));
        }
        let found = self.view.professionals(query)?;
        let for_operator = self.view.for_operator;
        let written =
            |found: Vec<(_, u64)>| found.iter().map(|(entry, version)| (practitioner(entry, &self.day, for_operator), *version)).collect();
        Ok(found.map(written))
    }
}
