//! Search parameters of AuditEvent within an audit record repository (ITI TF-2: 3.81.4.1.2; FHIR R4, auditevent.html#search).
//! They are compared with the resource as it is given out, whatever it was received as.

use serde_json::Value;

use super::consent_search::SearchFault;
use super::dates;
use super::fields::{items, text};
use super::search::{Comparison, Token, alternatives, comparison, token, unescaped};
use crate::model::timestamp::Instant;

const DEFAULT_COUNT: usize = 50;
const MOST: usize = 500;

/// A search in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecordSearch {
    /// Not before this.
    pub from: Instant,
    /// Before this.
    pub until: Instant,
    /// Entries of a page.
    pub limit: usize,
    /// The last entry of the page before, as its time and name; empty on the first page.
    pub after: Option<String>,
    conditions: Vec<(String, Vec<String>)>,
}

/// The parameters that are compared with a resource.
const COMPARED: [&str; 18] = [
    "action",
    "address",
    "agent",
    "agent-name",
    "agent.identifier",
    "altid",
    "entity",
    "entity-name",
    "entity-role",
    "entity-type",
    "entity.identifier",
    "outcome",
    "patient",
    "patient.identifier",
    "site",
    "source",
    "subtype",
    "type",
];

impl AuditRecordSearch {
    /// Reads the parameters of a search.
    ///
    /// # Errors
    /// A parameter that is unknown, has a modifier or a value that cannot be read.
    pub fn read(parameters: &[(String, String)]) -> Result<Self, SearchFault> {
        let (from, until) = (Instant(i64::MIN), Instant(i64::MAX));
        let mut search = Self { from, until, limit: DEFAULT_COUNT, after: None, conditions: Vec::new() };
        parameters.iter().try_for_each(|(name, value)| search.take(name, value))?;
        Ok(search)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), SearchFault> {
        match name {
            "_format" | "_pretty" => {}
            "date" => (self.from, self.until) = narrowed((self.from, self.until), value)?,
            "_count" => {
                let count: Option<usize> = value.parse().ok().filter(|count| *count > 0);
                self.limit = count.ok_or_else(|| fault(name, "write how many entries a page has, from 1"))?.min(MOST);
            }
            "_sort" if value == "-date" => {}
            "_sort" => return Err(fault(name, "records are given newest first; write _sort=-date or leave it out")),
            "_page" => self.after = Some(value.to_owned()),
            "source.identifier" => self.conditions.push(("source".to_owned(), alternatives(value))),
            _ if COMPARED.contains(&name) => self.conditions.push((name.to_owned(), alternatives(value))),
            _ => return Err(fault(name, "this search has no such parameter; GET metadata lists those it has")),
        }
        Ok(())
    }

    /// Whether a resource is what is searched for. Dates are for the database to look at.
    pub fn wants(&self, event: &Value) -> bool {
        self.conditions.iter().all(|(name, values)| values.iter().any(|value| holds(name, value, event)))
    }
}

/// What is left of a span of time where this date has to hold, too.
///
/// # Errors
/// No date, or a prefix that is no span of time.
pub fn narrowed((from, until): (Instant, Instant), value: &str) -> Result<(Instant, Instant), SearchFault> {
    let (comparison, text) = comparison(value);
    let period = dates::period(text).map_err(|wrong| fault("date", &wrong.to_string()))?;
    let (later, earlier) = match comparison {
        Comparison::Equal => (Some(period.start), Some(period.end)),
        Comparison::Greater | Comparison::StartsAfter => (Some(period.end), None),
        Comparison::GreaterOrEqual => (Some(period.start), None),
        Comparison::Less | Comparison::EndsBefore => (None, Some(period.start)),
        Comparison::LessOrEqual => (None, Some(period.end)),
        Comparison::NotEqual | Comparison::Approximately => {
            return Err(fault("date", "the prefixes are eq, gt, lt, ge, le, sa and eb; write two searches for ne"));
        }
    };
    Ok((later.map_or(from, |later| later.max(from)), earlier.map_or(until, |earlier| earlier.min(until))))
}

fn fault(parameter: &str, what: &str) -> SearchFault {
    SearchFault { parameter: parameter.to_owned(), what: what.to_owned() }
}

fn holds(name: &str, value: &str, event: &Value) -> bool {
    let wanted = token(value);
    let plain = unescaped(value);
    let (agents, entities) = (items(event, "agent"), items(event, "entity"));
    let begins = |found: Option<&str>| found.is_some_and(|found| found.to_lowercase().starts_with(&plain.to_lowercase()));
    match name {
        "action" => is_code(event.get("action"), &wanted),
        "outcome" => is_code(event.get("outcome"), &wanted),
        "type" => is_coding(event.get("type"), &wanted),
        "subtype" => items(event, "subtype").iter().any(|subtype| is_coding(Some(subtype), &wanted)),
        "address" => agents.iter().any(|agent| begins(text(agent, "network.address"))),
        "agent-name" => agents.iter().any(|agent| begins(text(agent, "name"))),
        "altid" => agents.iter().any(|agent| is_code(agent.get("altId"), &wanted)),
        "agent" => agents.iter().any(|agent| is_reference(agent.get("who"), &plain)),
        "agent.identifier" => agents.iter().any(|agent| is_identifier(agent.get("who"), &wanted)),
        "site" => is_code(event.get("source").and_then(|source| source.get("site")), &wanted),
        "source" => {
            let observer = event.get("source").and_then(|source| source.get("observer"));
            is_identifier(observer, &wanted) || is_reference(observer, &plain)
        }
        "entity" => entities.iter().any(|entity| is_reference(entity.get("what"), &plain)),
        "entity.identifier" => entities.iter().any(|entity| is_identifier(entity.get("what"), &wanted)),
        "entity-name" => entities.iter().any(|entity| begins(text(entity, "name"))),
        "entity-role" => entities.iter().any(|entity| is_coding(entity.get("role"), &wanted)),
        "entity-type" => entities.iter().any(|entity| is_coding(entity.get("type"), &wanted)),
        "patient.identifier" => patients(event).any(|patient| is_identifier(Some(patient), &wanted)),
        "patient" => {
            patients(event).any(|patient| is_reference(Some(patient), &plain) || is_reference(Some(patient), &format!("Patient/{plain}")))
        }
        _ => false,
    }
}

/// Who is a patient in an event: agents that refer to one, and entities in that role (auditevent.html#search: patient).
fn patients(event: &Value) -> impl Iterator<Item = &Value> {
    let is_patient = |who: &&Value| {
        text(who, "type") == Some("Patient") || text(who, "reference").is_some_and(|reference| reference.contains("Patient/"))
    };
    let agents = items(event, "agent").iter().filter_map(|agent| agent.get("who")).filter(is_patient);
    let entities = items(event, "entity").iter().filter_map(move |entity| {
        let what = entity.get("what")?;
        (text(entity, "role.code") == Some("1") || is_patient(&what)).then_some(what)
    });
    agents.chain(entities)
}

fn is_code(found: Option<&Value>, wanted: &Token) -> bool {
    found.and_then(Value::as_str).is_some_and(|found| wanted.code.as_deref() == Some(found))
}

fn is_coding(found: Option<&Value>, wanted: &Token) -> bool {
    found.is_some_and(|found| fits(wanted, text(found, "system"), text(found, "code")))
}

fn is_identifier(found: Option<&Value>, wanted: &Token) -> bool {
    let identifier = found.and_then(|found| found.get("identifier"));
    identifier.is_some_and(|found| fits(wanted, text(found, "system"), text(found, "value")))
}

fn fits(wanted: &Token, system: Option<&str>, code: Option<&str>) -> bool {
    wanted.system.as_deref().is_none_or(|wanted| wanted == system.unwrap_or_default())
        && wanted.code.as_deref().is_none_or(|wanted| Some(wanted) == code)
}

/// A reference as it is written, or its end: `Practitioner/1` finds `https://x/fhir/Practitioner/1`.
fn is_reference(found: Option<&Value>, wanted: &str) -> bool {
    let reference = found.and_then(|found| text(found, "reference"));
    reference.is_some_and(|reference| reference == wanted || reference.strip_suffix(wanted).is_some_and(|before| before.ends_with('/')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn search(parameters: &[(&str, &str)]) -> Result<AuditRecordSearch, SearchFault> {
        let pairs: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        AuditRecordSearch::read(&pairs)
    }

    fn event() -> Value {
        json!({
            "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112" },
            "subtype": [{ "system": "urn:ihe:event-type-code", "code": "ITI-18" }],
            "action": "E", "outcome": "4",
            "agent": [
                { "who": { "identifier": { "value": "D01" } }, "name": "Weber", "network": { "address": "10.0.0.7" } },
                { "who": { "reference": "https://x/fhir/Practitioner/7" }, "altId": "42" },
            ],
            "source": { "site": "E1", "observer": { "identifier": { "value": "his" } } },
            "entity": [
                { "what": { "identifier": { "system": "urn:oid:1.2.3", "value": "P1" } }, "role": { "code": "1" }, "type": { "code": "1" } },
                { "what": { "reference": "Patient/P2" }, "name": "Akte" },
            ],
        })
    }

    #[test]
    fn each_parameter_finds_what_it_names_and_nothing_else() {
        for (name, value, other) in [
            ("action", "E", "C"),
            ("address", "10.0.", "0.0.7"),
            ("agent", "Practitioner/7", "actitioner/7"),
            ("agent-name", "web", "eber"),
            ("agent.identifier", "D01", "D0"),
            ("altid", "42", "4"),
            ("entity", "Patient/P2", "P1"),
            ("entity-name", "akt", "x"),
            ("entity-role", "1", "2"),
            ("entity-type", "1", "2"),
            ("entity.identifier", "urn:oid:1.2.3|P1", "urn:oid:1.2.4|P1"),
            ("outcome", "0,4", "0,8"),
            ("patient", "P2", "P1"),
            ("patient.identifier", "P1", "|P1"),
            ("site", "E1", "E2"),
            ("source", "his", "e1"),
            ("source.identifier", "his", "e1"),
            ("subtype", "urn:ihe:event-type-code|ITI-18", "urn:ihe:event-type-code|ITI-43"),
            ("type", "110112", "110113"),
        ] {
            assert!(search(&[(name, value)]).unwrap().wants(&event()), "{name}={value}");
            assert!(!search(&[(name, other)]).unwrap().wants(&event()), "{name}={other}");
            assert!(!search(&[(name, value), (name, other)]).unwrap().wants(&event()), "{name} twice");
        }
    }

    #[test]
    fn dates_narrow_each_other() {
        let found = search(&[("date", "ge2025-03-17"), ("date", "le2025-03-18"), ("_count", "9999")]).unwrap();
        let (first, last) = (dates::period("2025-03-17").unwrap(), dates::period("2025-03-18").unwrap());
        assert_eq!((found.from, found.until, found.limit), (first.start, last.end, MOST));
        for (name, value) in [("date", "ne2025"), ("date", "x"), ("_count", "0"), ("_sort", "date"), ("policy", "x"), ("type:not", "x")] {
            assert_eq!(search(&[(name, value)]).unwrap_err().parameter, name);
        }
    }
}
