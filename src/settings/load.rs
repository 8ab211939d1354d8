//! Reads the settings from their sources, with every problem reported at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::declaration::Setting;
use super::kinds::{Base, Given, Kind};
use super::sources::Assignment;
use super::{Origin, Problem, Problems, Settings, Sources};

/// Settings and where each came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The values in force.
    pub settings: Settings,
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Where the value of a dotted key came from.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }
}

/// Reads the sources, each overriding the one before it: default, file, environment, flags.
///
/// # Errors
/// Every problem of every source: unreadable file, no TOML, unknown keys and variables, wrong values; and, once all
/// of these are mended, settings that contradict each other.
pub fn load(sources: &Sources) -> Result<Loaded, Problems> {
    let (assignments, problems) = sources.read();
    let mut reading = Reading::new(sources.file.as_deref(), assignments, problems);
    let settings = Settings::read(&mut reading);
    match settings {
        Some(settings) if reading.problems.is_empty() => {
            let loaded = Loaded { settings, origins: reading.origins() };
            super::checks::agree(&loaded)?;
            Ok(loaded)
        }
        Some(_) | None => Err(Problems(reading.problems)),
    }
}

/// The values that the sources gave, while the sections take theirs.
pub(super) struct Reading {
    assignments: BTreeMap<String, Assignment>,
    problems: Vec<Problem>,
    file_folder: PathBuf,
    data: PathBuf,
}

const DATA_FOLDER: &str = "data.directory";

impl Reading {
    fn new(file: Option<&Path>, assignments: Vec<Assignment>, problems: Vec<Problem>) -> Self {
        let file_folder = file.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let assignments = assignments.into_iter().map(|assignment| (assignment.setting.key(), assignment)).collect();
        let mut reading = Self { assignments, problems, file_folder, data: PathBuf::new() };
        // Other paths may start in the data folder, so it is known first; whether it is wrong is told when it is taken.
        if let Some(setting) = Settings::declared(DATA_FOLDER) {
            let (given, origin) = reading.value(setting);
            let base = Base { folder: reading.folder(&origin), data: None };
            reading.data = PathBuf::read(&given, &base).unwrap_or_default();
        }
        reading
    }

    /// The value of one setting, or `None` with the problem noted.
    pub(super) fn take<T: Kind>(&mut self, setting: &'static Setting) -> Option<T> {
        let (given, origin) = self.value(setting);
        let data = (setting.key() != DATA_FOLDER).then(|| self.data.clone());
        let base = Base { folder: self.folder(&origin), data };
        match T::read(&given, &base) {
            Ok(value) => Some(value),
            Err(unacceptable) => {
                let what = format!("{}: {unacceptable}", setting.key());
                self.problems.push(Problem::new(origin, what, format!("write {}", T::EXPECTED)));
                None
            }
        }
    }

    fn value(&self, setting: &Setting) -> (Given, Origin) {
        match self.assignments.get(&setting.key()) {
            Some(assignment) => (assignment.given.clone(), assignment.origin.clone()),
            None => (Given::Plain(setting.default.to_owned()), Origin::Default),
        }
    }

    /// What is written in the file, or nowhere, starts at the file's folder; what is typed at the working folder.
    fn folder(&self, origin: &Origin) -> PathBuf {
        match origin {
            Origin::Default | Origin::File(..) => self.file_folder.clone(),
            Origin::Environment(_) | Origin::Flag(_) => PathBuf::new(),
        }
    }

    fn origins(self) -> BTreeMap<String, Origin> {
        self.assignments.into_iter().map(|(key, assignment)| (key, assignment.origin)).collect()
    }
}
