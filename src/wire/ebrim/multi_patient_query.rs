//! The stored queries about any number of patients and their parameters (ITI TF-2: 3.51.4.1.2.1).

use crate::model::hl7_types::PatientId;
use crate::model::multi_patient_query::MultiPatientQuery;
use crate::model::registry_error::RegistryError;

use super::query_parameters::Parameters;
use super::stored_query::{
    CLASS_CODE, ENTRY_PATIENT_ID, EVENT_CODES, FACILITY_TYPE_CODE, FOLDER_CODES, FOLDER_PATIENT_ID, document_criteria, folder_criteria,
    unknown,
};

/// Id of the stored query FindDocumentsForMultiplePatients (ITI TF-2: 3.51.4.1.2.2).
const FIND_DOCUMENTS: &str = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f";
/// Id of the stored query FindFoldersForMultiplePatients (ITI TF-2: 3.51.4.1.2.2).
const FIND_FOLDERS: &str = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df";

/// The query that an id names, with its parameters.
pub(super) fn read(id: &str, parameters: &Parameters) -> Result<MultiPatientQuery, RegistryError> {
    if id.eq_ignore_ascii_case(FIND_DOCUMENTS) {
        let patients = patients(parameters, ENTRY_PATIENT_ID, &[CLASS_CODE, EVENT_CODES, FACILITY_TYPE_CODE])?;
        Ok(MultiPatientQuery::FindDocuments(Box::new(document_criteria(parameters, patients)?)))
    } else if id.eq_ignore_ascii_case(FIND_FOLDERS) {
        let patients = patients(parameters, FOLDER_PATIENT_ID, &[FOLDER_CODES])?;
        Ok(MultiPatientQuery::FindFolders(folder_criteria(parameters, patients)?))
    } else {
        Err(unknown(id, "a multi-patient stored query (ITI TF-2: 3.51.4.1.2.2)"))
    }
}

/// The patients named, each once; where there are none, one of the other parameters has to be there.
fn patients(p: &Parameters, name: &str, or: &[&str]) -> Result<Vec<PatientId>, RegistryError> {
    let mut patients: Vec<PatientId> = p.parsed_list(name, str::parse)?;
    if patients.is_empty() {
        let mut conditions = 0;
        for other in or {
            conditions += p.groups(other)?.len();
        }
        if conditions == 0 {
            let names: Vec<_> = std::iter::once(name).chain(or.iter().copied()).collect();
            return Err(Parameters::none_of(&names));
        }
    }
    patients.sort();
    patients.dedup();
    Ok(patients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry_error::ErrorCode;
    use crate::model::stored_query::Subject;
    use crate::model::text::Slot;

    const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";

    fn read_with(id: &str, status: &str, slots: &[(&str, &str)]) -> Result<MultiPatientQuery, ErrorCode> {
        let slot = |(name, value): &(&str, &str)| Slot {
            name: (*name).to_owned(),
            slot_type: None,
            values: value.lines().map(str::to_owned).collect(),
        };
        let slots = std::iter::once(&(status, APPROVED)).chain(slots).map(slot).collect();
        read(id, &Parameters::new(slots)).map_err(|error| error.code)
    }

    fn documents(slots: &[(&str, &str)]) -> Result<MultiPatientQuery, ErrorCode> {
        read_with(FIND_DOCUMENTS, "$XDSDocumentEntryStatus", slots)
    }

    fn folders(slots: &[(&str, &str)]) -> Result<MultiPatientQuery, ErrorCode> {
        read_with(FIND_FOLDERS, "$XDSFolderStatus", slots)
    }

    #[test]
    fn a_query_about_nothing_in_particular_is_refused() {
        let missing = Err(ErrorCode::StoredQueryMissingParam);
        assert_eq!(documents(&[("$XDSDocumentEntryTypeCode", "('t^^1')")]), missing);
        assert_eq!(folders(&[("$XDSFolderLastUpdateTimeFrom", "2020")]), missing);
        assert_eq!(documents(&[(CLASS_CODE, "")]), missing, "a slot without values sets no condition");
        for sufficient in [CLASS_CODE, EVENT_CODES, FACILITY_TYPE_CODE] {
            let query = documents(&[(sufficient, "('c^^1')")]).unwrap();
            assert!(matches!(query.subject(9), Subject::AnyWithDocuments(_, 9)), "{sufficient}");
        }
        assert!(matches!(folders(&[(FOLDER_CODES, "('c^^1')")]).unwrap().subject(9), Subject::AnyWithFolders(_, 9)));
    }

    #[test]
    fn patients_are_named_in_any_number_and_each_once() {
        let query = documents(&[(ENTRY_PATIENT_ID, "('B^^^&1.2&ISO','A^^^&1.2&ISO','B^^^&1.2&ISO')")]).unwrap();
        let Subject::Patients(patients) = query.subject(9) else { panic!("{query:?}") };
        assert_eq!(patients.iter().map(ToString::to_string).collect::<Vec<_>>(), ["A^^^&1.2&ISO", "B^^^&1.2&ISO"]);
        assert!(matches!(folders(&[(FOLDER_PATIENT_ID, "('A^^^&1.2&ISO')")]).unwrap().subject(9), Subject::Patients([_])));
    }

    #[test]
    fn malformed_patients_are_refused_and_never_taken_for_all() {
        for bad in ["()", "('')", "('A')", "'A^^^&x&ISO'"] {
            assert_eq!(documents(&[(ENTRY_PATIENT_ID, bad), (CLASS_CODE, "('c^^1')")]), Err(ErrorCode::RegistryError), "{bad}");
        }
    }

    #[test]
    fn the_status_stays_required_and_other_queries_are_unknown() {
        let query = |id, status| read_with(id, status, &[(CLASS_CODE, "('c^^1')"), (FOLDER_CODES, "('c^^1')")]);
        assert_eq!(query(FIND_DOCUMENTS, "$XDSFolderStatus"), Err(ErrorCode::StoredQueryMissingParam));
        assert_eq!(query(FIND_FOLDERS, "$XDSDocumentEntryStatus"), Err(ErrorCode::StoredQueryMissingParam));
        let of_one_patient = super::super::stored_query::FIND_DOCUMENTS;
        assert_eq!(query(of_one_patient, "$XDSDocumentEntryStatus"), Err(ErrorCode::UnknownStoredQuery));
    }
}
