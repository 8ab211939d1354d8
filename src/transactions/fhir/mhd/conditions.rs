//! The values of search parameters as conditions (FHIR R4, search.html).

use super::super::Refusal;
use super::search_parameters::{Asked, Fits, NamePart};
use crate::model::entry_condition::CodePattern;
use crate::model::entry_search::EntryNames;
use crate::model::ids::UniqueId;
use crate::model::stored_query::{CodeGroup, CodeMatch, TimeRange};
use crate::model::timestamp::Instant;
use crate::wire::fhir::search::{Comparison, Token, alternatives, comparison, token, unescaped};
use crate::wire::mhd::schemes_of_system;

/// Alternatives and repetitions of one parameter: more would make the statement large.
const MOST_VALUES: usize = 100;

fn place(name: &str) -> String {
    format!("http.{name}")
}

/// The alternatives of a value, still escaped.
pub(super) fn any_of(name: &str, value: &str) -> Result<Vec<String>, Refusal> {
    if value.contains(char::is_control) {
        return Err(Refusal::invalid(&place(name), "it holds a control character", "leave it out"));
    }
    let values = alternatives(value);
    if values.len() > MOST_VALUES {
        return Err(Refusal::invalid(
            &place(name),
            &format!("it has {} alternatives", values.len()),
            &format!("send at most {MOST_VALUES}"),
        ));
    }
    Ok(values)
}

/// The codes that a token parameter stands for, of which one is enough (FHIR R4, search.html#token).
pub(super) fn code_patterns(name: &str, value: &str) -> Result<Vec<CodePattern>, Refusal> {
    let mut patterns = Vec::new();
    for alternative in any_of(name, value)? {
        let Token { system, code } = token(&alternative);
        match (system.filter(|system| !system.is_empty()), code, alternative.starts_with('|')) {
            (None, Some(code), true) => patterns.push(CodePattern::Exactly(CodeMatch { code, scheme: String::new() })),
            (None, Some(code), false) => patterns.push(CodePattern::OfAnyScheme(code)),
            (Some(system), Some(code), _) => {
                let exactly = |scheme| CodePattern::Exactly(CodeMatch { code: code.clone(), scheme });
                patterns.extend(schemes_of_system(&system).into_iter().map(exactly));
            }
            (Some(system), None, _) => patterns.extend(schemes_of_system(&system).into_iter().map(CodePattern::AnyOf)),
            (None, None, _) => {
                let mend = "write SYSTEM|CODE, such as http://loinc.org|11488-4, or CODE, |CODE or SYSTEM|";
                return Err(Refusal::invalid(&place(name), "no code", mend));
            }
        }
    }
    Ok(patterns)
}

/// The same as a condition of ITI-18, where each has a code and a system; nothing for others.
pub(super) fn code_group(patterns: &[CodePattern]) -> Option<CodeGroup> {
    let known = |pattern: &CodePattern| match pattern {
        CodePattern::Exactly(code) if !code.scheme.is_empty() => Some(code.clone()),
        _ => None,
    };
    patterns.iter().map(known).collect()
}

/// What `:missing` asks (search.html#modifiers).
pub(super) fn is_missing(name: &str, value: &str) -> Result<bool, Refusal> {
    value.parse().map_err(|_| Refusal::invalid(&place(name), "neither true nor false", "write one of them"))
}

/// Adds the codes of a parameter of which an entry has one value: given twice, both have to fit.
pub(super) fn narrow(group: &mut CodeGroup, more: CodeGroup) {
    if group.is_empty() {
        *group = more;
        return;
    }
    group.retain(|code| more.contains(code));
    if group.is_empty() {
        // No message holds this code.
        group.push(CodeMatch { code: "\u{1}".to_owned(), scheme: String::new() });
    }
}

/// Whether a value of times is one range; the others are more than ITI-18 can say.
pub(super) fn is_one_range(value: &str) -> bool {
    !value.contains(',') && comparison(value).0 != Comparison::NotEqual
}

/// Narrows a range of metadata times, which are of seconds.
pub(super) fn narrow_times(range: &mut TimeRange, (from, to): (Option<Instant>, Option<Instant>)) {
    if let Some(from) = from.map(rounded_up) {
        let later = range.from.as_ref().is_none_or(|known| known.first_second() < from.to_dtm().first_second());
        if later {
            range.from = Some(from.to_dtm());
        }
    }
    if let Some(to) = to.map(rounded_up) {
        let earlier = range.to.as_ref().is_none_or(|known| known.first_second() > to.to_dtm().first_second());
        if earlier {
            range.to = Some(to.to_dtm());
        }
    }
}

/// The next whole second.
pub(super) fn rounded_up(at: Instant) -> Instant {
    Instant(at.0.div_euclid(1_000_000) * 1_000_000 + if at.0.rem_euclid(1_000_000) > 0 { 1_000_000 } else { 0 })
}

/// The names that an `identifier` stands for: a uniqueId in the forms in which it may be filed, or an entryUUID.
pub(super) fn names(name: &str, value: &str) -> Result<EntryNames, Refusal> {
    let mut names = EntryNames::default();
    for alternative in any_of(name, value)? {
        let token = token(&alternative);
        let code = token.code.unwrap_or_default();
        let (id, extended) = match token.system.as_deref().and_then(|system| system.strip_prefix("urn:oid:")) {
            Some(root) => (code.clone(), Some(format!("{root}^{code}"))),
            None => (code, None),
        };
        let plain = id.strip_prefix("urn:oid:").unwrap_or(&id).to_owned();
        names.ids.extend(id.parse::<crate::model::ids::EntryUuid>());
        let written = [Some(format!("urn:oid:{plain}")), Some(plain), extended, Some(id)].into_iter().flatten();
        names.unique_ids.extend(written.filter_map(|text| text.parse::<UniqueId>().ok()));
    }
    names.unique_ids.sort();
    names.unique_ids.dedup();
    Ok(names)
}

/// The people that are asked for, each group of LIKE patterns one author. A family and a given name are of the same author, as
/// ITI-18 has it; of more names each may be another's.
pub(super) fn authors(asked: &Asked, family: &'static str, given: &'static str) -> Result<Vec<Vec<String>>, Refusal> {
    let (families, givens) = (asked.name_parts(family), asked.name_parts(given));
    if families.is_empty() && givens.is_empty() {
        return Ok(Vec::new());
    }
    if families.len() < 2 && givens.len() < 2 {
        return Ok(vec![person_patterns(families.first().copied(), givens.first().copied())?]);
    }
    let by_family = families.into_iter().map(|family| person_patterns(Some(family), None));
    by_family.chain(givens.into_iter().map(|given| person_patterns(None, Some(given)))).collect()
}

/// LIKE patterns for XCN (`id^family^given^…`): a name that begins with the text, of any case that the database takes for
/// the same.
fn person_patterns(family: Option<NamePart<'_>>, given: Option<NamePart<'_>>) -> Result<Vec<String>, Refusal> {
    let families = component_patterns(family)?;
    let all: Vec<_> = match given {
        None => families.iter().map(|family| format!("%^{family}")).collect(),
        Some(_) => {
            let givens = component_patterns(given)?;
            families.iter().flat_map(|family| givens.iter().map(move |given| format!("%^{family}^{given}"))).collect()
        }
    };
    // What has to fit exactly is the last component, or others follow.
    let ends = |pattern: String| if pattern.ends_with('%') { vec![pattern] } else { vec![format!("{pattern}^%"), pattern] };
    Ok(all.into_iter().flat_map(ends).collect())
}

/// LIKE patterns for one component; anything without a part of the name.
fn component_patterns(part: Option<NamePart<'_>>) -> Result<Vec<String>, Refusal> {
    let Some(NamePart { name, value, fits }) = part else { return Ok(vec!["%".to_owned()]) };
    let mut patterns = Vec::new();
    for word in any_of(name, value)? {
        let word = unescaped(&word);
        if word.contains(['%', '_', '^', '&']) {
            return Err(Refusal::invalid(&place(name), "it holds one of % _ ^ &", "send the beginning of the name without them"));
        }
        patterns.push(match fits {
            Fits::Beginning => format!("{word}%"),
            Fits::Exactly => word,
            Fits::Somewhere => format!("%{word}%"),
        });
    }
    Ok(patterns)
}

/// A LIKE pattern for CXi (`id^^^&oid&ISO^type`) of a `related:identifier`.
pub(super) fn reference_id_pattern(name: &str, value: &str) -> Result<String, Refusal> {
    let token = token(value);
    let mend = "write SYSTEM|VALUE with a system urn:oid:…, or VALUE alone, without % _ ^ &";
    let id = token.code.filter(|id| !id.contains(['%', '_', '^', '&'])).ok_or_else(|| Refusal::invalid(&place(name), "no value", mend))?;
    match token.system.as_deref() {
        None | Some("") => Ok(format!("{id}^%")),
        Some(system) => match system.strip_prefix("urn:oid:").filter(|oid| oid.bytes().all(|b| b.is_ascii_digit() || b == b'.')) {
            Some(oid) => Ok(format!("{id}^^^&{oid}&ISO%")),
            None => Err(Refusal::invalid(&place(name), "the system is no OID", mend)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::fhir::times::{bounds, time};

    #[test]
    fn a_code_is_looked_for_under_all_names_of_its_system() {
        let codes = |name, value| Ok::<_, Refusal>(code_group(&code_patterns(name, value)?).unwrap());
        let group = codes("type", "http://loinc.org|1-2").unwrap();
        assert!(group.iter().any(|code| code.scheme == "2.16.840.1.113883.6.1") && group.iter().all(|code| code.code == "1-2"));
        assert_eq!(code_group(&code_patterns("type", "http://loinc.org|1-2,1-2").unwrap()), None);
        let mut both = codes("type", "urn:oid:2.999|a,urn:oid:2.999|b").unwrap();
        narrow(&mut both, codes("type", "urn:oid:2.999|b").unwrap());
        assert!(both.iter().all(|code| code.code == "b"));
        narrow(&mut both, codes("type", "urn:oid:2.999|a").unwrap());
        assert!(!both.is_empty(), "nothing fits, which is not the same as no condition");
    }

    #[test]
    fn times_narrow_a_range() {
        let mut range = TimeRange::default();
        narrow_times(&mut range, bounds(time("date", "ge2025").unwrap()));
        narrow_times(&mut range, bounds(time("date", "lt2025-03-17T10:00:00.5+01:00").unwrap()));
        assert_eq!(range.from.map(|at| at.first_second()).as_deref(), Some("20250101000000"));
        assert_eq!(range.to.map(|at| at.first_second()).as_deref(), Some("20250317090001"));
        for bad in ["2025-13", "ne", "ge", "tomorrow"] {
            assert_eq!(time("date", bad).unwrap_err().status, 400, "{bad}");
        }
    }

    #[test]
    fn an_identifier_is_an_oid_in_any_form_or_a_uuid() {
        let found = names("identifier", "urn:ietf:rfc:3986|urn:oid:2.999.3,urn:uuid:a6e06ca8-0c75-4064-9e5c-88b9045a96f6").unwrap();
        assert_eq!(found.ids.len(), 1);
        assert!(["2.999.3", "urn:oid:2.999.3"].iter().all(|form| found.unique_ids.iter().any(|id| id.as_str() == *form)));
        assert!(names("identifier", "urn:oid:2.999|x").unwrap().unique_ids.iter().any(|id| id.as_str() == "2.999^x"));
    }
}
