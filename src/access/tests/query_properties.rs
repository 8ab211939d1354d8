//! The property itself.

use std::cell::RefCell;
use std::collections::HashSet;

use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};

use crate::access::test_registry::{TestRegistry, call};
use crate::access::{Action, Call, Door, Failure};
use crate::model::audit_event::Transaction;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{MetadataLevel, StoredQuery, Subject};
use crate::model::timestamp::Instant;
use crate::store::test_database::Database;

use super::expected_answers::answer;
use super::expected_registry::Expected;
use super::questions::{KINDS, Question, any_question};
use super::submissions::{Sketch, any_submission, patients};

/// One day in microseconds, between any two submissions.
const DAY: i64 = 86_400_000_000;
/// 2023-12-30, so that folders change around the times that questions name.
const FIRST: i64 = 1_703_894_400_000_000;

pub(super) fn submit_all(behind: &TestRegistry, door: &Door, sketches: Vec<Sketch>) -> Expected {
    let mut expected = Expected::default();
    patients().iter().for_each(|patient_id| TestRegistry::announce(door, patient_id));
    for (n, sketch) in (0..).zip(sketches) {
        let request = expected.submission(sketch);
        let patient_id = request.submission_set.patient_id.clone();
        let call = Call { now: Instant(FIRST + n * DAY), ..call() };
        let registered =
            door.write(&call, Transaction::Iti42, |writing| writing.open(&patient_id, Action::Submit)?.unwrap().register(&request));
        registered.unwrap();
        let joined = expected.accept(request, call.now);
        expected.adopt(&patient_id, behind.associations(&patient_id), joined);
    }
    expected
}

/// As ITI-18 asks: each record that the query is about.
fn ask(door: &Door, query: &StoredQuery) -> RegistryObjects {
    let answered = door.read(&call(), Transaction::Iti18, |reading| {
        let mut all = RegistryObjects::default();
        for patient_id in reading.patients_of(query.subject(), MetadataLevel::One)? {
            all.append(TestRegistry::found(&mut reading.open(&patient_id, Action::Find)?.unwrap(), query)?);
        }
        Ok::<_, Failure>(all)
    });
    sorted(answered.unwrap())
}

fn expected_answer(expected: &Expected, query: &StoredQuery) -> RegistryObjects {
    let mut all = RegistryObjects::default();
    match query.subject() {
        Subject::Patient(patient_id) => all.append(answer(expected.record(patient_id), query)),
        _ => expected.records().iter().for_each(|record| all.append(answer(record, query))),
    }
    sorted(all)
}

pub(super) fn sorted(mut objects: RegistryObjects) -> RegistryObjects {
    objects.submission_sets.sort_by_key(|set| set.entry_uuid);
    objects.entries.sort_by_key(|entry| entry.entry_uuid);
    objects.folders.sort_by_key(|folder| folder.entry_uuid);
    objects.associations.sort_by_key(|association| association.entry_uuid);
    objects
}

/// Gives which kinds of question found something.
fn answers_as_expected(database: Database, sketches: Vec<Sketch>, questions: Vec<Question>) -> Vec<usize> {
    let mut fruitful = Vec::new();
    let (behind, door) = TestRegistry::open_on(database);
    let expected = submit_all(&behind, &door, sketches);
    for (n, question) in questions.into_iter().enumerate() {
        let query = question.query(n % KINDS, &expected);
        let (found, wanted) = (ask(&door, &query), expected_answer(&expected, &query));
        let ids = |objects: &RegistryObjects| objects.ids().collect::<Vec<_>>();
        assert_eq!(ids(&found), ids(&wanted), "{query:?} among {:?}", expected.records());
        assert!(found == wanted, "{query:?} finds the right objects with wrong attributes: {found:?} instead of {wanted:?}");
        fruitful.extend((!found.is_empty()).then_some(n % KINDS));
    }
    fruitful
}

/// Gives which kinds of question found something.
fn check(database: Database, cases: u32) -> HashSet<usize> {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 256, ..Config::default() });
    let populations = (vec(any_submission(), 1..8), vec(any_question(), 2 * KINDS));
    let fruitful = RefCell::new(HashSet::new());
    let result = runner.run(&populations, |(sketches, questions)| {
        fruitful.borrow_mut().extend(answers_as_expected(database, sketches, questions));
        Ok(())
    });
    result.unwrap();
    fruitful.into_inner()
}

#[test]
fn every_stored_query_finds_what_it_should_on_sqlite() {
    let fruitful = check(Database::Sqlite, 64);
    assert_eq!(fruitful.len(), KINDS, "a kind of question that never finds anything proves nothing");
}

#[test]
fn every_stored_query_finds_what_it_should_on_postgres() {
    Database::on_postgres("every_stored_query_finds_what_it_should", |database| {
        check(database, 12);
    });
}
