//! The OpenAPI document, read and asked about by schemathesis: `conformance/fhir/check-openapi`.
//!
//! Where it is not installed it is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::path::Path;
use std::process::Command;

use crate::support::{Database, TestServer};

#[test]
#[allow(clippy::print_stderr, reason = "a skipped program must be seen")]
fn schemathesis_finds_no_fault() {
    let python = std::env::var("DOSSIER_TEST_FOREIGN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let beside = Path::new(&python).parent().map(|folder| folder.join("schemathesis")).filter(|program| program.is_file());
    let program = beside.map_or_else(|| "schemathesis".to_owned(), |program| program.display().to_string());
    let is_there = Command::new(&program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there && std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() != Ok("1") {
        return eprintln!("skipped schemathesis: it is not installed");
    }
    let server = TestServer::start(Database::Sqlite);
    let mut run = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/fhir/check-openapi"));
    let folder = tempfile::tempdir().unwrap();
    let output = run.arg(format!("http://{}/fhir", server.http)).env("SCHEMATHESIS", &program).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("generated"), "nothing was asked:\n{told}");
    server.assert_alive();
}
