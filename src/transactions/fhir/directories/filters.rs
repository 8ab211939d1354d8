//! Whether a resource fits a search parameter (FHIR R4, search.html#ptypes).

use std::ops::Range;

use serde_json::Value;

use super::parameters::LAST_UPDATED;
use crate::model::directory::Stamp;
use crate::model::name_words::name_words;
use crate::model::patient_feed::PartialDate;
use crate::model::timestamp::Instant;
use crate::transactions::fhir::times::{bounds, range, time};
use crate::transactions::fhir::{Refusal, SearchParameter};
use crate::wire::fhir::search::Comparison;

/// One parameter of a search: any of its alternatives has to fit.
pub(super) struct Filter {
    kind: Kind,
    paths: &'static [&'static str],
    alternatives: Vec<String>,
}

enum Kind {
    Words,
    Exact,
    Contains,
    Token,
    Dates(Vec<(Prefix, PartialDate)>),
    Changes(Vec<(Comparison, Range<Instant>)>),
    Reference,
    /// Whether there is no value.
    Missing(bool),
    /// Whether it is not known when it was changed.
    Undated(bool),
}

#[derive(Clone, Copy)]
enum Prefix {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
}

impl Filter {
    /// The filter of a parameter with these values, of elements at these paths.
    ///
    /// # Errors
    /// A modifier or a date that is not understood.
    pub(super) fn of(
        parameter: &SearchParameter,
        modifier: Option<&str>,
        value: &str,
        paths: &'static [&'static str],
    ) -> Result<Self, Refusal> {
        let alternatives: Vec<String> = alternatives(value).map(str::to_owned).collect();
        let kind = match (parameter.kind, modifier) {
            (_, Some("missing")) if parameter.name == LAST_UPDATED => Kind::Undated(flag(parameter.name, value)?),
            (_, Some("missing")) => Kind::Missing(flag(parameter.name, value)?),
            ("string", None) => Kind::Words,
            ("string", Some("exact")) => Kind::Exact,
            ("string", Some("contains")) => Kind::Contains,
            ("token", None) => Kind::Token,
            ("date", None) if parameter.name == LAST_UPDATED => {
                Kind::Changes(alternatives.iter().map(|text| time(parameter.name, text)).collect::<Result<_, _>>()?)
            }
            ("date", None) => Kind::Dates(alternatives.iter().map(|text| date(parameter.name, text)).collect::<Result<_, _>>()?),
            ("reference", None) => Kind::Reference,
            _ => {
                let place = format!("http.{}", parameter.name);
                return Err(Refusal::invalid(&place, "this modifier is not known here", "use :missing, or of names :exact or :contains"));
            }
        };
        Ok(Self { kind, paths, alternatives })
    }

    /// The one day, month or year that is asked for, if it is that and nothing else.
    pub(super) fn only_date(&self) -> Option<&PartialDate> {
        match &self.kind {
            Kind::Dates(dates) => match dates.as_slice() {
                [(Prefix::Equal, date)] => Some(date),
                _ => None,
            },
            _ => None,
        }
    }

    /// The one range of times of the last change that is asked for, if it is that and nothing else.
    pub(super) fn only_bounds(&self) -> Option<(Option<Instant>, Option<Instant>)> {
        match &self.kind {
            Kind::Changes(changes) => match changes.as_slice() {
                [one] if one.0 != Comparison::NotEqual => Some(bounds(one.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    /// Texts of which each word begins a word of a name that fits; nothing where that need not be.
    pub(super) fn words(&self) -> Option<&[String]> {
        matches!(self.kind, Kind::Words | Kind::Exact).then_some(&self.alternatives)
    }

    /// Whether the resource fits in this version.
    pub(super) fn fits(&self, resource: &Value, stamp: Stamp) -> bool {
        let found: Vec<&Value> = self.paths.iter().flat_map(|path| values(resource, path)).collect();
        let texts = || found.iter().filter_map(|value| value.as_str());
        let any = |fits: &dyn Fn(&str) -> bool| self.alternatives.iter().any(|alternative| fits(alternative));
        match &self.kind {
            Kind::Words => {
                let known: Vec<String> = texts().flat_map(name_words).collect();
                any(&|asked| name_words(asked).iter().all(|word| known.iter().any(|known| known.starts_with(word))))
            }
            Kind::Exact => any(&|asked| texts().any(|text| text == asked)),
            Kind::Contains => {
                let folded = |text: &str| name_words(text).join(" ");
                any(&|asked| texts().any(|text| folded(text).contains(&folded(asked))))
            }
            Kind::Token => any(&|asked| found.iter().any(|value| has_token(value, asked))),
            Kind::Dates(dates) => dates.iter().any(|(prefix, date)| texts().any(|text| compares(text, *prefix, date))),
            Kind::Changes(changes) => stamp.updated_at.is_some_and(|at| changes.iter().any(|change| is_change(at, change))),
            Kind::Missing(asked) => found.is_empty() == *asked,
            Kind::Undated(asked) => stamp.updated_at.is_none() == *asked,
            Kind::Reference => {
                let of = |value: &Value| value.get("reference").and_then(Value::as_str).map(str::to_owned);
                any(&|asked| found.iter().filter_map(|value| of(value)).any(|known| is_same(&known, asked)))
            }
        }
    }
}

/// The values of a parameter, of which one has to fit.
pub(super) fn alternatives(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|alternative| !alternative.is_empty())
}

/// All values at a path of names, whatever lists stand on the way.
fn values<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let flat = |value: &'v Value| match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    let step = |found: Vec<&'v Value>, name: &str| found.into_iter().filter_map(|value| value.get(name)).flat_map(flat).collect();
    path.split('.').fold(vec![value], step)
}

/// A code, a coding, a concept, an identifier, a contact or a flag against `code`, `system|code`, `system|` or `|code`.
fn has_token(value: &Value, asked: &str) -> bool {
    let (system, code) = asked.split_once('|').map_or((None, asked), |(system, code)| (Some(system), code));
    let is = |known_system: Option<&str>, known: &str| {
        (code.is_empty() || code == known) && system.is_none_or(|system| system == known_system.unwrap_or_default())
    };
    match value {
        Value::Bool(flag) => code == flag.to_string(),
        Value::String(text) => is(None, text) || (system.is_some() && code == text),
        Value::Object(fields) => match fields.get("coding").and_then(Value::as_array) {
            Some(codings) => codings.iter().any(|coding| has_token(coding, asked)),
            None => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                text("code").or_else(|| text("value")).is_some_and(|known| is(text("system"), known))
            }
        },
        _ => false,
    }
}

/// A reference as it stands against `Type/id`, an absolute address or a bare id.
fn is_same(known: &str, asked: &str) -> bool {
    known == asked || asked.ends_with(&format!("/{known}")) || known.rsplit('/').next() == Some(asked)
}

fn flag(name: &str, text: &str) -> Result<bool, Refusal> {
    text.parse().map_err(|_| Refusal::invalid(&format!("http.{name}"), "it is neither true nor false", "write true or false"))
}

fn date(name: &str, text: &str) -> Result<(Prefix, PartialDate), Refusal> {
    let (letters, rest) = text.split_at_checked(2).unwrap_or(("", text));
    let (prefix, rest) = match letters {
        "eq" => (Prefix::Equal, rest),
        "ne" => (Prefix::NotEqual, rest),
        "gt" | "sa" => (Prefix::Greater, rest),
        "lt" | "eb" => (Prefix::Less, rest),
        "ge" => (Prefix::AtLeast, rest),
        "le" => (Prefix::AtMost, rest),
        _ => (Prefix::Equal, text),
    };
    let mend = "write the whole date, its month or its year: YYYY-MM-DD, YYYY-MM or YYYY, perhaps after eq, ne, gt, ge, lt or le";
    let read = PartialDate::try_from(rest.replace('-', ""));
    read.map(|date| (prefix, date)).map_err(|_| Refusal::invalid(&format!("http.{name}"), "it is no date", mend))
}

/// Whether an instant compares so with the time that was asked for.
fn is_change(at: Instant, change: &(Comparison, Range<Instant>)) -> bool {
    range(bounds(change.clone())).contains(&at) != (change.0 == Comparison::NotEqual)
}

/// Both are as long as they are precise: a month is from its first to its last day.
fn compares(known: &str, prefix: Prefix, asked: &PartialDate) -> bool {
    let known = known.replace('-', "");
    let span = |digits: &str| {
        let fill = |rest: &str| format!("{digits}{}", rest.get(digits.len().saturating_sub(4)..).unwrap_or_default());
        (fill("0101"), fill("1231"))
    };
    let ((first, last), (from, to)) = (span(&known), span(asked.as_str()));
    let within = from <= first && last <= to;
    match prefix {
        Prefix::Equal => within,
        Prefix::NotEqual => !within,
        Prefix::Greater => last > to,
        Prefix::Less => first < from,
        Prefix::AtLeast => first >= from,
        Prefix::AtMost => last <= to,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const UNDATED: Stamp = Stamp { version: 1, updated_at: None };

    const fn of(kind: &'static str) -> SearchParameter {
        SearchParameter { name: "x", kind, documentation: "" }
    }

    fn fits(kind: &'static str, modifier: Option<&str>, value: &str, paths: &'static [&'static str]) -> bool {
        let patient = json!({
            "resourceType": "Patient", "active": true, "gender": "female", "birthDate": "1958-03",
            "name": [{ "family": "Ferreira Lopes", "given": ["Maria-Helena", "Rosa"] }],
            "identifier": [{ "system": "urn:oid:1.2", "value": "7" }],
            "telecom": [{ "system": "phone", "value": "+352 1" }],
            "type": [{ "coding": [{ "system": "urn:k", "code": "hopital" }] }],
            "managingOrganization": { "reference": "Organization/E1" },
        });
        Filter::of(&of(kind), modifier, value, paths).map(|filter| filter.fits(&patient, UNDATED)).unwrap()
    }

    #[test]
    fn texts_fit_by_their_words_exactly_or_in_part() {
        let family = &["name.family"];
        for (modifier, value, expected) in [
            (None, "lopes", true),
            (None, "ferr,other", true),
            (None, "lopes fer", true),
            (None, "opes", false),
            (Some("exact"), "Ferreira Lopes", true),
            (Some("exact"), "ferreira lopes", false),
            (Some("contains"), "EIRA LO", true),
            (Some("contains"), "maria", false),
        ] {
            assert_eq!(fits("string", modifier, value, family), expected, "{value}");
        }
        assert!(fits("string", None, "rosa", &["name.given"]));
        assert!(Filter::of(&of("token"), Some("not"), "x", family).is_err());
    }

    #[test]
    fn tokens_fit_by_system_and_code() {
        for (path, value, expected) in [
            ("active", "true", true),
            ("active", "false", false),
            ("gender", "male,female", true),
            ("identifier", "urn:oid:1.2|7", true),
            ("identifier", "urn:oid:1.2|", true),
            ("identifier", "urn:oid:1.3|,urn:oid:1.3|7", false),
            ("identifier", "7", true),
            ("identifier", "|7", false),
            ("telecom", "phone|+352 1", true),
            ("type", "hopital", true),
            ("type", "urn:k|hopital", true),
            ("type", "urn:x|hopital", false),
        ] {
            let paths: &'static [&'static str] = Box::leak(Box::new([path]));
            assert_eq!(fits("token", None, value, paths), expected, "{path}={value}");
        }
        let organization = &["managingOrganization"];
        for asked in ["E1", "Organization/E1", "https://x.example/fhir/Organization/E1"] {
            assert!(fits("reference", None, asked, organization), "{asked}");
        }
        assert!(!fits("reference", None, "Organization/E11", organization));
    }

    #[test]
    fn dates_fit_as_precisely_as_both_are() {
        for (value, expected) in [
            ("1958-03", true),
            ("1958", true),
            ("1958-03-14", false),
            ("ne1958-03-14", true),
            ("gt1957", true),
            ("gt1958", false),
            ("ge1958", true),
            ("lt1958-04-01", true),
            ("le1958-03-31", true),
            ("le1958-03-30", false),
            ("1957,1958", true),
        ] {
            assert_eq!(fits("date", None, value, &["birthDate"]), expected, "{value}");
        }
        assert!(Filter::of(&of("date"), None, "ap1958", &["birthDate"]).is_err());
    }

    #[test]
    fn changes_fit_by_their_time_if_it_is_known() {
        let parameter = SearchParameter { name: LAST_UPDATED, ..of("date") };
        // 2025-03-17T09:00:00.123456Z, told as 09:00:00.123.
        let stamp = Stamp { version: 2, updated_at: Some(Instant(1_742_202_000_123_456)) };
        for (value, expected) in [
            ("2025", true),
            ("gt2025-03-17", false),
            ("ge2025-03-17", true),
            ("gt2025-03-17T09:00:00.122Z", true),
            ("gt2025-03-17T09:00:00.123Z", false),
            ("le2025-03-17T10:00:00.123+01:00", true),
            ("lt2025-03-17T09:00:00.123Z", false),
            ("ne2025-03-17", false),
            ("ne2025-03-18,lt1990", true),
            ("sa2025-03-16", true),
            ("eb2025-03-18", true),
        ] {
            let filter = Filter::of(&parameter, None, value, &[]).unwrap();
            assert_eq!(filter.fits(&Value::Null, stamp), expected, "{value}");
            assert!(!filter.fits(&Value::Null, UNDATED), "{value}");
            assert_eq!(filter.only_bounds().is_some(), !value.starts_with("ne"), "{value}");
        }
        for (modifier, value) in [(None, "soon"), (Some("missing"), "soon"), (Some("exact"), "2025")] {
            assert!(Filter::of(&parameter, modifier, value, &[]).is_err(), "{value}");
        }
        for (value, undated) in [("true", true), ("false", false)] {
            let filter = Filter::of(&parameter, Some("missing"), value, &[]).unwrap();
            assert_eq!((filter.fits(&Value::Null, stamp), filter.fits(&Value::Null, UNDATED)), (!undated, undated));
            assert_eq!(filter.only_bounds(), None);
        }
    }

    #[test]
    fn what_is_missing_is_found_by_that() {
        const CASES: [(&[&str], &str, bool); 4] =
            [(&["gender"], "true", false), (&["gender"], "false", true), (&["deceased"], "true", true), (&["name.given"], "false", true)];
        for (paths, value, expected) in CASES {
            assert_eq!(fits("token", Some("missing"), value, paths), expected, "{paths:?}");
        }
    }
}
