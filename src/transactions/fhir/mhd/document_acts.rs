//! Operations of identito-vigilance on a document (access rules, 6), each with the reason that the audit trail keeps.

use serde_json::Value;

use super::super::{Answer, FhirRequest, Interaction, Method, Params, Perform, Refusal, Route};
use super::change::{answer, update_to};
use super::document_references::{entry_of_id, uuid, written};
use super::which_patient::domain;
use crate::access::{Action, Call, DocumentAct};
use crate::model::audit_event::Transaction;
use crate::model::document_entry::DocumentEntry;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::transactions::Services;
use crate::wire::fhir::fields::{items, text};

/// Every act.
pub(in crate::transactions::fhir) const ROUTES: &[Route] = &[
    operation(
        "DocumentReference/{id}/$deactivate",
        Interaction::Operation("deactivate", "https://dossier.example/fhir/OperationDefinition/deactivate"),
        "Takes a document out of sight for the time being; parameter reason.",
        |services, call, request, params| act(services, call, request, params, DocumentAct::Deactivate),
    ),
    operation(
        "DocumentReference/{id}/$restore",
        Interaction::Operation("restore", "https://dossier.example/fhir/OperationDefinition/restore"),
        "Shows a document again; parameter reason.",
        |services, call, request, params| act(services, call, request, params, DocumentAct::Restore),
    ),
    operation(
        "DocumentReference/{id}/$confirm-deactivation",
        Interaction::Operation("confirm-deactivation", "https://dossier.example/fhir/OperationDefinition/confirm-deactivation"),
        "Takes a document out of sight for good; parameter reason.",
        |services, call, request, params| act(services, call, request, params, DocumentAct::ConfirmDeactivation),
    ),
    operation(
        "DocumentReference/{id}/$move-patient",
        Interaction::Operation("move-patient", "https://dossier.example/fhir/OperationDefinition/move-patient"),
        "Files a document, all its versions, under another patient; parameters patient and reason.",
        move_patient,
    ),
];

const fn operation(pattern: &'static str, interaction: Interaction, documentation: &'static str, perform: Perform) -> Route {
    let transaction = Transaction::Manage;
    Route { needs_person: true, ..Route::new(Method::Post, pattern, interaction, transaction, documentation, perform) }
}

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

fn act(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params, act: DocumentAct) -> Result<Answer, Refusal> {
    let asked = request.resource_of_type("Parameters")?;
    let reason = reason(&asked)?;
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let nobody = nobody(services)?;
    services.door.write(call, Transaction::Manage, |door| door.act_on_document(id, act, reason, &nobody))?;
    Ok(Answer::no_content())
}

fn given<'a>(asked: &'a Value, name: &str) -> Option<&'a Value> {
    items(asked, "parameter").iter().find(|parameter| text(parameter, "name") == Some(name))
}

fn reason(asked: &Value) -> Result<&str, Refusal> {
    let reason = given(asked, "reason").and_then(|parameter| text(parameter, "valueString")).map(str::trim).unwrap_or_default();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let what = format!("the parameter reason is missing, or longer than {LONGEST_REASON} characters");
        return Err(Refusal::invalid("Parameters.parameter", &what, "say in a valueString why"));
    }
    Ok(reason)
}

/// Stands for the patient of a document that does not exist.
fn nobody(services: &Services) -> Result<PatientId, Refusal> {
    let authority = services.assigning_authorities.first().cloned().ok_or_else(Refusal::broken)?;
    PatientId::new("-", authority).map_err(|_| Refusal::broken())
}

/// As an ITI-57 with another patientId: the new version is in the other record, and what belongs to the document goes along.
fn move_patient(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let asked = request.resource_of_type("Parameters")?;
    let reason = reason(&asked)?;
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let expected = request.expected_version()?;
    let domain = domain(services, request);
    let named = given(&asked, "patient").and_then(|parameter| parameter.get("valueReference")).and_then(|value| text(value, "reference"));
    let to = named.and_then(|address| domain.patient_of_address(address)).ok_or_else(|| {
        let what = "the parameter patient is missing, or no reference to a patient of this server";
        Refusal::invalid("Parameters.parameter", what, "send a valueReference to Patient/ and the id that this server uses")
    })?;
    let nobody = nobody(services)?;
    let Some(found) = services.door.read(call, Transaction::Iti67, |door| entry_of_id(door, id, Action::Find))? else {
        services.door.write(call, Transaction::Manage, |door| door.refuse_unknown_document(&nobody))?;
        return Err(Refusal::broken());
    };
    if expected.is_some_and(|expected| expected != u64::from(found.entry.version)) {
        return Err(Refusal::precondition_failed("the document has another version than If-Match names; read it again"));
    }
    if to == found.entry.patient_id {
        return Err(Refusal::unprocessable("Parameters.parameter", "the document is filed under this patient", "name the other one"));
    }
    let next = DocumentEntry { entry_uuid: EntryUuid::random(), patient_id: to, ..found.entry.clone() };
    let update = update_to(services, call, next, found.entry.version)?;
    services.door.write(call, Transaction::Manage, |door| door.move_document(&update, &found.entry, reason))?;
    let moved = services.door.read(call, Transaction::Iti67, |door| entry_of_id(door, id, Action::Find))?;
    moved.map(|moved| answer(&moved, written(&moved, &domain))).ok_or_else(Refusal::broken)
}
