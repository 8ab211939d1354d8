//! The rules of elements, read once from `r4.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// The last part of the path, such as `gender`; `value[x]` for a choice.
    pub(super) name: &'static str,
    /// Whether the element has to be there.
    pub(super) is_required: bool,
    /// Whether a summary has it.
    in_summary: bool,
    /// The type whose format is checked; empty if there is none.
    pub(super) kind: &'static str,
    /// The only codes; empty if any will do.
    pub(super) codes: Vec<&'static str>,
}

/// By type, such as `Patient` or `Patient.contact`.
type Table = HashMap<&'static str, Vec<Rule>>;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        let lines = include_str!("r4.txt").lines().filter(|line| !line.starts_with('#'));
        for (of, rule) in lines.filter_map(line) {
            table.entry(of).or_default().push(rule);
        }
        table
    })
}

fn line(text: &'static str) -> Option<(&'static str, Rule)> {
    let mut words = text.split(' ');
    let (of, name) = words.next()?.rsplit_once('.')?;
    let (is_required, in_summary) = (words.next()? != "0", words.next()? == "S");
    let mut given = || words.next().map(|word| if word == "-" { "" } else { word });
    let (kind, codes) = (given()?, given()?);
    let codes = codes.split('|').filter(|code| !code.is_empty()).collect();
    Some((of, Rule { name, is_required, in_summary, kind, codes }))
}

/// The rules of the elements of a type.
pub(super) fn rules_of(of: &str) -> &'static [Rule] {
    table().get(of).map_or(&[], Vec::as_slice)
}

/// The elements that every resource of the type has to have; a choice without its type.
pub(in crate::wire::fhir) fn mandatory_elements(resource_type: &str) -> impl Iterator<Item = &'static str> {
    rules_of(resource_type).iter().filter(|rule| rule.is_required).map(stem)
}

/// The elements of a summary of the type (FHIR R4, search.html#summary); a choice without its type.
pub(in crate::wire::fhir) fn summary_elements(resource_type: &str) -> impl Iterator<Item = &'static str> {
    rules_of(resource_type).iter().filter(|rule| rule.in_summary).map(stem)
}

fn stem(rule: &Rule) -> &'static str {
    rule.name.trim_end_matches("[x]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_rule() {
        let lines = include_str!("r4.txt").lines().filter(|line| !line.starts_with('#'));
        for text in lines {
            let (of, rule) = line(text).unwrap_or_else(|| panic!("{text}"));
            assert!(rules_of(of).contains(&rule), "{text}");
            assert_eq!(text.split(' ').count(), 5, "{text}");
        }
    }

    #[test]
    fn what_the_definitions_say_is_known() {
        assert_eq!(mandatory_elements("DocumentReference").collect::<Vec<_>>(), ["status", "content"]);
        assert!(summary_elements("Patient").any(|name| name == "deceased"));
        assert!(!summary_elements("Patient").any(|name| name == "photo" || name == "text"));
    }
}
