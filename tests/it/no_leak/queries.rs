//! Stored queries and retrievals that name what is hidden.

use super::row::{ITI18, ITI43, REGISTRY, Row, STORE, adhoc_query, document_requests};
use crate::support::submissions::fresh_oid;

/// Of the open document of P01, which most callers see.
pub const OPEN: &str = "{open_unique_id}";

/// Stored queries (ITI TF-2: 3.18.4.1.2.3.7) by ids: name, id, parameter, and names: those that take one only have one.
const BY_ID: &[(&str, &str, &str, &[&str])] = &[
    ("GetDocuments", GET_DOCUMENTS, "$XDSDocumentEntryEntryUUID", &["entry", "addendum", "on_demand"]),
    ("GetDocuments", GET_DOCUMENTS, "$XDSDocumentEntryUniqueId", &["unique_id", "on_demand_unique_id", "open_unique_id"]),
    ("GetDocuments", GET_DOCUMENTS, "$XDSDocumentEntryLogicalID", &["entry"]),
    ("GetFolders", "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderEntryUUID", &["folder"]),
    ("GetFolders", "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderUniqueId", &["folder_unique_id"]),
    ("GetFolders", "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderLogicalID", &["folder"]),
    ("GetAssociations", "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid", &["entry", "set", "folder", "in_folder"]),
    ("GetDocumentsAndAssociations", "bab9529a-4a10-40b3-a01f-f68a615d247a", "$XDSDocumentEntryEntryUUID", &["entry", "addendum"]),
    ("GetDocumentsAndAssociations", "bab9529a-4a10-40b3-a01f-f68a615d247a", "$XDSDocumentEntryUniqueId", &["unique_id"]),
    ("GetSubmissionSets", "51224314-5390-4169-9b91-b1980040715a", "$uuid", &["entry", "folder", "in_folder"]),
    ("GetSubmissionSetAndContents", "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetEntryUUID", &["set"]),
    ("GetSubmissionSetAndContents", "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetUniqueId", &["set_unique_id"]),
    ("GetFolderAndContents", "b909a503-523d-4517-8acf-8e5834dfc4c7", "$XDSFolderEntryUUID", &["folder"]),
    ("GetFolderAndContents", "b909a503-523d-4517-8acf-8e5834dfc4c7", "$XDSFolderUniqueId", &["folder_unique_id"]),
    ("GetFoldersForDocument", "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", "$XDSDocumentEntryEntryUUID", &["entry"]),
    ("GetFoldersForDocument", "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", "$XDSDocumentEntryUniqueId", &["unique_id"]),
    ("GetRelatedDocuments", GET_RELATED, "$XDSDocumentEntryEntryUUID", &["entry"]),
    ("GetRelatedDocuments", GET_RELATED, "$XDSDocumentEntryUniqueId", &["unique_id"]),
];
const GET_DOCUMENTS: &str = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
const TAKE_ONE: [&str; 4] = ["GetSubmissionSetAndContents", "GetFolderAndContents", "GetFoldersForDocument", "GetRelatedDocuments"];
const GET_RELATED: &str = "d90e5407-b356-4d91-a89f-873917b4b0e6";
const RELATIONS: &str = "('urn:ihe:iti:2007:AssociationType:APND','urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember')";
const BOTH_TYPES: &str = "('urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1','urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248')";
pub const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";
pub const EITHER: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')";

/// Every stored query that names ids, and the search by reference id.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, query, parameter, ids) in BY_ID {
        let quoted = |id: &&str| if id.ends_with("unique_id") { format!("'{{{id}}}'") } else { format!("'urn:uuid:{{{id}}}'") };
        let quoted = ids.iter().map(quoted).collect::<Vec<_>>().join(",");
        let value = if TAKE_ONE.contains(name) { quoted } else { format!("({quoted})") };
        let more: &[_] = if *query == GET_RELATED { &[("$AssociationTypes", RELATIONS)] } else { &[] };
        let level = if parameter.ends_with("LogicalID") { "2" } else { "1" };
        let return_type = if parameter.ends_with("UniqueId") { "ObjectRef" } else { "LeafClass" };
        let body = adhoc_query(query, return_type, &[&[(*parameter, value.as_str()), ("$MetadataLevel", level)], more].concat());
        rows.push(Row::soap(format!("{name} {parameter}"), REGISTRY, ITI18, body));
    }
    rows.push(Row::soap("FindDocumentsByReferenceId", REGISTRY, ITI18, by_reference_id("{patient}", "{reference}")));
    rows
}

/// FindDocumentsByReferenceId for a patient by number.
pub fn by_reference_id(patient: &str, reference: &str) -> String {
    let parameters = [
        ("$XDSDocumentEntryPatientId", format!("'{}'", cx(patient))),
        ("$XDSDocumentEntryStatus", APPROVED.to_owned()),
        ("$XDSDocumentEntryType", BOTH_TYPES.to_owned()),
        ("$XDSDocumentEntryReferenceIdList", format!("('{reference}^^^&amp;2.999.5&amp;ISO^urn:ihe:iti:xds:2013:order')")),
    ];
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    adhoc_query("12941a89-e02e-4be5-967c-ce4bfc8fe492", "LeafClass", &parameters)
}

/// A patient id as XML holds it.
pub fn cx(number: &str) -> String {
    format!("{number}^^^&amp;1.3.182.4.4&amp;ISO")
}

/// Retrievals (ITI TF-2: 3.43): one document, one that is made on demand, several of which some are there.
pub fn retrievals() -> Vec<Row> {
    let retrieve = |ids: &[&str]| document_requests("RetrieveDocumentSetRequest", "urn:ihe:iti:xds-b:2007", ids);
    let unknown = fresh_oid();
    let row = |name: &str, ids: &[&str]| Row::soap(format!("ITI-43 {name}"), STORE, ITI43, retrieve(ids));
    vec![
        row("one", &["{unique_id}"]),
        row("on demand", &["{on_demand_unique_id}"]),
        row("several", &["{unique_id}", OPEN, &unknown, "{on_demand_unique_id}"]),
    ]
}
