//! What a policy answers.

/// What a caller wants to do with a patient's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Find metadata.
    Find,
    /// Get documents.
    Retrieve,
    /// Submit documents and metadata.
    Submit,
    /// Remove documents or metadata for good.
    Remove,
    /// Change metadata that are there.
    Update,
}

/// How much of a record an allowed caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// All of it.
    Everything,
}

/// Why a policy decided as it did, for the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The deployment opens every record to every connected system.
    OpenPolicy,
    /// The access rules of the shared care record.
    AccessRules,
}

impl Reason {
    /// The reason as the audit trail writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenPolicy => "open-policy",
            Self::AccessRules => "access-rules",
        }
    }
}

/// A decision on one action on one record. It has to be looked at: there is no way from it to the record but through `match`.
#[must_use = "a decision that nobody looks at protects nothing"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The record may be opened, to this extent.
    Allow {
        /// What the caller sees.
        visibility: Visibility,
        /// Why.
        reason: Reason,
    },
    /// To this caller the record is as good as unknown.
    Deny {
        /// Why; never told to the caller.
        reason: Reason,
    },
}
