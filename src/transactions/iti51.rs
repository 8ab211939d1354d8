//! Multi-Patient Stored Query [ITI-51] (ITI TF-2: 3.51).

use crate::access::{Action, Call, Failure, Reading, Spilled};
use crate::model::audit_event::Transaction;
use crate::model::multi_patient_query::MultiPatientQuery;
use crate::wire::ebrim::{AdhocQueryRequest, read_multi_patient_query};
use crate::wire::xml::ns;

use super::query_answer::{QueryAnswer, query_response};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Answers one query about any number of patients; unlike in ITI-18, whole objects of several patients are what is asked.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::QUERY, "AdhocQueryRequest")?;
    let most = services.limits.query_results;
    let result = services.door.read(call, Transaction::Iti51, |door| {
        let request = read_multi_patient_query(&message.envelope.payload).map_err(Failure::refused)?;
        door.audit.query = Some(request.query.name().to_owned());
        find(door, &request, most)
    });
    query_response(call, reply, result)
}

/// What the records of the patients concerned show, patient after patient.
fn find(door: &mut Reading<'_>, request: &AdhocQueryRequest<MultiPatientQuery>, most: usize) -> Result<Spilled, Failure> {
    let mut answer = QueryAnswer::new(request.return_type, door.spill());
    for patient_id in door.patients_of(request.query.subject(most), request.metadata_level)? {
        // A record that is closed to the caller shows nothing, like one that does not exist.
        let Some(mut record) = door.open(&patient_id, Action::Find) else { continue };
        let found = record.find_among_patients(&request.query, answer.len(), most)?;
        answer.add(&mut record, found)?;
    }
    answer.finish()
}
