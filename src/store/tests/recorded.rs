//! The statements that a method of the store runs, and how the database would carry them out.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::store::connection::StoreConnection;
use crate::store::{Store, StoreError, Write};

/// One statement and its plan.
pub(super) struct Statement {
    /// With placeholders.
    pub(super) sql: String,
    /// One step for each line, indented under the step that uses it.
    pub(super) plan: Vec<String>,
}

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let sql = text.split_once(" -- binds:").map_or(text.as_str(), |(sql, _)| sql);
            self.0.lock().unwrap().push(sql.to_owned());
        }
    }
}

struct Ignored;

impl Instrumentation for Ignored {
    fn on_connection_event(&mut self, _: InstrumentationEvent<'_>) {}
}

/// Why the transaction of a recording never commits.
struct Undone;

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        panic!("{error}")
    }
}

/// Runs `act` for its statements; what it changes is undone.
pub(super) fn record(store: &Store, act: impl FnOnce(&mut Write) -> Result<(), StoreError>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let _: Result<(), Undone> = store.write(|tx| {
        let recorder = Recorder::default();
        tx.connection().set_instrumentation(recorder.clone());
        act(tx)?;
        tx.connection().set_instrumentation(Ignored);
        let recorded = recorder.0.lock().unwrap().clone();
        statements.extend(recorded.into_iter().map(|sql| Statement { plan: explain(tx.connection(), &sql), sql }));
        Err(Undone)
    });
    statements
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    id: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    parent: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn explain(connection: &mut StoreConnection, sql: &str) -> Vec<String> {
    match connection {
        StoreConnection::Sqlite(sqlite) => {
            let steps: Vec<SqliteStep> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(sqlite).unwrap();
            steps.iter().map(|step| format!("{}{}", "  ".repeat(depth(&steps, step)), step.detail)).collect()
        }
        StoreConnection::Postgres(pg) => {
            // The plan for values that the planner does not know.
            pg.batch_execute(&format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE recorded AS {sql}")).unwrap();
            let placeholders = (1..).take_while(|n| sql.contains(&format!("${n}"))).map(|_| "NULL").collect::<Vec<_>>().join(", ");
            let arguments = if placeholders.is_empty() { String::new() } else { format!("({placeholders})") };
            let steps: Vec<PostgresStep> = sql_query(format!("EXPLAIN (COSTS OFF) EXECUTE recorded{arguments}")).load(pg).unwrap();
            pg.batch_execute("DEALLOCATE recorded").unwrap();
            steps.into_iter().map(|step| step.line).collect()
        }
    }
}

fn depth(steps: &[SqliteStep], step: &SqliteStep) -> usize {
    steps.iter().find(|other| other.id == step.parent).map_or(0, |parent| 1 + depth(steps, parent))
}
