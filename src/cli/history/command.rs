//! The subcommand and its lines.

use std::env::vars_os;
use std::io::{IsTerminal as _, stdout};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::cli::server_time::open_backend;
use crate::cli::{Days, Exit, Failure, Global, patient_argument, print_bytes, print_json, print_text, start_logging};
use crate::model::activity::Activity;
use crate::settings;
use crate::sheets::{ActivityWords, HistorySheet, Language, history_csv, history_pdf};
use crate::wire::fhir::audit_event;

const EXAMPLES: &str = "\
Examples:
  dossier history 1958031498124 --config dossier.toml --language de
  dossier history '1958031498124^^^&1.3.182.4.4&ISO' --since 2025-03-01 --json
  dossier history 1958031498124 --config dossier.toml --format pdf --limit 10000 > history.pdf

Times are those of Luxembourg. That the history was read is written into it.
Exit codes: 0 shown, 1 the history cannot be read, 3 wrong settings, 4 database not to be had.";

/// Show the activity history of a record as its patient reads it, the newest entries first.
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct History {
    /// The patient: the identifier of the domain's own authority, or ID^^^&AUTHORITY&ISO
    #[arg(value_name = "PATIENT")]
    pub patient: String,
    /// In which language
    #[arg(long, default_value = "fr")]
    pub language: Language,
    /// On which days
    #[command(flatten)]
    pub days: Days,
    /// At most so many entries
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: HistoryFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// What the history is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// Lines for a terminal
    Text,
    /// Comma-separated values with a line of headings
    Csv,
    /// PDF on A4 (PDF/A-2a, PDF/UA-1)
    Pdf,
    /// A list of FHIR AuditEvent
    Json,
}

impl History {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, a patient or a day that is written wrongly, a PDF for a terminal.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        if self.format == HistoryFormat::Pdf && stdout().is_terminal() {
            return Err(Failure::new(Exit::Failed, "a PDF is nothing for a terminal; add > history.pdf".to_owned()));
        }
        let (patient, filter) = (patient_argument(&self.patient, "PATIENT", &settings)?, self.days.filter()?);
        let backend = open_backend(&settings)?;
        let cannot = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, format!("the history cannot be read: {error}"));
        let found = backend.history(&patient, &filter, self.limit).map_err(|error| cannot(&error))?;
        let (made_at, patient) = (backend.clock.instant(), patient.id());
        let sheet = HistorySheet { patient, language: self.language, made_at, entries: &found.entries, has_more: found.has_more };
        match if self.json { HistoryFormat::Json } else { self.format } {
            HistoryFormat::Json => print_json(&Value::Array(found.entries.iter().map(audit_event).collect())),
            HistoryFormat::Csv => print_text(&history_csv(&sheet)),
            HistoryFormat::Pdf => print_bytes(&history_pdf(&sheet).map_err(|error| cannot(&error))?),
            HistoryFormat::Text if found.entries.is_empty() => print_text(&format!("{}\n", self.language.nothing())),
            HistoryFormat::Text => print_text(&found.entries.iter().map(|activity| in_words(activity, self.language)).collect::<String>()),
        }
    }
}

/// One entry: when, who, what, by which mandate, with what outcome; below it each document.
fn in_words(activity: &Activity, language: Language) -> String {
    let words = ActivityWords::of(activity, language);
    let failure = words.failure.map(|failure| format!(" – {failure}")).unwrap_or_default();
    let mut text = format!("{}  {}: {}{failure}\n", words.when, words.whole_actor(language), words.whole_act());
    let reason = words.reason.map(|reason| format!("{}: {reason}", language.reason()));
    for line in reason.into_iter().chain(words.documents) {
        text.push_str(&format!("    {line}\n"));
    }
    text
}

impl ValueEnum for Language {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.code()))
    }
}
