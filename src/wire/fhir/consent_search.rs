//! Search parameters of Consent (FHIR R4, consent.html#search; IHE PCF, ITI-108).

use std::ops::Range;

use serde_json::Value;

use super::consent::{CANONICAL, reference};
use super::search::{Comparison, alternatives, comparison, token};
use super::{RecordNames, dates, patient_of_reference};
use crate::model::care_record::Consent;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::timestamp::Instant;

/// A search within the record of one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentSearch {
    /// Whose record.
    pub patient: PatientId,
    /// Each has to hold; of the values of one, any.
    conditions: Vec<Condition>,
    /// How many on a page.
    pub count: usize,
    /// How many before this page.
    pub offset: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Id(Vec<String>),
    Category(Vec<String>),
    Status(Vec<String>),
    Actor(Vec<String>),
    Period(Vec<(Comparison, Range<Instant>)>),
}

/// A parameter that cannot be answered. The value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SearchFault {
    /// Its name.
    pub parameter: String,
    /// What is wrong, and how to mend it.
    pub what: String,
}

const DEFAULT_COUNT: usize = 100;
const MOST: usize = 1000;
/// About the form of the answer, not about what is found.
const FORM: [&str; 2] = ["_format", "_pretty"];

impl ConsentSearch {
    /// Reads the parameters of a search.
    ///
    /// # Errors
    /// A parameter that is unknown, has a modifier or a value that cannot be read, or a search that names not exactly one patient.
    pub fn read(parameters: &[(String, String)], names: RecordNames<'_>) -> Result<Self, SearchFault> {
        let mut search = Reading { names, patients: Vec::new(), conditions: Vec::new(), count: DEFAULT_COUNT, offset: 0 };
        parameters.iter().filter(|(name, _)| !FORM.contains(&name.as_str())).try_for_each(|(name, value)| search.take(name, value))?;
        let Reading { mut patients, conditions, count, offset, .. } = search;
        match (patients.pop(), patients.is_empty()) {
            (Some(patient), true) => Ok(Self { patient, conditions, count, offset }),
            _ => Err(of("patient", "name exactly one patient: consents are searched in one record")),
        }
    }

    /// Whether a consent is one of those searched for; `resource` is it as a resource.
    pub fn finds(&self, consent: &Consent, resource: &Value) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Id(ids) => ids.contains(&consent.id.to_string()),
            Condition::Category(codes) => codes.iter().any(|code| code == consent.kind.category()),
            Condition::Status(codes) => codes.iter().any(|code| resource.get("status").and_then(Value::as_str) == Some(code)),
            Condition::Actor(actors) => consent.beneficiary.as_ref().is_some_and(|beneficiary| actors.contains(&reference(beneficiary))),
            Condition::Period(any) => any.iter().any(|(comparison, range)| holds(*comparison, range, consent)),
        })
    }
}

struct Reading<'a> {
    names: RecordNames<'a>,
    patients: Vec<PatientId>,
    conditions: Vec<Condition>,
    count: usize,
    offset: usize,
}

impl Reading<'_> {
    fn take(&mut self, name: &str, value: &str) -> Result<(), SearchFault> {
        let texts = || alternatives(value);
        let number = || value.parse::<usize>().map_err(|_| of(name, "write a number"));
        match name {
            "patient" | "patient:Patient" => {
                let patient = patient_of_reference(value, self.names).ok_or_else(|| of(name, "write Patient/id of this server"))?;
                self.add(patient);
            }
            "patient.identifier" => {
                let patient = identifier(value).ok_or_else(|| of(name, "write urn:oid:AUTHORITY|identifier"))?;
                self.add(patient);
            }
            "_id" => self.conditions.push(Condition::Id(texts())),
            "status" => self.conditions.push(Condition::Status(texts().iter().filter_map(|text| token(text).code).collect())),
            "category" => self.conditions.push(Condition::Category(texts().iter().filter_map(|text| category(text)).collect())),
            "actor" => {
                let actor = |text: &String| {
                    text.strip_prefix(self.names.base_url).map_or(text.as_str(), |rest| rest.trim_start_matches('/')).to_owned()
                };
                self.conditions.push(Condition::Actor(texts().iter().map(actor).collect()));
            }
            "period" => {
                let read = |text: &String| {
                    dated(text).ok_or_else(|| of(name, "write a date or a time with its offset, after eq, ne, gt, ge, lt, le, sa or eb"))
                };
                self.conditions.push(Condition::Period(texts().iter().map(read).collect::<Result<_, _>>()?));
            }
            "_count" => self.count = number()?.min(MOST),
            "_offset" => self.offset = number()?,
            _ => {
                let text = "this search has no such parameter; it has _id, patient, patient.identifier, category, status, actor, period, _count and _offset, none with a modifier";
                return Err(of(name, text));
            }
        }
        Ok(())
    }

    fn add(&mut self, patient: PatientId) {
        if !self.patients.contains(&patient) {
            self.patients.push(patient);
        }
    }
}

fn of(parameter: &str, what: &str) -> SearchFault {
    SearchFault { parameter: parameter.to_owned(), what: what.to_owned() }
}

/// The code of a category; one of another system finds nothing.
fn category(text: &str) -> Option<String> {
    let token = token(text);
    let own = format!("{CANONICAL}/CodeSystem/dsp-consent-category");
    token.code.filter(|_| token.system.is_none_or(|system| system == own))
}

fn identifier(token: &str) -> Option<PatientId> {
    let (system, value) = token.rsplit_once('|')?;
    Cx::new(value, system.strip_prefix("urn:oid:")?.parse().ok()?).ok()
}

fn dated(text: &str) -> Option<(Comparison, Range<Instant>)> {
    let (comparison, date) = comparison(text);
    // About the same as what: a consent either holds then or not.
    Some((comparison, dates::period(date).ok()?)).filter(|(comparison, _)| *comparison != Comparison::Approximately)
}

/// Whether the period of a consent compares so with the time that was searched for (FHIR R4, search.html#date).
fn holds(comparison: Comparison, searched: &Range<Instant>, consent: &Consent) -> bool {
    let (start, end) = (consent.period.start, consent.period.end.unwrap_or(Instant(i64::MAX)));
    let within = searched.start <= start && end <= searched.end;
    match comparison {
        Comparison::Equal => within,
        Comparison::NotEqual => !within,
        Comparison::Greater => searched.end < end,
        Comparison::GreaterOrEqual => searched.start < end,
        Comparison::Less => start < searched.start,
        Comparison::LessOrEqual => start < searched.end,
        Comparison::StartsAfter => searched.end <= start,
        Comparison::EndsBefore => end <= searched.start,
        Comparison::Approximately => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Oid;

    fn read(query: &[(&str, &str)]) -> Result<ConsentSearch, SearchFault> {
        let authority: Oid = "1.2.3".parse().unwrap();
        let names = RecordNames { base_url: "https://a.example/fhir", authority: &authority };
        let parameters: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ConsentSearch::read(&parameters, names)
    }

    #[test]
    fn a_search_is_in_one_record() {
        assert_eq!(read(&[("category", "mandate")]).unwrap_err().parameter, "patient");
        assert_eq!(read(&[("patient", "P1"), ("patient", "P2")]).unwrap_err().parameter, "patient");
        assert!(read(&[("patient", "Patient/P1"), ("patient.identifier", "urn:oid:1.2.3|P1")]).is_ok());
    }

    #[test]
    fn what_it_does_not_understand_it_refuses() {
        for (name, value) in [("consentor", "x"), ("status:not", "active"), ("period", "soon"), ("_count", "-1"), ("patient", "Group/1")] {
            assert_eq!(read(&[("patient", "P1"), (name, value)]).unwrap_err().parameter, name);
        }
    }
}
