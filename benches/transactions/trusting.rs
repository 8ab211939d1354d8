//! What trust costs: one ITI-18 request in the clear, over mutual TLS (ITI-19), and with an assertion as well (ITI-40).

use std::time::Duration;

use dossier::server::clock;

use crate::bench::Bench;
use crate::http::Connection;
use crate::measure::{Samples, cpu_time, shown};
use crate::messages::{Message, find_documents, find_documents_for};
use crate::saml_issuer::Said;
use crate::vouching::NOBODY;

/// Requests of one kind in a row, whose processor time is read together: the end of one may overlap with the next.
const BATCH: usize = 20;

const HEAD: &str = "\
| ITI-18 | p50 | more | ratio | CPU p50 | more | ratio | target |
|---|---:|---:|---:|---:|---:|---:|---|";

/// One way to ask.
struct Way {
    what: &'static str,
    connection: Connection,
    message: Message,
    wall: Samples,
    /// Processor time of a request, the mean of each batch.
    cpu: Vec<Duration>,
}

/// The ways, each kind of trust by itself and both together, take turns on connections that stay open; nothing is found, so that trust is most of the work.
pub fn measure(bench: &Bench) {
    let assertion = bench.issuer.issue(&Said::of("bench", clock::instant().0 / 1_000_000));
    let way = |what, connection, message| Way { what, connection, message, wall: Samples::default(), cpu: Vec::new() };
    let secure = || Connection::open_with_certificate(bench.program.https.unwrap(), &bench.pki);
    let mut ways = [
        way("HTTP", Connection::open(bench.program.http), find_documents(NOBODY)),
        way("HTTPS, client certificate", secure(), find_documents(NOBODY)),
        way("HTTP, assertion", Connection::open(bench.program.http), find_documents_for(NOBODY, &assertion)),
        way("HTTPS, client certificate, assertion", secure(), find_documents_for(NOBODY, &assertion)),
    ];
    for way in &mut ways {
        way.ask(BATCH, bench.program.process_id());
        (way.wall, way.cpu) = (Samples::default(), Vec::new());
    }
    for _ in 0..bench.options.scaled(100) {
        ways.iter_mut().for_each(|way| way.ask(BATCH, bench.program.process_id()));
    }
    println!("{HEAD}");
    let [plain, ..] = &ways;
    ways.iter().for_each(|way| println!("{}", way.line(plain)));
}

impl Way {
    fn ask(&mut self, times: usize, process_id: u32) {
        let before = cpu_time(process_id);
        for _ in 0..times {
            let (connection, message) = (&mut self.connection, &self.message);
            let answer = self.wall.time(|| connection.post(message.path, &message.content_type, &[&message.before]));
            answer.expect("ResponseStatusType:Success");
        }
        let used = cpu_time(process_id).zip(before).and_then(|(after, before)| after.checked_sub(before));
        self.cpu.extend(used.map(|used| used / u32::try_from(times).unwrap()));
    }

    fn line(&self, plain: &Self) -> String {
        let compared = |own: Option<Duration>, other: Option<Duration>| match own.zip(other) {
            None => "– | – | –".to_owned(),
            Some((own, other)) => {
                let more = (own.as_secs_f64() - other.as_secs_f64()) * 1000.0;
                format!("{} | {more:.2} ms | {:.2}", shown(own), own.as_secs_f64() / other.as_secs_f64())
            }
        };
        let wall = compared(Some(self.wall.median()), Some(plain.wall.median()));
        let target = if std::ptr::eq(self, plain) { "–" } else { "CPU: < 1 ms more" };
        format!("| {} | {wall} | {} | {target} |", self.what, compared(middle(&self.cpu), middle(&plain.cpu)))
    }
}

fn middle(times: &[Duration]) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied()
}
