//! The life cycle of registry objects.

use serde::{Deserialize, Serialize};

/// Whether an object is the one to use (ITI TF-3: 4.2.3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AvailabilityStatus {
    /// Available for patient care.
    Approved,
    /// Obsolete: replaced, or withdrawn by its source.
    Deprecated,
}

impl AvailabilityStatus {
    /// The ebRIM status URN.
    pub fn urn(self) -> &'static str {
        match self {
            Self::Approved => "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",
            Self::Deprecated => "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated",
        }
    }

    /// The status a URN names.
    pub fn from_urn(urn: &str) -> Option<Self> {
        [Self::Approved, Self::Deprecated].into_iter().find(|status| status.urn() == urn)
    }
}
