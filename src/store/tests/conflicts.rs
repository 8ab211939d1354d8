//! Transactions that get into each other's way.

use std::sync::Barrier;
use std::thread;

use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Instant;
use crate::store::test_database::Database;
use crate::store::{StoreError, Write};

/// Two transactions that wait for each other: the database ends one of them, which may be tried again.
fn a_deadlock_is_a_conflict(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = super::open(database, folder.path());
    let [one, other]: [PatientId; 2] = ["A^^^&1.2.3&ISO", "B^^^&1.2.3&ISO"].map(|id| id.parse().unwrap());
    let added: Result<(), StoreError> = store.write(|tx| {
        [&one, &other].into_iter().try_for_each(|id| tx.insert_patient(id, &PatientDemographics::default(), Instant(0)).map(drop))
    });
    added.unwrap();
    let both_have_one = Barrier::new(2);
    let lock = |first: &PatientId, second: &PatientId| -> Result<(), StoreError> {
        store.write(|tx: &mut Write| {
            tx.patient_for_change(first)?;
            both_have_one.wait();
            tx.patient_for_change(second).map(drop)
        })
    };
    let outcomes = thread::scope(|scope| {
        let there = scope.spawn(|| lock(&one, &other));
        [lock(&other, &one), there.join().unwrap()]
    });
    let conflicts = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Conflict))).count();
    assert_eq!((conflicts, outcomes.iter().filter(|outcome| outcome.is_ok()).count()), (1, 1), "{outcomes:?}");
}

// SQLite has one writer at a time: no two can wait for each other.
mod postgres {
    #[test]
    fn a_deadlock_is_a_conflict() {
        super::Database::on_postgres("a_deadlock_is_a_conflict", super::a_deadlock_is_a_conflict);
    }
}
