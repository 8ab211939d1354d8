//! `dossier client` as a tester uses it: the built program against a running server.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::on_both_databases;
use crate::support::{AUTHORITY, Database, REPOSITORY, TestServer};

on_both_databases!(
    a_document_is_submitted_found_and_retrieved_byte_for_byte,
    a_document_made_on_demand_is_registered_and_retrieved,
    a_refusal_is_told_with_its_exit_code,
);

struct Tester {
    server: TestServer,
}

impl Tester {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.arg("client").args(arguments).current_dir(self.server.folder.path()).output().unwrap()
    }

    /// What a command that has to succeed writes.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(arguments)).unwrap()
    }

    /// The exit code and the message of a command that has to fail.
    fn failure(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    fn url(&self, service: &str) -> String {
        format!("http://{}/xds/{service}", self.server.http)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.server.folder.path().join(name)
    }
}

fn start(database: Database) -> (Tester, String) {
    (Tester { server: TestServer::start(database) }, format!("CLI1^^^&{AUTHORITY}&ISO"))
}

fn names(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn a_document_is_submitted_found_and_retrieved_byte_for_byte(database: Database) {
    let (tester, patient) = start(database);
    let (registry, repository, mllp) = (tester.url("registry"), tester.url("repository"), tester.server.mllp.to_string());
    let fed = tester.json(&["feed", "A04", "--patient", &patient, "--name", "MUSTER^ERIKA", "--sex", "F", "--mllp", &mllp, "--json"]);
    assert_eq!((&fed["acknowledgement"], &fed["error"]), (&"AA".into(), &Value::Null));

    let content: Vec<u8> = b"%PDF-1.4\r\n--boundary\0\xff".iter().copied().cycle().take(3_000_000).collect();
    fs::write(tester.path("report.pdf"), &content).unwrap();
    let submit = ["submit", "report.pdf", "--patient", &patient, "--url", &repository, "--registry", &registry, "--json"];
    let submitted = tester.json(&submit);
    let unique_id = submitted["uniqueId"].as_str().unwrap();
    assert_eq!((&submitted["status"], &submitted["repositoryUniqueId"]), (&"Success".into(), &REPOSITORY.into()));
    let second = tester.json(&[&submit[..], &["--inline", "--title", "Inline"]].concat());

    let found = tester.json(&["find", "--patient", &patient, "--url", &registry, "--json"]);
    let entry = found.as_array().unwrap().iter().find(|entry| entry["uniqueId"] == unique_id).unwrap();
    assert_eq!((&entry["title"], &entry["mimeType"], &entry["size"]), (&"report.pdf".into(), &"application/pdf".into(), &3_000_000.into()));
    assert_eq!((&entry["entryUUID"], &entry["availabilityStatus"]), (&submitted["entryUUID"], &"Approved".into()));
    let table = tester.text(&["find", "--patient", &patient, "--url", &registry]);
    assert!(table.starts_with("TITLE") && table.contains("report.pdf") && table.contains("Inline") && table.contains(unique_id), "{table}");
    let references = tester.text(&["find", "--patient", &patient, "--url", &registry, "--object-refs"]);
    assert!(references.contains(second["entryUUID"].as_str().unwrap()) && references.lines().count() == 2, "{references}");

    let retrieve =
        ["retrieve", unique_id, "--url", &repository, "--repository", REPOSITORY, "--registry", &registry, "--output", "copy.pdf"];
    tester.text(&retrieve);
    assert!(fs::read(tester.path("copy.pdf")).unwrap() == content);
    let files = names(tester.server.folder.path());
    let (code, message) = tester.failure(&retrieve);
    assert!(code == Some(2) && message.contains("--force"), "{message}");
    tester.text(&[&retrieve[..], &["--force"]].concat());
    assert_eq!(names(tester.server.folder.path()), files, "nothing is left beside the copy");
    let inline = second["uniqueId"].as_str().unwrap();
    let written = tester.run(&["retrieve", inline, "--url", &repository, "--repository", REPOSITORY, "--output", "-"]);
    assert!(written.stdout == content, "{}", String::from_utf8_lossy(&written.stderr));
}

fn a_document_made_on_demand_is_registered_and_retrieved(database: Database) {
    let (tester, patient) = start(database);
    let (registry, repository, mllp) = (tester.url("registry"), tester.url("repository"), tester.server.mllp.to_string());
    let register = ["register-on-demand", "--patient", &patient, "--repository", REPOSITORY, "--url", &registry, "--json"];
    let (code, message) = tester.failure(&register);
    assert!(code == Some(5) && message.contains("XDSUnknownPatientId: "), "{message}");
    tester.json(&["feed", "A04", "--patient", &patient, "--name", "MUSTER^ERIKA", "--mllp", &mllp, "--json"]);
    let registered = tester.json(&[&register[..], &["--title", "What there is", "--language", "en"]].concat());
    assert_eq!(registered["status"], "Success");
    let unique_id = registered["uniqueId"].as_str().unwrap();
    let retrieve = ["retrieve", unique_id, "--url", &repository, "--repository", REPOSITORY, "--registry", &registry, "--output", "-"];
    let given = tester.run(&retrieve);
    let (content, remark) = (String::from_utf8(given.stdout).unwrap(), String::from_utf8(given.stderr).unwrap());
    assert!(content.contains("<title>What there is</title>") && content.contains("There are no documents."), "{content}");
    assert!(remark.contains("made on demand, with the uniqueId 2.25."), "{remark}");
    let (code, message) = tester.failure(&[&register[..], &["--replaces", "x"]].concat());
    assert!(code == Some(2) && message.contains("--replaces"), "{message}");
}

fn a_refusal_is_told_with_its_exit_code(database: Database) {
    let (tester, patient) = start(database);
    let (registry, repository, mllp) = (tester.url("registry"), tester.url("repository"), tester.server.mllp.to_string());
    fs::write(tester.path("a.txt"), "a").unwrap();
    let (code, message) = tester.failure(&["submit", "a.txt", "--patient", &patient, "--url", &repository]);
    assert!(code == Some(5) && message.contains("XDSUnknownPatientId: "), "{message}");

    let get = ["retrieve", "1.2.3.4", "--url", &repository, "--repository", REPOSITORY, "--output", "copy"];
    let (code, message) = tester.failure(&get);
    assert!(code == Some(5) && message.contains("XDSDocumentUniqueIdError"), "{message}");
    assert!(!tester.path("copy").exists());

    let foreign = "X1^^^&1.2.3.4.5&ISO";
    let (code, message) = tester.failure(&["feed", "A04", "--patient", foreign, "--mllp", &mllp]);
    assert!(code == Some(5) && message.lines().count() > 1, "{message}");

    let (code, message) = tester.failure(&["submit", "a.txt", "--patient", &patient, "--url", &registry]);
    assert!(code == Some(5) && message.contains("SOAP fault"), "{message}");
    let (code, message) = tester.failure(&["find", "--patient", &patient, "--url", &format!("http://{}/", tester.server.operations)]);
    assert!(code == Some(1) && message.contains("404"), "{message}");
    assert_eq!(tester.text(&["find", "--patient", &patient, "--url", &registry]), "no documents\n");
    assert_eq!(tester.failure(&["submit", "b.txt", "--patient", &patient, "--url", &repository]).0, Some(1));
}
