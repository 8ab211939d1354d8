//! DocumentEntry (ITI TF-3: 4.2.3.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::author::Author;
use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::hl7_types::{Cx, PatientId, Xcn};
use super::ids::{EntryUuid, HomeCommunityId, RepositoryUniqueId, UniqueId};
use super::text::{Extras, InternationalString};
use super::timestamp::Dtm;

/// Whether the entry stands for fixed content or for content made when it is asked for (ITI TF-3: 4.2.3.2.30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentEntryType {
    /// Content that does not change.
    Stable,
    /// Content assembled at each retrieval.
    OnDemand,
}

impl DocumentEntryType {
    /// The `objectType` of the entry on the wire.
    pub fn uuid(self) -> &'static str {
        match self {
            Self::Stable => "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
            Self::OnDemand => "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248",
        }
    }

    /// The type that an `objectType` names; the UUID in any case.
    pub fn from_uuid(uuid: &str) -> Option<Self> {
        [Self::Stable, Self::OnDemand].into_iter().find(|kind| kind.uuid().eq_ignore_ascii_case(uuid))
    }
}

/// The metadata of one document, whole as its source sent it. Attribute names are those of ITI TF-3: Table 4.2.3.2-1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Id of this version of the entry.
    pub entry_uuid: EntryUuid,
    /// Id shared by all versions of the entry; the `entry_uuid` of the first.
    pub logical_id: EntryUuid,
    /// Version of the metadata, from 1.
    pub version: u32,
    /// Whether the entry is current.
    pub availability_status: AvailabilityStatus,
    /// Stable or on-demand.
    pub object_type: DocumentEntryType,
    /// Community, where the source named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_community_id: Option<HomeCommunityId>,
    /// Id of the document's content.
    pub unique_id: UniqueId,
    /// The patient, in the affinity domain.
    pub patient_id: PatientId,
    /// The patient as the source knows them.
    pub source_patient_id: Cx,
    /// Demographics as the source knows them: `PID-n|…` lines, kept as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_patient_info: Vec<String>,
    /// Title.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub title: InternationalString,
    /// Comments.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub comments: InternationalString,
    /// Authors in the source's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// Who legally answers for the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_authenticator: Option<Xcn>,
    /// High-level kind of document.
    pub class_code: Code,
    /// Precise kind of document.
    pub type_code: Code,
    /// Technical format of the content.
    pub format_code: Code,
    /// Kind of organisation where the care took place.
    pub healthcare_facility_type_code: Code,
    /// Clinical specialty where the care took place.
    pub practice_setting_code: Code,
    /// Security and privacy labels; at least one.
    pub confidentiality_codes: Vec<Code>,
    /// Main acts documented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_codes: Vec<Code>,
    /// When the content was made. Stable entries have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<Dtm>,
    /// Start of the documented care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_start_time: Option<Dtm>,
    /// End of the documented care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_stop_time: Option<Dtm>,
    /// RFC 5646 language tag.
    pub language_code: String,
    /// MIME type of the content.
    pub mime_type: String,
    /// SHA-1 of the content, lower-case hexadecimal. Stable entries have one once the repository has seen the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Sha1Hex>,
    /// Size of the content in bytes. Stable entries have one once the repository has seen the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// URI as sent; parts of a long one are joined (ITI TF-3: 4.2.3.2.27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Where the content is. There once the repository has accepted the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_unique_id: Option<RepositoryUniqueId>,
    /// Identifiers of orders, accessions, encounters… in type CXi, as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_ids: Vec<String>,
    /// `urn:ihe:iti:2010:DocumentAvailability:…`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_availability: Option<String>,
    /// Whether the source marked the metadata as limited (ITI TF-3: 4.2.3.1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited_metadata: bool,
    /// What the source sent beyond the standard.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl fmt::Debug for DocumentEntry {
    /// The id alone: a debug print must not put a patient into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentEntry").field("entry_uuid", &self.entry_uuid).finish_non_exhaustive()
    }
}

/// A SHA-1 digest as metadata write it: 40 lower-case hexadecimal digits (ITI TF-3: 4.2.3.2.10).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha1Hex(String);

impl Sha1Hex {
    /// The digest of some content.
    pub fn from_digest(digest: &[u8; 20]) -> Self {
        Self(hex::encode(digest))
    }

    /// 40 lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha1Hex {
    type Error = super::ids::InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(super::ids::InvalidIdentifier { expected: "a SHA-1 digest of 40 hexadecimal digits" })
        }
    }
}

impl From<Sha1Hex> for String {
    fn from(hash: Sha1Hex) -> Self {
        hash.0
    }
}
