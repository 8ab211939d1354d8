//! FHIR clients that nobody here wrote publish, search, page and read: `conformance/foreign/fhir`.
//!
//! A client that is not installed is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::path::Path;
use std::process::Command;

use super::scene::bundle;
use crate::support::Database;
use crate::xds_scene::Scene;

#[test]
fn other_peoples_clients_publish_search_page_and_read() {
    let scene = Scene::start(Database::Sqlite, &[]);
    scene.announce("F1");
    let folder = tempfile::tempdir().unwrap();
    for (number, client) in ["fhirpy", "fhirclient", "fhir.resources", "fhir-kit-client"].into_iter().enumerate() {
        let file = folder.path().join(format!("{client}.json"));
        std::fs::write(&file, bundle("F1", &format!("2.999.3.{}", number + 1), b"from elsewhere").to_string()).unwrap();
        let base = format!("http://{}/fhir", scene.server.http);
        drive(client, &[&base, "F1", &(number + 1).to_string(), file.to_str().unwrap()]);
    }
}

fn drive(client: &str, arguments: &[&str]) {
    let (interpreter, script) = match client {
        "fhir-kit-client" => ("node".to_owned(), "client.cjs"),
        _ => (std::env::var("DOSSIER_TEST_FOREIGN_PYTHON").unwrap_or_else(|_| "python3".to_owned()), "client.py"),
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/foreign/fhir").join(script);
    let output = Command::new(interpreter).arg(script).arg(client).args(arguments).output();
    let told = output.as_ref().map_or_else(ToString::to_string, |output| String::from_utf8_lossy(&output.stderr).into_owned());
    if output.as_ref().map_or(true, |output| output.status.code() == Some(77)) {
        let required = std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1");
        assert!(!required, "{client} is not installed: {told}");
        return eprintln!("skipped {client}: {}", told.trim());
    }
    assert!(output.unwrap().status.success(), "{client}: {told}");
}
