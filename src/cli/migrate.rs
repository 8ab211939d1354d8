//! `dossier migrate`: brings the database to the shape this version needs.

use std::env::vars_os;

use clap::Args;
use serde_json::json;

use super::{Exit, Failure, Global, print_json, print_text, start_logging};
use crate::server::{open_database, pending_migrations};
use crate::settings;

const EXAMPLES: &str = "\
Examples:
  dossier migrate --config dossier.toml --dry-run
  DOSSIER_DATABASE_URL=postgres://dossier@db.example/dossier dossier migrate --config dossier.toml

Exit codes: 0 the database is up to date, 1 a migration failed, 3 wrong settings, 4 database not to be had.";

/// Apply the migrations that the database still lacks.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Migrate {
    /// Only list what would be applied; a database that is not there is not made
    #[arg(long)]
    pub dry_run: bool,
    /// Write {"applied": [...], "pending": [...]}
    #[arg(long)]
    pub json: bool,
}

impl Migrate {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a database that cannot be had, a migration that failed.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        let failed = |error| Failure::new(Exit::Failed, format!("{}: {error}", settings.database.url.without_password()));
        let (applied, pending) = if self.dry_run {
            (Vec::new(), pending_migrations(&settings)?.map_err(failed)?)
        } else {
            (open_database(&settings)?.migrate().map_err(failed)?, Vec::new())
        };
        if self.json {
            return print_json(&json!({ "applied": applied, "pending": pending }));
        }
        print_text(&in_words(&applied, &pending))
    }
}

fn in_words(applied: &[String], pending: &[String]) -> String {
    if applied.is_empty() && pending.is_empty() {
        return "the database is up to date\n".to_owned();
    }
    let applied = applied.iter().map(|name| format!("applied {name}\n"));
    let pending = pending.iter().map(|name| format!("would apply {name}\n"));
    applied.chain(pending).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_migration_has_a_line() {
        let names = ["one".to_owned(), "two".to_owned()];
        assert_eq!(in_words(&names, &[]), "applied one\napplied two\n");
        assert_eq!(in_words(&[], &names), "would apply one\nwould apply two\n");
        assert_eq!(in_words(&[], &[]), "the database is up to date\n");
    }
}
