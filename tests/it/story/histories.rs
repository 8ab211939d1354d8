//! The activity history as somebody reads it over FHIR (ITI-81), all pages.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::people::{Who, number};
use super::server::Story;

/// What somebody reads.
#[derive(Debug)]
pub struct History {
    pub entries: Vec<Value>,
    /// All of it as text.
    pub told: String,
}

/// The history of a patient's record, as somebody sees it; empty if they are refused.
pub fn history(story: &Story, who: &Who, patient: &str) -> History {
    let mut path = format!("/fhir/AuditEvent?patient=Patient/{}&_count=100", number(patient));
    let mut entries = Vec::new();
    loop {
        let page = story.fhir(who, "GET", &path, &[], &Value::Null).body;
        entries.extend(page["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone()));
        let next = page["link"].as_array().into_iter().flatten().find(|link| link["relation"] == "next");
        let Some((_, rest)) = next.and_then(|link| link["url"].as_str()?.split_once("/fhir/")) else { break };
        path = format!("/fhir/{rest}");
    }
    let told = entries.iter().map(Value::to_string).collect();
    History { entries, told }
}

/// The history of a patient's record on a sheet, as somebody sees it: its lines below the headings, and what its PDF says.
/// Without `pdftotext` the latter is nothing, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.
pub fn sheet(story: &Story, who: &Who, patient: &str) -> (Vec<String>, Option<String>) {
    let path = format!("/fhir/Patient/{}/$dsp-history?language=en&format=", number(patient));
    let (csv, pdf) = (story.bytes(who, &format!("{path}csv")), story.bytes(who, &format!("{path}pdf")));
    let lines = String::from_utf8(csv).unwrap().lines().skip(1).map(str::to_owned).collect();
    let reader = Command::new("pdftotext").args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut reader) = reader else {
        assert!(std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() != Ok("1"), "pdftotext is not installed");
        eprintln!("skipped: pdftotext is not installed, so no PDF is read");
        return (lines, None);
    };
    reader.stdin.take().unwrap().write_all(&pdf).unwrap();
    (lines, Some(String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap()))
}

impl History {
    /// Whether there is an entry of this action by this person with this outcome.
    pub fn has(&self, action: &str, by: &str, outcome: &str) -> bool {
        let of = |entry: &&Value| entry["subtype"].as_array().is_some_and(|all| all.iter().any(|subtype| subtype["code"] == action));
        self.entries.iter().filter(of).any(|entry| is_by(entry, by) && entry["outcome"] == outcome)
    }

    /// Whether there is any entry by this person with this outcome.
    pub fn has_by(&self, by: &str, outcome: &str) -> bool {
        self.entries.iter().any(|entry| is_by(entry, by) && entry["outcome"] == outcome)
    }

    /// Whether all entries are of this person.
    pub fn is_only_of(&self, by: &str) -> bool {
        self.entries.iter().all(|entry| is_by(entry, by))
    }
}

fn is_by(entry: &Value, id: &str) -> bool {
    let who = entry["agent"][0]["who"]["reference"].as_str();
    who.and_then(|who| who.split_once('/')).is_some_and(|(_, named)| named == id)
}
