//! A profile from its folder, or the one that comes with the program.

use std::path::Path;

use crate::cli::{Exit, Failure};
use crate::model::dsp::Rules;
use crate::server::{ProfileError, read_profile};
use crate::wire::policy_files::TypeLabels;

/// The rules and the label of each type of document.
pub(super) struct Profile {
    pub(super) rules: Rules,
    pub(super) labels: TypeLabels,
}

impl Profile {
    /// Reads and checks the folder.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, Failure> {
        let (rules, labels) = read_profile(folder)?;
        Ok(Self { rules, labels })
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        let told = error.to_string();
        let mut lines = told.lines();
        let failure = Self::new(Exit::Configuration, lines.next().unwrap_or_default());
        failure.with_details(lines.map(|line| line.trim_start().to_owned()))
    }
}
