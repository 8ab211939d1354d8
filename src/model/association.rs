//! Association (ITI TF-3: 4.2.2).

use serde::{Deserialize, Serialize};

use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::ids::EntryUuid;
use super::text::{Extras, InternationalString};

/// What an association says of its source and target (ITI TF-3: Table 4.2.2-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AssociationType {
    /// The source contains the target.
    HasMember,
    /// The source replaces the target.
    Replaces,
    /// The source is the target in another form.
    Transforms,
    /// The source replaces the target with another form of it.
    TransformsAndReplaces,
    /// The source adds to the target.
    Appends,
    /// The source is a signature of the target.
    Signs,
    /// The source is the content of the on-demand target at one moment.
    IsSnapshotOf,
}

impl AssociationType {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::HasMember, Self::Replaces, Self::Transforms, Self::TransformsAndReplaces, Self::Appends, Self::Signs, Self::IsSnapshotOf];

    /// The `associationType` on the wire.
    pub fn urn(self) -> &'static str {
        match self {
            Self::HasMember => "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember",
            Self::Replaces => "urn:ihe:iti:2007:AssociationType:RPLC",
            Self::Transforms => "urn:ihe:iti:2007:AssociationType:XFRM",
            Self::TransformsAndReplaces => "urn:ihe:iti:2007:AssociationType:XFRM_RPLC",
            Self::Appends => "urn:ihe:iti:2007:AssociationType:APND",
            Self::Signs => "urn:ihe:iti:2007:AssociationType:signs",
            Self::IsSnapshotOf => "urn:ihe:iti:2010:AssociationType:IsSnapshotOf",
        }
    }

    /// The type that an `associationType` names.
    pub fn from_urn(urn: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.urn() == urn)
    }

    /// Whether the source document takes the place of the target.
    pub fn replaces(self) -> bool {
        matches!(self, Self::Replaces | Self::TransformsAndReplaces)
    }

    /// Whether the association relates two documents (ITI TF-3: 4.2.2.2).
    pub fn relates_documents(self) -> bool {
        !matches!(self, Self::HasMember)
    }
}

/// Whether a submission set brings its member or only mentions it (ITI TF-3: 4.2.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SubmissionSetStatus {
    /// The member is submitted here for the first time.
    Original,
    /// The member was there before.
    Reference,
}

impl SubmissionSetStatus {
    /// The value of the slot on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "Original",
            Self::Reference => "Reference",
        }
    }

    /// The status a slot value names.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Original, Self::Reference].into_iter().find(|status| status.as_str() == text)
    }
}

/// A directed link between two registry objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Id of the association itself.
    pub entry_uuid: EntryUuid,
    /// What it says.
    pub association_type: AssociationType,
    /// `sourceObject`.
    pub source: EntryUuid,
    /// `targetObject`.
    pub target: EntryUuid,
    /// Whether it is in force.
    pub availability_status: AvailabilityStatus,
    /// For members of a submission set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_set_status: Option<SubmissionSetStatus>,
    /// Why documents are related (ITI TF-3: 4.2.2.2.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<Code>,
    /// Name, where the source gave one.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub name: InternationalString,
    /// What the source sent beyond the standard.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl Association {
    /// A new, approved association without further attributes.
    pub fn new(entry_uuid: EntryUuid, association_type: AssociationType, source: EntryUuid, target: EntryUuid) -> Self {
        Self {
            entry_uuid,
            association_type,
            source,
            target,
            availability_status: AvailabilityStatus::Approved,
            submission_set_status: None,
            documentation: None,
            name: InternationalString::default(),
            extras: Extras::default(),
        }
    }
}
