//! What the audit trail costs: the same requests to two servers of one build on databases that are alike, of which one keeps no trail.
//! Only a build with the feature `no-op-recorder` can be told to, so that no server that is shipped can.

use crate::bench::{PATIENT, REPOSITORY};
use crate::crowd::{self, Crowd};
use crate::engine::Engine;
use crate::entries::load;
use crate::http::Connection;
use crate::messages::{Message, find_documents, provide_and_register, retrieve};
use crate::options::Options;
use crate::served_program::ServedProgram;
use crate::submissions::fresh_oid;
use crate::ways::{BATCH, Way, compare};

const AUTHORITY: &str = "1.3.182.4.4";
const TARGET: &str = "> 0.85";
/// Patients with so many entries.
const RECORDS: [usize; 3] = [10, 100, 1000];
/// Bytes of a document that is retrieved.
const RETRIEVED: usize = 100 * 1024;

/// Prints a table for each kind of request.
pub fn measure(options: &Options) {
    if !cfg!(feature = "no-op-recorder") {
        eprintln!("a server that keeps no trail needs a build of its own: cargo bench --features no-op-recorder -- audit");
        std::process::exit(2);
    }
    let engine = Engine::chosen(options);
    let (silent, keeping) = (Side::start(options, &engine, true), Side::start(options, &engine, false));
    let (rounds, turns) = (options.scaled(50), options.scaled(20));
    let both = |what: &str, messages: &dyn Fn(&Side) -> Next| {
        if options.wants_row(what) {
            let title = format!("{what}, {}", engine.name());
            let way = |name, side: &Side| {
                let next = Box::new(messages(side));
                Way::of_many(name, side.program.process_id(), Connection::open(side.program.http), next, "–")
            };
            compare(&title, &mut [way("no trail", &silent), way("trail", &keeping)], rounds, BATCH);
            println!();
            let next = [messages(&silent), messages(&keeping)];
            let crowd = |name, side: &Side, next| Crowd::new(name, side.program.process_id(), side.program.http, next, options.callers);
            crowd::compare(&title, [crowd("no trail", &silent, &next[0]), crowd("trail", &keeping, &next[1])], turns, TARGET);
            println!();
        }
    };
    for (what, size) in [("ITI-41, 4 KiB", 4096), ("ITI-41, 100 KiB", 100 * 1024)] {
        both(what, &|_| Box::new(move || submission(&fresh_oid(), size)));
    }
    for count in RECORDS {
        both(&format!("ITI-18, {count} entries"), &|_| always(find_documents(&patient(count))));
    }
    both("ITI-43, 100 KiB", &|side| always(retrieve(REPOSITORY, &side.retrieved)));
}

/// Gives the next request.
type Next = Box<dyn Fn() -> Message + Sync>;

fn always(message: Message) -> Next {
    Box::new(move || message.clone())
}

/// One server.
struct Side {
    program: ServedProgram,
    /// The document that is asked for.
    retrieved: String,
}

impl Side {
    fn start(options: &Options, engine: &Engine, is_silent: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = engine.create_database(folder.path());
        let mut patients: Vec<_> = RECORDS.map(|count| (patient(count), count)).into();
        patients.push((PATIENT.to_owned(), 0));
        load(&database_url, &patients, options.scaled(20_000), AUTHORITY);
        let variable = if is_silent { "BENCHES_ALONE_NO_OP_RECORDER=1" } else { "BENCHES_ALONE=1" };
        let program = ServedProgram::start_behind(&["env", variable], folder, &[("database.url", &database_url)]);
        let retrieved = fresh_oid();
        let message = submission(&retrieved, RETRIEVED);
        Connection::open(program.http)
            .post(message.path, &message.content_type, &[&message.before, &message.after])
            .expect("ResponseStatusType:Success");
        Self { program, retrieved }
    }
}

fn patient(count: usize) -> String {
    format!("Q{count}^^^&{AUTHORITY}&ISO")
}

/// ITI-41 with the document in its place.
fn submission(unique_id: &str, size: usize) -> Message {
    let mut message = provide_and_register(PATIENT, unique_id);
    message.before.extend((0..size).map(|at| (at * 31 + at / 251) as u8));
    message
}
