//! The activity history as somebody reads it over FHIR (ITI-81), all pages.

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
