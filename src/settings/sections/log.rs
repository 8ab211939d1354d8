//! What is logged, and in what form.

use crate::settings::declaration::section;
use crate::settings::kinds::{LogFilter, choice};

choice! {
    /// The form of the log.
    LogFormat expects "\"human\" or \"json\"" {
        /// Lines for people.
        Human = "human",
        /// One JSON object on each line.
        Json = "json",
    }
}

section! {
    /// The log, written to standard error. It never holds patient data.
    Log = "log" {
        /// "human" for people, "json" for one JSON object on each line.
        format: LogFormat = "human";
        /// off, error, warn, info, debug or trace, alone or by module, such as "info,dossier::store=debug".
        level: LogFilter = "info,actix_server=warn";
    }
}
