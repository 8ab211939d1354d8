//! What a transaction costs over real sockets, beside the least that it has to cost on the same machine at the same time.
//!
//! `cargo bench` fills a database, starts the release build of the server on it and prints a table in Markdown, which
//! `docs/performance.md` keeps and explains. `cargo bench -- --quick` shows in half a minute whether it works, and
//! `cargo bench -- growth` what a hundred times as many entries of others change;
//! `cargo bench -- trust` measures what mutual TLS and an assertion add to a request, `cargo bench -- filtering` what the access
//! rules add, `cargo bench --features no-op-recorder -- audit` what the audit trail costs, `cargo bench -- fhir` FHIR, and `cargo bench -- no-leak-timing` whether the time of an answer tells what is hidden from what does not exist.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a bench that cannot go on must end and says why; a program has no outside"
)]

mod auditing;
mod bench;
mod copies;
mod crowd;
mod engine;
mod entries;
mod fhir_documents;
mod fhir_searches;
mod filtering;
mod growth;
mod http;
mod measure;
mod messages;
mod nginx;
mod no_leak;
mod no_leak_scene;
mod options;
mod paired;
#[path = "../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod postgres;
mod querying;
mod retrieving;
#[path = "../../tests/it/support/saml_issuer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod saml_issuer;
#[path = "../../tests/it/support/served_program.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod served_program;
#[path = "../../tests/it/support/submissions.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod submissions;
mod submitting;
mod trusting;
mod vouching;
mod ways;

use bench::Bench;
use measure::Row;
use options::Options;

/// Measures one transaction and tells each row as soon as it is known.
type Measure = fn(&Bench, &mut dyn FnMut(Row));

fn main() {
    let options = Options::from_arguments();
    if options.growth {
        return growth::measure(&options);
    }
    if options.no_leak_timing {
        return no_leak::measure(&options);
    }
    if options.audit {
        return auditing::measure(&options);
    }
    if options.filtering {
        return filtering::measure(&options);
    }
    let bench = Bench::start(options);
    if bench.options.trust {
        return trusting::measure(&bench);
    }
    println!("{}", Row::HEAD);
    if bench.options.fhir {
        fhir_searches::measure(&bench, &mut |row| println!("{}", row.line()));
        return fhir_documents::measure(&bench, &mut |row| println!("{}", row.line()));
    }
    let transactions: [(&str, Measure); 4] =
        [("ITI-41", submitting::measure), ("ITI-18", querying::measure), ("ITI-43", retrieving::measure), ("ITI-40", vouching::measure)];
    for (_, measure) in transactions.into_iter().filter(|(name, _)| bench.options.wants(name)) {
        measure(&bench, &mut |row| println!("{}", row.line()));
    }
}
