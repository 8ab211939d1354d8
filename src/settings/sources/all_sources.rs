//! All sources together.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Assignment, Flag, environment, file, flags};
use crate::settings::Problem;

/// What to read the settings from. It has no `Debug`, as the environment may hold secrets.
#[derive(Clone, Default)]
pub struct Sources {
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
    /// The environment variables; those not named `DOSSIER_…` are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// The command-line flags, the last one wins.
    pub flags: Vec<Flag>,
}

impl Sources {
    /// Every assignment, later ones overriding earlier ones, and what is wrong with the sources themselves.
    pub(in crate::settings) fn read(&self) -> (Vec<Assignment>, Vec<Problem>) {
        let mut assignments = Vec::new();
        let mut problems = Vec::new();
        let file = self.file.as_deref().map(file::read);
        for source in file.into_iter().chain([environment::read(&self.environment), flags::read(&self.flags)]) {
            for outcome in source {
                match outcome {
                    Ok(assignment) => assignments.push(assignment),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        (assignments, problems)
    }
}
