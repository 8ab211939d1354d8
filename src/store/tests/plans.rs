//! How the databases answer: by index, and for a patient from that patient's rows alone. The snapshots beside this file
//! show each statement with its plan.

use std::fmt::Write as _;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer};

use crate::store::connection::StoreConnection;
use crate::store::test_database::Database;
use crate::store::{RecordView, Store, StoreError};

use super::open;
use super::plan_cases::{CASES, all_of_patient};
use super::population::{ENTRIES, fill, patient};
use super::recorded::{Statement, record};

/// The release whose plans the snapshot shows; others may order or name steps differently.
const SHOWN_POSTGRES: i32 = 15;

fn analyzed(store: &Store) {
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute("ANALYZE")?)).unwrap();
}

/// Whether a step reads a whole table.
fn reads_all(step: &str) -> bool {
    let step = step.trim_start();
    (step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW") || step.contains("Seq Scan")
}

fn recorded_cases(store: &Store) -> Vec<(&'static str, Vec<Statement>)> {
    let recorded: Vec<_> = CASES.iter().map(|(name, act)| (*name, record(store, act))).collect();
    for (name, statements) in &recorded {
        assert!(!statements.is_empty(), "{name} runs no statement");
        for Statement { sql, plan } in statements {
            assert!(!plan.iter().any(|step| reads_all(step)), "{name} reads a whole table:\n{sql}\n{}", plan.join("\n"));
        }
    }
    recorded
}

fn shown(cases: &[(&str, Vec<Statement>)]) -> String {
    let mut text = String::new();
    for (name, statements) in cases {
        writeln!(text, "=== {name}").unwrap();
        for Statement { sql, plan } in statements {
            writeln!(text, "\n{}\n    {}", folded(sql), plan.join("\n    ")).unwrap();
        }
        text.push('\n');
    }
    text
}

/// A statement without quotes around names and with its clauses on lines of their own.
fn folded(sql: &str) -> String {
    let mut text = sql.replace(['"', '`'], "");
    for clause in [" FROM ", " WHERE ", " AND ", " ORDER BY ", " SET ", " LIMIT "] {
        text = text.replace(clause, &format!("\n {clause}").replace("\n  ", "\n "));
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn sqlite_answers_by_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(Database::Sqlite, folder.path());
    fill(&store, 2000);
    // Nobody may have asked for statistics.
    recorded_cases(&store);
    analyzed(&store);
    let cases = recorded_cases(&store);
    if cfg!(feature = "bundled") {
        insta::assert_snapshot!("plans_on_sqlite", shown(&cases));
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    seq_tup_read: i64,
    #[diesel(sql_type = BigInt)]
    idx_tup_fetch: i64,
}

#[derive(QueryableByName)]
struct Release {
    #[diesel(sql_type = Integer)]
    major: i32,
}

#[test]
fn postgres_answers_by_index() {
    Database::on_postgres("postgres_answers_by_index", |database| {
        let folder = tempfile::tempdir().unwrap();
        let store = open(database, folder.path());
        fill(&store, 2000);
        analyzed(&store);
        let cases = recorded_cases(&store);
        if major_release(&store) == SHOWN_POSTGRES {
            insta::assert_snapshot!("plans_on_postgres", shown(&cases));
        }
        finding_reads_rows_of_one_patient(&store);
    });
}

fn postgres<T>(store: &Store, ask: impl FnOnce(&mut PgConnection) -> QueryResult<T>) -> T {
    store
        .read(|tx| match tx.connection() {
            StoreConnection::Postgres(pg) => Ok::<_, StoreError>(ask(pg)?),
            StoreConnection::Sqlite(_) => panic!("the case is about PostgreSQL"),
        })
        .unwrap()
}

fn major_release(store: &Store) -> i32 {
    let sql = "SELECT current_setting('server_version_num')::int / 10000 AS major";
    postgres(store, |pg| Ok(sql_query(sql).get_result::<Release>(pg)?.major))
}

/// What the server itself counted.
fn finding_reads_rows_of_one_patient(store: &Store) {
    let counts = "SELECT coalesce(sum(seq_tup_read), 0)::bigint AS seq_tup_read, coalesce(sum(idx_tup_fetch), 0)::bigint AS idx_tup_fetch \
                  FROM pg_stat_xact_user_tables WHERE relname = 'document_entries'";
    let counted = store.read(|tx| {
        let found = tx.find_documents(&RecordView::whole(&patient()), &all_of_patient(), 1000)?;
        assert_eq!(found.len(), usize::from(ENTRIES));
        match tx.connection() {
            StoreConnection::Postgres(pg) => Ok::<_, StoreError>(sql_query(counts).get_result::<Counted>(pg)?),
            StoreConnection::Sqlite(_) => panic!("the case is about PostgreSQL"),
        }
    });
    let Counted { seq_tup_read, idx_tup_fetch } = counted.unwrap();
    assert_eq!((seq_tup_read, idx_tup_fetch), (0, i64::from(ENTRIES)));
}
