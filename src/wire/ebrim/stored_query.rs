//! The stored queries and their parameters (ITI TF-2: 3.18.4.1.2.3.7, 3.18.4.1.2.4).

use crate::model::association::AssociationType;
use crate::model::document_entry::DocumentEntryType;
use crate::model::ids::{EntryUuid, InvalidIdentifier, Oid, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{
    EntryFilter, FindDocuments, FindFolders, FindSubmissionSets, GetAll, MetadataLevel, ObjectIds, StoredQuery,
};

use super::attributes::quoted;
use super::query_parameters::Parameters;

type Read = fn(&Parameters) -> Result<StoredQuery, RegistryError>;

/// Id of the stored query FindDocuments (ITI TF-2: Table 3.18.4.1.2.4-1).
pub const FIND_DOCUMENTS: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
/// Id of the stored query FindDocumentsByReferenceId (ITI TF-2: Table 3.18.4.1.2.4-1).
const FIND_DOCUMENTS_BY_REFERENCE_ID: &str = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492";
/// Id of the stored query FindSubmissionSets (ITI TF-2: Table 3.18.4.1.2.4-1).
const FIND_SUBMISSION_SETS: &str = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9";
/// Id of the stored query FindFolders (ITI TF-2: Table 3.18.4.1.2.4-1).
const FIND_FOLDERS: &str = "urn:uuid:958f3006-baad-4929-a4de-ff1114824431";
/// Id of the stored query GetAll (ITI TF-2: Table 3.18.4.1.2.4-1).
pub const GET_ALL: &str = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3";
/// Id of the stored query GetDocuments (ITI TF-2: Table 3.18.4.1.2.4-1).
pub const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
/// Id of the stored query GetFolders (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_FOLDERS: &str = "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4";
/// Id of the stored query GetAssociations (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_ASSOCIATIONS: &str = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155";
/// Id of the stored query GetDocumentsAndAssociations (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_DOCUMENTS_AND_ASSOCIATIONS: &str = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a";
/// Id of the stored query GetSubmissionSets (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_SUBMISSION_SETS: &str = "urn:uuid:51224314-5390-4169-9b91-b1980040715a";
/// Id of the stored query GetSubmissionSetAndContents (ITI TF-2: Table 3.18.4.1.2.4-1).
pub const GET_SUBMISSION_SET_AND_CONTENTS: &str = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83";
/// Id of the stored query GetFolderAndContents (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_FOLDER_AND_CONTENTS: &str = "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7";
/// Id of the stored query GetFoldersForDocument (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_FOLDERS_FOR_DOCUMENT: &str = "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578";
/// Id of the stored query GetRelatedDocuments (ITI TF-2: Table 3.18.4.1.2.4-1).
const GET_RELATED_DOCUMENTS: &str = "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6";

/// The stored queries and who reads their parameters.
const QUERIES: [(&str, Read); 14] = [
    (FIND_DOCUMENTS, find_documents),
    (FIND_DOCUMENTS_BY_REFERENCE_ID, find_documents_by_reference_id),
    (FIND_SUBMISSION_SETS, find_submission_sets),
    (FIND_FOLDERS, find_folders),
    (GET_ALL, get_all),
    (GET_DOCUMENTS, get_documents),
    (GET_FOLDERS, get_folders),
    (GET_ASSOCIATIONS, get_associations),
    (GET_DOCUMENTS_AND_ASSOCIATIONS, get_documents_and_associations),
    (GET_SUBMISSION_SETS, get_submission_sets),
    (GET_SUBMISSION_SET_AND_CONTENTS, get_submission_set_and_contents),
    (GET_FOLDER_AND_CONTENTS, get_folder_and_contents),
    (GET_FOLDERS_FOR_DOCUMENT, get_folders_for_document),
    (GET_RELATED_DOCUMENTS, get_related_documents),
];

/// The query that an id names, with its parameters.
pub(super) fn read(id: &str, parameters: &Parameters) -> Result<StoredQuery, RegistryError> {
    match QUERIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)) {
        Some((_, read)) => read(parameters),
        None => Err(unknown(id, "a stored query (ITI TF-2: Table 3.18.4.1.2.4-1)")),
    }
}

pub(super) fn unknown(id: &str, expected: &str) -> RegistryError {
    RegistryError::new(ErrorCode::UnknownStoredQuery, "AdhocQuery/id", format!("{} is not the id of {expected}", quoted(id)))
}

const ENTRY_UUID: &str = "$XDSDocumentEntryEntryUUID";
const ENTRY_UNIQUE_ID: &str = "$XDSDocumentEntryUniqueId";
const FOLDER_UUID: &str = "$XDSFolderEntryUUID";
const FOLDER_UNIQUE_ID: &str = "$XDSFolderUniqueId";
const ENTRY_LOGICAL_ID: &str = "$XDSDocumentEntryLogicalID";
const FOLDER_LOGICAL_ID: &str = "$XDSFolderLogicalID";
const SET_UUID: &str = "$XDSSubmissionSetEntryUUID";
const SET_UNIQUE_ID: &str = "$XDSSubmissionSetUniqueId";
pub(super) const ENTRY_PATIENT_ID: &str = "$XDSDocumentEntryPatientId";
pub(super) const CLASS_CODE: &str = "$XDSDocumentEntryClassCode";
pub(super) const EVENT_CODES: &str = "$XDSDocumentEntryEventCodeList";
pub(super) const FACILITY_TYPE_CODE: &str = "$XDSDocumentEntryHealthcareFacilityTypeCode";
pub(super) const FOLDER_PATIENT_ID: &str = "$XDSFolderPatientId";
pub(super) const FOLDER_CODES: &str = "$XDSFolderCodeList";
const REFERENCE_IDS: &str = "$XDSDocumentEntryReferenceIdList";

fn find_documents(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    let patient_id = p.required(ENTRY_PATIENT_ID, str::parse)?;
    Ok(StoredQuery::FindDocuments(Box::new(document_criteria(p, patient_id)?)))
}

/// The conditions of FindDocuments, for one patient or for many.
pub(super) fn document_criteria<P>(p: &Parameters, patient_id: P) -> Result<FindDocuments<P>, RegistryError> {
    Ok(FindDocuments {
        patient_id,
        statuses: p.statuses("$XDSDocumentEntryStatus")?,
        object_types: object_types(p)?,
        class_codes: p.codes(CLASS_CODE)?,
        type_codes: p.codes("$XDSDocumentEntryTypeCode")?,
        practice_setting_codes: p.codes("$XDSDocumentEntryPracticeSettingCode")?,
        healthcare_facility_type_codes: p.codes(FACILITY_TYPE_CODE)?,
        format_codes: p.codes("$XDSDocumentEntryFormatCode")?,
        event_codes: p.code_groups(EVENT_CODES)?,
        confidentiality_codes: p.code_groups("$XDSDocumentEntryConfidentialityCode")?,
        author_persons: p.patterns("$XDSDocumentEntryAuthorPerson")?,
        creation_time: p.time_range("$XDSDocumentEntryCreationTime")?,
        service_start_time: p.time_range("$XDSDocumentEntryServiceStartTime")?,
        service_stop_time: p.time_range("$XDSDocumentEntryServiceStopTime")?,
        reference_ids: Vec::new(),
    })
}

fn find_documents_by_reference_id(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    let reference_ids = p.groups(REFERENCE_IDS)?;
    if reference_ids.is_empty() {
        return Err(Parameters::missing(REFERENCE_IDS));
    }
    match find_documents(p)? {
        StoredQuery::FindDocuments(query) => Ok(StoredQuery::FindDocuments(Box::new(FindDocuments { reference_ids, ..*query }))),
        other => Ok(other),
    }
}

fn find_submission_sets(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::FindSubmissionSets(FindSubmissionSets {
        patient_id: p.required("$XDSSubmissionSetPatientId", str::parse)?,
        statuses: p.statuses("$XDSSubmissionSetStatus")?,
        source_ids: p.parsed_list("$XDSSubmissionSetSourceId", str::parse)?,
        submission_time: p.time_range("$XDSSubmissionSetSubmissionTime")?,
        author_person: p.single("$XDSSubmissionSetAuthorPerson")?,
        content_type_codes: p.codes("$XDSSubmissionSetContentType")?,
    }))
}

fn find_folders(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    let patient_id = p.required(FOLDER_PATIENT_ID, str::parse)?;
    Ok(StoredQuery::FindFolders(folder_criteria(p, patient_id)?))
}

/// The conditions of FindFolders, for one patient or for many.
pub(super) fn folder_criteria<P>(p: &Parameters, patient_id: P) -> Result<FindFolders<P>, RegistryError> {
    Ok(FindFolders {
        patient_id,
        statuses: p.statuses("$XDSFolderStatus")?,
        last_update_time: p.time_range("$XDSFolderLastUpdateTime")?,
        codes: p.code_groups(FOLDER_CODES)?,
    })
}

fn get_all(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetAll(GetAll {
        patient_id: p.required("$patientId", str::parse)?,
        entry_statuses: p.statuses("$XDSDocumentEntryStatus")?,
        submission_set_statuses: p.statuses("$XDSSubmissionSetStatus")?,
        folder_statuses: p.statuses("$XDSFolderStatus")?,
        entry_filter: entry_filter(p)?,
    }))
}

fn get_documents(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetDocuments(all_ids(p, ENTRY_UUID, ENTRY_UNIQUE_ID, ENTRY_LOGICAL_ID)?))
}

fn get_folders(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetFolders(all_ids(p, FOLDER_UUID, FOLDER_UNIQUE_ID, FOLDER_LOGICAL_ID)?))
}

fn get_associations(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetAssociations(uuids(p)?))
}

fn get_documents_and_associations(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetDocumentsAndAssociations(object_ids(p, ENTRY_UUID, ENTRY_UNIQUE_ID)?))
}

fn get_submission_sets(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetSubmissionSets(uuids(p)?))
}

fn get_submission_set_and_contents(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetSubmissionSetAndContents(one_object::<Oid>(p, SET_UUID, SET_UNIQUE_ID)?, entry_filter(p)?))
}

fn get_folder_and_contents(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetFolderAndContents(one_object::<Oid>(p, FOLDER_UUID, FOLDER_UNIQUE_ID)?, entry_filter(p)?))
}

fn get_folders_for_document(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    Ok(StoredQuery::GetFoldersForDocument(one_object::<UniqueId>(p, ENTRY_UUID, ENTRY_UNIQUE_ID)?))
}

fn get_related_documents(p: &Parameters) -> Result<StoredQuery, RegistryError> {
    const TYPE: InvalidIdentifier = InvalidIdentifier { expected: "the URN of an association type (ITI TF-3: Table 4.2.2-1)" };
    let types = p.parsed_list("$AssociationTypes", |urn| AssociationType::from_urn(urn).ok_or(TYPE))?;
    if types.is_empty() {
        return Err(Parameters::missing("$AssociationTypes"));
    }
    let filter = EntryFilter { format_codes: Vec::new(), confidentiality_codes: Vec::new(), object_types: object_types(p)? };
    Ok(StoredQuery::GetRelatedDocuments(one_object(p, ENTRY_UUID, ENTRY_UNIQUE_ID)?, types, filter))
}

/// Stable entries where nothing is said (ITI TF-2: 3.18.4.1.2.3.6.2).
fn object_types(p: &Parameters) -> Result<Vec<DocumentEntryType>, RegistryError> {
    const KIND: InvalidIdentifier = InvalidIdentifier { expected: "the objectType of stable or of on-demand entries" };
    let kinds = p.parsed_list("$XDSDocumentEntryType", |value| DocumentEntryType::from_uuid(value).ok_or(KIND))?;
    Ok(if kinds.is_empty() { vec![DocumentEntryType::Stable] } else { kinds })
}

fn entry_filter(p: &Parameters) -> Result<EntryFilter, RegistryError> {
    Ok(EntryFilter {
        format_codes: p.codes("$XDSDocumentEntryFormatCode")?,
        confidentiality_codes: p.code_groups("$XDSDocumentEntryConfidentialityCode")?,
        object_types: object_types(p)?,
    })
}

fn uuids(p: &Parameters) -> Result<Vec<EntryUuid>, RegistryError> {
    let uuids = p.parsed_list("$uuid", str::parse)?;
    if uuids.is_empty() { Err(Parameters::missing("$uuid")) } else { Ok(uuids) }
}

/// The ids of objects by one of three names (ITI TF-2: 3.18.4.1.2.3.7.5, 3.18.4.1.2.3.7.6). Logical ids name all versions,
/// so they go with metadata level 2.
fn all_ids<U: std::str::FromStr<Err = InvalidIdentifier>>(
    p: &Parameters,
    entry_uuid: &str,
    unique_id: &str,
    logical_id: &str,
) -> Result<ObjectIds<U>, RegistryError> {
    if !p.has(logical_id) {
        return object_ids(p, entry_uuid, unique_id);
    }
    if p.has(entry_uuid) || p.has(unique_id) {
        let context =
            format!("{logical_id} is there beside {entry_uuid} or {unique_id}; the query takes one of them (ITI TF-2: 3.18.4.1.2.3.7)");
        return Err(RegistryError::new(ErrorCode::StoredQueryParamNumber, logical_id, context));
    }
    if p.metadata_level()? == MetadataLevel::One {
        let context =
            format!("{logical_id} names all versions of an object; ask for them with $MetadataLevel 2 (ITI TF-2: 3.18.4.1.2.3.7.5)");
        return Err(RegistryError::new(ErrorCode::RegistryError, logical_id, context));
    }
    Ok(ObjectIds::LogicalIds(p.parsed_list(logical_id, str::parse)?))
}

fn object_ids<U: std::str::FromStr<Err = InvalidIdentifier>>(
    p: &Parameters,
    entry_uuid: &str,
    unique_id: &str,
) -> Result<ObjectIds<U>, RegistryError> {
    match (p.has(entry_uuid), p.has(unique_id)) {
        (true, false) => Ok(ObjectIds::EntryUuids(p.parsed_list(entry_uuid, str::parse)?)),
        (false, true) => Ok(ObjectIds::UniqueIds(p.parsed_list(unique_id, str::parse)?)),
        (false, false) => {
            let context = format!("one of the query parameters {entry_uuid} and {unique_id} is required (ITI TF-2: 3.18.4.1.2.3.7)");
            Err(RegistryError::new(ErrorCode::StoredQueryMissingParam, entry_uuid, context))
        }
        (true, true) => {
            let context = format!("{entry_uuid} and {unique_id} are both there; the query takes one of them (ITI TF-2: 3.18.4.1.2.3.7)");
            Err(RegistryError::new(ErrorCode::StoredQueryParamNumber, entry_uuid, context))
        }
    }
}

/// The id of one object.
fn one_object<U: std::str::FromStr<Err = InvalidIdentifier>>(
    p: &Parameters,
    entry_uuid: &str,
    unique_id: &str,
) -> Result<ObjectIds<U>, RegistryError> {
    let ids = object_ids(p, entry_uuid, unique_id)?;
    if ids.len() == 1 {
        return Ok(ids);
    }
    let context = format!("the query takes the id of one object in {entry_uuid} or {unique_id}, not of {}", ids.len());
    Err(RegistryError::new(ErrorCode::StoredQueryParamNumber, entry_uuid, context))
}
