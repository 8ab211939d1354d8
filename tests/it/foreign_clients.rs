//! SOAP clients that toolkits generate from the served WSDL submit, find and retrieve documents: `conformance/foreign`.
//!
//! A toolkit that is not installed is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::path::Path;
use std::process::Command;

use crate::support::{Database, TestServer};

#[test]
fn gsoap_submits_finds_and_retrieves() {
    drive("gsoap");
}

#[test]
fn zeep_submits_finds_and_retrieves() {
    drive("zeep");
}

#[allow(clippy::print_stderr, reason = "a skipped toolkit must be seen")]
fn drive(toolkit: &str) {
    // The fixtures' patient has an identifier of this authority. What a toolkit shows is the same on every database.
    let server = TestServer::start_with(Database::Sqlite, &[("domain.assigning_authorities", "1.3.182.4.4")]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/foreign/run");
    let mut run = Command::new(script);
    run.arg(format!("http://{}", server.http)).arg(server.mllp.to_string()).args(["--only", toolkit]);
    let required = std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1");
    if required {
        run.arg("--require");
    }
    let output = match run.output() {
        Ok(output) => output,
        Err(error) if required => panic!("cannot run conformance/foreign/run, which needs bash: {error}"),
        Err(error) => return eprintln!("skipped {toolkit}: cannot run conformance/foreign/run, which needs bash: {error}"),
    };
    let lines = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{lines}{}", String::from_utf8_lossy(&output.stderr));
    match lines.lines().find(|line| line.starts_with("SKIP")) {
        Some(skipped) => eprintln!("{skipped}"),
        None => assert!(lines.contains(&format!("PASS {toolkit} ITI-43")), "no document was retrieved:\n{lines}"),
    }
}
