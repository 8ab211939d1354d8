//! Changes by the operator's staff.

use serde_json::Value;

use super::reads::{answered, resource_type};
use crate::access::{Call, Expected, Failure, Writing};
use crate::model::audit_event::Transaction;
use crate::model::directory::Stamp;
use crate::model::dsp::Quality;
use crate::transactions::Services;
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::FhirFault;
use crate::wire::fhir_directory::{
    patient, read_device, read_organization, read_patient, read_practitioner, read_related_person, read_role, related_person,
};

/// `POST TYPE`.
pub(super) fn create(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let (resource, id, stamp) = keep(services, call, request, None, Expected::Nothing)?;
    let location = format!("{}/{id}/_history/{}", resource_type(request), stamp.version);
    Ok(Answer { status: 201, location: Some(location), ..answered(resource, stamp) })
}

/// `PUT TYPE/ID`, of a known entry with `If-Match`.
pub(super) fn update(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let expected = Expected::Version(request.expected_version()?);
    let (resource, _, stamp) = keep(services, call, request, Some(params.id()), expected)?;
    Ok(answered(resource, stamp))
}

/// The resource as it was sent, with the id under which it is kept, and its version.
fn keep(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    id: Option<&str>,
    expected: Expected,
) -> Result<(Value, String, Stamp), Refusal> {
    let resource_type = resource_type(request);
    // Who may not change anything does not learn what is wrong with what they sent either.
    if services.door.caller(call)?.is_none_or(|caller| caller.quality != Quality::Operator) {
        return Err(Refusal::forbidden("only the operator's staff (role admin) changes the directories"));
    }
    let mut resource = request.resource_of_type(&resource_type)?;
    let change = change(services, &resource_type, &resource, id).map_err(|fault| refused(&resource_type, &fault))?;
    if id.is_some() && id != change.id.as_deref() {
        let mend = "send the resource to the address that its identifier names";
        return Err(Refusal::invalid(&format!("{resource_type}.identifier"), "it is not that of the address", mend));
    }
    let (number, stamp) = services.door.write(call, Transaction::Import, |writing| (change.make)(writing, expected))?;
    let id = change.id.unwrap_or_else(|| format!("{}.{number}", change.within));
    if let Some(fields) = resource.as_object_mut() {
        fields.insert("id".to_owned(), id.as_str().into());
        fields.shift_remove("meta");
    }
    Ok((resource, id, stamp))
}

type Make = Box<dyn FnOnce(&mut Writing<'_>, Expected) -> Result<(usize, Stamp), Failure>>;

/// What a resource asks for.
struct Change {
    /// The id under which it is kept; of a new workplace it is not known before.
    id: Option<String>,
    /// The entry of which it is a part.
    within: String,
    make: Make,
}

fn change(services: &Services, resource_type: &str, resource: &Value, id: Option<&str>) -> Result<Change, FhirFault> {
    let own = services.assigning_authorities.first();
    let of = |id: String, make: Make| Change { id: Some(id), within: String::new(), make };
    Ok(match (resource_type, own) {
        ("Patient", Some(own)) => {
            let (patient_id, known) = read_patient(resource, &services.assigning_authorities)?;
            let id = id_of(&patient(&patient_id, &known, own));
            of(id, Box::new(move |writing, expected| Ok((0, writing.keep_patient(&patient_id, known, expected)?))))
        }
        ("RelatedPerson", Some(own)) => {
            let link = read_related_person(resource, own)?;
            let id = id_of(&related_person(&link, own));
            of(id, Box::new(move |writing, expected| Ok((0, writing.keep_representative(&link, expected)?))))
        }
        ("Organization", _) => {
            let entry = read_organization(resource)?;
            of(entry.id.clone(), Box::new(move |writing, expected| Ok((0, writing.keep_establishment(entry, expected)?))))
        }
        ("Device", _) => {
            let system = read_device(resource)?;
            of(system.id.clone(), Box::new(move |writing, expected| Ok((0, writing.keep_connected_system(&system, expected)?))))
        }
        ("Practitioner", _) => {
            let entry = read_practitioner(resource, &services.professions())?;
            of(entry.id.clone(), Box::new(move |writing, expected| Ok((0, writing.keep_professional(entry, expected)?))))
        }
        _ => {
            let (professional, place) = read_role(resource)?;
            let number = id.map(|id| id.rsplit_once('.').and_then(|(_, number)| number.parse().ok()).unwrap_or(0));
            let id = number.map(|number: usize| format!("{professional}.{number}"));
            let within = professional.clone();
            let make = move |writing: &mut Writing<'_>, expected| writing.keep_workplace(&professional, number, place, expected);
            Change { id, within, make: Box::new(make) }
        }
    })
}

fn id_of(resource: &Value) -> String {
    resource.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn refused(resource_type: &str, fault: &FhirFault) -> Refusal {
    Refusal::unprocessable(&format!("{resource_type}.{}", fault.expression), &fault.what, "mend the resource and send it again")
}
