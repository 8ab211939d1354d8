//! Words of commands that somebody copies into a shell.

use std::env::{current_dir, current_exe};
use std::path::{Path, PathBuf};

/// This program, as short as it works from the working folder.
pub(super) fn program() -> PathBuf {
    let program = current_exe().unwrap_or_else(|_| PathBuf::from("dossier"));
    let relative = current_dir().ok().and_then(|here| program.strip_prefix(here).map(Path::to_owned).ok());
    // A bare name would be looked for elsewhere.
    relative.filter(|path| path.components().count() > 1).unwrap_or(program)
}

/// The path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+".contains(c));
    if plain { text.into_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_shell() {
        assert_eq!(quoted(Path::new("/opt/dossier-1.0/bin")), "/opt/dossier-1.0/bin");
        assert_eq!(quoted(Path::new("/my folder/it's")), "'/my folder/it'\\''s'");
    }
}
