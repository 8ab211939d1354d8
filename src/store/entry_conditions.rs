//! The conditions of searches over FHIR as SQL. They are added to a statement that sees what its caller sees, so that what is not
//! like something is looked for among that alone.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::model::entry_condition::{CodePattern, CodedAttribute, EntryCondition, EntryTest, EntryTime};
use crate::model::entry_search::EntryNames;
use crate::model::timestamp::Instant;

use super::entry_search::{Backend, EntryQuery};
use super::object_values::{AUTHOR_PERSON, CONFIDENTIALITY_CODE, EVENT_CODE, NO_ESCAPE, REFERENCE_ID, has_value_like};
use super::rows::uuid_columns;
use super::schema::{document_entries, object_values};

type Test = Box<dyn BoxableExpression<document_entries::table, Backend, SqlType = Bool>>;

/// The column of a code that limited metadata lack.
const NO_CODE: &str = "^^";

/// Those of the entries that meet the condition.
pub(super) fn with_condition<'a>(entries: EntryQuery<'a>, condition: &EntryCondition) -> EntryQuery<'a> {
    let all = |tests: &Vec<EntryTest>| tests.iter().map(test).reduce(|one, other| Box::new(one.and(other)) as Test);
    let alternatives = condition.any_of.iter().filter_map(all);
    let met = alternatives.reduce(|one, other| Box::new(one.or(other)) as Test).unwrap_or_else(|| Box::new(sql::<Bool>("1 = 0")));
    if condition.negated { entries.filter(not(met)) } else { entries.filter(met) }
}

/// No test is unknown to the database (NULL), so that each may be negated.
fn test(test: &EntryTest) -> Test {
    match test {
        EntryTest::Code(attribute, pattern) => coded(*attribute, like(pattern)),
        EntryTest::NoCode(CodedAttribute::Event) => Box::new(not(has_value_like!(document_entries, EVENT_CODE, "%"))),
        EntryTest::NoCode(CodedAttribute::Confidentiality) => Box::new(not(has_value_like!(document_entries, CONFIDENTIALITY_CODE, "%"))),
        EntryTest::NoCode(attribute) => coded(*attribute, NO_CODE.to_owned()),
        EntryTest::Time { time, from, before, or_none } => within(*time, *from, *before, *or_none),
        EntryTest::NoTime(time) => lacking(*time),
        EntryTest::ReferenceId(pattern) => Box::new(has_value_like!(document_entries, REFERENCE_ID, pattern.clone())),
        EntryTest::NoReferenceId => Box::new(not(has_value_like!(document_entries, REFERENCE_ID, "%"))),
        EntryTest::Author(pattern) => Box::new(has_value_like!(document_entries, AUTHOR_PERSON, pattern.clone())),
        EntryTest::Named(names) => named(names),
    }
}

fn coded(attribute: CodedAttribute, pattern: String) -> Test {
    macro_rules! column {
        ($column:ident) => {
            Box::new(document_entries::$column.like(pattern).escape(NO_ESCAPE))
        };
    }
    match attribute {
        CodedAttribute::Class => column!(class_code),
        CodedAttribute::Type => column!(type_code),
        CodedAttribute::Format => column!(format_code),
        CodedAttribute::Facility => column!(healthcare_facility_type_code),
        CodedAttribute::PracticeSetting => column!(practice_setting_code),
        CodedAttribute::Event => Box::new(has_value_like!(document_entries, EVENT_CODE, pattern)),
        CodedAttribute::Confidentiality => Box::new(has_value_like!(document_entries, CONFIDENTIALITY_CODE, pattern)),
    }
}

/// A LIKE pattern for the column of a code, `code^^scheme`.
fn like(pattern: &CodePattern) -> String {
    match pattern {
        CodePattern::Exactly(wanted) => literally(&format!("{}^^{}", wanted.code, wanted.scheme)),
        CodePattern::OfAnyScheme(code) => format!("{}^^%", literally(code)),
        CodePattern::AnyOf(scheme) => format!("%^^{}", literally(scheme)),
    }
}

/// Text that means itself in a pattern.
fn literally(text: &str) -> String {
    let escaped = |c: char| matches!(c, '%' | '_' | NO_ESCAPE).then_some(NO_ESCAPE).into_iter().chain([c]);
    text.chars().flat_map(escaped).collect()
}

fn within(time: EntryTime, from: Option<Instant>, before: Option<Instant>, or_none: bool) -> Test {
    macro_rules! of_column {
        ($column:expr, $since:expr, $until:expr) => {{
            let mut range: Test = Box::new(sql::<Bool>("1 = 1"));
            if let Some(since) = $since {
                range = Box::new(range.and($column.ge(since)));
            }
            if let Some(until) = $until {
                range = Box::new(range.and($column.lt(until)));
            }
            range
        }};
    }
    let second = |at: Option<Instant>| at.map(|at| at.to_dtm().first_second());
    let range = match time {
        EntryTime::Registered => of_column!(document_entries::registered_at, from.map(|at| at.0), before.map(|at| at.0)),
        EntryTime::Creation => of_column!(document_entries::creation_time.assume_not_null(), second(from), second(before)),
        EntryTime::ServiceStart => of_column!(document_entries::service_start_time.assume_not_null(), second(from), second(before)),
        EntryTime::ServiceStop => of_column!(document_entries::service_stop_time.assume_not_null(), second(from), second(before)),
    };
    if or_none { Box::new(lacking(time).or(range)) } else { Box::new(not(lacking(time)).and(range)) }
}

fn lacking(time: EntryTime) -> Test {
    match time {
        EntryTime::Registered => Box::new(sql::<Bool>("1 = 0")),
        EntryTime::Creation => Box::new(document_entries::creation_time.is_null()),
        EntryTime::ServiceStart => Box::new(document_entries::service_start_time.is_null()),
        EntryTime::ServiceStop => Box::new(document_entries::service_stop_time.is_null()),
    }
}

/// That the entry has one of these names.
fn named(EntryNames { ids, unique_ids }: &EntryNames) -> Test {
    let ids = uuid_columns(ids);
    let unique_ids: Vec<_> = unique_ids.iter().map(|id| id.as_str().to_owned()).collect();
    let by_id = document_entries::entry_uuid.eq_any(ids.clone()).or(document_entries::logical_id.eq_any(ids));
    Box::new(by_id.or(document_entries::unique_id.eq_any(unique_ids)))
}
