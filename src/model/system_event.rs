//! What happens to the server itself and concerns no patient (DICOM PS3.15, A.5.3.1 Application Activity and A.5.3.11 Security
//! Alert).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SystemEventKind {
    /// A server process is about to answer.
    Start,
    /// It has answered everything and ends.
    Stop,
    /// It starts with other settings than the time before.
    SettingsChanged,
    /// It starts with other access rules than the time before.
    RulesChanged,
    /// It starts on a database of another shape than the time before: migrations were applied.
    SchemaChanged,
    /// The wall clock and the time that passed do not agree.
    ClockChanged,
    /// The operator ran a command on the store.
    Command,
}

impl SystemEventKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Start, Self::Stop, Self::SettingsChanged, Self::RulesChanged, Self::SchemaChanged, Self::ClockChanged, Self::Command];

    /// The code in lists and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::SettingsChanged => "settings-changed",
            Self::RulesChanged => "rules-changed",
            Self::SchemaChanged => "schema-changed",
            Self::ClockChanged => "clock-changed",
            Self::Command => "command",
        }
    }
}

/// What happened, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemEvent {
    /// What happened.
    pub kind: SystemEventKind,
    /// By name: versions, hashes, numbers; nothing of anybody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

impl SystemEvent {
    /// Something of which nothing more is known yet.
    pub fn new(kind: SystemEventKind) -> Self {
        Self { kind, details: BTreeMap::new() }
    }

    /// The same with one more thing known of it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.details.insert(name.to_owned(), value.to_string());
        self
    }

    /// What is known under this name.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(String::as_str)
    }
}
