//! Multi-Patient Stored Query [ITI-51] (ITI TF-2: 3.51).

use crate::access::{Action, Call, Failure, Reading, Spilled};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;
use crate::model::multi_patient_query::MultiPatientQuery;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::Subject;
use crate::wire::ebrim::{AdhocQueryRequest, read_multi_patient_query};
use crate::wire::xml::ns;

use super::query_answer::{QueryAnswer, query_response};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

type Request = AdhocQueryRequest<MultiPatientQuery>;

/// Answers one query about any number of patients; unlike in ITI-18, whole objects of several patients are what is asked.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::QUERY, "AdhocQueryRequest")?;
    let most = services.limits.query_results;
    let result = services.door.read(call, Transaction::Iti51, |door| {
        let request = read_multi_patient_query(&message.envelope.payload).map_err(Failure::refused)?;
        door.audit.query = Some(request.query.name().to_owned());
        let patients = patients(services, door, &request, most)?;
        find(door, &request, patients, most)
    });
    query_response(call, reply, result)
}

/// Whose records have to be opened. Where the query names no patient, nothing leads to them but a look at all there are,
/// so that only a few may look at one time.
fn patients(services: &Services, door: &mut Reading<'_>, request: &Request, most: usize) -> Result<Vec<PatientId>, Failure> {
    let subject = request.query.subject(most);
    let place = match subject {
        Subject::AnyWithDocuments(..) | Subject::AnyWithFolders(..) => Some(services.queries_of_all_patients.take().ok_or_else(busy)?),
        _ => None,
    };
    let patients = door.patients_of(subject, request.metadata_level);
    drop(place);
    patients
}

fn busy() -> Failure {
    let context = "the registry is busy with other queries about all patients; send this one again later, or name the patients";
    Failure::refused(RegistryError::new(ErrorCode::RegistryBusy, "", context))
}

/// What the records of these patients show, patient after patient.
fn find(door: &mut Reading<'_>, request: &Request, patients: Vec<PatientId>, most: usize) -> Result<Spilled, Failure> {
    let mut answer = QueryAnswer::new(request.return_type, door.spill());
    for patient_id in patients {
        // A record that is closed to the caller shows nothing, like one that does not exist.
        let Some(mut record) = door.open(&patient_id, Action::Find)? else { continue };
        let found = record.find_among_patients(&request.query, answer.len(), most)?;
        answer.add(&mut record, found)?;
    }
    answer.finish()
}

#[cfg(test)]
#[path = "iti51_tests.rs"]
mod tests;
