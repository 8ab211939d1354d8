//! A year of the sample population, day by day: what each sees, one line for each change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dossier::model::civil_day;
use dossier::model::timestamp::Instant;

use super::people::{Who, administrator, at, patient, professional, representing};
use super::telling::told;
use crate::support::Database;

/// The first day.
const FIRST: &str = "2025-03-17";
/// How many there are.
const DAYS: u16 = 365;
const SNAPSHOT: &str = include_str!("snapshots/it__story__year__a_year_goes_by.snap");

/// Who looks at whose record, with a name for the snapshot.
fn looks() -> Vec<(&'static str, Who, &'static str)> {
    vec![
        ("P01", patient("P01"), "P01"),
        ("P02, assistant", patient("P02"), "P01"),
        ("D01, referring physician", professional("D01"), "P01"),
        ("F01, consultation", at("E6", "F01"), "P01"),
        ("I01, ward of E1", at("E1", "I01"), "P01"),
        ("D08, author", at("E4", "D08"), "P01"),
        ("P02", patient("P02"), "P02"),
        ("P03", patient("P03"), "P03"),
        ("B01, took the sample", at("E2", "B01"), "P03"),
        ("B02, subcontractor", at("E3", "B02"), "P03"),
        ("D07, blacklisted", at("E1", "D07"), "P04"),
        ("P04 for P05", representing("P05", "P04"), "P05"),
        ("D03, also a physician", patient("P06"), "P06"),
        ("P07", patient("P07"), "P07"),
        ("D05, emergency of E1", at("E1", "D05"), "P08"),
        ("A01, home care of E5", at("E5", "A01"), "P08"),
        ("D03, consultation", professional("D03"), "P09"),
        ("I01, author", at("E1", "I01"), "P10"),
        ("P10 for P11", representing("P11", "P10"), "P11"),
        ("P11", patient("P11"), "P11"),
        ("Z01, identito-vigilance", administrator(Some("contrôle")), "P12"),
    ]
}

/// Asks all of them at noon of these days, counted from the first, and tells what changed.
fn walk(database: Database, days: impl IntoIterator<Item = u16>) -> String {
    let story = told(database);
    let mut seen: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let mut text = String::new();
    for day in days {
        let noon = noon_of(day);
        story.set_clock(noon);
        for (name, who, patient) in looks() {
            // Mostly the number tells that nothing changed; each week all are named.
            let before = seen.get(&(name, patient));
            if day % 7 != 0 && before.is_some_and(|before| story.counted_over_fhir(&who, patient) == before.len()) {
                continue;
            }
            let found = story.found_over_fhir(&who, patient);
            if before != Some(&found) {
                let documents = found.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
                let what = if found.is_empty() { "nothing" } else { &documents };
                writeln!(text, "{} {patient} as {name}: {what}", civil_day::day_of(noon)).unwrap();
                seen.insert((name, patient), found);
            }
        }
    }
    text
}

fn noon_of(day: u16) -> Instant {
    Instant(civil_day::days_after(civil_day::start_of(FIRST).unwrap(), day).0 + 12 * 3_600_000_000)
}

#[test]
fn a_year_goes_by() {
    insta::assert_snapshot!("a_year_goes_by", walk(Database::Sqlite, 0..DAYS));
}

/// The same on PostgreSQL, of the days on which something changes and those before them, and the last.
#[test]
fn the_turning_points_of_a_year_on_postgres() {
    Database::on_postgres("a_year", |database| {
        let changes = |day: &u16| SNAPSHOT.contains(&format!("\n{} ", civil_day::day_of(noon_of(*day))));
        let turns: BTreeSet<_> = (0..DAYS).filter(changes).flat_map(|day| [day.saturating_sub(1), day]).chain([DAYS - 1]).collect();
        let (_, expected) = SNAPSHOT.split_once("expression: ").unwrap();
        let (_, expected) = expected.split_once("\n---\n").unwrap();
        assert_eq!(walk(database, turns).trim(), expected.trim());
    });
}
