//! Why a command did not do its work, and the exit code that tells a script.

use std::fmt;
use std::process::ExitCode;

use thiserror::Error;

use crate::settings::Problems;

/// The exit codes besides 0, as `dossier --help` documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The work failed.
    Failed,
    /// The command line was used wrongly.
    Usage,
    /// The settings are wrong.
    Configuration,
    /// A port, a folder or the database is not to be had.
    CannotStart,
    /// The server or peer refused.
    Refused,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::CannotStart => 4,
            Self::Refused => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// One clear line, with details below it where one line is not enough. It is shown to the user: no patient data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Failure {
    /// The exit code.
    pub exit_code: Exit,
    /// One line: what failed and what to change.
    pub message: String,
    /// Further lines, shown indented.
    pub details: Vec<String>,
}

impl Failure {
    /// A failure without details.
    pub fn new(exit_code: Exit, message: impl Into<String>) -> Self {
        Self { exit_code, message: message.into(), details: Vec::new() }
    }

    /// Adds lines below the message.
    #[must_use]
    pub fn with_details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        for line in self.details.iter().flat_map(|detail| detail.lines()) {
            write!(formatter, "\n    {line}")?;
        }
        Ok(())
    }
}

impl From<Problems> for Failure {
    fn from(Problems(problems): Problems) -> Self {
        let message = match problems.len() {
            1 => "the settings have 1 problem:".to_owned(),
            number => format!("the settings have {number} problems:"),
        };
        Self::new(Exit::Configuration, message).with_details(problems.iter().map(ToString::to_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_indented_below_the_message() {
        let failure = Failure::new(Exit::CannotStart, "port taken").with_details(["one\ntwo".to_owned()]);
        assert_eq!(failure.to_string(), "port taken\n    one\n    two");
    }

    #[test]
    fn the_codes_are_those_of_the_help() {
        let all = [Exit::Failed, Exit::Usage, Exit::Configuration, Exit::CannotStart, Exit::Refused];
        assert_eq!(all.map(Exit::code), [1, 2, 3, 4, 5]);
    }
}
