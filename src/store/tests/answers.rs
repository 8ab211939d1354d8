//! The outbox of answers, which several servers may share.

use uuid::Uuid;

use crate::model::timestamp::Instant;
use crate::store::test_database::Database;
use crate::store::{AnswersHeld, Store, StoreError, StoredAnswer};

use super::open;

fn answer(n: u128) -> StoredAnswer {
    StoredAnswer {
        request_id: Uuid::from_u128(n),
        callback: "https://consumer.example:443/answers".to_owned(),
        content_type: "application/soap+xml".to_owned(),
        content_key: format!("key-{n}"),
        sealed_key: vec![1, 2, 3],
        size: 100,
        attempts: 0,
        held_at: Instant(i64::try_from(n).unwrap()),
    }
}

fn with_two_answers(database: Database, folder: &std::path::Path) -> Store {
    let store = open(database, folder);
    for n in [1, 2] {
        store.write(|tx| tx.insert_held_answer(&answer(n))).unwrap();
    }
    store
}

fn take(store: &Store, now: i64, until: i64) -> Option<(Uuid, u32)> {
    let taken = store.write(|tx| tx.take_due_answer(Instant(now), Instant(until))).unwrap();
    taken.map(|answer| (answer.request_id, answer.attempts))
}

fn an_answer_is_taken_once_until_it_is_due_again(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = with_two_answers(database, folder.path());
    let held = |store: &Store| store.read(|tx| tx.answers_held()).unwrap();
    assert_eq!(held(&store), AnswersHeld { count: 2, bytes: 200 });
    assert_eq!(take(&store, 0, 100), None, "nothing is due yet");
    assert_eq!(take(&store, 5, 100), Some((Uuid::from_u128(1), 1)), "the one that is longest due");
    assert_eq!(take(&store, 5, 100), Some((Uuid::from_u128(2), 1)));
    assert_eq!(take(&store, 5, 100), None);
    assert!(!store.read(|tx| tx.is_answer_due(Instant(5))).unwrap());

    store.write(|tx| tx.put_off_answer(Uuid::from_u128(2), Instant(50))).unwrap();
    assert_eq!(take(&store, 50, 200), Some((Uuid::from_u128(2), 2)));
    assert_eq!(take(&store, 100, 200), Some((Uuid::from_u128(1), 2)), "whoever took it is gone");
    assert!(store.read(|tx| tx.is_content_in_use("key-1")).unwrap(), "the sweep leaves it alone");
    store.write(|tx| tx.remove_held_answer(Uuid::from_u128(1))).unwrap();
    assert!(!store.read(|tx| tx.is_content_in_use("key-1")).unwrap());
    assert_eq!(held(&store), AnswersHeld { count: 1, bytes: 100 });
}

#[test]
fn an_answer_is_taken_once_on_sqlite() {
    an_answer_is_taken_once_until_it_is_due_again(Database::Sqlite);
}

#[test]
fn an_answer_is_taken_once_on_postgres() {
    Database::on_postgres("an_answer_is_taken_once_on_postgres", an_answer_is_taken_once_until_it_is_due_again);
}

#[test]
fn servers_that_look_at_the_same_time_take_different_answers() {
    Database::on_postgres("servers_that_look_at_the_same_time_take_different_answers", |database| {
        let folder = tempfile::tempdir().unwrap();
        let store = with_two_answers(database, folder.path());
        let (one, other) = store
            .write(|tx| {
                let one = tx.take_due_answer(Instant(5), Instant(100))?;
                // Another connection, while the first has not committed.
                let other = store.write(|tx| tx.take_due_answer(Instant(5), Instant(100)))?;
                let none = store.write(|tx| tx.take_due_answer(Instant(5), Instant(100)))?;
                assert_eq!(none, None);
                Ok::<_, StoreError>((one.unwrap(), other.unwrap()))
            })
            .unwrap();
        assert_ne!(one.request_id, other.request_id);
    });
}
