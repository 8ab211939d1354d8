//! `dossier gc`: sweeps content that no entry refers to.

use std::env::vars_os;
use std::io::{IsTerminal as _, Write as _, stderr};

use clap::Args;
use serde_json::json;

use super::{Exit, Failure, Global, print_json, print_text, start_logging};
use crate::server::{Backend, Swept, open_existing_database, sweep};
use crate::settings::{self, Flag};

/// Documents between two signs of progress.
const PROGRESS: u64 = 1000;

const EXAMPLES: &str = "\
Examples:
  dossier gc --config dossier.toml --dry-run
  dossier gc --config dossier.toml --older-than 7d --json

Exit codes: 0 swept, 1 some content could not be removed, 3 wrong settings, 4 folder or database not to be had.";

/// Remove staged content that no entry refers to and that is older than staged.keep.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Gc {
    /// Sweep only what is older than this, such as 7d [default: the setting staged.keep]
    #[arg(long, value_name = "DURATION")]
    pub older_than: Option<String>,
    /// Only count what would be removed
    #[arg(long)]
    pub dry_run: bool,
    /// Write {"removed", "kept", "failed", "dry_run"}
    #[arg(long)]
    pub json: bool,
}

impl Gc {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, content that cannot be removed.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), self.flags()))?.settings;
        start_logging(&settings.log)?;
        open_existing_database(&settings)?;
        let backend = Backend::open(&settings)?;
        if !self.dry_run {
            let kept = [("older-than-seconds", settings.staged.keep.as_secs().to_string())];
            backend.tell_command("dossier gc", &kept).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        }
        let progress = stderr().is_terminal();
        let swept = sweep(&backend.store, &*backend.contents, settings.staged.keep, self.dry_run, |swept| {
            if progress {
                show_progress(swept);
            }
        });
        let swept = swept.map_err(|error| Failure::new(Exit::Failed, format!("the sweep ended early: {error}")))?;
        if self.json {
            let Swept { removed, kept, failed } = swept;
            print_json(&json!({ "removed": removed, "kept": kept, "failed": failed, "dry_run": self.dry_run }))?;
        } else {
            print_text(&self.in_words(&swept))?;
        }
        match swept.failed {
            0 => Ok(()),
            failed => Err(Failure::new(Exit::Failed, format!("{failed} documents could not be removed; the log says why"))),
        }
    }

    fn in_words(&self, swept: &Swept) -> String {
        let verb = if self.dry_run { "would remove" } else { "removed" };
        format!("{verb} {} documents that no entry refers to, kept {}\n", swept.removed, swept.kept)
    }

    /// The settings these flags stand for; `staged.keep` is thus checked against the limits as always.
    pub fn flags(&self) -> Vec<Flag> {
        self.older_than.iter().map(|age| Flag::new("--older-than", "staged.keep", age)).collect()
    }
}

fn show_progress(swept: &Swept) {
    let looked_at = swept.removed + swept.kept + swept.failed;
    if looked_at.is_multiple_of(PROGRESS) {
        // Progress that cannot be shown is not missed.
        let _ = writeln!(stderr(), "looked at {looked_at} documents");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_says_so() {
        let swept = Swept { removed: 2, kept: 3, failed: 0 };
        let gc = Gc { dry_run: true, ..Gc::default() };
        assert_eq!(gc.in_words(&swept), "would remove 2 documents that no entry refers to, kept 3\n");
        assert!(Gc::default().in_words(&swept).starts_with("removed 2 "));
    }

    #[test]
    fn the_age_given_takes_the_place_of_the_setting() {
        let gc = Gc { older_than: Some("7d".to_owned()), ..Gc::default() };
        let flags = gc.flags();
        assert_eq!(flags.len(), 1);
        assert_eq!((flags[0].key.as_str(), flags[0].value.as_str()), ("staged.keep", "7d"));
    }
}
