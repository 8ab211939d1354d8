//! What an entry was before it was changed, as the resource that was answered then. A workplace is a part of its professional, and has
//! the versions of the professional in which there is such a workplace.

use std::cmp::Reverse;

use serde_json::Value;

use super::reads::{answered, looked_up, resource_type, transaction};
use super::source::{Found, Source, has_id, workplace_of};
use crate::access::{Call, Failure, Versions};
use crate::model::civil_day::day_of;
use crate::model::directory::{Professional, Stamp};
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal, history_bundle};
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::fhir_directory::{
    device, organization, patient, patient_of_logical_id, practitioner, related_person, representation_of_logical_id, role, roles_of,
};

/// All versions of the resource of this address, the latest first.
///
/// # Errors
/// 404 if there is no such resource in sight now.
pub(in crate::transactions::fhir) fn versions(
    services: &Services,
    call: &Call,
    request: &FhirRequest<'_>,
    params: &Params,
) -> Result<Vec<Answer>, Refusal> {
    let resource_type = resource_type(request);
    let found = looked_up(services, call, transaction(&resource_type), |source| of(source, &resource_type, params.id()))?;
    let of_id = found.unwrap_or_default().into_iter().filter(|(resource, _)| has_id(resource, params.id()));
    match of_id.collect::<Vec<_>>() {
        none if none.is_empty() => Err(Refusal::not_found().audited()),
        found => Ok(found.into_iter().map(|(resource, stamp)| answered(resource, stamp)).collect()),
    }
}

/// The versions of all resources of the type of this address, the latest first; those of which it is not known since when they were
/// so come last. Where `_since` is given, of entries that were changed since.
///
/// # Errors
/// 400 if they are more than one answer is made of, or than the caller may browse.
pub(in crate::transactions::fhir) fn versions_of_type(
    services: &Services,
    call: &Call,
    request: &FhirRequest<'_>,
) -> Result<Vec<Answer>, Refusal> {
    let (resource_type, since) = (resource_type(request), history_bundle::since(request)?);
    let found = looked_up(services, call, transaction(&resource_type), |source| of_type(source, &resource_type, since))?;
    // Who is refused everything finds nothing.
    let mut found = found.unwrap_or_else(|| Some(Vec::new())).ok_or_else(too_long)?;
    found.sort_by_cached_key(|(resource, stamp)| {
        let id = resource.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        (Reverse(stamp.updated_at), id, Reverse(stamp.version))
    });
    Ok(found.into_iter().map(|(resource, stamp)| answered(resource, stamp)).collect())
}

/// More versions than one answer is made of, or than a caller may browse.
fn too_long() -> Refusal {
    let text = "this history is longer than one answer holds, or not yours to browse; ask for that of one resource, or say a later _since";
    Refusal::of(400, Issue::error(IssueCode::TooCostly, text)).audited()
}

fn of_type(source: &mut Source<'_, '_>, resource_type: &str, since: Option<Instant>) -> Result<Found, Failure> {
    let (own, today, for_operator) = (source.own, source.day.clone(), source.view.for_operator);
    let view = &mut source.view;
    Ok(match resource_type {
        "Patient" => view.versions_of_patients(since)?.map(|found| {
            found
                .into_iter()
                .flat_map(|(id, versions)| written(Some(&versions), &today, |known, _| Some(patient(&id, known, own))))
                .collect()
        }),
        "Organization" => view.versions_of_establishments(since)?.map(|found| {
            found
                .into_iter()
                .flat_map(|(_, versions)| written(Some(&versions), &today, |entry, day| Some(organization(entry, day))))
                .collect()
        }),
        "Practitioner" => view.versions_of_professionals(since)?.map(|found| {
            let write = |entry: &Professional, day: &str| Some(practitioner(entry, day, for_operator));
            found.into_iter().flat_map(|(_, versions)| written(Some(&versions), &today, write)).collect()
        }),
        "PractitionerRole" => view
            .versions_of_professionals(since)?
            .map(|found| found.iter().flat_map(|(_, versions)| of_workplaces(versions, &today)).collect()),
        _ => Some(Vec::new()),
    })
}

/// The versions of all workplaces that a professional has now.
fn of_workplaces(versions: &Versions<Professional>, today: &str) -> Vec<(Value, Stamp)> {
    let present = roles_of(&versions.present.0, today);
    let numbers = present.iter().filter_map(|role| Some(workplace_of(role.get("id")?.as_str()?)?.1));
    numbers.flat_map(|number| written(Some(versions), today, |entry, day| role(entry, number, day))).collect()
}

fn of(source: &mut Source<'_, '_>, resource_type: &str, id: &str) -> Result<Vec<(Value, Stamp)>, Failure> {
    let (own, today, for_operator) = (source.own, source.day.clone(), source.view.for_operator);
    let view = &mut source.view;
    Ok(match resource_type {
        "Patient" => {
            let Some(patient_id) = patient_of_logical_id(id, own) else { return Ok(Vec::new()) };
            written(view.patient_versions(&patient_id)?.as_ref(), &today, |known, _| Some(patient(&patient_id, known, own)))
        }
        "RelatedPerson" => {
            let Some((child, by)) = representation_of_logical_id(id, own) else { return Ok(Vec::new()) };
            written(view.representation_versions(&child, &by)?.as_ref(), &today, |link, _| Some(related_person(link, own)))
        }
        "Organization" => written(view.establishment_versions(id)?.as_ref(), &today, |entry, day| Some(organization(entry, day))),
        "Practitioner" => {
            written(view.professional_versions(id)?.as_ref(), &today, |entry, day| Some(practitioner(entry, day, for_operator)))
        }
        "PractitionerRole" => {
            let Some((professional, number)) = workplace_of(id) else { return Ok(Vec::new()) };
            written(view.professional_versions(professional)?.as_ref(), &today, |entry, day| role(entry, number, day))
        }
        "Device" => written(view.connected_system_versions(id)?.as_ref(), &today, |system, _| Some(device(system))),
        _ => Vec::new(),
    })
}

/// The resources of an entry, each as it was on its last day; nothing where there is none of the present entry.
fn written<T>(found: Option<&Versions<T>>, today: &str, write: impl Fn(&T, &str) -> Option<Value>) -> Vec<(Value, Stamp)> {
    let Some(Versions { present: (entry, stamp), past }) = found else { return Vec::new() };
    let Some(present) = write(entry, today) else { return Vec::new() };
    let past = past.iter().filter_map(|past| Some((write(&past.entry, &day_of(past.replaced_at))?, past.stamp)));
    std::iter::once((present, *stamp)).chain(past).collect()
}
