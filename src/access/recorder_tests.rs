use std::collections::BTreeSet;
use std::thread;

use uuid::Uuid;

use super::*;
use crate::access::test_registry::{Database, TestRegistry, call, on_both_databases};
use crate::model::audit_event::{AuditOutcome, Transaction};

const CALLERS: u128 = 8;
const EACH: u128 = 25;

fn numbered(number: u128) -> Call {
    Call { request_id: Uuid::from_u128(number), ..call() }
}

fn all_who_end_at_one_time_have_their_record(database: Database) {
    let (behind, door) = TestRegistry::open_on(database);
    let door = &door;
    let refuse = |number| door.refuse(&numbered(number), Transaction::Unknown, AuditOutcome::MinorFailure, Vec::new()).unwrap();
    thread::scope(|scope| {
        (0..CALLERS).for_each(|caller| drop(scope.spawn(move || (0..EACH).for_each(|turn| refuse(caller * EACH + turn)))));
    });
    let told: Vec<_> = behind.trail().into_iter().map(|event| event.request_id.as_u128()).collect();
    assert_eq!(told.len(), usize::try_from(CALLERS * EACH).unwrap(), "each once");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), (0..CALLERS * EACH).collect());
    let verified = behind.store().verify_trail(10).unwrap();
    assert_eq!((verified.records, verified.chains, verified.findings), (200, 1, vec![]), "who commits for all needs one chain");
}

fn pending(patient: &str) -> Arc<Pending> {
    let mut audit = call().audit_event(Transaction::Iti18);
    audit.patient_ids.push(patient.to_owned());
    Arc::new(Pending::new(&call(), audit))
}

#[test]
fn what_cannot_be_kept_keeps_no_other_out() {
    let (behind, _) = TestRegistry::open();
    let refusal = "CREATE TRIGGER refusal BEFORE INSERT ON audit_events WHEN NEW.patient_id = 'B' BEGIN SELECT RAISE(ABORT, 'no'); END";
    behind.store().tamper(refusal);
    let batch = ["A", "B", "C"].map(pending);
    let outcomes = commit(behind.store(), &batch);
    assert!(matches!(outcomes[..], [Ok(()), Err(Failure::Audit(_)), Ok(())]), "{outcomes:?}");
    let patients: Vec<_> = behind.trail().into_iter().flat_map(|event| event.patient_ids).collect();
    assert_eq!(patients, ["A", "C"]);
    assert_eq!(behind.store().verify_trail(10).unwrap().findings, []);
}

#[test]
fn a_database_out_of_reach_ends_all_of_them() {
    let batch = ["A", "B"].map(pending);
    let outcomes: Vec<_> = all_alike(&batch, &Failure::Store(StoreError::Busy)).collect();
    assert!(matches!(outcomes[..], [Err(Failure::Store(StoreError::Busy)), Err(Failure::Store(StoreError::Busy))]), "{outcomes:?}");
}

#[test]
fn those_who_wait_are_told_if_the_commit_never_comes_back() {
    let recorder = Recorder::default();
    let batch = ["A", "B"].map(pending);
    locked(&recorder.queue).is_busy = true;
    drop(Turn { recorder: &recorder, batch: batch.to_vec(), outcomes: vec![Ok(())] });
    assert!(!locked(&recorder.queue).is_busy, "the next one can go on");
    let told = batch.each_ref().map(|pending| pending.next_word());
    assert!(matches!(told, [Word::Ended(Ok(())), Word::Ended(Err(Failure::Store(StoreError::Unconfirmed)))]), "{told:?}");
}

#[test]
fn those_who_come_while_somebody_commits_are_committed_together() {
    let (behind, _) = TestRegistry::open();
    let recorder = Recorder::default();
    locked(&recorder.queue).is_busy = true;
    thread::scope(|scope| {
        let record = || recorder.record(behind.store(), &call(), call().audit_event(Transaction::Iti18)).unwrap();
        (0..CALLERS).for_each(|_| drop(scope.spawn(record)));
        while locked(&recorder.queue).waiting.len() < usize::try_from(CALLERS).unwrap() {
            thread::yield_now();
        }
        assert_eq!(behind.trail(), []);
        recorder.pass_on();
    });
    assert_eq!(behind.trail().len(), usize::try_from(CALLERS).unwrap());
    assert!(locked(&recorder.queue).waiting.is_empty());
}

on_both_databases!(all_who_end_at_one_time_have_their_record);
