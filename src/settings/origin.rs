//! Where the value of a setting came from.

use std::fmt;
use std::path::PathBuf;

/// The source whose value is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// No source named it.
    Default,
    /// The settings file, with the line of the key (counted from 1).
    File(PathBuf, usize),
    /// An environment variable, by name.
    Environment(String),
    /// A command-line flag, as the user writes it.
    Flag(String),
}

impl Origin {
    /// The word a script reads: `default`, `file`, `environment` or `flag`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File(..) => "file",
            Self::Environment(_) => "environment",
            Self::Flag(_) => "flag",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path, line) => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::Flag(flag) => write!(formatter, "flag {flag}"),
        }
    }
}
