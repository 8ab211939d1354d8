//! Register Document Set-b [ITI-42] (ITI TF-2: 3.42).

use crate::access::{Action, Call, Failure, Writing};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::wire::ebrim::{ContentRule, ResponseStatus, SubmittedObjects, named_patient, read_submit_objects, write_registry_response};
use crate::wire::xml::{Element, ns};

use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::{ReplyHead, log_failure};
use super::{Services, SoapReply};

/// Registers metadata of documents that another repository holds.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::LCM, "SubmitObjectsRequest")?;
    let request = &message.envelope.payload;
    let submitted = submitted(services, request, |objects| read_submit_objects(objects, ContentRule::InMetadata));
    let result = submit(
        services,
        call,
        Transaction::Iti42,
        || named_patient(request),
        submitted,
        |door, submitted| {
            let patient_id = &submitted.request.submission_set.patient_id;
            open_to_submit(door, patient_id)?.register(&submitted.request).map_err(|failure| as_sent(failure, &submitted))
        },
    );
    registry_response(call, reply, result.err())
}

/// The submission, unless it is larger than this registry files at once: everybody else waits for the database meanwhile.
pub(super) fn submitted(
    services: &Services,
    request: &Element,
    read: impl FnOnce(&Element) -> Result<SubmittedObjects, Vec<RegistryError>>,
) -> Result<SubmittedObjects, Failure> {
    not_too_many(services, request)?;
    read(request).map_err(Failure::Refused)
}

/// That a submission has no more objects than this registry takes at once, before any is read.
pub(super) fn not_too_many(services: &Services, request: &Element) -> Result<(), Failure> {
    let most = services.limits.submission_objects;
    let objects = request.child(ns::RIM, "RegistryObjectList").map_or(0, |list| list.elements().count());
    if objects <= most {
        return Ok(());
    }
    let context = format!("the submission holds {objects} objects; this registry takes {most} at once, send it in several submissions");
    Err(Failure::refused(RegistryError::new(ErrorCode::RegistryOutOfResources, "RegistryObjectList", context)))
}

/// Files what was read, or leaves a record of why it could not be read, which names the `patient` it is about. Reading comes first, so that nobody waits for
/// the database while XML is taken apart.
pub(super) fn submit<S>(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    patient: impl FnOnce() -> Option<PatientId>,
    submitted: Result<S, Failure>,
    file: impl FnOnce(&mut Writing<'_>, S) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match submitted {
        Ok(submitted) => services.door.write(call, transaction, |door| file(door, submitted)),
        Err(failure) => {
            services.door.failed(call, transaction, patient().as_ref(), &failure)?;
            Err(failure)
        }
    }
}

/// A refusal in the terms of the message, where objects have other ids than in the registry.
pub(super) fn as_sent(failure: Failure, submitted: &SubmittedObjects) -> Failure {
    match failure {
        Failure::Refused(errors) => Failure::Refused(submitted.as_sent(errors)),
        other => other,
    }
}

/// The record to file a submission in. One that is closed to the caller looks like that of an unknown patient.
pub(super) fn open_to_submit<'w>(door: &'w mut Writing<'_>, patient_id: &PatientId) -> Result<crate::access::WritableRecord<'w>, Failure> {
    door.open(patient_id, Action::Submit)?.ok_or_else(|| unknown_patient(patient_id))
}

/// That a record is closed to the caller, in the words for one that does not exist.
pub(super) fn unknown_patient(patient_id: &PatientId) -> Failure {
    let context = format!(
        "the patient id {patient_id} is not known to this registry; it has to be announced by a Patient Identity Feed (ITI-8) first"
    );
    Failure::refused(RegistryError::new(ErrorCode::UnknownPatientId, "SubmissionSet/patientId", context))
}

/// `rs:RegistryResponse` of a submission.
pub(super) fn registry_response(call: &Call, reply: &ReplyHead, failure: Option<Failure>) -> Result<SoapReply, Rejection> {
    let errors = failure.as_ref().map(Failure::errors).unwrap_or_default();
    if let Some(failure) = &failure {
        log_failure(call, reply.transaction, failure);
    }
    reply.whole(failure.as_ref(), |xml| write_registry_response(xml, ResponseStatus::of(&errors), &errors))
}
