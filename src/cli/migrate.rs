//! `dossier migrate`: brings the database to the shape this version needs.

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  dossier migrate --config dossier.toml --dry-run
  DOSSIER_DATABASE_URL=postgres://dossier@db.example/dossier dossier migrate --config dossier.toml

Exit codes: 0 the database is up to date, 1 a migration failed, 3 wrong settings, 4 database not to be had.";

/// Apply the migrations that the database still lacks.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Migrate {
    /// Only list what would be applied
    #[arg(long)]
    pub dry_run: bool,
    /// Write {"applied": [...], "pending": [...]}
    #[arg(long)]
    pub json: bool,
}
