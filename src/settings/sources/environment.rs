//! The environment variables `DOSSIER_<SECTION>_<KEY>`.

use std::ffi::{OsStr, OsString};

use super::assignment::Assignment;
use crate::settings::declaration::Setting;
use crate::settings::kinds::Given;
use crate::settings::nearest::nearest;
use crate::settings::{Origin, Problem, Settings};

const PREFIX: &str = "DOSSIER_";
/// Names the settings file itself; the command line reads it.
const FILE: &str = "DOSSIER_CONFIG";
/// The project's own tests are steered by variables of this prefix.
const TESTS: &str = "DOSSIER_TEST_";

pub(super) fn read(variables: &[(OsString, OsString)]) -> Vec<Result<Assignment, Problem>> {
    let text = variables.iter().map(|(name, value)| (name.to_string_lossy(), value));
    let ours = text.filter(|(name, _)| name.starts_with(PREFIX) && name != FILE && !name.starts_with(TESTS));
    ours.map(|(name, value)| assignment(&name, value)).collect()
}

fn assignment(name: &str, value: &OsStr) -> Result<Assignment, Problem> {
    let origin = Origin::Environment(name.escape_debug().to_string());
    let Some(setting) = Settings::all().find(|setting| setting.environment_variable() == name) else {
        return Err(unknown_variable(name, &origin));
    };
    let Some(value) = value.to_str() else {
        return Err(Problem::new(origin, format!("{} is not UTF-8", setting.key()), "write it in UTF-8"));
    };
    Ok(Assignment { setting, given: Given::Plain(value.to_owned()), origin })
}

fn unknown_variable(name: &str, origin: &Origin) -> Problem {
    let mend = match nearest(name, Settings::all().map(Setting::environment_variable)) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "dossier config print lists all settings".to_owned(),
    };
    Problem::new(origin, "no setting has this variable", mend)
}
