//! What search parameters of DocumentReference ask beyond FindDocuments: codes without a system, alternatives of times, `:not`,
//! `:missing` and `ne` (FHIR R4, search.html#token, #date, #modifiers).

use std::ops::Range;

use super::super::Refusal;
use super::super::times::{bounds, time};
use super::conditions::{any_of, code_group, code_patterns, is_missing, is_one_range, names, reference_id_pattern, rounded_up};
use crate::model::entry_condition::{CodedAttribute, EntryCondition, EntryTest, EntryTime};
use crate::model::timestamp::Instant;
use crate::wire::fhir::search::Comparison;

/// The condition that a parameter stands for; nothing if FindDocuments has one for it.
pub(super) fn condition(name: &str, value: &str) -> Result<Option<EntryCondition>, Refusal> {
    let (base, modifier) = name.split_once(':').unwrap_or((name, ""));
    let negated = modifier == "not";
    Ok(match (base, modifier) {
        (_, "missing") => Some(missing(base, is_missing(name, value)?)),
        ("related", _) => {
            let patterns = any_of(name, value)?.into_iter().map(|id| Ok(vec![EntryTest::ReferenceId(reference_id_pattern(name, &id)?)]));
            Some(EntryCondition { any_of: patterns.collect::<Result<_, Refusal>>()?, negated })
        }
        ("identifier", "not") => Some(EntryCondition { any_of: vec![vec![EntryTest::Named(names(base, value)?)]], negated }),
        ("creation" | "date" | "_lastUpdated" | "period", "") if !is_one_range(value) => Some(times(name, value)?),
        _ => match attribute(base) {
            Some(attribute) => {
                let patterns = code_patterns(name, value)?;
                let is_plain = !negated && code_group(&patterns).is_some();
                let any_of = patterns.into_iter().map(|pattern| vec![EntryTest::Code(attribute, pattern)]).collect();
                (!is_plain).then_some(EntryCondition { any_of, negated })
            }
            None => None,
        },
    })
}

fn attribute(name: &str) -> Option<CodedAttribute> {
    Some(match name {
        "category" => CodedAttribute::Class,
        "type" => CodedAttribute::Type,
        "format" => CodedAttribute::Format,
        "facility" => CodedAttribute::Facility,
        "setting" => CodedAttribute::PracticeSetting,
        "event" => CodedAttribute::Event,
        "security-label" => CodedAttribute::Confidentiality,
        _ => return None,
    })
}

/// That an entry has no value for a parameter, or has one.
fn missing(base: &str, is_missing: bool) -> EntryCondition {
    let lacking = match base {
        "creation" => vec![vec![EntryTest::NoTime(EntryTime::Creation)]],
        "period" => vec![vec![EntryTest::NoTime(EntryTime::ServiceStart), EntryTest::NoTime(EntryTime::ServiceStop)]],
        "related" => vec![vec![EntryTest::NoReferenceId]],
        // Every entry has all others.
        _ => attribute(base).map(|attribute| vec![EntryTest::NoCode(attribute)]).into_iter().collect(),
    };
    EntryCondition { any_of: lacking, negated: !is_missing }
}

fn times(name: &str, value: &str) -> Result<EntryCondition, Refusal> {
    let mut condition = EntryCondition::default();
    for alternative in any_of(name, value)? {
        let (comparison, range) = time(name, &alternative)?;
        condition.any_of.extend(match name {
            "creation" => within(EntryTime::Creation, comparison, range),
            "period" => of_period(comparison, range),
            _ => within(EntryTime::Registered, comparison, range),
        });
    }
    Ok(condition)
}

/// What has no time is not left out because of it, as ITI-18 has it; but that a time is another is said of a time alone.
fn within(time: EntryTime, comparison: Comparison, range: Range<Instant>) -> Vec<Vec<EntryTest>> {
    if comparison == Comparison::NotEqual {
        return vec![vec![test(time, None, Some(range.start), false)], vec![test(time, Some(range.end), None, false)]];
    }
    let (from, before) = bounds((comparison, range));
    vec![vec![test(time, from, before, true)]]
}

fn of_period(comparison: Comparison, Range { start, end }: Range<Instant>) -> Vec<Vec<EntryTest>> {
    let starts = |from, before| test(EntryTime::ServiceStart, from, before, true);
    let stops = |from, before| test(EntryTime::ServiceStop, from, before, true);
    match comparison {
        Comparison::Equal | Comparison::Approximately => vec![vec![starts(Some(start), None), stops(None, Some(end))]],
        Comparison::NotEqual => {
            vec![vec![test(EntryTime::ServiceStart, None, Some(start), false)], vec![test(EntryTime::ServiceStop, Some(end), None, false)]]
        }
        Comparison::StartsAfter => vec![vec![starts(Some(end), None)]],
        Comparison::EndsBefore => vec![vec![stops(None, Some(start))]],
        Comparison::Greater => vec![vec![stops(Some(end), None)]],
        Comparison::GreaterOrEqual => vec![vec![stops(Some(start), None)]],
        Comparison::Less => vec![vec![starts(None, Some(start))]],
        Comparison::LessOrEqual => vec![vec![starts(None, Some(end))]],
    }
}

fn test(time: EntryTime, from: Option<Instant>, before: Option<Instant>, or_none: bool) -> EntryTest {
    let exact = |at| if time == EntryTime::Registered { at } else { rounded_up(at) };
    EntryTest::Time { time, from: from.map(exact), before: before.map(exact), or_none }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry_condition::CodePattern;
    use crate::model::stored_query::CodeMatch;

    #[test]
    fn what_find_documents_can_say_is_left_to_it() {
        for (name, value) in [
            ("type", "http://loinc.org|1-2,urn:oid:2.999|x"),
            ("creation", "ge2025"),
            ("period", "2025"),
            ("status:not", "current"),
            ("identifier", "x"),
        ] {
            assert_eq!(condition(name, value), Ok(None), "{name}={value}");
        }
        for (name, value) in [
            ("type", "1-2"),
            ("type:not", "http://loinc.org|1-2"),
            ("event", "|x"),
            ("format", "urn:oid:2.999|"),
            ("date", "ne2025"),
            ("period", "2024,2025"),
            ("setting:missing", "true"),
        ] {
            assert!(condition(name, value).unwrap().is_some(), "{name}={value}");
        }
        for (name, value) in [("type", "|"), ("type:not", "a,"), ("type:missing", "yes"), ("creation", "2024,x"), ("type", "a\u{0}")] {
            assert_eq!(condition(name, value).unwrap_err().status, 400, "{name}={value}");
        }
    }

    #[test]
    fn what_is_never_missing_is_not_searched_for() {
        assert_eq!(missing("status", true), EntryCondition { any_of: Vec::new(), negated: false });
        assert_eq!(missing("status", false), EntryCondition { any_of: Vec::new(), negated: true });
    }

    #[test]
    fn a_code_without_a_system_is_of_none() {
        let exact = |code: &str, scheme: &str| CodePattern::Exactly(CodeMatch { code: code.to_owned(), scheme: scheme.to_owned() });
        assert_eq!(code_patterns("type", "|x").unwrap(), [exact("x", "")]);
        assert_eq!(code_patterns("type", "x").unwrap(), [CodePattern::OfAnyScheme("x".to_owned())]);
        assert!(code_patterns("type", "urn:oid:2.999|").unwrap().contains(&CodePattern::AnyOf("2.999".to_owned())));
    }
}
