//! What a write was allowed by holds until its commit.

use std::sync::{Arc, Barrier};
use std::thread;

use super::Writing;
use crate::access::test_registry::{Database, TestRegistry, call};
use crate::access::{Action, Failure, Policy};
use crate::model::audit_event::Transaction;
use crate::model::hl7_types::PatientId;

/// A submission that was allowed, and an act on the same record. Each then wants what the other has, so that the database ends
/// one of them: it would end neither if the act did not wait for the submission.
fn an_act_on_the_record_waits_for_a_submission(database: Database) {
    let (behind, door) = TestRegistry::open_on(database);
    let [patient, other]: [PatientId; 2] = ["A^^^&1.2.3&ISO", "B^^^&1.2.3&ISO"].map(|id| id.parse().unwrap());
    [&patient, &other].into_iter().for_each(|id| TestRegistry::announce(&door, id));
    let door = behind.door_under(Policy::CareRecord(Arc::default()));
    let both_have_one = Barrier::new(2);
    let submission = |writing: &mut Writing<'_>| {
        drop(writing.open(&patient, Action::Submit)?);
        both_have_one.wait();
        Ok::<_, Failure>(writing.tx.patient_for_change(&other).map(drop)?)
    };
    let act = |writing: &mut Writing<'_>| {
        writing.tx.patient_for_change(&other)?;
        both_have_one.wait();
        // As every act on a record begins.
        Ok::<_, Failure>(writing.tx.patient_for_filing(&patient).map(drop)?)
    };
    let outcomes = thread::scope(|scope| {
        let there = scope.spawn(|| door.write(&call(), Transaction::Manage, act));
        [door.write(&call(), Transaction::Iti41, submission), there.join().unwrap()]
    });
    let ended = outcomes.iter().filter(|outcome| outcome.as_ref().is_err_and(Failure::is_transient)).count();
    assert_eq!((ended, outcomes.iter().filter(|outcome| outcome.is_ok()).count()), (1, 1), "{outcomes:?}");
}

// SQLite has one writer at a time, from the beginning of its transaction on.
mod postgres {
    #[test]
    fn an_act_on_the_record_waits_for_a_submission() {
        super::Database::on_postgres("an_act_on_the_record_waits", super::an_act_on_the_record_waits_for_a_submission);
    }
}
