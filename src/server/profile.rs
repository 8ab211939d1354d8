//! The access rules of a deployment: from its folder, or those that come with the program.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::dsp::Rules;
use crate::settings::{Profile, Settings};
use crate::wire::policy_files::{PolicyFault, PolicyFiles, PolicyTexts, TypeLabels};

/// The largest file that is taken for one of a profile, in bytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Why the rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// A file is missing or no text.
    #[error("{} cannot be read: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The files say what cannot be.
    #[error("{place} has {}", listed(.faults))]
    Faulty {
        /// The folder.
        place: String,
        /// All faults, each with file and line.
        faults: Vec<PolicyFault>,
    },
}

fn listed(faults: &[PolicyFault]) -> String {
    let number = if faults.len() == 1 { "1 fault:".to_owned() } else { format!("{} faults:", faults.len()) };
    faults.iter().fold(number, |text, fault| format!("{text}\n    {fault}"))
}

/// The rules and the label of each type of document, checked whole.
///
/// # Errors
/// [`ProfileError`].
pub fn read_profile(folder: Option<&Path>) -> Result<(Rules, TypeLabels), ProfileError> {
    let place = folder.map_or_else(|| "the profile of the program".to_owned(), |folder| folder.display().to_string());
    with_profile(folder, |files| files.read())?.map_err(|faults| ProfileError::Faulty { place, faults })
}

/// What `look` finds in the files of the profile.
///
/// # Errors
/// [`ProfileError::Unreadable`].
pub fn with_profile<T>(folder: Option<&Path>, look: impl FnOnce(&PolicyFiles<'_>) -> T) -> Result<T, ProfileError> {
    Ok(match folder {
        None => look(&PolicyFiles::luxembourg_dsp()),
        Some(folder) => look(&PolicyTexts::gather(|name| text(folder.join(name)))?.files()),
    })
}

/// All that the rules of the settings are made of; nothing where none hold.
///
/// # Errors
/// [`ProfileError::Unreadable`].
pub(super) fn profile_text(settings: &Settings) -> Result<String, ProfileError> {
    match settings.deployment.profile {
        Profile::IheConnectathon => Ok(String::new()),
        Profile::LuxembourgDsp => with_profile(settings.deployment.profile_directory.as_deref(), |files| files.texts().join("\n\0\n")),
    }
}

fn text(path: PathBuf) -> Result<String, ProfileError> {
    let read = fs::metadata(&path).map_err(|error| error.to_string()).and_then(|metadata| match metadata.len() {
        ..=MOST_BYTES => fs::read_to_string(&path).map_err(|error| error.to_string()),
        _ => Err(format!("it is larger than {MOST_BYTES} bytes")),
    });
    read.map_err(|why| ProfileError::Unreadable { path, why })
}
