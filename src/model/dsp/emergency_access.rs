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
