//! Remove Documents [ITI-86] (ITI TF-2: 3.86, supplement Remove Metadata and Documents).

use crate::access::{Action, Call, Failure, RemovedDocument, Writing};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::document_request::DocumentRequest;
use crate::model::ids::UniqueId;
use crate::model::registry_error::RegistryError;
use crate::wire::ebrim::{ResponseStatus, read_remove_documents, write_registry_response};
use crate::wire::soap::Fault;
use crate::wire::xml::ns;

use super::iti43::not_found;
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::{ReplyHead, log_failure};
use super::{Services, SoapReply};

/// What was removed and why the rest was not.
#[derive(Default)]
struct Outcome {
    removed: Vec<RemovedDocument>,
    errors: Vec<RegistryError>,
}

/// Removes documents from this repository, whether or not the registry still has their metadata, which stay as they are.
/// Each document is removed or not on its own; all that are removed are removed together.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::RMD, "RemoveDocumentsRequest")?;
    let requests = read_remove_documents(&message.envelope.payload)?;
    let most = services.limits.submission_objects;
    if requests.len() > most {
        let count = requests.len();
        return Err(
            Fault::sender(format!("the request names {count} documents; this repository removes {most} at once, name fewer")).into()
        );
    }
    match services.door.write(call, Transaction::Iti86, |door| remove(services, door, &requests)) {
        Ok(Outcome { removed, errors }) => {
            services.door.discard(removed);
            let (status, outcome) = match errors.is_empty() {
                true => (ResponseStatus::Success, AuditOutcome::Success),
                false => (ResponseStatus::PartialSuccess, AuditOutcome::MinorFailure),
            };
            reply.judged(outcome, |xml| write_registry_response(xml, status, &errors))
        }
        Err(failure) => {
            log_failure(call, reply.transaction, &failure);
            reply.judged(failure.outcome(), |xml| write_registry_response(xml, ResponseStatus::Failure, &failure.errors()))
        }
    }
}

fn remove(services: &Services, door: &mut Writing<'_>, requests: &[DocumentRequest]) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    door.asked_by_object(&requests.iter().map(|request| request.unique_id.as_str()).collect::<Vec<_>>());
    for request in requests {
        let own = request.repository_unique_id == services.door.repository_unique_id.as_str();
        let removed = if own { remove_document(door, &request.unique_id)? } else { None };
        match removed {
            Some(document) => outcome.removed.push(document),
            None => outcome.errors.push(not_found(request, own)),
        }
    }
    if outcome.removed.is_empty() {
        return Err(Failure::Refused(outcome.errors));
    }
    door.audit.errors = outcome.errors.iter().map(|error| error.code.as_str().to_owned()).collect();
    Ok(outcome)
}

/// Removes a document that is part of the records of these patients, if all are open to the caller; or of no record.
fn remove_document(door: &mut Writing<'_>, unique_id: &UniqueId) -> Result<Option<RemovedDocument>, Failure> {
    let patients = door.patients_of_document(unique_id)?;
    if patients.is_empty() {
        return door.remove_unfiled_document(unique_id);
    }
    // A document that another record holds too is removed from both, or not at all.
    for patient_id in &patients {
        if door.open(patient_id, Action::Remove)?.is_none() {
            return Ok(None);
        }
    }
    let mut removed = None;
    for patient_id in &patients {
        if let Some(mut record) = door.open(patient_id, Action::Remove)? {
            removed = removed.or(record.remove_document(unique_id)?);
        }
    }
    Ok(removed)
}
