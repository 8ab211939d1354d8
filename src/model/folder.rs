//! Folder (ITI TF-3: 4.2.3.4).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, HomeCommunityId, Oid};
use super::text::{Extras, InternationalString};
use super::timestamp::Dtm;

/// A collection of entries of one patient, by any number of sources. Attribute names are those of ITI TF-3: Table 4.2.3.4-1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Id of this version of the folder.
    pub entry_uuid: EntryUuid,
    /// Id shared by all versions.
    pub logical_id: EntryUuid,
    /// Version of the metadata, from 1.
    pub version: u32,
    /// Whether the folder is current.
    pub availability_status: AvailabilityStatus,
    /// Community, where the source named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_community_id: Option<HomeCommunityId>,
    /// Id given by the source.
    pub unique_id: Oid,
    /// The patient.
    pub patient_id: PatientId,
    /// Kinds of clinical activity. The standard wants one at least, older sources send none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// When membership last changed: set by the registry, never by the source (ITI TF-3: 4.2.3.4.6).
    pub last_update_time: Dtm,
    /// Title.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub title: InternationalString,
    /// Comments.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub comments: InternationalString,
    /// Whether the source marked the metadata as limited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited_metadata: bool,
    /// What the source sent beyond the standard.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl fmt::Debug for Folder {
    /// The id alone: a debug print must not put a patient into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("entry_uuid", &self.entry_uuid).finish_non_exhaustive()
    }
}
