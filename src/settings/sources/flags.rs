//! Command-line flags.

use super::assignment::{Assignment, unknown_key};
use crate::settings::kinds::Given;
use crate::settings::{Origin, Problem, Settings};

/// A flag that stands for a setting. It has no `Debug`, as a user may wrongly pass a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Flag {
    /// The flag as the user writes it, such as `--http`.
    pub flag: String,
    /// The dotted key it sets.
    pub key: String,
    /// Its value; lists separated by commas.
    pub value: String,
}

impl Flag {
    /// A flag that sets `key`.
    pub fn new(flag: impl Into<String>, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { flag: flag.into(), key: key.into(), value: value.into() }
    }
}

pub(super) fn read(flags: &[Flag]) -> Vec<Result<Assignment, Problem>> {
    flags.iter().map(assignment).collect()
}

fn assignment(flag: &Flag) -> Result<Assignment, Problem> {
    let origin = Origin::Flag(flag.flag.clone());
    let setting = Settings::declared(&flag.key).ok_or_else(|| unknown_key(&flag.key, &origin))?;
    if setting.secret {
        let what = format!("{} on a command line is seen by every user of the machine", flag.key);
        return Err(Problem::new(origin, what, format!("set {}", setting.environment_variable())));
    }
    Ok(Assignment { setting, given: Given::Plain(flag.value.clone()), origin })
}
