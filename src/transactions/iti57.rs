//! Update Document Set [ITI-57] (ITI TF-2: 3.57).

use crate::access::{Call, Failure};
use crate::model::audit_event::Transaction;
use crate::model::update_request::UpdateScope;
use crate::wire::ebrim::{named_patient, read_update_objects};
use crate::wire::xml::ns;

use super::iti42::{not_too_many, registry_response, submit, unknown_patient};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Changes metadata: new versions of entries and folders, statuses, associations; all of it or nothing.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    update(services, call, &message, reply, UpdateScope::Full)
}

/// What both update transactions do.
pub(super) fn update(
    services: &Services,
    call: &Call,
    message: &SoapMessage,
    reply: &ReplyHead,
    scope: UpdateScope,
) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::LCM, "SubmitObjectsRequest")?;
    let transaction = match scope {
        UpdateScope::Full => Transaction::Iti57,
        UpdateScope::Restricted => Transaction::Iti92,
    };
    let payload = &message.envelope.payload;
    let request = not_too_many(services, payload).and_then(|()| read_update_objects(payload, scope).map_err(Failure::Refused));
    let result = submit(
        services,
        call,
        transaction,
        || named_patient(payload),
        request,
        |door, request| {
            let record = door.open_for_update(&request)?;
            record.ok_or_else(|| unknown_patient(&request.submission_set.patient_id))?.update(&request)
        },
    );
    registry_response(call, reply, result.err())
}
