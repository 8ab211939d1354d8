//! The audit trail.

use std::time::Duration;

use crate::settings::declaration::section;

section! {
    /// The audit trail. Its records are chained, and the chains are sealed while the server runs: `dossier audit verify` finds
    /// what was changed, removed or added behind the server's back.
    Audit = "audit" {
        /// How often the trail is sealed. What was written since the last seal can be cut off its end unnoticed.
        seal_interval: Duration = "1min";
    }
}
