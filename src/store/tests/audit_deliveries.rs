//! How far repositories have the trail, which several servers may share.

use std::time::Duration;

use crate::model::samples::audit_event;
use crate::model::timestamp::Instant;
use crate::store::test_database::Database;
use crate::store::{StoreError, TrailEnd};

use super::open;

const URL: &str = "tls://arr.example:6514";

fn one_holder_at_a_time_moves_the_position(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(database, folder.path());
    let take = |holder: &str, now, until| {
        store
            .write(|tx| tx.take_audit_delivery(URL, holder, Instant(now), Instant(until)))
            .unwrap()
            .map(|taken| (taken.sequence, taken.attempts))
    };
    let note = |holder: &str, sequence, due| store.write(|tx| tx.note_audit_delivered(URL, holder, sequence, Instant(due))).unwrap();
    assert_eq!(take("a", 1, 100), Some((0, 0)));
    assert_eq!(take("b", 99, 200), None);
    assert!(note("a", 7, 100));
    assert_eq!(take("b", 100, 200), Some((7, 0)), "whoever took it is gone");
    assert!(!note("a", 9, 300), "it comes back too late");
    store.write(|tx| tx.put_off_audit_delivery(URL, "b", Instant(150))).unwrap();
    assert_eq!(take("a", 149, 300), None);
    assert_eq!(take("a", 150, 300), Some((7, 1)));
    assert!(note("a", 8, 160));
    assert_eq!(take("b", 160, 300), Some((8, 0)), "a success ends the failures");
}

#[test]
fn one_holder_at_a_time_on_sqlite() {
    one_holder_at_a_time_moves_the_position(Database::Sqlite);
}

#[test]
fn one_holder_at_a_time_on_postgres() {
    Database::on_postgres("one_holder_at_a_time", one_holder_at_a_time_moves_the_position);
}

#[test]
fn a_record_that_commits_after_a_later_one_is_waited_for_on_postgres() {
    Database::on_postgres("a_record_that_commits_late", |database| {
        let folder = tempfile::tempdir().unwrap();
        let store = open(database, folder.path());
        let end = || store.read(|tx| tx.trail_end()).unwrap();
        let keep = |at| store.write::<_, StoreError>(|tx| tx.insert_audit_event(&audit_event(at))).unwrap();
        let early: TrailEnd = store
            .write::<_, StoreError>(|tx| {
                tx.insert_audit_event(&audit_event(1))?;
                keep(2);
                let seen = store.read(|tx| tx.audit_events_between(0, i64::MAX, 10))?;
                assert_eq!(seen.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), [2], "the second alone is in sight");
                Ok(end())
            })
            .unwrap();
        assert_eq!(early.newest, 2);
        assert!(early.oldest_running < early.next, "the first is under way: {early:?}");
        // Transactions of other databases of the cluster count too.
        let has_ended = || early.next <= end().oldest_running;
        let waited = (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            has_ended()
        });
        assert!(waited, "what was under way has not ended: {early:?}, {:?}", end());
        assert_eq!(store.read(|tx| tx.audit_events_between(0, early.newest, 10)).unwrap().len(), 2);
    });
}
