//! What search parameters of List ask beyond FindSubmissionSets and FindFolders. It is asked of the lists that these found, which
//! are in sight: what is not like something is looked for among them alone.

use std::ops::Range;

use super::super::times::bounds;
use super::lists::Kind;
use crate::model::author::Author;
use crate::model::code::Code;
use crate::model::entry_condition::CodePattern;
use crate::model::folder::Folder;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Instant;
use crate::wire::fhir::search::Comparison;

/// A submission set or folder as conditions see it.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) kind: Kind,
    pub(super) id: EntryUuid,
    /// When submitted, or last changed: 14 digits.
    pub(super) date: String,
    unique_id: Oid,
    codes: Vec<Code>,
    source_id: Option<Oid>,
    authors: Vec<Author>,
}

impl From<SubmissionSet> for Listed {
    fn from(set: SubmissionSet) -> Self {
        Self {
            kind: Kind::SubmissionSet,
            id: set.entry_uuid,
            date: set.submission_time.first_second(),
            unique_id: set.unique_id,
            codes: vec![set.content_type_code],
            source_id: Some(set.source_id),
            authors: set.authors,
        }
    }
}

impl From<Folder> for Listed {
    fn from(folder: Folder) -> Self {
        Self {
            kind: Kind::Folder,
            id: folder.entry_uuid,
            date: folder.last_update_time.first_second(),
            unique_id: folder.unique_id,
            codes: folder.codes,
            source_id: None,
            authors: Vec::new(),
        }
    }
}

/// Names of a list, of which one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListNames {
    pub(super) ids: Vec<EntryUuid>,
    pub(super) unique_ids: Vec<Oid>,
}

/// One thing that is true of a list or not.
#[derive(Debug, Clone)]
pub(super) enum ListTest {
    /// One of these names is its own.
    Named(ListNames),
    /// None of these is.
    NotNamed(ListNames),
    /// It has such a code.
    Code(Vec<CodePattern>),
    /// It has none of these.
    NotCode(Vec<CodePattern>),
    /// Whether it has no code at all.
    CodeMissing(bool),
    /// It came from one of these sources.
    Source(Vec<Oid>),
    /// It came from none of these.
    NotSource(Vec<Oid>),
    /// Whether it names no source.
    SourceMissing(bool),
    /// Its date fits one of these.
    Date(Vec<(Comparison, Range<Instant>)>),
    /// One of its authors is like one of these patterns (`%` any text).
    Author(Vec<String>),
    /// Always or never.
    Is(bool),
}

impl ListTest {
    /// Whether it is true of a list.
    pub(super) fn is_met(&self, list: &Listed) -> bool {
        // A folder has neither source nor author; a search for folders leaves them aside (2:3.66.4.1.3.1, note 3).
        if list.kind == Kind::Folder && matches!(self, Self::Source(_) | Self::NotSource(_) | Self::Author(_)) {
            return true;
        }
        let is_named = |names: &ListNames| names.ids.contains(&list.id) || names.unique_ids.contains(&list.unique_id);
        let has_code = |any_of: &[CodePattern]| list.codes.iter().any(|code| any_of.iter().any(|pattern| pattern.matches(code)));
        let is_from = |sources: &[Oid]| list.source_id.as_ref().is_some_and(|source| sources.contains(source));
        match self {
            Self::Named(names) => is_named(names),
            Self::NotNamed(names) => !is_named(names),
            Self::Code(any_of) => has_code(any_of),
            Self::NotCode(any_of) => !has_code(any_of),
            Self::CodeMissing(missing) => list.codes.iter().all(Code::is_absent) == *missing,
            Self::Source(sources) => is_from(sources),
            Self::NotSource(sources) => !is_from(sources),
            Self::SourceMissing(missing) => list.source_id.is_none() == *missing,
            Self::Date(any_of) => any_of.iter().any(|wanted| is_at(&list.date, wanted)),
            Self::Author(patterns) => {
                let persons = || list.authors.iter().filter_map(|author| author.person.as_ref());
                persons().any(|person| patterns.iter().any(|pattern| is_like(person.as_str(), pattern)))
            }
            Self::Is(met) => *met,
        }
    }
}

/// Whether a time of 14 digits, which stands for a second, compares so.
fn is_at(date: &str, (comparison, range): &(Comparison, Range<Instant>)) -> bool {
    let is_within = |bounds: (Option<Instant>, Option<Instant>)| {
        let second = |at: Instant| super::conditions::rounded_up(at).to_dtm().first_second();
        bounds.0.is_none_or(|from| second(from).as_str() <= date) && bounds.1.is_none_or(|before| date < second(before).as_str())
    };
    match comparison {
        Comparison::NotEqual => !is_within((Some(range.start), Some(range.end))),
        other => is_within(bounds((*other, range.clone()))),
    }
}

/// Whether text is like a pattern in which `%` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let parts: Vec<_> = pattern.split('%').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return text == pattern };
    let Some(rest) = text.strip_prefix(first) else { return false };
    let rest = middle.iter().try_fold(rest, |rest, part| rest.split_once(part).map(|(_, rest)| rest));
    rest.is_some_and(|rest| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_the_database_has_it() {
        for (text, pattern) in
            [("abc", "abc"), ("abc", "a%"), ("abc", "%c"), ("abc", "%b%"), ("1^Weis^Claude", "%^Weis^Cl%"), ("", "%"), ("aba", "a%a")]
        {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("abc", "ab"), ("abc", "b%"), ("abc", "%b"), ("a", "a%a"), ("1^Weis", "%^Wei^%")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn a_second_compares_with_a_range() {
        let is = |comparison, text: &str| is_at("20250317090000", &(comparison, crate::wire::fhir::dates::period(text).unwrap()));
        assert!(is(Comparison::Equal, "2025-03") && !is(Comparison::NotEqual, "2025-03") && is(Comparison::NotEqual, "2025-04"));
        assert!(is(Comparison::GreaterOrEqual, "2025-03-17T09:00:00Z") && !is(Comparison::Greater, "2025-03-17T09:00:00Z"));
        assert!(is(Comparison::Less, "2026") && !is(Comparison::EndsBefore, "2025"));
    }
}
