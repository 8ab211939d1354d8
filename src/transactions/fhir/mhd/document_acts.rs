//! Operations of identito-vigilance on a document (access rules, 6), each with the reason that the audit trail keeps.

use super::super::{Answer, FhirRequest, Interaction, Method, Params, Perform, Refusal, Route};
use super::document_references::uuid;
use crate::access::{Call, DocumentAct};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;
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
];

const fn operation(pattern: &'static str, interaction: Interaction, documentation: &'static str, perform: Perform) -> Route {
    let transaction = Transaction::Manage;
    Route {
        method: Method::Post,
        pattern,
        interaction,
        transaction,
        needs_person: true,
        own_format: false,
        search: &[],
        documentation,
        perform,
    }
}

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

fn act(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params, act: DocumentAct) -> Result<Answer, Refusal> {
    let asked = request.resource_of_type("Parameters")?;
    let given = items(&asked, "parameter").iter().find(|parameter| text(parameter, "name") == Some("reason"));
    let reason = given.and_then(|parameter| text(parameter, "valueString")).map(str::trim).unwrap_or_default();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let what = format!("the parameter reason is missing, or longer than {LONGEST_REASON} characters");
        return Err(Refusal::invalid("Parameters.parameter", &what, "say in a valueString why"));
    }
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let authority = services.assigning_authorities.first().cloned().ok_or_else(Refusal::broken)?;
    let nobody = PatientId::new("-", authority).map_err(|_| Refusal::broken())?;
    services.door.write(call, Transaction::Manage, |door| door.act_on_document(id, act, reason, &nobody))?;
    Ok(Answer::no_content())
}
