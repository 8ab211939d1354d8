//! Whoever writes beside the records of the trail is found as well.

use diesel::prelude::*;
use diesel::sql_types::Text;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::tests::{event, keep, trail, verified};
use crate::store::connection::StoreConnection;
use crate::store::test_database::Database;
use crate::store::{Read, Store, StoreError};

/// What lies beside the records and is bound to them. How far each repository has come is not: it says nothing of what happened.
const BESIDE: [(&str, &str); 14] = [
    ("audit_seals", "number"),
    ("audit_seals", "content"),
    ("audit_seals", "signature"),
    ("audit_amendments", "writer"),
    ("audit_amendments", "first"),
    ("audit_amendments", "last"),
    ("audit_amendments", "generation"),
    ("audit_amendments", "digest"),
    ("audit_amendments", "record_hash"),
    ("audit_amendments", "removal"),
    ("audit_writers", "writer"),
    ("audit_writers", "sealed"),
    ("audit_event_patients", "patient_id"),
    ("audit_event_patients", "sequence"),
];

#[test]
fn each_byte_beside_the_records_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(Database::Sqlite, folder.path());
    keep(&store, &[event(70, &["B", "E"])]);
    let change = (0..BESIDE.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..=127_u8);
    let mut runner = TestRunner::new(ProptestConfig { cases: 400, ..ProptestConfig::default() });
    let outcome = runner.run(&change, |(place, row, at, flip)| {
        let (table, column) = BESIDE[place];
        let Some((there, back)) = flipped(&store, table, column, row, at, flip) else { return Ok(()) };
        // What the database refuses an intruder cannot write.
        if !executed(&store, &there) {
            return Ok(());
        }
        let found = verified(&store);
        assert!(executed(&store, &back));
        prop_assert_ne!(found.findings, [], "{}", there);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(verified(&store).findings, [], "what was put back is whole again");
}

/// Statements that change one byte of a cell, or some bits of a number, and put it back; nothing where that is no text, or no change.
fn flipped(
    store: &Store,
    table: &str,
    column: &str,
    row: prop::sample::Index,
    at: prop::sample::Index,
    flip: u8,
) -> Option<(String, String)> {
    let rows = asked(store, &format!("SELECT CAST(count(*) AS TEXT) FROM {table}"));
    let row = row.index(rows.parse().unwrap());
    let cell = format!("(SELECT {column} FROM {table} ORDER BY rowid LIMIT 1 OFFSET {row})");
    let set = format!("WHERE rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {row})");
    let kind = asked(store, &format!("SELECT typeof({cell})"));
    if kind == "integer" {
        let flipping = format!("UPDATE {table} SET {column} = ({column} | {flip}) - ({column} & {flip}) {set}");
        return Some((flipping.clone(), flipping));
    }
    let before = hex::decode(asked(store, &format!("SELECT hex({cell})"))).unwrap();
    let mut after = before.clone();
    let place = (!before.is_empty()).then(|| at.index(before.len()))?;
    after[place] ^= flip;
    let (is_text, is_readable) = (kind == "text", std::str::from_utf8(&after).is_ok_and(|text| !text.contains('\0')));
    if is_text && !is_readable {
        return None;
    }
    let statement = |bytes: &[u8]| format!("UPDATE {table} SET {column} = CAST(x'{}' AS {kind}) {set}", hex::encode(bytes));
    Some((statement(&after), statement(&before)))
}

/// Runs SQL behind the server's back; says whether the database let it.
fn executed(store: &Store, sql: &str) -> bool {
    store.write::<_, StoreError>(|tx| Ok(diesel::sql_query(sql).execute(tx.connection()).map(drop)?)).is_ok()
}

/// The one text that a question gives.
fn asked(store: &Store, sql: &str) -> String {
    let question = diesel::select(diesel::dsl::sql::<Text>(&format!("({sql})")));
    let ask = |tx: &mut Read| match tx.connection() {
        StoreConnection::Sqlite(sqlite) => Ok::<_, StoreError>(question.get_result(sqlite)?),
        StoreConnection::Postgres(_) => Err(StoreError::Failed("asked of SQLite alone")),
    };
    store.read(ask).unwrap()
}
