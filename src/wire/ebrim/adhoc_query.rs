//! AdhocQueryRequest and AdhocQueryResponse: Registry Stored Query (ITI TF-2: 3.18.4.1).

use std::io::{self, Write};

use crate::model::document_entry::DocumentEntryType;
use crate::model::ids::InvalidIdentifier;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{EntryFilter, FindDocuments, GetAll, GetSubmissionSetAndContents, ObjectIds, StoredQuery};
use crate::wire::xml::{Element, XmlWriter, ns};

use super::attributes::quoted;
use super::query_parameters::Parameters;
use super::raw_object::read_slots;
use super::registry_response::{ResponseStatus, write_errors};
use super::write_object::write_slot;
use super::{association, document_entry, folder, submission_set};

/// How much of each object the answer holds (ITI TF-2: 3.18.4.1.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnType {
    /// All attributes.
    LeafClass,
    /// Ids alone.
    ObjectRef,
}

impl ReturnType {
    const NAMES: [(Self, &'static str); 2] = [(Self::LeafClass, "LeafClass"), (Self::ObjectRef, "ObjectRef")];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("LeafClass", |(_, name)| name)
    }
}

/// A stored query as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdhocQueryRequest {
    /// Objects or ids.
    pub return_type: ReturnType,
    /// The question.
    pub query: StoredQuery,
}

/// Id of the stored query FindDocuments (ITI TF-2: 3.18.4.1.2.4).
pub const FIND_DOCUMENTS: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
/// Id of the stored query FindDocumentsByReferenceId.
const FIND_DOCUMENTS_BY_REFERENCE_ID: &str = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492";
/// Id of the stored query GetDocuments (ITI TF-2: 3.18.4.1.2.4).
pub const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
/// Id of the stored query GetSubmissionSetAndContents (ITI TF-2: 3.18.4.1.2.4).
pub const GET_SUBMISSION_SET_AND_CONTENTS: &str = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83";
/// Id of the stored query GetAll (ITI TF-2: 3.18.4.1.2.4).
pub const GET_ALL: &str = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3";

/// Reads `query:AdhocQueryRequest`.
pub fn read_adhoc_query(payload: &Element) -> Result<AdhocQueryRequest, RegistryError> {
    let missing =
        |what: &str| RegistryError::new(ErrorCode::RegistryError, "AdhocQueryRequest", format!("{what} is missing (ITI TF-2: 3.18.4.1.2)"));
    let option = payload.child(ns::QUERY, "ResponseOption").ok_or_else(|| missing("the element query:ResponseOption"))?;
    let query = payload.child(ns::RIM, "AdhocQuery").ok_or_else(|| missing("the element rim:AdhocQuery"))?;
    let id = query.attribute("id").ok_or_else(|| missing("the attribute id of rim:AdhocQuery, which names the stored query"))?;
    Ok(AdhocQueryRequest { return_type: return_type(option)?, query: stored_query(id.trim(), &Parameters::new(read_slots(query)))? })
}

fn return_type(option: &Element) -> Result<ReturnType, RegistryError> {
    let name = option.attribute("returnType").unwrap_or("");
    ReturnType::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind).ok_or_else(|| {
        let context = format!("returnType {} is neither LeafClass nor ObjectRef (ITI TF-2: 3.18.4.1.2.3.1)", quoted(name));
        RegistryError::new(ErrorCode::RegistryError, "ResponseOption/returnType", context)
    })
}

fn stored_query(id: &str, parameters: &Parameters) -> Result<StoredQuery, RegistryError> {
    match id {
        FIND_DOCUMENTS => Ok(StoredQuery::FindDocuments(Box::new(find_documents(parameters, false)?))),
        FIND_DOCUMENTS_BY_REFERENCE_ID => Ok(StoredQuery::FindDocuments(Box::new(find_documents(parameters, true)?))),
        GET_DOCUMENTS => Ok(StoredQuery::GetDocuments(object_ids(parameters, "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId")?)),
        GET_SUBMISSION_SET_AND_CONTENTS => Ok(StoredQuery::GetSubmissionSetAndContents(submission_set_and_contents(parameters)?)),
        GET_ALL => Ok(StoredQuery::GetAll(get_all(parameters)?)),
        _ => {
            let context = format!(
                "{} is not a stored query of this registry; it answers FindDocuments, FindDocumentsByReferenceId, GetDocuments, GetSubmissionSetAndContents and GetAll",
                quoted(id)
            );
            Err(RegistryError::new(ErrorCode::UnknownStoredQuery, "AdhocQuery/id", context))
        }
    }
}

/// ITI TF-2: 3.18.4.1.2.3.7.1; by reference id 3.18.4.1.2.3.7.14.
fn find_documents(p: &Parameters, by_reference_id: bool) -> Result<FindDocuments, RegistryError> {
    let reference_ids = p.groups("$XDSDocumentEntryReferenceIdList")?;
    if by_reference_id && reference_ids.is_empty() {
        return Err(Parameters::missing("$XDSDocumentEntryReferenceIdList"));
    }
    Ok(FindDocuments {
        patient_id: p.required("$XDSDocumentEntryPatientId", str::parse)?,
        statuses: p.statuses("$XDSDocumentEntryStatus")?,
        object_types: object_types(p)?,
        class_codes: p.codes("$XDSDocumentEntryClassCode")?,
        type_codes: p.codes("$XDSDocumentEntryTypeCode")?,
        practice_setting_codes: p.codes("$XDSDocumentEntryPracticeSettingCode")?,
        healthcare_facility_type_codes: p.codes("$XDSDocumentEntryHealthcareFacilityTypeCode")?,
        format_codes: p.codes("$XDSDocumentEntryFormatCode")?,
        event_codes: p.code_groups("$XDSDocumentEntryEventCodeList")?,
        confidentiality_codes: p.code_groups("$XDSDocumentEntryConfidentialityCode")?,
        author_persons: p.list("$XDSDocumentEntryAuthorPerson")?,
        creation_time: p.time_range("$XDSDocumentEntryCreationTime")?,
        service_start_time: p.time_range("$XDSDocumentEntryServiceStartTime")?,
        service_stop_time: p.time_range("$XDSDocumentEntryServiceStopTime")?,
        reference_ids,
    })
}

/// Stable entries where nothing is said (ITI TF-2: 3.18.4.1.2.3.6.2).
fn object_types(p: &Parameters) -> Result<Vec<DocumentEntryType>, RegistryError> {
    const KIND: InvalidIdentifier = InvalidIdentifier { expected: "the objectType of stable or of on-demand entries" };
    let kinds = p.parsed_list("$XDSDocumentEntryType", |value| DocumentEntryType::from_uuid(value).ok_or(KIND))?;
    Ok(if kinds.is_empty() { vec![DocumentEntryType::Stable] } else { kinds })
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

fn entry_filter(p: &Parameters) -> Result<EntryFilter, RegistryError> {
    Ok(EntryFilter {
        format_codes: p.codes("$XDSDocumentEntryFormatCode")?,
        confidentiality_codes: p.code_groups("$XDSDocumentEntryConfidentialityCode")?,
        object_types: object_types(p)?,
    })
}

/// ITI TF-2: 3.18.4.1.2.3.7.9.
fn submission_set_and_contents(p: &Parameters) -> Result<GetSubmissionSetAndContents, RegistryError> {
    let id = object_ids(p, "$XDSSubmissionSetEntryUUID", "$XDSSubmissionSetUniqueId")?;
    let ids = match &id {
        ObjectIds::EntryUuids(ids) => ids.len(),
        ObjectIds::UniqueIds(ids) => ids.len(),
    };
    if ids != 1 {
        let context = format!("the query takes the id of one SubmissionSet, not of {ids}");
        return Err(RegistryError::new(ErrorCode::StoredQueryParamNumber, "$XDSSubmissionSetEntryUUID", context));
    }
    Ok(GetSubmissionSetAndContents { id, home_community_id: p.parsed("$homeCommunityId", str::parse)?, entry_filter: entry_filter(p)? })
}

/// ITI TF-2: 3.18.4.1.2.3.7.4.
fn get_all(p: &Parameters) -> Result<GetAll, RegistryError> {
    Ok(GetAll {
        patient_id: p.required("$patientId", str::parse)?,
        entry_statuses: p.statuses("$XDSDocumentEntryStatus")?,
        submission_set_statuses: p.statuses("$XDSSubmissionSetStatus")?,
        folder_statuses: p.statuses("$XDSFolderStatus")?,
        entry_filter: entry_filter(p)?,
    })
}

/// Writes `query:AdhocQueryResponse`, declaring the namespaces it uses.
pub fn write_adhoc_query_response<W: Write>(
    xml: &mut XmlWriter<W>,
    return_type: ReturnType,
    objects: &RegistryObjects,
    errors: &[RegistryError],
) -> io::Result<()> {
    let attributes =
        [("xmlns:query", ns::QUERY), ("xmlns:rim", ns::RIM), ("xmlns:rs", ns::RS), ("status", ResponseStatus::of(errors).urn())];
    xml.start("query:AdhocQueryResponse", &attributes)?;
    write_errors(xml, errors)?;
    xml.start("rim:RegistryObjectList", &[])?;
    match return_type {
        ReturnType::LeafClass => write_objects(xml, objects)?,
        ReturnType::ObjectRef => objects.ids().try_for_each(|id| xml.empty("rim:ObjectRef", &[("id", &id.to_string())]))?,
    }
    xml.end("rim:RegistryObjectList")?;
    xml.end("query:AdhocQueryResponse")
}

fn write_objects<W: Write>(xml: &mut XmlWriter<W>, objects: &RegistryObjects) -> io::Result<()> {
    objects.submission_sets.iter().try_for_each(|set| submission_set::write(xml, set))?;
    objects.entries.iter().try_for_each(|entry| document_entry::write(xml, entry))?;
    objects.folders.iter().try_for_each(|folder| folder::write(xml, folder))?;
    objects.associations.iter().try_for_each(|association| association::write(xml, association))
}

/// A parameter of a request that a client writes: name and values, each already quoted as the query wants it.
pub type WrittenParameter<'a> = (&'a str, Vec<String>);

/// Writes `query:AdhocQueryRequest` for a client, declaring the namespaces it uses.
pub fn write_adhoc_query_request<W: Write>(
    xml: &mut XmlWriter<W>,
    query_id: &str,
    return_type: ReturnType,
    parameters: &[WrittenParameter<'_>],
) -> io::Result<()> {
    xml.start("query:AdhocQueryRequest", &[("xmlns:query", ns::QUERY), ("xmlns:rim", ns::RIM)])?;
    xml.empty("query:ResponseOption", &[("returnType", return_type.name()), ("returnComposedObjects", "true")])?;
    xml.start("rim:AdhocQuery", &[("id", query_id)])?;
    parameters.iter().try_for_each(|(name, values)| write_slot(xml, name, None, values))?;
    xml.end("rim:AdhocQuery")?;
    xml.end("query:AdhocQueryRequest")
}
