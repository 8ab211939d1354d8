//! Patient Identity Feed FHIR [ITI-104] (PIXm, ITI TF-2: 3.104) and Mobile Patient Identity Feed [ITI-93] (PMIR, ITI TF-2: 3.93).
//!
//! They ask what ITI-8 and ITI-44 ask, and are held against the same rules by the same steps. A removal is not offered: identities end
//! by a merge, and records by retention alone (access rules, 2).

use uuid::Uuid;

use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::model::dsp::Quality;
use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;
use crate::model::patient_feed::FeedEvent;
use crate::transactions::Services;
use crate::transactions::feed_steps::{self, Step};
use crate::transactions::fhir::{Answer, FhirRequest, Params, Refusal};
use crate::wire::fhir::FhirFault;
use crate::wire::fhir_directory::{
    feed_acknowledgement, patient, patient_of_logical_id, read_demographics, read_feed_event, read_feed_message,
};

/// `PUT Patient?identifier=system|value`: adds or changes the patient of the identifier, or merges them into another one.
pub(super) fn put(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    check_source(services, call)?;
    let own = own(services)?;
    let named = identifier(request, own)?;
    let mut resource = request.resource_of_type("Patient")?;
    let event = read_feed_event(&resource, Some(&named), own).map_err(|fault| refused("Patient", &fault))?;
    let is_merge = matches!(event, FeedEvent::Merge(_));
    let steps = steps(services, &event)?;
    let is_new = carry_out(services, call, Transaction::Iti104, &call.request_id.to_string(), steps)?;
    if is_merge {
        return Ok(Answer::resource(resource));
    }
    let known = read_demographics(&resource).map_err(|fault| refused("Patient", &fault))?;
    let filed = known.identifiers.iter().chain([&named]).find(|id| services.assigning_authorities.contains(id.assigning_authority()));
    let id = patient(filed.unwrap_or(&named), &known, own).get("id").cloned().unwrap_or_default();
    let location = format!("Patient/{}/_history/1", id.as_str().unwrap_or_default());
    if let Some(fields) = resource.as_object_mut() {
        fields.insert("id".to_owned(), id);
    }
    Ok(if is_new { Answer::created(resource, location) } else { Answer::resource(resource) })
}

/// `POST $process-message`: all patients of the message, or none.
pub(super) fn process_message(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    check_source(services, call)?;
    let own = own(services)?;
    let bundle = request.resource_of_type("Bundle")?;
    let (message_id, events) = read_feed_message(&bundle, own).map_err(|fault| refused("Bundle", &fault))?;
    let mut all = Vec::new();
    for event in &events {
        all.extend(steps(services, event)?);
    }
    carry_out(services, call, Transaction::Iti93, &message_id, all)?;
    Ok(Answer::resource(feed_acknowledgement(&message_id, &Uuid::new_v4().to_string(), &request.base_url)))
}

/// Patients are announced by the systems of establishments and by the operator (access rules, 9), and merged by identito-vigilance too.
fn check_source(services: &Services, call: &Call) -> Result<(), Refusal> {
    if !services.door.has_access_rules() {
        return Ok(());
    }
    let Some(caller) = services.door.caller(call)? else {
        return Err(Refusal::not_proven("patients are announced by somebody who is known; send a token in the Authorization header"));
    };
    let may = matches!(caller.quality, Quality::Establishment | Quality::Operator | Quality::RecordAdministrator { .. });
    match may && caller.check(call.now).is_ok() {
        true => Ok(()),
        false => Err(Refusal::forbidden("patients are announced and merged by the systems of establishments and by the operator")),
    }
}

fn own(services: &Services) -> Result<&Oid, Refusal> {
    services.assigning_authorities.first().ok_or_else(Refusal::broken)
}

/// The one identifier of the address.
fn identifier(request: &FhirRequest<'_>, own: &Oid) -> Result<Cx, Refusal> {
    let mend = "name the patient once, as PUT Patient?identifier=urn:oid:1.2.3|4711 (ITI TF-2: 3.104.4.1.2)";
    let refuse = |what| Err(Refusal::invalid("http.identifier", what, mend));
    if request.parameters.iter().any(|(name, _)| !matches!(name.as_str(), "identifier" | "_format" | "_pretty")) {
        return refuse("a patient is named by the identifier alone");
    }
    let named: Vec<_> = request.parameters.iter().filter(|(name, _)| name == "identifier").map(|(_, value)| value).collect();
    let [named] = named.as_slice() else { return refuse("exactly one identifier is expected") };
    let found = match named.split_once('|') {
        Some((system, id)) if system.trim_end_matches('/') == request.base_url => {
            patient_of_logical_id(id.trim_start_matches("Patient/"), own)
        }
        Some((system, value)) => system.strip_prefix("urn:oid:").and_then(|oid| Cx::new(value, oid.parse().ok()?).ok()),
        None => None,
    };
    found.map_or_else(|| refuse("it is no identifier of a system urn:oid:"), Ok)
}

fn steps(services: &Services, event: &FeedEvent) -> Result<Vec<Step>, Refusal> {
    let unfit = |unfit: feed_steps::Unfit| Refusal::unprocessable("Patient.identifier", &unfit.to_string(), "mend it and send it again");
    feed_steps::steps(event, services).map_err(unfit)
}

fn carry_out(services: &Services, call: &Call, transaction: Transaction, message_id: &str, steps: Vec<Step>) -> Result<bool, Refusal> {
    let done = feed_steps::carry_out(services, call, transaction, message_id, steps, |_| "refused");
    done.map_err(|failed| failed.failure.into())
}

fn refused(resource_type: &str, fault: &FhirFault) -> Refusal {
    Refusal::unprocessable(&format!("{resource_type}.{}", fault.expression), &fault.what, "mend the resource and send it again")
}
