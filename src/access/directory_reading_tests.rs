//! Who finds whom.

use std::sync::Arc;

use super::*;
use crate::access::caller::tests::{P04, P05, P06, Said, call_of, node, population};
use crate::access::test_registry::call;
use crate::access::{Call, Door};
use crate::model::audit_event::Transaction;
use crate::store::test_database::Database;

fn born(year: &str) -> DirectoryQuery {
    DirectoryQuery { born: PartialDate::try_from(year.to_owned()).ok(), ..DirectoryQuery::default() }
}

fn key(id: &str) -> DirectoryQuery {
    DirectoryQuery { ids: Some(vec![id.to_owned()]), ..DirectoryQuery::default() }
}

/// How many children born in 2019, doctors born in 1975, representations of the child and professionals a caller sees, and whether
/// all of an entry; nothing if all is refused.
fn seen(door: &Door, call: &Call) -> Option<(usize, usize, usize, usize, bool)> {
    let counted = door.read(call, Transaction::Iti78, |reading| {
        let Some(mut view) = reading.directories()? else { return Ok(None) };
        let children = view.patients(&born("2019"), |_, _, _| true)?.unwrap().len();
        let doctors = view.patients(&born("1975"), |_, _, _| true)?.unwrap().len();
        let links = view.representatives_of(&P05.parse().unwrap())?.len();
        let professionals = view.professionals(&key("D01"))?.unwrap().len();
        Ok(Some((children, doctors, links, professionals, view.for_operator)))
    });
    counted.unwrap()
}

fn visibility(database: Database) {
    let (behind, open) = population(database);
    let door = behind.door_under(Policy::CareRecord(Arc::default()));
    let said = Said::default();
    let patient = |person| Said { roles: &["patient"], person: Some(person), ..said };
    let administrator = Said { roles: &["administrateur-dossier"], id: "Z01", ..said };
    for (name, said, expected) in [
        ("a professional", Said { id: "D01", ..said }, Some((1, 1, 1, 1, false))),
        ("who lost the licence", Said { id: "D09", ..said }, None),
        ("somebody", said, None),
        ("an administrator", Said { reason: Some("why"), ..administrator }, Some((1, 1, 1, 1, false))),
        ("without a reason", administrator, None),
        ("a patient", patient(P06), Some((0, 1, 0, 1, false))),
        ("another", patient(P04), Some((0, 0, 0, 1, false))),
        ("a child", patient(P05), Some((1, 0, 1, 1, false))),
        (
            "in whose hands the child is",
            Said { roles: &["representant-legal"], representative: Some(P04), ..patient(P05) },
            Some((1, 0, 1, 1, false)),
        ),
        ("the operator", Said { roles: &["admin"], ..said }, Some((1, 1, 1, 1, true))),
    ] {
        assert_eq!(seen(&door, &call_of(said)), expected, "{name}");
    }
    assert_eq!(seen(&door, &Call { node: node("e1"), ..call() }), Some((0, 0, 0, 1, false)), "an establishment");
    assert_eq!(seen(&door, &call()), None, "nobody");
    assert_eq!(seen(&open, &call()), Some((1, 1, 1, 1, true)), "where every system may do everything");
    let everything = DirectoryQuery { names: vec![(None, vec![String::new()])], ..DirectoryQuery::default() };
    let listed = |door: &Door, call: &Call| {
        door.read(call, Transaction::Iti78, |reading| {
            let mut view = reading.directories()?.unwrap();
            let patients = view.patients(&everything, |_, _, _| true)?.map(|found| !found.is_empty());
            Ok((patients, view.professionals(&everything)?.is_some_and(|found| !found.is_empty())))
        })
    };
    let professional = call_of(Said { id: "D01", ..said });
    assert_eq!(listed(&door, &professional).unwrap(), (None, true), "a question about no patient in particular is one for too much");
    assert_eq!(listed(&door, &call_of(Said { roles: &["admin"], ..said })).unwrap(), (Some(true), true));
    assert_eq!(listed(&door, &call_of(patient(P06))).unwrap(), (Some(true), true), "themselves");
    let wordy =
        DirectoryQuery { names: vec![(None, vec!["a b c d e f g h i j k l m n o p q r s t u".to_owned()])], ..DirectoryQuery::default() };
    let asked = open.read(&call(), Transaction::Iti78, |reading| Ok(reading.directories()?.unwrap().professionals(&wordy)?.is_none()));
    assert!(asked.unwrap(), "each word is a question to the database");
}

/// Whether there is a second version of a child, a representation, a professional and a system for a caller.
fn earlier(door: &Door, call: &Call) -> [bool; 4] {
    let found = door.read(call, Transaction::Iti78, |reading| {
        let Some(mut view) = reading.directories()? else { return Ok([false; 4]) };
        let (child, mother) = (P05.parse().unwrap(), P04.parse().unwrap());
        let has_two = |past: Option<usize>| past == Some(1);
        Ok([
            has_two(view.patient_versions(&child)?.map(|found| found.past.len())),
            has_two(view.representation_versions(&child, &mother)?.map(|found| found.past.len())),
            has_two(view.professional_versions("D01")?.map(|found| found.past.len())),
            has_two(view.connected_system_versions("e1")?.map(|found| found.past.len())),
        ])
    });
    found.unwrap()
}

fn sight_of_earlier_versions(database: Database) {
    let (behind, open) = population(database);
    let door = behind.door_under(Policy::CareRecord(Arc::default()));
    let child: PatientId = P05.parse().unwrap();
    let (link, system) = open
        .read(&call(), Transaction::Iti78, |reading| {
            let mut view = reading.directories()?.unwrap();
            Ok((view.representatives_of(&child)?.remove(0).0, view.connected_system("e1")?.remove(0).0))
        })
        .unwrap();
    let changed = open.write(&call(), Transaction::Import, |writing| {
        let demographics = PatientDemographics { language: Some("lb".to_owned()), ..PatientDemographics::default() };
        writing.put_patient(&child, demographics, &[])?;
        writing.put_representative(&LegalRepresentative { until: Some("2037-01-01".to_owned()), ..link.clone() })?;
        writing.put_connected_system(&ConnectedSystem { contact: "another".to_owned(), ..system.clone() })?;
        let doctor = writing.tx.professionals(&["D01"])?.remove(0);
        writing.put_professional(&Professional { family: "Anders".to_owned(), ..doctor })
    });
    changed.unwrap();
    let said = Said::default();
    let patient = |person| Said { roles: &["patient"], person: Some(person), ..said };
    for (name, said, expected) in [
        ("a professional", Said { id: "D01", ..said }, [true, true, true, false]),
        ("who lost the licence", Said { id: "D09", ..said }, [false; 4]),
        ("the mother", patient(P04), [false, true, true, false]),
        ("a stranger", patient(P06), [false, false, true, false]),
        ("the child", patient(P05), [true, true, true, false]),
        ("the operator", Said { roles: &["admin"], ..said }, [true; 4]),
    ] {
        assert_eq!(earlier(&door, &call_of(said)), expected, "{name}");
    }
    assert_eq!(earlier(&door, &Call { node: node("e1"), ..call() }), [false, false, true, false], "an establishment");
    assert_eq!(earlier(&door, &call()), [false; 4], "nobody");
    let doctor = call_of(Said { id: "D01", ..said });
    door.read(&doctor, Transaction::Iti78, |reading| reading.directories()?.unwrap().patient_versions(&child).map(drop)).unwrap();
    assert_eq!(behind.last_event().patient_ids, [P05], "once, however many versions there are");
}

#[test]
fn earlier_versions_are_for_whom_the_present_one_is() {
    sight_of_earlier_versions(Database::Sqlite);
}

#[test]
fn earlier_versions_are_for_whom_the_present_one_is_on_postgres() {
    Database::on_postgres("earlier_versions_are_for_whom_the_present_one_is_on_postgres", sight_of_earlier_versions);
}

#[test]
fn a_caller_finds_whom_the_rules_show() {
    visibility(Database::Sqlite);
}

#[test]
fn a_caller_finds_whom_the_rules_show_on_postgres() {
    Database::on_postgres("a_caller_finds_whom_the_rules_show_on_postgres", visibility);
}
