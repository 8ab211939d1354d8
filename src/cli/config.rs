//! `dossier config`: checks and prints the settings.

use std::env::vars_os;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Exit, Failure, Global, print_json, print_text};
use crate::settings::{self, Loaded, Problems};

const EXAMPLES: &str = "\
Examples:
  dossier config check --config dossier.toml
  dossier config print --config dossier.toml
  dossier config print --json | jq '.settings[] | select(.origin.source != \"default\")'
  dossier config print --example > dossier.toml";

/// Check or print the settings.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Say whether `serve` would start with the settings; every problem is told at once
    #[command(after_help = "Exit codes: 0 the settings are good, 3 they are not.")]
    Check {
        /// Write {"ok", "problems": [{"place", "what", "mend"}]}
        #[arg(long)]
        json: bool,
    },
    /// Print every setting with its value, origin and documentation; secrets stay hidden
    Print {
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// Write a settings file with every default and its documentation instead
        #[arg(long, conflicts_with = "json")]
        example: bool,
    },
}

impl Config {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, or standard output that cannot be written.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        match self.action {
            Action::Check { json } => check(global, json),
            Action::Print { example: true, .. } => print_text(&settings::example()),
            Action::Print { json: true, .. } => print_json(&settings::print_json(&load(global)?)),
            Action::Print { .. } => print_text(&settings::print(&load(global)?)),
        }
    }
}

fn load(global: &Global) -> Result<Loaded, Problems> {
    settings::load(&global.sources(vars_os(), Vec::new()))
}

fn check(global: &Global, json: bool) -> Result<(), Failure> {
    let outcome = load(global).and_then(|loaded| loaded.settings.check());
    match outcome {
        Ok(()) if json => print_json(&json!({ "ok": true, "problems": [] })),
        Ok(()) => print_text("the settings are good\n"),
        Err(problems) if json => {
            print_json(&problems_in_json(&problems))?;
            Err(Failure::new(Exit::Configuration, "the settings have problems"))
        }
        Err(problems) => Err(problems.into()),
    }
}

fn problems_in_json(Problems(problems): &Problems) -> serde_json::Value {
    let list = problems.iter().map(|problem| json!({ "place": problem.place, "what": problem.what, "mend": problem.mend }));
    json!({ "ok": false, "problems": list.collect::<Vec<_>>() })
}
