//! Registry Stored Query [ITI-18] (ITI TF-2: 3.18).

use crate::access::{Action, Call, Failure, ReadableRecord, Reading};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::StoredQuery;
use crate::wire::ebrim::{AdhocQueryRequest, ReturnType, read_adhoc_query, write_adhoc_query_response};
use crate::wire::xml::ns;

use super::soap_dispatch::{ReplyHead, expect_payload, log_failure};
use super::soap_message::{Rejection, SoapMessage};
use super::{Services, SoapReply};

/// Answers one stored query.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::QUERY, "AdhocQueryRequest")?;
    let most = services.limits.query_results;
    let mut return_type = ReturnType::ObjectRef;
    let result = services.door.read(call, Transaction::Iti18, |door| {
        let request = read_adhoc_query(&message.envelope.payload).map_err(Failure::refused)?;
        return_type = request.return_type;
        door.audit.query = Some(request.query.name().to_owned());
        find(door, &request, most)
    });
    let (objects, failure) = match result {
        Ok(objects) => (objects, None),
        Err(failure) => (RegistryObjects::default(), Some(failure)),
    };
    if let Some(failure) = &failure {
        log_failure(call, reply.transaction, failure);
    }
    let errors = failure.as_ref().map(Failure::errors).unwrap_or_default();
    reply.whole(failure.as_ref(), |xml| write_adhoc_query_response(xml, return_type, &objects, &errors))
}

fn find(door: &mut Reading<'_>, request: &AdhocQueryRequest, most: usize) -> Result<RegistryObjects, Failure> {
    match &request.query {
        StoredQuery::FindDocuments(query) => of_patient(door, &query.patient_id, |record| record.find_documents(query, most)),
        StoredQuery::GetAll(query) => of_patient(door, &query.patient_id, |record| record.all(query, most)),
        StoredQuery::GetDocuments(ids) => {
            let patients = door.patients_of_entries(ids)?;
            let documents =
                |record: &mut ReadableRecord<'_>| Ok(RegistryObjects { entries: record.documents(ids)?, ..RegistryObjects::default() });
            of_patients(door, &patients, request.return_type, documents)
        }
        StoredQuery::GetSubmissionSetAndContents(query) => {
            let patients = door.patients_of_submission_sets(&query.id)?;
            of_patients(door, &patients, request.return_type, |record| {
                record.submission_set_and_contents(&query.id, &query.entry_filter, most)
            })
        }
    }
}

/// What one patient's record shows; nothing if it is closed to the caller.
fn of_patient(
    door: &mut Reading<'_>,
    patient_id: &PatientId,
    act: impl FnOnce(&mut ReadableRecord<'_>) -> Result<RegistryObjects, Failure>,
) -> Result<RegistryObjects, Failure> {
    match door.open(patient_id, Action::Find) {
        Some(mut record) => act(&mut record),
        None => Ok(RegistryObjects::default()),
    }
}

/// What several patients' records show. Whole objects of more than one patient are never put into one answer
/// (ITI TF-2: 3.18.4.1.3).
fn of_patients(
    door: &mut Reading<'_>,
    patients: &[PatientId],
    return_type: ReturnType,
    mut act: impl FnMut(&mut ReadableRecord<'_>) -> Result<RegistryObjects, Failure>,
) -> Result<RegistryObjects, Failure> {
    let mut all = RegistryObjects::default();
    let mut with_results = 0;
    for patient_id in patients {
        let found = of_patient(door, patient_id, &mut act)?;
        with_results += usize::from(!found.is_empty());
        all.append(found);
    }
    if with_results > 1 && return_type == ReturnType::LeafClass {
        let context = "the answer would hold objects of more than one patient; ask for the objects of one patient, or for ObjectRefs";
        return Err(Failure::refused(RegistryError::new(ErrorCode::ResultNotSinglePatient, "", context)));
    }
    Ok(all)
}
