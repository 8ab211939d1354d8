//! One value for one setting.

use crate::settings::declaration::Setting;
use crate::settings::kinds::Given;
use crate::settings::nearest::nearest;
use crate::settings::{Origin, Problem, Settings};

/// A value that a source gave to a declared setting.
pub(in crate::settings) struct Assignment {
    pub(in crate::settings) setting: &'static Setting,
    pub(in crate::settings) given: Given,
    pub(in crate::settings) origin: Origin,
}

/// The problem of a key that no setting has, naming the nearest one.
pub(super) fn unknown_key(key: &str, origin: &Origin) -> Problem {
    let mend = match nearest(key, Settings::all().map(Setting::key)) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "dossier config print lists all settings".to_owned(),
    };
    Problem::new(origin, format!("there is no setting {}", key.escape_debug()), mend)
}
