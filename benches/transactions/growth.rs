//! ITI-18 for one patient in a small and in a large database: what it costs must not grow with what others have.

use std::fmt::Write as _;

use crate::copies;
use crate::engine::Engine;
use crate::entries::{ENTRIES_OF_OTHERS, load};
use crate::http::Connection;
use crate::measure::{Samples, shown};
use crate::messages::{Message, find_documents};
use crate::options::Options;
use crate::served_program::ServedProgram;

const AUTHORITY: &str = "1.3.182.4.4";
/// Patients asked about in turn, each with as many entries as every other.
const ASKED: usize = 100;
/// Rounds over all of them that are not counted, so that both servers have started in earnest.
const WARM: usize = 2;
const ROUNDS: usize = 15;

const HEAD: &str = "\
| database | entries | p50 | p99 | growth of p50 | growth of p99 | target |
|---|---:|---:|---:|---:|---:|---:|";

/// A server on a database with so many entries.
struct Registry {
    entries: usize,
    program: ServedProgram,
    messages: Vec<Message>,
    samples: Samples,
}

/// Prints the table, one engine after the other.
pub fn measure(options: &Options) {
    println!("{HEAD}");
    let sizes = [options.scaled(10_000), options.scaled(1_000_000)];
    for engine in Engine::all(options) {
        let mut registries = sizes.map(|entries| Registry::start(&engine, entries));
        for round in 0..WARM + ROUNDS {
            // Both in turn, so that both see the same moods of the machine.
            for patient in 0..ASKED {
                for registry in &mut registries {
                    registry.ask(patient, round >= WARM);
                }
            }
        }
        print!("{}", lines(engine.name(), &registries));
    }
}

impl Registry {
    fn start(engine: &Engine, entries: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = engine.create_database(folder.path());
        let patients = entries / ENTRIES_OF_OTHERS;
        load(&url, &[(copies::patient(AUTHORITY, 0), ENTRIES_OF_OTHERS)], ENTRIES_OF_OTHERS, AUTHORITY);
        copies::fill(&url, AUTHORITY, patients - 1);
        // Spread over all, or each of them again where there are fewer.
        let asked = (0..ASKED).map(|number| number * patients / ASKED);
        let messages = asked.map(|number| find_documents(&copies::patient(AUTHORITY, number))).collect();
        let program = ServedProgram::start_in(folder, &[("database.url", &url)]);
        Self { entries, program, messages, samples: Samples::default() }
    }

    fn ask(&mut self, patient: usize, counted: bool) {
        let message = &self.messages[patient];
        let mut connection = Connection::open(self.program.http);
        let mut warm = Samples::default();
        let samples = if counted { &mut self.samples } else { &mut warm };
        let answer = samples.time(|| connection.post(message.path, &message.content_type, &[&message.before]));
        answer.expect("ResponseStatusType:Success");
        assert!(answer.bytes > 1000 * ENTRIES_OF_OTHERS as u64, "{} bytes are no {ENTRIES_OF_OTHERS} entries", answer.bytes);
    }
}

fn lines(name: &str, registries: &[Registry; 2]) -> String {
    let [small, large] = registries;
    let mut text = String::new();
    for Registry { entries, samples, .. } in registries {
        let _ = write!(text, "| {name} | {entries} | {} | {} |", shown(samples.median()), shown(samples.quantile(0.99)));
        if *entries == small.entries {
            text.push_str(" | | |\n");
            continue;
        }
        let growth = |share| large.samples.quantile(share).as_secs_f64() / small.samples.quantile(share).as_secs_f64();
        let _ = writeln!(text, " {:.2} | **{:.2}** | 1.3 |", growth(0.5), growth(0.99));
    }
    text
}
