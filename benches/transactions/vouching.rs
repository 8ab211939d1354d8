//! ITI-40: what an assertion adds to a request, beside the same request without.

use dossier::server::clock;

use crate::bench::Bench;
use crate::http::Connection;
use crate::measure::{Busy, Cost, Row, Samples};
use crate::messages::{Message, find_documents, find_documents_for};
use crate::saml_issuer::Said;

/// A patient of whom nothing is known.
pub const NOBODY: &str = "NOBODY^^^&1.3.182.4.4&ISO";

/// A query that finds nothing, so that the assertion is most of the work; its signature is RSA with 2048 bits.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    let assertion = bench.issuer.issue(&Said::of("bench", clock::instant().0 / 1_000_000));
    let (with, without) = (find_documents_for(NOBODY, &assertion), find_documents(NOBODY));
    let mut connection = Connection::open(bench.program.http);
    let mut ask = |message: &Message, samples: &mut Samples| {
        let answer = samples.time(|| connection.post(message.path, &message.content_type, &[&message.before]));
        answer.expect("ResponseStatusType:Success");
    };
    ask(&with, &mut Samples::default());
    let busy = Busy::from_now(bench.program.process_id());
    let (mut server, mut floor) = (Samples::default(), Samples::default());
    for _ in 0..bench.options.scaled(1000) {
        ask(&with, &mut server);
        ask(&without, &mut floor);
    }
    let floor = Some(("the same without", floor));
    // Both kinds of requests cost processor time of the same server, so that it says nothing of one of them.
    let cost = Cost { cpu: None, ..busy.cost(&server) };
    tell(Row { what: "ITI-18 with an assertion".to_owned(), bytes: 0, server, floor, cost, target: None });
}
