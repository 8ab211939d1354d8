//! How long what is kept, and by which time.

use std::time::Duration;

use crate::settings::declaration::section;

section! {
    /// What happens to records by themselves: a new one becomes active when its days are over, and ten years after closing or
    /// death record, documents and their trace are destroyed. `dossier retention --dry-run` shows what is due.
    Retention = "retention" {
        /// How often the server looks for what is due.
        interval: Duration = "10min";
    }
}

section! {
    /// The time by which the server decides.
    Clock = "clock" {
        /// Whether a test may set it, with `$set-clock` on the operations listener. Refused unless environment = "test".
        settable: bool = "false";
        /// A jump of the machine's clock that is longer than this is written into the audit trail.
        longest_jump: Duration = "5s";
    }
}
