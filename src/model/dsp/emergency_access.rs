//! What emergency professionals see (access rules, 3, *Emergency setting*).

use serde::{Deserialize, Serialize};

/// What emergency professionals see: the holder's choice in advance, or the patient's on arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmergencyAccess {
    /// Standard documents.
    #[default]
    Standard,
    /// Confidential ones too.
    Extended,
    /// No emergency mandate.
    Denied,
}

impl EmergencyAccess {
    /// The one of the two that shows less.
    pub fn least(self, other: Self) -> Self {
        let shown = |access| match access {
            Self::Denied => 0,
            Self::Standard => 1,
            Self::Extended => 2,
        };
        if shown(other) < shown(self) { other } else { self }
    }
}
