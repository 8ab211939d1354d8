//! Registry Stored Queries (ITI TF-2: 3.18.4.1.2.3.7).

use super::association::AssociationType;
use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::document_entry::DocumentEntryType;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, Oid, UniqueId};
use super::multi_patient_query::Patients;
use super::timestamp::Dtm;

/// How much of the history of metadata a query shows (`$MetadataLevel`, ITI TF-2: 3.18.4.1.2.3.5.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetadataLevel {
    /// What there was before metadata could be updated: by id the latest version of entries and folders, and associations in
    /// force; where a query asks for statuses, these decide.
    #[default]
    One,
    /// All versions, and associations whatever their status.
    Two,
}

/// A question to the registry, whoever asks it in whatever protocol (ITI TF-2: 3.18.4.1.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredQuery {
    /// Entries of a patient by their attributes; with reference ids it is FindDocumentsByReferenceId.
    FindDocuments(Box<FindDocuments>),
    /// Submission sets of a patient by their attributes.
    FindSubmissionSets(FindSubmissionSets),
    /// Folders of a patient by their attributes.
    FindFolders(FindFolders),
    /// All of a patient.
    GetAll(GetAll),
    /// Entries by id.
    GetDocuments(ObjectIds<UniqueId>),
    /// Folders by id.
    GetFolders(ObjectIds<Oid>),
    /// Associations that start or end at these objects.
    GetAssociations(Vec<EntryUuid>),
    /// Entries by id, with the associations that start or end at them.
    GetDocumentsAndAssociations(ObjectIds<UniqueId>),
    /// The submission sets that brought these objects, with the memberships.
    GetSubmissionSets(Vec<EntryUuid>),
    /// One submission set with what it holds.
    GetSubmissionSetAndContents(ObjectIds<Oid>, EntryFilter),
    /// One folder with what it holds.
    GetFolderAndContents(ObjectIds<Oid>, EntryFilter),
    /// The folders that hold an entry.
    GetFoldersForDocument(ObjectIds<UniqueId>),
    /// The entries related to an entry by associations of these types, with the associations.
    GetRelatedDocuments(ObjectIds<UniqueId>, Vec<AssociationType>, EntryFilter),
}

/// Whose records have to be opened to answer a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'q> {
    /// This patient's.
    Patient(&'q PatientId),
    /// Those of the patients of these entries.
    Entries(&'q ObjectIds<UniqueId>),
    /// Those of the patients of these submission sets.
    SubmissionSets(&'q ObjectIds<Oid>),
    /// Those of the patients of these folders.
    Folders(&'q ObjectIds<Oid>),
    /// Those of the patients of these objects of any kind.
    Objects(&'q [EntryUuid]),
    /// Those of these patients.
    Patients(&'q [PatientId]),
    /// Those of all patients with an entry that meets the conditions. Each of them adds to the answer, so one patient
    /// more than the objects it may hold is enough to know that it is too long.
    AnyWithDocuments(&'q FindDocuments<Patients>, usize),
    /// Those of all patients with a folder that meets the conditions, as many as with entries.
    AnyWithFolders(&'q FindFolders<Patients>, usize),
}

impl StoredQuery {
    /// The query's name in the standard, for the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FindDocuments(query) if query.reference_ids.is_empty() => "FindDocuments",
            Self::FindDocuments(_) => "FindDocumentsByReferenceId",
            Self::FindSubmissionSets(_) => "FindSubmissionSets",
            Self::FindFolders(_) => "FindFolders",
            Self::GetAll(_) => "GetAll",
            Self::GetDocuments(_) => "GetDocuments",
            Self::GetFolders(_) => "GetFolders",
            Self::GetAssociations(_) => "GetAssociations",
            Self::GetDocumentsAndAssociations(_) => "GetDocumentsAndAssociations",
            Self::GetSubmissionSets(_) => "GetSubmissionSets",
            Self::GetSubmissionSetAndContents(..) => "GetSubmissionSetAndContents",
            Self::GetFolderAndContents(..) => "GetFolderAndContents",
            Self::GetFoldersForDocument(_) => "GetFoldersForDocument",
            Self::GetRelatedDocuments(..) => "GetRelatedDocuments",
        }
    }

    /// Whose records have to be opened.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::FindDocuments(query) => Subject::Patient(&query.patient_id),
            Self::FindSubmissionSets(query) => Subject::Patient(&query.patient_id),
            Self::FindFolders(query) => Subject::Patient(&query.patient_id),
            Self::GetAll(query) => Subject::Patient(&query.patient_id),
            Self::GetDocuments(ids) | Self::GetDocumentsAndAssociations(ids) | Self::GetFoldersForDocument(ids) => Subject::Entries(ids),
            Self::GetRelatedDocuments(ids, ..) => Subject::Entries(ids),
            Self::GetFolders(ids) | Self::GetFolderAndContents(ids, _) => Subject::Folders(ids),
            Self::GetSubmissionSetAndContents(ids, _) => Subject::SubmissionSets(ids),
            Self::GetAssociations(ids) | Self::GetSubmissionSets(ids) => Subject::Objects(ids),
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
pub struct FindDocuments<P = PatientId> {
    /// Whose documents.
    pub patient_id: P,
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

impl FindDocuments {
    /// The current documents of a patient: approved stable entries, without a further condition.
    pub fn current(patient_id: PatientId) -> Self {
        Self {
            patient_id,
            statuses: vec![AvailabilityStatus::Approved],
            object_types: vec![DocumentEntryType::Stable],
            class_codes: Vec::new(),
            type_codes: Vec::new(),
            practice_setting_codes: Vec::new(),
            healthcare_facility_type_codes: Vec::new(),
            format_codes: Vec::new(),
            event_codes: Vec::new(),
            confidentiality_codes: Vec::new(),
            author_persons: Vec::new(),
            creation_time: TimeRange::default(),
            service_start_time: TimeRange::default(),
            service_stop_time: TimeRange::default(),
            reference_ids: Vec::new(),
        }
    }
}

/// Ids of one kind; never of two, never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectIds<U> {
    /// By id of the registry object.
    EntryUuids(Vec<EntryUuid>),
    /// By id of what it describes.
    UniqueIds(Vec<U>),
    /// By id that all versions share.
    LogicalIds(Vec<EntryUuid>),
}

impl<U> ObjectIds<U> {
    /// How many ids there are.
    pub fn len(&self) -> usize {
        match self {
            Self::EntryUuids(ids) | Self::LogicalIds(ids) => ids.len(),
            Self::UniqueIds(ids) => ids.len(),
        }
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Parameters of FindSubmissionSets (ITI TF-2: 3.18.4.1.2.3.7.2). An empty list sets no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindSubmissionSets {
    /// Whose submission sets.
    pub patient_id: PatientId,
    /// At least one.
    pub statuses: Vec<AvailabilityStatus>,
    /// One of these sources.
    pub source_ids: Vec<Oid>,
    /// When submitted.
    pub submission_time: TimeRange,
    /// This LIKE pattern fits one author.
    pub author_person: Option<String>,
    /// One of these.
    pub content_type_codes: CodeGroup,
}

/// Parameters of FindFolders (ITI TF-2: 3.18.4.1.2.3.7.3). An empty list sets no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindFolders<P = PatientId> {
    /// Whose folders.
    pub patient_id: P,
    /// At least one.
    pub statuses: Vec<AvailabilityStatus>,
    /// When membership last changed.
    pub last_update_time: TimeRange,
    /// One of each group.
    pub codes: Vec<CodeGroup>,
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
