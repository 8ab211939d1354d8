//! The values of stored query parameters (ITI TF-2: 3.18.4.1.2.3.5).

use crate::model::availability_status::AvailabilityStatus;
use crate::model::ids::InvalidIdentifier;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{CodeGroup, CodeMatch, MetadataLevel, TimeRange};
use crate::model::text::Slot;
use crate::model::timestamp::Dtm;

use super::attributes::quoted;

/// How often a parameter may occur, and how many patterns it may have: each nests the statement one step deeper and gives
/// the database one more table to plan for. Hundreds take PostgreSQL minutes, ten thousands run a thread out of stack.
const MOST_CONDITIONS: usize = 16;
/// How many values a parameter may have: all parameters together stay below what one statement takes.
const MOST_VALUES: usize = 2_000;

/// The slots of an AdhocQuery. A parameter that occurs more than once means that each occurrence has to be met.
pub(super) struct Parameters {
    slots: Vec<Slot>,
}

type Parsed<T> = Result<T, RegistryError>;

fn malformed(name: &str, value: &str, expected: &str) -> RegistryError {
    RegistryError::new(ErrorCode::RegistryError, name, format!("{name}: {} is not {expected} (ITI TF-2: 3.18.4.1.2.3.5)", quoted(value)))
}

fn wrong_number(name: &str, context: &str) -> RegistryError {
    RegistryError::new(ErrorCode::StoredQueryParamNumber, name, format!("{name}: {context}"))
}

fn at_most(name: &str, what: &str, most: usize, number: usize) -> Parsed<()> {
    if number <= most {
        return Ok(());
    }
    Err(wrong_number(name, &format!("the parameter has {number} {what}; this registry takes {most}, ask in several queries")))
}

impl Parameters {
    pub(super) fn new(slots: Vec<Slot>) -> Self {
        Self { slots }
    }

    /// The values of each occurrence of a parameter.
    fn occurrences(&self, name: &str) -> Parsed<Vec<Vec<String>>> {
        let slots = self.slots.iter().filter(|slot| slot.name == name);
        let occurrences = slots.map(|slot| occurrence(name, &slot.values)).collect::<Parsed<Vec<_>>>()?;
        at_most(name, "occurrences", MOST_CONDITIONS, occurrences.len())?;
        at_most(name, "values", MOST_VALUES, occurrences.iter().map(Vec::len).sum())?;
        Ok(occurrences)
    }

    /// LIKE patterns of which one has to fit.
    pub(super) fn patterns(&self, name: &str) -> Parsed<Vec<String>> {
        let patterns = self.list(name)?;
        at_most(name, "patterns", MOST_CONDITIONS, patterns.len())?;
        Ok(patterns)
    }

    /// Whether a parameter occurs at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.slots.iter().any(|slot| slot.name == name)
    }

    /// The values of a parameter that may have many and occurs once at most.
    pub(super) fn list(&self, name: &str) -> Parsed<Vec<String>> {
        let mut occurrences = self.occurrences(name)?;
        match occurrences.len() {
            0 | 1 => Ok(occurrences.pop().unwrap_or_default()),
            _ => Err(wrong_number(
                name,
                "the parameter occurs more than once, which means AND; it has one value for each entry, so its alternatives belong into one slot",
            )),
        }
    }

    /// As [`Parameters::list`], and there has to be a value.
    pub(super) fn required_list(&self, name: &str) -> Parsed<Vec<String>> {
        let values = self.list(name)?;
        if values.is_empty() { Err(Self::missing(name)) } else { Ok(values) }
    }

    /// That a required parameter is not there.
    pub(super) fn missing(name: &str) -> RegistryError {
        RegistryError::new(
            ErrorCode::StoredQueryMissingParam,
            name,
            format!("the query parameter {name} is missing, and this query requires it (ITI TF-2: 3.18.4.1.2.3.7)"),
        )
    }

    /// The value of a parameter that has one at most.
    pub(super) fn single(&self, name: &str) -> Parsed<Option<String>> {
        let mut values = self.list(name)?;
        if values.len() > 1 {
            return Err(wrong_number(name, &format!("the parameter has {} values; one is allowed", values.len())));
        }
        Ok(values.pop())
    }

    /// A single value, parsed.
    pub(super) fn parsed<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Parsed<Option<T>> {
        let value = self.single(name)?;
        value.map(|value| parse(&value).map_err(|e| malformed(name, &value, e.expected))).transpose()
    }

    /// That none of these parameters is there, of which a query requires one.
    pub(super) fn none_of(names: &[&str]) -> RegistryError {
        let context = format!("one of the query parameters {} is required, and none is there (ITI TF-2: 3.51.4.1.2.1)", names.join(", "));
        RegistryError::new(ErrorCode::StoredQueryMissingParam, names.first().copied().unwrap_or_default(), context)
    }

    /// A single value, parsed, which has to be there.
    pub(super) fn required<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Parsed<T> {
        self.parsed(name, parse)?.ok_or_else(|| Self::missing(name))
    }

    /// Many values, each parsed.
    pub(super) fn parsed_list<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, InvalidIdentifier>) -> Parsed<Vec<T>> {
        self.list(name)?.iter().map(|value| parse(value).map_err(|e| malformed(name, value, e.expected))).collect()
    }

    /// Codes of an attribute that has one value.
    pub(super) fn codes(&self, name: &str) -> Parsed<CodeGroup> {
        self.list(name)?.iter().map(|value| code(name, value)).collect()
    }

    /// Codes of an attribute that has many values: one group for each occurrence.
    pub(super) fn code_groups(&self, name: &str) -> Parsed<Vec<CodeGroup>> {
        self.groups(name)?.iter().map(|group| group.iter().map(|value| code(name, value)).collect()).collect()
    }

    /// Values of an attribute that has many: one group for each occurrence.
    pub(super) fn groups(&self, name: &str) -> Parsed<Vec<Vec<String>>> {
        Ok(self.occurrences(name)?.into_iter().filter(|group| !group.is_empty()).collect())
    }

    /// Statuses, at least one.
    pub(super) fn statuses(&self, name: &str) -> Parsed<Vec<AvailabilityStatus>> {
        let expected = "an availability status: urn:oasis:names:tc:ebxml-regrep:StatusType:Approved or …:Deprecated";
        let status = |value: &String| AvailabilityStatus::from_urn(value).ok_or_else(|| malformed(name, value, expected));
        self.required_list(name)?.iter().map(status).collect()
    }

    /// `$MetadataLevel`: 1 where nothing is said.
    pub(super) fn metadata_level(&self) -> Parsed<MetadataLevel> {
        let level = self.parsed("$MetadataLevel", |text| match text {
            "1" => Ok(MetadataLevel::One),
            "2" => Ok(MetadataLevel::Two),
            _ => Err(InvalidIdentifier { expected: "a metadata level, 1 or 2" }),
        })?;
        Ok(level.unwrap_or_default())
    }

    /// A range of times, from `…From` to `…To`.
    pub(super) fn time_range(&self, name: &str) -> Parsed<TimeRange> {
        let time = |end: &str| self.parsed(&format!("{name}{end}"), |text| Dtm::try_from(text.to_owned()));
        let range = TimeRange { from: time("From")?, to: time("To")? };
        match (&range.from, &range.to) {
            (Some(from), Some(to)) if from.first_second() > to.first_second() => {
                Err(malformed(&format!("{name}To"), to.as_str(), &format!("after {name}From")))
            }
            _ => Ok(range),
        }
    }
}

/// `code^^scheme`.
fn code(name: &str, value: &str) -> Parsed<CodeMatch> {
    let shape = || malformed(name, value, "a code with its coding scheme, code^^scheme");
    let (code, scheme) = value.split_once("^^").ok_or_else(shape)?;
    if code.is_empty() || scheme.is_empty() || scheme.contains('^') {
        return Err(shape());
    }
    Ok(CodeMatch { code: code.to_owned(), scheme: scheme.to_owned() })
}

/// The values of one slot: each `Value` holds one value or a list of them in parentheses.
fn occurrence(name: &str, values: &[String]) -> Parsed<Vec<String>> {
    let mut all = Vec::new();
    for value in values {
        let text = value.trim();
        match text.strip_prefix('(') {
            Some(rest) => {
                let inner = rest.strip_suffix(')').ok_or_else(|| malformed(name, text, "a list closed by a parenthesis"))?;
                list_items(name, inner, &mut all)?;
            }
            None => all.push(single_value(name, text)?),
        }
    }
    Ok(all)
}

fn single_value(name: &str, text: &str) -> Parsed<String> {
    if !text.starts_with('\'') {
        return if text.is_empty() || text.contains('\'') {
            Err(malformed(name, text, "a number or a text in single quotes"))
        } else {
            Ok(text.to_owned())
        };
    }
    let (value, rest) = quoted_text(name, text)?;
    if rest.trim().is_empty() { Ok(value) } else { Err(malformed(name, text, "one text in single quotes; a list stands in parentheses")) }
}

fn list_items(name: &str, inner: &str, all: &mut Vec<String>) -> Parsed<()> {
    let mut rest = inner.trim();
    if rest.is_empty() {
        return Err(malformed(name, "()", "a list with a value"));
    }
    loop {
        let (value, after) = if rest.starts_with('\'') {
            quoted_text(name, rest)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            (single_value(name, number.trim())?, after)
        };
        all.push(value);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if rest.is_empty() => return Ok(()),
            None => return Err(malformed(name, inner, "a list of values separated by commas")),
        }
    }
}

/// A text in single quotes, a quote within it doubled, and what follows it.
fn quoted_text<'t>(name: &str, text: &'t str) -> Parsed<(String, &'t str)> {
    let unclosed = || malformed(name, text, "a text closed by a single quote");
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'').ok_or_else(unclosed)?;
    loop {
        let (piece, after) = rest.split_once('\'').ok_or_else(unclosed)?;
        value.push_str(piece);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Ok((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(slots: &[(&str, &[&str])]) -> Parameters {
        let slot = |(name, values): &(&str, &[&str])| Slot {
            name: (*name).to_owned(),
            slot_type: None,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        Parameters::new(slots.iter().map(slot).collect())
    }

    #[test]
    fn lists_are_joined_across_values_and_quotes_are_undone() {
        let parameters = parameters(&[("$a", &["('one','two, and a half')", " ( 'thr''ee' ) ", "'four'"])]);
        assert_eq!(parameters.list("$a").unwrap(), ["one", "two, and a half", "thr'ee", "four"]);
    }

    #[test]
    fn malformed_values_are_errors_and_not_empty_lists() {
        for bad in ["('one'", "'one", "one'", "()", "('one' 'two')", "('one',)", "'one' 'two'", ""] {
            let error = parameters(&[("$a", &[bad])]).list("$a").unwrap_err();
            assert_eq!(error.code, ErrorCode::RegistryError, "{bad}");
        }
    }

    #[test]
    fn repeated_slots_are_groups_where_allowed_and_an_error_elsewhere() {
        let parameters = parameters(&[("$e", &["('a^^1','b^^1')"]), ("$e", &["('c^^1')"])]);
        assert_eq!(parameters.code_groups("$e").unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(parameters.list("$e").unwrap_err().code, ErrorCode::StoredQueryParamNumber);
    }

    #[test]
    fn more_conditions_or_values_than_a_statement_takes_are_refused() {
        let many = |count: usize| format!("({})", vec!["'a^^1'"; count].join(","));
        let occurrences = |count| parameters(&vec![("$e", &["('a^^1')"][..]); count]).code_groups("$e").map(|groups| groups.len());
        assert_eq!(occurrences(MOST_CONDITIONS).unwrap(), MOST_CONDITIONS);
        assert_eq!(occurrences(MOST_CONDITIONS + 1).unwrap_err().code, ErrorCode::StoredQueryParamNumber);
        let values = |count| parameters(&[("$e", &[&many(count)])]).list("$e");
        assert_eq!(values(MOST_VALUES).unwrap().len(), MOST_VALUES);
        assert_eq!(values(MOST_VALUES + 1).unwrap_err().code, ErrorCode::StoredQueryParamNumber);
        let error = parameters(&[("$e", &[&many(MOST_CONDITIONS + 1)])]).patterns("$e").unwrap_err();
        assert!(error.context.contains("17 patterns"), "{}", error.context);
    }

    #[test]
    fn a_code_needs_its_scheme() {
        for bad in ["('a')", "('a^^')", "('^^1.2')", "('a^^1^2')"] {
            assert!(parameters(&[("$c", &[bad])]).codes("$c").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_missing_parameter_and_a_second_value_have_errors_of_their_own() {
        let parameters = parameters(&[("$p", &["'a'", "'b'"])]);
        assert_eq!(parameters.single("$p").unwrap_err().code, ErrorCode::StoredQueryParamNumber);
        assert_eq!(parameters.required_list("$q").unwrap_err().code, ErrorCode::StoredQueryMissingParam);
    }

    #[test]
    fn numbers_need_no_quotes() {
        assert_eq!(parameters(&[("$t", &["20040101"])]).list("$t").unwrap(), ["20040101"]);
        assert_eq!(parameters(&[("$t", &["(1, 2)"])]).list("$t").unwrap(), ["1", "2"]);
    }
}
