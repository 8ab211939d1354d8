//! A profile from its folder, or the one that comes with the program.

use std::fs;
use std::path::Path;

use crate::cli::{Exit, Failure};
use crate::model::dsp::Rules;
use crate::wire::policy_files::{PolicyFault, PolicyFiles, PolicyTexts, TypeLabels};

/// The largest file that is taken for one of a profile.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The rules and the label of each type of document.
pub(super) struct Profile {
    pub(super) rules: Rules,
    pub(super) labels: TypeLabels,
}

impl Profile {
    /// Reads and checks the folder.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Self::read(PolicyFiles::luxembourg_dsp(), "the profile of the program") };
        let text = |name: &str| -> Result<String, Failure> {
            let path = folder.join(name);
            let shown = path.display();
            let failed = |why: String| Failure::new(Exit::Configuration, format!("{shown} cannot be read: {why}"));
            let size = fs::metadata(&path).map_err(|error| failed(error.to_string()))?.len();
            if size > MOST_BYTES {
                return Err(failed(format!("it is larger than {MOST_BYTES} bytes")));
            }
            fs::read_to_string(&path).map_err(|error| failed(error.to_string()))
        };
        Self::read(PolicyTexts::gather(text)?.files(), &folder.display().to_string())
    }

    fn read(files: PolicyFiles<'_>, place: &str) -> Result<Self, Failure> {
        let (rules, labels) = files.read().map_err(|faults| faulty(place, &faults))?;
        Ok(Self { rules, labels })
    }
}

fn faulty(place: &str, faults: &[PolicyFault]) -> Failure {
    let message = match faults.len() {
        1 => format!("{place} has 1 fault:"),
        number => format!("{place} has {number} faults:"),
    };
    Failure::new(Exit::Configuration, message).with_details(faults.iter().map(ToString::to_string))
}
