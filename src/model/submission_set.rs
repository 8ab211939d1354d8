//! SubmissionSet (ITI TF-3: 4.2.3.3).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::author::Author;
use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, HomeCommunityId, Oid};
use super::text::{Extras, InternationalString};
use super::timestamp::Dtm;

/// The envelope of one submission: who sent what for whom, when. Attribute names are those of ITI TF-3: Table 4.2.3.3-1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionSet {
    /// Id of the object.
    pub entry_uuid: EntryUuid,
    /// Always approved.
    pub availability_status: AvailabilityStatus,
    /// Community, where the source named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_community_id: Option<HomeCommunityId>,
    /// Id given by the source.
    pub unique_id: Oid,
    /// The patient of all that is submitted.
    pub patient_id: PatientId,
    /// The sending system.
    pub source_id: Oid,
    /// When it was sent.
    pub submission_time: Dtm,
    /// The clinical act behind the submission.
    pub content_type_code: Code,
    /// Title.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub title: InternationalString,
    /// Comments.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub comments: InternationalString,
    /// Authors in the source's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// Addressees in types XON|XCN|XTN, as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intended_recipients: Vec<String>,
    /// Whether the source marked the metadata as limited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited_metadata: bool,
    /// What the source sent beyond the standard.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl fmt::Debug for SubmissionSet {
    /// The id alone: a debug print must not put a patient into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmissionSet").field("entry_uuid", &self.entry_uuid).finish_non_exhaustive()
    }
}
