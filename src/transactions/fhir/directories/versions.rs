//! What an entry was before it was changed, as the resource that was answered then. A workplace is a part of its professional, and has
//! the versions of the professional in which there is such a workplace.

use serde_json::Value;

use super::reads::{answered, looked_up, resource_type, transaction};
use super::source::{Source, has_id, workplace_of};
use crate::access::{Call, Failure, Versions};
use crate::model::civil_day::day_of;
use crate::model::directory::Stamp;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir_directory::{
    device, organization, patient, patient_of_logical_id, practitioner, related_person, representation_of_logical_id, role,
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

fn of(source: &mut Source<'_, '_>, resource_type: &str, id: &str) -> Result<Vec<(Value, Stamp)>, Failure> {
    let (own, today, for_operator) = (source.own, source.day.clone(), source.view.for_operator);
    let view = &mut source.view;
    Ok(match resource_type {
        "Patient" => {
            let Some(patient_id) = patient_of_logical_id(id, own) else { return Ok(Vec::new()) };
            written(view.patient_versions(&patient_id)?, &today, |known, _| Some(patient(&patient_id, known, own)))
        }
        "RelatedPerson" => {
            let Some((child, by)) = representation_of_logical_id(id, own) else { return Ok(Vec::new()) };
            written(view.representation_versions(&child, &by)?, &today, |link, _| Some(related_person(link, own)))
        }
        "Organization" => written(view.establishment_versions(id)?, &today, |entry, day| Some(organization(entry, day))),
        "Practitioner" => written(view.professional_versions(id)?, &today, |entry, day| Some(practitioner(entry, day, for_operator))),
        "PractitionerRole" => {
            let Some((professional, number)) = workplace_of(id) else { return Ok(Vec::new()) };
            written(view.professional_versions(professional)?, &today, |entry, day| role(entry, number, day))
        }
        "Device" => written(view.connected_system_versions(id)?, &today, |system, _| Some(device(system))),
        _ => Vec::new(),
    })
}

/// The resources of an entry, each as it was on its last day; nothing where there is none of the present entry.
fn written<T>(found: Option<Versions<T>>, today: &str, write: impl Fn(&T, &str) -> Option<Value>) -> Vec<(Value, Stamp)> {
    let Some(Versions { present: (entry, stamp), past }) = found else { return Vec::new() };
    let Some(present) = write(&entry, today) else { return Vec::new() };
    let past = past.iter().filter_map(|past| Some((write(&past.entry, &day_of(past.replaced_at))?, past.stamp)));
    std::iter::once((present, stamp)).chain(past).collect()
}
