//! FHIR searches of a record with 1,000 entries (ITI-67), beside the plain reading of the same rows: alone, and followed by the
//! commit of one row, for a search is answered only when its audit record is durable.

use std::thread;
use std::time::{Duration, Instant};

use crate::bench::Bench;
use crate::http::{Answer, Connection};
use crate::measure::{Busy, Row, Samples};
use crate::querying::Database;
use crate::submitting::Floor;

/// The record: a patient with 1,000 entries.
const PATIENT: &str = "Q1000";
/// Entries of a page where nothing is said.
const PAGE: usize = 50;
/// Callers at one time.
const CALLERS: usize = 4;
const APPROVED: &str = "patient_id = ? AND availability_status = 'Approved'";

/// One thing to ask, and the rows that answer it.
struct Search {
    what: String,
    path: String,
    condition: String,
    value: String,
    rows: usize,
}

/// One entry by id, pages of 50 and of 200, and a page by type and date.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    let searches: Vec<_> = searches(bench).into_iter().filter(|search| bench.options.wants_row(&search.what)).collect();
    for search in &searches {
        rows(bench, search).into_iter().for_each(&mut *tell);
    }
    for search in &searches {
        let rate = at_one_time(bench, search);
        eprintln!("{}, {CALLERS} callers at one time: {rate:.1} per second", search.what);
    }
}

fn searches(bench: &Bench) -> Vec<Search> {
    let (patient_id, _) = bench.patients.iter().find(|(id, _)| id.starts_with(PATIENT)).unwrap();
    let of_patient = format!("/fhir/DocumentReference?patient=Patient/{PATIENT}");
    let by_date = "ORDER BY registered_at DESC, entry_uuid DESC LIMIT";
    let first = Connection::open(bench.program.http).get(&format!("{of_patient}&_count=1"));
    let id = first_id(&first);
    let search = |what: &str, path: String, condition: String, value: &str, rows| {
        let what = format!("ITI-67, {what}");
        Search { what, path, condition, value: value.to_owned(), rows }
    };
    let narrowed = "type_code = 'c^^1.2' AND registered_at >= 1735686000000000";
    vec![
        search("by id", format!("/fhir/DocumentReference/{id}"), "logical_id = ?".to_owned(), &id, 1),
        search("_id and patient", format!("{of_patient}&_id={id}"), "logical_id = ?".to_owned(), &id, 1),
        search("50 of 1,000", of_patient.clone(), format!("{APPROVED} {by_date} {}", PAGE + 1), patient_id, PAGE),
        search(
            "type and date, 50 of 1,000",
            format!("{of_patient}&type=urn:oid:1.2%7Cc&date=ge2025-01-01"),
            format!("{APPROVED} AND {narrowed} {by_date} {}", PAGE + 1),
            patient_id,
            PAGE,
        ),
        search("200 of 1,000", format!("{of_patient}&_count=200"), format!("{APPROVED} {by_date} 201"), patient_id, 200),
    ]
}

/// Server and floors take turns, so that all see the same moods of the machine.
fn rows(bench: &Bench, search: &Search) -> [Row; 2] {
    let mut connection = Connection::open(bench.program.http);
    let mut database = Database::open(&bench.database_url);
    let floor = Floor::open(bench);
    expect(&connection.get(&search.path), search);
    let busy = Busy::from_now(bench.program.process_id());
    let (mut server, mut read, mut committed) = (Samples::default(), Samples::default(), Samples::default());
    for number in 0..bench.options.scaled(500) {
        expect(&server.time(|| connection.get(&search.path)), search);
        assert!(read.time(|| database.select(&search.condition, &search.value)) >= search.rows, "{}", search.condition);
        committed.time(|| {
            database.select(&search.condition, &search.value);
            floor.commit(&format!("{number}"), 0);
        });
    }
    let cost = busy.cost(&server);
    let row = |what: &'static str, samples, target| Row {
        what: search.what.clone(),
        bytes: 0,
        server: server.clone(),
        floor: Some((what, samples)),
        cost: cost.clone(),
        target,
    };
    [row("SELECT of the same rows", read, None), row("the same, and one row committed", committed, Some(3.0))]
}

/// Answers in a second to callers who each ask as soon as they are answered.
fn at_one_time(bench: &Bench, search: &Search) -> f64 {
    let (each, began) = (bench.options.scaled(200), Instant::now());
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let mut connection = Connection::open(bench.program.http);
                (0..each).for_each(|_| expect(&connection.get(&search.path), search));
            });
        }
    });
    let took: Duration = began.elapsed();
    (CALLERS * each) as f64 / took.as_secs_f64()
}

fn expect(answer: &Answer, search: &Search) {
    answer.expect("\"resourceType\":");
    assert!(answer.bytes as usize > search.rows * 1000, "{}: {} bytes are too few", search.what, answer.bytes);
}

/// The id of the first entry of a searchset.
fn first_id(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.beginning).into_owned();
    let (_, id) = text.split_once("\"resource\":{\"resourceType\":\"DocumentReference\",\"id\":\"").unwrap();
    id.split('"').next().unwrap().to_owned()
}
