//! `dossier gc`: sweeps content that no entry refers to.

use clap::Args;

use crate::settings::Flag;

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
    /// Write {"removed", "bytes", "kept"}
    #[arg(long)]
    pub json: bool,
}

impl Gc {
    /// The settings these flags stand for; `staged.keep` is thus checked against the limits as always.
    pub fn flags(&self) -> Vec<Flag> {
        self.older_than.iter().map(|age| Flag::new("--older-than", "staged.keep", age)).collect()
    }
}
