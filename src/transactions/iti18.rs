//! Registry Stored Query [ITI-18] (ITI TF-2: 3.18).

use crate::access::{Action, Call, Failure, Reading, Spilled};
use crate::model::audit_event::Transaction;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::wire::ebrim::{AdhocQueryRequest, ReturnType, read_adhoc_query};
use crate::wire::xml::ns;

use super::query_answer::{QueryAnswer, query_response};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Answers one stored query.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::QUERY, "AdhocQueryRequest")?;
    let most = services.limits.query_results;
    let result = services.door.read(call, Transaction::Iti18, |door| {
        let request = read_adhoc_query(&message.envelope.payload).map_err(Failure::refused)?;
        door.audit.query = Some(request.query.name().to_owned());
        find(door, &request, most)
    });
    query_response(call, reply, result)
}

/// What the records of the patients concerned show. Whole objects of more than one patient are never put into one answer
/// (ITI TF-2: 3.18.4.1.3).
fn find(door: &mut Reading<'_>, request: &AdhocQueryRequest, most: usize) -> Result<Spilled, Failure> {
    let mut answer = QueryAnswer::new(request.return_type, door.spill());
    let mut with_results = 0;
    let patients = door.patients_of(request.query.subject(), request.metadata_level)?;
    for patient_id in door.or_nobody(patients)? {
        // A record that is closed to the caller shows nothing, like one that does not exist.
        let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
        let found = record.find(&request.query, request.metadata_level, answer.len(), most)?;
        with_results += usize::from(!found.is_empty());
        answer.add(&mut record, found)?;
    }
    if with_results > 1 && request.return_type == ReturnType::LeafClass {
        let context = "the answer would hold objects of more than one patient; ask for the objects of one patient, or for ObjectRefs";
        return Err(Failure::refused(RegistryError::new(ErrorCode::ResultNotSinglePatient, "", context)));
    }
    answer.finish()
}
