//! The subcommand and its lines.

use std::env::vars_os;

use clap::Args;
use serde_json::Value;

use super::Language;
use crate::cli::server_time::open_backend;
use crate::cli::{Exit, Failure, Global, patient_argument, print_json, print_text, shown, start_logging};
use crate::model::activity::{Activity, ActivityFilter};
use crate::model::audit_actor::{Actor, ActorName};
use crate::model::civil_day::{start_of, time_of};
use crate::settings;
use crate::wire::fhir::audit_event;

const EXAMPLES: &str = "\
Examples:
  dossier history 1958031498124 --config dossier.toml --language de
  dossier history '1958031498124^^^&1.3.182.4.4&ISO' --since 2025-03-01 --json

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
    /// Only from this day on, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// At most so many entries
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,
    /// Write the entries as a list of FHIR AuditEvent
    #[arg(long)]
    pub json: bool,
}

impl History {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, a patient or a day that is written wrongly.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        let (patient, filter) = (patient_argument(&self.patient, "PATIENT", &settings)?, self.filter()?);
        let read = open_backend(&settings)?.history(&patient, &filter, self.limit);
        let entries = read.map_err(|error| Failure::new(Exit::Failed, format!("the history cannot be read: {error}")))?.entries;
        if self.json {
            return print_json(&Value::Array(entries.iter().map(audit_event).collect()));
        }
        match entries.is_empty() {
            true => print_text(&format!("{}\n", self.language.nothing())),
            false => print_text(&entries.iter().map(|activity| in_words(activity, self.language)).collect::<String>()),
        }
    }

    fn filter(&self) -> Result<ActivityFilter, Failure> {
        let Some(day) = &self.since else { return Ok(ActivityFilter::default()) };
        let wrong = || Failure::new(Exit::Failed, "--since is no day; write YYYY-MM-DD".to_owned());
        Ok(ActivityFilter { from: Some(start_of(day).ok_or_else(wrong)?), ..ActivityFilter::default() })
    }
}

/// One entry: when, who, what, by which mandate, with what outcome; below it each document.
fn in_words(activity: &Activity, language: Language) -> String {
    let who = activity.actor.as_ref().map_or_else(|| language.somebody().to_owned(), |actor| who(actor, language));
    let mut line = format!("{}  {who}: {}", time_of(activity.occurred_at), language.action(activity.action));
    if let Some(ground) = activity.ground {
        line.push_str(&format!(" ({})", language.ground(ground)));
    }
    if let Some(outcome) = language.outcome(activity.outcome) {
        line.push_str(&format!(" – {outcome}"));
    }
    line.push('\n');
    if let Some(reason) = &activity.access_reason {
        line.push_str(&format!("    {}: {}\n", language.reason(), shown(reason)));
    }
    for document in &activity.documents {
        let id = document.unique_id.as_str();
        line.push_str(&format!("    {}\n", document.title.as_deref().map_or_else(|| id.to_owned(), shown)));
    }
    line
}

fn who(actor: &Actor, language: Language) -> String {
    let name = name(&actor.name).unwrap_or_else(|| language.quality(actor.quality).to_owned());
    let organisation = actor.organisation.as_ref().map(|organisation| organisation.name.clone().unwrap_or_else(|| organisation.id.clone()));
    let representative = actor.representative.as_ref().and_then(|representative| self::name(&representative.name));
    let represented = representative.map(|name| format!("{} {name}", language.represented_by()));
    let more = [actor.function.clone(), organisation, represented].into_iter().flatten();
    shown(&[name].into_iter().chain(more).collect::<Vec<_>>().join(", "))
}

fn name(name: &ActorName) -> Option<String> {
    let parts: Vec<_> = [&name.given, &name.family].into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
