//! Registry Stored Queries (ITI TF-2: 3.18.4.1.2.3.7).

use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::document_entry::DocumentEntryType;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, HomeCommunityId, Oid, UniqueId};
use super::timestamp::Dtm;

/// A question to the registry, whoever asks it in whatever protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredQuery {
    /// Entries of a patient by their attributes.
    FindDocuments(Box<FindDocuments>),
    /// Entries by id.
    GetDocuments(ObjectIds<UniqueId>),
    /// One submission set with what it holds.
    GetSubmissionSetAndContents(GetSubmissionSetAndContents),
    /// All of a patient.
    GetAll(GetAll),
}

impl StoredQuery {
    /// The query's name in the standard, for the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FindDocuments(query) if query.reference_ids.is_empty() => "FindDocuments",
            Self::FindDocuments(_) => "FindDocumentsByReferenceId",
            Self::GetDocuments(_) => "GetDocuments",
            Self::GetSubmissionSetAndContents(_) => "GetSubmissionSetAndContents",
            Self::GetAll(_) => "GetAll",
        }
    }
}

/// Codes of which an entry has to have one; several groups have all to be met, where the attribute is multi-valued.
pub type CodeGroup = Vec<CodeMatch>;

/// A code to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMatch {
    /// The code.
    pub code: String,
    /// Its scheme.
    pub scheme: String,
}

impl CodeMatch {
    /// Whether an attribute has this value.
    pub fn matches(&self, code: &Code) -> bool {
        self.code == code.code && self.scheme == code.scheme
    }
}

/// A time from (inclusive) to (exclusive); either may be open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Not before.
    pub from: Option<Dtm>,
    /// Before.
    pub to: Option<Dtm>,
}

/// Parameters of FindDocuments and FindDocumentsByReferenceId (ITI TF-2: 3.18.4.1.2.3.7.1, 3.18.4.1.2.3.7.14). An empty list sets no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindDocuments {
    /// Whose documents.
    pub patient_id: PatientId,
    /// At least one.
    pub statuses: Vec<AvailabilityStatus>,
    /// Stable entries alone where nothing is said.
    pub object_types: Vec<DocumentEntryType>,
    /// One of these.
    pub class_codes: CodeGroup,
    /// One of these.
    pub type_codes: CodeGroup,
    /// One of these.
    pub practice_setting_codes: CodeGroup,
    /// One of these.
    pub healthcare_facility_type_codes: CodeGroup,
    /// One of these.
    pub format_codes: CodeGroup,
    /// One of each group.
    pub event_codes: Vec<CodeGroup>,
    /// One of each group.
    pub confidentiality_codes: Vec<CodeGroup>,
    /// One of these LIKE patterns (`%` any text, `_` one character) fits one author.
    pub author_persons: Vec<String>,
    /// When made.
    pub creation_time: TimeRange,
    /// Start of care.
    pub service_start_time: TimeRange,
    /// End of care.
    pub service_stop_time: TimeRange,
    /// One of each group is among the entry's reference ids.
    pub reference_ids: Vec<Vec<String>>,
}

/// Ids of either kind; never both, never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectIds<U> {
    /// By id of the registry object.
    EntryUuids(Vec<EntryUuid>),
    /// By id of what it describes.
    UniqueIds(Vec<U>),
}

/// Parameters of GetSubmissionSetAndContents (ITI TF-2: 3.18.4.1.2.3.7.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetSubmissionSetAndContents {
    /// Which submission set.
    pub id: ObjectIds<Oid>,
    /// Community, where one is named.
    pub home_community_id: Option<HomeCommunityId>,
    /// Conditions on its entries.
    pub entry_filter: EntryFilter,
}

/// Conditions that the queries "…AndContents" and GetAll put on entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFilter {
    /// One of these formats, where any is named.
    pub format_codes: CodeGroup,
    /// One of each group.
    pub confidentiality_codes: Vec<CodeGroup>,
    /// Stable entries alone where nothing is said.
    pub object_types: Vec<DocumentEntryType>,
}

/// Parameters of GetAll (ITI TF-2: 3.18.4.1.2.3.7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetAll {
    /// Whose objects.
    pub patient_id: PatientId,
    /// Statuses of entries.
    pub entry_statuses: Vec<AvailabilityStatus>,
    /// Statuses of submission sets.
    pub submission_set_statuses: Vec<AvailabilityStatus>,
    /// Statuses of folders.
    pub folder_statuses: Vec<AvailabilityStatus>,
    /// Conditions on entries.
    pub entry_filter: EntryFilter,
}
