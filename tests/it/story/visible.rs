//! What each rule should give: which documents of whom somebody sees, over SOAP and over FHIR.

use std::collections::BTreeSet;

use super::people::{Who, administrator, at, health_fund, patient, professional, representing};
use super::server::Story;
use super::telling::{NOW, told};
use crate::on_both_databases;
use crate::support::Database;

on_both_databases!(each_sees_what_the_rules_give);

/// Who asks for whose documents, why it is so, and what they see.
type Row = (&'static str, Who, &'static str, Sees);

enum Sees {
    /// Exactly these, the names with spaces between them.
    Only(&'static str),
    /// These among others, and none of those.
    Among(&'static str, &'static str),
}
use Sees::{Among, Only};

const ALL_OF_P01: &str = "K01 K02 K03 K04 K05 K07 K07kos K25 K26 K29";

fn names(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn check(story: &Story, when: &str, rows: Vec<Row>) {
    story.at(when);
    let mut wrong = Vec::new();
    for (why, who, patient, sees) in rows {
        for (protocol, found) in [("SOAP", story.found_over_soap(&who, patient)), ("FHIR", story.found_over_fhir(&who, patient))] {
            let fits = match sees {
                Only(all) => found == names(all),
                Among(some, none) => names(some).is_subset(&found) && names(none).is_disjoint(&found),
            };
            if !fits {
                wrong.push(format!("{why} ({patient}, {protocol}): {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "at {when}:\n{}", wrong.join("\n"));
}

fn each_sees_what_the_rules_give(database: Database) {
    let story = told(database);
    check(&story, NOW, authors());
    check(&story, NOW, named());
    check(&story, NOW, establishments());
    check(&story, NOW, persons());
    check(&story, "2025-03-28T12:00:00+01:00", vec![("F01 in the follow-up", at("E6", "F01"), "P01", Among("K02 K03 K04", "K29"))]);
    check(&story, "2025-03-30T12:00:00+02:00", vec![("F01 after it: author alone", at("E6", "F01"), "P01", Only("K02 K04"))]);
    check(&story, "2025-08-15T12:00:00+02:00", vec![("P11 is 17", representing("P11", "P10"), "P11", Only(""))]);
    // Bytes as well as metadata.
    story.at(NOW);
    assert!(story.retrieved_over_soap(&professional("D01"), "K21"));
    assert!(!story.retrieved_over_soap(&at("E1", "I01"), "K29"));
}

fn authors() -> Vec<Row> {
    vec![
        ("the author reads without a mandate, and nothing else", at("E4", "D08"), "P01", Only("K07")),
        ("author access survives privé and blacklist", professional("D04"), "P02", Only("K08")),
        ("author access is lost with the licence", professional("D09"), "P09", Only("")),
        ("author access survives closing", at("E1", "I01"), "P10", Only("K23")),
        ("others see nothing of a closed record", professional("D01"), "P10", Only("")),
        ("what D07 wrote before the blacklist, although E1 has a mandate", at("E1", "D07"), "P04", Only("K14")),
    ]
}

fn named() -> Vec<Row> {
    vec![
        ("the MR reads confidentiel", professional("D01"), "P08", Only("K18 K19 K20 K21 K24 K27")),
        ("the MR of P01", professional("D01"), "P01", Only(ALL_OF_P01)),
        ("the MR of another has no mandate", professional("D01"), "P02", Only("")),
        ("the CMC reads beyond its profession", professional("I02"), "P01", Only(ALL_OF_P01)),
        ("the CMC sees annonce", professional("D06"), "P03", Only("K10 K11 K12")),
        ("the CMC of P04", professional("S01"), "P04", Only("K13 K14")),
        ("the MR of a child", professional("D02"), "P05", Only("K15 K16")),
        ("no code, no mandate", professional("X01"), "P01", Only("")),
        ("an expired consultation", professional("X01"), "P02", Only("")),
        ("a running consultation", professional("D03"), "P09", Only("K22")),
        ("a physician as a patient is no physician", patient("P06"), "P01", Only("")),
        ("nor for whom they consult", patient("P06"), "P09", Only("")),
        ("and as a physician they have their patients", professional("D03"), "P01", Only(ALL_OF_P01)),
        ("a physician sees nothing of their own record as a physician", professional("D03"), "P06", Only("")),
        ("a record that is inactive", professional("D01"), "P07", Only("")),
    ]
}

fn establishments() -> Vec<Row> {
    vec![
        ("a ward nurse during the stay; not confidentiel", at("E1", "I01"), "P01", Among("K02 K25", "K29")),
        ("the same nurse away from the establishment: author alone", professional("I01"), "P01", Only("K25")),
        ("refused at reception", at("E2", "B01"), "P11", Only("")),
        ("refused at reception, the technician", at("E2", "L01"), "P11", Only("")),
        ("the refusal reaches the subcontractor", at("E3", "B02"), "P11", Only("")),
        ("the subcontractor with its own mandate", at("E3", "B02"), "P03", Among("K10", "")),
        ("emergency, standard setting", at("E1", "D05"), "P08", Among("K24 K20", "K21")),
        ("emergency staff where the patient forbids it and no ordinary stay runs", at("E1", "D05"), "P03", Only("")),
        ("care at home", at("E5", "A01"), "P08", Among("K19", "K21")),
        ("a visit that the patient cut short", at("E4", "T01"), "P01", Only("K07kos")),
        ("an establishment that is not attested", at("E7", "I01"), "P01", Only("")),
        ("an establishment in which they do not work", at("E2", "I01"), "P01", Only("")),
    ]
}

fn persons() -> Vec<Row> {
    vec![
        ("the holder", patient("P01"), "P01", Only(ALL_OF_P01)),
        ("the assistant", patient("P02"), "P01", Only(ALL_OF_P01)),
        ("nobody is the assistant of P02", patient("P01"), "P02", Only("")),
        ("the holder sees privé", patient("P02"), "P02", Only("K08 K09")),
        ("the holder does not see annonce", patient("P03"), "P03", Only("K12")),
        ("the holder of a closed record", patient("P10"), "P10", Only("")),
        ("a physician as a patient", patient("P06"), "P06", Only("K17")),
        ("a legal representative", representing("P05", "P04"), "P05", Only("K15 K16")),
        ("somebody else's child", representing("P05", "P10"), "P05", Only("")),
        ("the record administrator with a reason", administrator(Some("doublon signalé")), "P01", Only(ALL_OF_P01)),
        ("the record administrator without one", administrator(None), "P01", Only("")),
        ("the CNS reads nothing", health_fund(), "P01", Only("")),
    ]
}
