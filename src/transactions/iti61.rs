//! Register On-Demand Document Entry [ITI-61] (ITI TF-2: 3.61).

use crate::access::{Call, Failure};
use crate::model::audit_event::Transaction;
use crate::model::registry_error::RegistryError;
use crate::wire::ebrim::{ContentRule, SubmittedObjects};
use crate::wire::xml::ns;

use super::iti42::{as_sent, open_to_submit, registry_response, submit, submitted};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Registers entries whose content is made at each retrieval, by this repository or by another on-demand document source.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::LCM, "SubmitObjectsRequest")?;
    let submitted = submitted(services, &message.envelope.payload, ContentRule::OnDemand).and_then(with_entry);
    let result = submit(services, call, Transaction::Iti61, submitted, |door, submitted| {
        let patient_id = &submitted.request.submission_set.patient_id;
        open_to_submit(door, patient_id)?.register(&submitted.request).map_err(|failure| as_sent(failure, &submitted))
    });
    registry_response(call, reply, result.err())
}

/// The submission, if it has what it is sent for (ITI TF-2: 3.61.4.1.2).
fn with_entry(submitted: SubmittedObjects) -> Result<SubmittedObjects, Failure> {
    if submitted.request.entries.is_empty() {
        let context = "the submission has no on-demand DocumentEntry; this transaction registers at least one, send folders and links alone by ITI-42";
        return Err(Failure::refused(RegistryError::metadata("RegistryObjectList", context)));
    }
    Ok(submitted)
}
