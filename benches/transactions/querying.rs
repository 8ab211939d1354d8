//! ITI-18 FindDocuments, beside the plain reading of the same rows.

use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use crate::bench::Bench;
use crate::http::Connection;
use crate::measure::{Busy, Row, Samples};
use crate::messages::find_documents;

/// Patients with 10, 100 and 1,000 entries.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    let named = |entries: usize| format!("ITI-18, {entries} of {} entries", bench.entries);
    let row = |(patient_id, entries): &(String, usize)| {
        let message = find_documents(patient_id);
        let mut connection = Connection::open(bench.program.http);
        let mut database = Database::open(&bench.database_url);
        let mut ask = |samples: &mut Samples| {
            let answer = samples.time(|| connection.post(message.path, &message.content_type, &[&message.before]));
            answer.expect("ResponseStatusType:Success");
        };
        ask(&mut Samples::default());
        let busy = Busy::from_now(bench.program.process_id());
        let (mut server, mut least) = (Samples::default(), Samples::default());
        for _ in 0..bench.options.scaled(if *entries < 1000 { 500 } else { 50 }) {
            ask(&mut server);
            assert_eq!(least.time(|| database.read(patient_id)), *entries);
        }
        let floor = Some(("SELECT of the same rows", least));
        Row { what: named(*entries), bytes: 0, cost: busy.cost(&server), server, floor, target: None }
    };
    bench.patients.iter().filter(|(_, entries)| bench.options.wants_row(&named(*entries))).map(row).for_each(tell);
}

/// A connection past the server.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = Text)]
    content: String,
}

impl Database {
    /// Connects as diesel does.
    pub fn open(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            Some(path) => Self::Sqlite(SqliteConnection::establish(path).unwrap()),
            None => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    /// Reads what FindDocuments reads; gives how many rows there are.
    fn read(&mut self, patient_id: &str) -> usize {
        self.select("patient_id = ? AND availability_status = 'Approved'", patient_id)
    }

    /// Reads the entries that meet a condition on one value, whose place is a question mark; gives how many there are.
    pub fn select(&mut self, condition: &str, value: &str) -> usize {
        let statement = format!("SELECT content FROM document_entries WHERE {condition}");
        let rows: Vec<Content> = match self {
            Self::Sqlite(sqlite) => sql_query(statement).bind::<Text, _>(value).load(sqlite).unwrap(),
            Self::Postgres(pg) => sql_query(statement.replacen('?', "$1", 1)).bind::<Text, _>(value).load(pg).unwrap(),
        };
        rows.iter().filter(|row| !row.content.is_empty()).count()
    }
}
