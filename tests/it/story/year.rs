//! A year of the sample population: what each sees, one line for each change. Day by day while mandates end, then week by week.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dossier::model::civil_day;

use super::people::{Who, at, patient, professional, representing};
use super::telling::told;
use crate::support::Database;

/// The first day.
const FIRST: &str = "2025-03-17";
/// So many days one by one, until no mandate of the story ends any more.
const DAYS: u16 = 28;
/// Then so many weeks.
const WEEKS: u16 = 49;

/// Who looks at whose record, with a name for the snapshot.
fn looks() -> Vec<(&'static str, Who, &'static str)> {
    vec![
        ("P01", patient("P01"), "P01"),
        ("P02, assistant", patient("P02"), "P01"),
        ("D01, referring physician", professional("D01"), "P01"),
        ("F01, consultation", at("E6", "F01"), "P01"),
        ("I01, ward of E1", at("E1", "I01"), "P01"),
        ("D08, author", at("E4", "D08"), "P01"),
        ("B01, took the sample", at("E2", "B01"), "P03"),
        ("B02, subcontractor", at("E3", "B02"), "P03"),
        ("P03", patient("P03"), "P03"),
        ("P04 for P05", representing("P05", "P04"), "P05"),
        ("P07", patient("P07"), "P07"),
        ("D05, emergency of E1", at("E1", "D05"), "P08"),
        ("A01, home care of E5", at("E5", "A01"), "P08"),
        ("D03, consultation", professional("D03"), "P09"),
        ("P10 for P11", representing("P11", "P10"), "P11"),
        ("I01, author", at("E1", "I01"), "P10"),
    ]
}

#[test]
fn a_year_goes_by() {
    let story = told(Database::Sqlite);
    let mut seen: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let mut text = String::new();
    let first = civil_day::start_of(FIRST).unwrap();
    for day in (0..DAYS).chain((0..WEEKS).map(|week| DAYS + 7 * week)) {
        let midday = dossier::model::timestamp::Instant(civil_day::days_after(first, day).0 + 12 * 3_600_000_000);
        story.set_clock(midday);
        for (name, who, patient) in looks() {
            let found = story.found_over_fhir(&who, patient);
            if seen.get(&(name, patient)) != Some(&found) {
                let documents = found.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
                writeln!(
                    text,
                    "{} {patient} as {name}: {}",
                    civil_day::day_of(midday),
                    if found.is_empty() { "nothing" } else { &documents }
                )
                .unwrap();
                seen.insert((name, patient), found);
            }
        }
    }
    insta::assert_snapshot!("a_year_goes_by", text);
}
