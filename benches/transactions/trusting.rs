//! What trust costs: one ITI-18 request in the clear, over mutual TLS (ITI-19), and with an assertion as well (ITI-40).

use dossier::server::clock;

use crate::bench::Bench;
use crate::http::Connection;
use crate::messages::{find_documents, find_documents_for};
use crate::saml_issuer::Said;
use crate::vouching::NOBODY;
use crate::ways::{BATCH, Way, compare};

/// The ways, each kind of trust by itself and both together, take turns on connections that stay open; nothing is found, so that trust is most of the work.
pub fn measure(bench: &Bench) {
    const TARGET: &str = "CPU: < 1 ms more";
    let assertion = bench.issuer.issue(&Said::of("bench", clock::instant().0 / 1_000_000));
    let way = |what, connection, message, target| Way::new(what, bench.program.process_id(), connection, message, target);
    let secure = || Connection::open_with_certificate(bench.program.https.unwrap(), &bench.pki);
    let mut ways = [
        way("HTTP", Connection::open(bench.program.http), find_documents(NOBODY), "–"),
        way("HTTPS, client certificate", secure(), find_documents(NOBODY), TARGET),
        way("HTTP, assertion", Connection::open(bench.program.http), find_documents_for(NOBODY, &assertion), TARGET),
        way("HTTPS, client certificate, assertion", secure(), find_documents_for(NOBODY, &assertion), TARGET),
    ];
    compare("ITI-18", &mut ways, bench.options.scaled(100), BATCH);
}
