//! Where answers come from: the directories in sight of the caller, as resources.

use serde_json::Value;

use super::question::{Question, keys, keys_of_all, patient_keys};
use crate::access::{DirectoryQuery, DirectoryView, Failure};
use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, Professional, Stamp};
use crate::model::ids::Oid;
use crate::wire::fhir_directory::{
    device, location, organization, patient, patient_of_logical_id, practitioner, related_person, representation_of_logical_id, role,
    roles_of, services_of,
};

/// Resources with their versions; nothing where they are too many.
pub(super) type Found = Option<Vec<(Value, Stamp)>>;

/// The directories for one request.
pub(super) struct Source<'s, 'v> {
    pub(super) view: DirectoryView<'v>,
    pub(super) own: &'s Oid,
    pub(super) day: String,
}

fn of_system((system, stamp): &(ConnectedSystem, Stamp)) -> (Value, Stamp) {
    (device(system), *stamp)
}

/// The professional of a role and the number of the workplace.
pub(super) fn workplace_of(id: &str) -> Option<(&str, usize)> {
    let (professional, number) = id.rsplit_once('.')?;
    Some((professional, number.parse().ok()?))
}

/// Whether this is the id of the resource.
pub(super) fn has_id(resource: &Value, id: &str) -> bool {
    resource.get("id").and_then(Value::as_str) == Some(id)
}

fn only(key: &str) -> DirectoryQuery {
    DirectoryQuery { ids: Some(vec![key.to_owned()]), ..DirectoryQuery::default() }
}

impl Source<'_, '_> {
    /// The resource of this id, and of no other way to write it.
    pub(super) fn by_id(&mut self, resource_type: &str, id: &str) -> Result<Found, Failure> {
        let found = self.by_key(resource_type, id)?;
        Ok(found.map(|found| found.into_iter().filter(|(resource, _)| has_id(resource, id)).collect()))
    }

    fn by_key(&mut self, resource_type: &str, id: &str) -> Result<Found, Failure> {
        match resource_type {
            "Patient" => {
                let Some(patient_id) = patient_of_logical_id(id, self.own) else { return Ok(None) };
                // The record into which this one was merged may be found; it has another id.
                self.patients(&only(&patient_id.to_string()), |_, _| true)
            }
            "PractitionerRole" => {
                let Some((professional, number)) = workplace_of(id) else { return Ok(None) };
                let found = self.view.professionals(&only(professional))?.unwrap_or_default();
                Ok(Some(found.iter().filter_map(|(entry, stamp)| Some((role(entry, number, &self.day)?, *stamp))).collect()))
            }
            "HealthcareService" => {
                let Some((establishment, _)) = id.rsplit_once('.') else { return Ok(None) };
                self.entries(resource_type, &only(establishment))
            }
            "RelatedPerson" => {
                let Some((child, by)) = representation_of_logical_id(id, self.own) else { return Ok(None) };
                let found = self.view.representation(&child, &by)?.into_iter();
                Ok(Some(found.map(|(link, stamp)| (related_person(&link, self.own), stamp)).collect()))
            }
            "Device" => Ok(Some(self.view.connected_system(id)?.iter().map(of_system).collect())),
            _ => self.entries(resource_type, &only(id)),
        }
    }

    /// What a search finds.
    pub(super) fn by_question(&mut self, resource_type: &str, question: &Question) -> Result<Found, Failure> {
        let mut ids = Vec::new();
        for alternatives in &question.names {
            let mut any = Vec::new();
            for name in alternatives {
                any.extend(self.named(resource_type, name)?);
            }
            ids.push(any);
        }
        let query = DirectoryQuery { ids: keys_of_all(ids), ..question.query.clone() };
        match resource_type {
            "Patient" => {
                let found = self.patients(&query, |resource, stamp| question.fits(resource, stamp))?;
                Ok(found.map(|found| found.into_iter().map(|(resource, stamp)| (within(resource, &question.domains), stamp)).collect()))
            }
            "RelatedPerson" => {
                let mut found = Vec::new();
                for patient_id in query.ids.iter().flatten().filter_map(|id| id.parse().ok()) {
                    found.extend(self.view.representatives_of(&patient_id)?);
                }
                let found = found.into_iter().map(|(link, stamp)| (related_person(&link, self.own), stamp));
                Ok(Some(found.filter(|(resource, stamp)| question.fits(resource, *stamp)).collect()))
            }
            "Device" => {
                let mut found = Vec::new();
                for establishment in query.ids.iter().flatten() {
                    found.extend(self.view.systems_of_establishment(establishment)?.iter().map(of_system));
                }
                Ok(Some(found.into_iter().filter(|(resource, stamp)| question.fits(resource, *stamp)).collect()))
            }
            _ => {
                let found = self.entries(resource_type, &query)?;
                Ok(found.map(|found| found.into_iter().filter(|(resource, stamp)| question.fits(resource, *stamp)).collect()))
            }
        }
    }

    /// The keys of the entries that a value names.
    fn named(&mut self, resource_type: &str, value: &str) -> Result<Vec<String>, Failure> {
        let id = value.rsplit('/').next().unwrap_or(value).to_owned();
        Ok(match resource_type {
            "Patient" => patient_keys(value, self.own),
            "RelatedPerson" => patient_keys(value.trim_start_matches("Patient/"), self.own),
            "Device" | "PractitionerRole" | "HealthcareService" => vec![id],
            _ if value.contains('/') => vec![id],
            _ => keys(&mut self.view, value)?,
        })
    }

    /// The patients of a query who fit.
    pub(super) fn patients(&mut self, query: &DirectoryQuery, fits: impl Fn(&Value, Stamp) -> bool) -> Result<Found, Failure> {
        let own = self.own;
        let found = self.view.patients(query, |id, known, stamp| fits(&patient(id, known, own), stamp))?;
        Ok(found.map(|found| found.into_iter().map(|((id, known), stamp)| (patient(&id, &known, own), stamp)).collect()))
    }

    /// What follows from the establishments or professionals of a query.
    pub(super) fn entries(&mut self, resource_type: &str, query: &DirectoryQuery) -> Result<Found, Failure> {
        if matches!(resource_type, "Practitioner" | "PractitionerRole") {
            let for_operator = self.view.for_operator;
            let found = self.view.professionals(query)?;
            let written = |entry: &Professional| match resource_type {
                "Practitioner" => vec![practitioner(entry, &self.day, for_operator)],
                _ => roles_of(entry, &self.day),
            };
            return Ok(found.map(|found| each(&found, written)));
        }
        let found = self.view.establishments(query)?;
        let written = |entry: &Establishment| match resource_type {
            "Organization" => vec![organization(entry, &self.day)],
            "Location" => vec![location(entry, &self.day)],
            _ => services_of(entry, &self.day),
        };
        Ok(found.map(|found| each(&found, written)))
    }
}

fn each<T>(found: &[(T, Stamp)], written: impl Fn(&T) -> Vec<Value>) -> Vec<(Value, Stamp)> {
    found.iter().flat_map(|(entry, stamp)| written(entry).into_iter().map(|resource| (resource, *stamp))).collect()
}

/// A patient with identifiers of these systems only; with all, if there is none (PDQm, ITI TF-2: 3.78.4.1.3, case 2).
fn within(mut resource: Value, systems: &[String]) -> Value {
    if let (false, Some(identifiers)) = (systems.is_empty(), resource.get_mut("identifier").and_then(Value::as_array_mut)) {
        identifiers.retain(|identifier| systems.iter().any(|system| identifier.get("system") == Some(&Value::from(system.as_str()))));
    }
    resource
}
