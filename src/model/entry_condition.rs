//! What a search over FHIR asks of a document entry and FindDocuments has no words for (FHIR R4, search.html).

use super::code::Code;
use super::entry_search::EntryNames;
use super::stored_query::CodeMatch;
use super::timestamp::Instant;

/// That all tests of one alternative are met; where it is negated, that those of none are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryCondition {
    /// The alternatives. Of none, none is met.
    pub any_of: Vec<Vec<EntryTest>>,
    /// Whether none may be met (`:not`, search.html#modifiers): what has no value meets this.
    pub negated: bool,
}

/// One thing that is true of an entry or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryTest {
    /// It has such a code.
    Code(CodedAttribute, CodePattern),
    /// It has no code.
    NoCode(CodedAttribute),
    /// A time of it is in a range.
    Time {
        /// Which.
        time: EntryTime,
        /// Not before this.
        from: Option<Instant>,
        /// Before this.
        before: Option<Instant>,
        /// What is true of an entry without this time.
        or_none: bool,
    },
    /// It has no such time.
    NoTime(EntryTime),
    /// One of its reference ids is like this LIKE pattern (`%` any text).
    ReferenceId(String),
    /// It has no reference id.
    NoReferenceId,
    /// One of its authors is like this LIKE pattern.
    Author(String),
    /// One of these names is its own.
    Named(EntryNames),
}

/// The coded attributes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodedAttribute {
    /// `classCode`.
    Class,
    /// `typeCode`.
    Type,
    /// `formatCode`.
    Format,
    /// `healthcareFacilityTypeCode`.
    Facility,
    /// `practiceSettingCode`.
    PracticeSetting,
    /// `eventCodeList`.
    Event,
    /// `confidentialityCode`.
    Confidentiality,
}

/// Codes that a token stands for (search.html#token).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodePattern {
    /// `system|code`, or `|code` with an empty scheme.
    Exactly(CodeMatch),
    /// `code`: of whatever scheme.
    OfAnyScheme(String),
    /// `system|`: whatever code of the scheme.
    AnyOf(String),
}

impl CodePattern {
    /// Whether it stands for this code.
    pub fn matches(&self, code: &Code) -> bool {
        match self {
            Self::Exactly(wanted) => wanted.matches(code),
            Self::OfAnyScheme(wanted) => *wanted == code.code,
            Self::AnyOf(scheme) => *scheme == code.scheme && !code.is_absent(),
        }
    }
}

/// The times of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryTime {
    /// When it was registered, in microseconds.
    Registered,
    /// `creationTime`; this and the others in seconds.
    Creation,
    /// `serviceStartTime`.
    ServiceStart,
    /// `serviceStopTime`.
    ServiceStop,
}
