//! What a policy answers.

use crate::model::dsp::{Denial, Ground};

use super::authority::Authority;

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

/// Why a policy decided as it did, for the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The deployment opens every record to every connected system.
    OpenPolicy,
    /// A mandate, or authorship.
    Ground(Ground),
    /// The rule that stands in the way.
    Denial(Denial),
}

impl Reason {
    /// The reason as the audit trail writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenPolicy => "open-policy",
            Self::Ground(ground) => ground.code(),
            Self::Denial(denial) => denial.code(),
        }
    }
}

/// A decision on one action on one record. It has to be looked at: there is no way from it to the record but through `match`.
#[must_use = "a decision that nobody looks at protects nothing"]
#[derive(Debug, Clone)]
pub(super) enum Decision {
    /// The record may be opened, under this authority.
    Allow {
        /// What the caller may do in it.
        authority: Authority,
        /// Why.
        reason: Reason,
    },
    /// To this caller the record is as good as unknown.
    Deny {
        /// Why; never told to the caller.
        reason: Reason,
    },
}

impl Decision {
    pub(super) fn denied(denial: Denial) -> Self {
        Self::Deny { reason: Reason::Denial(denial) }
    }
}
