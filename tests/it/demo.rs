//! `dossier demo` as a newcomer starts it, on free ports: what it prints works, and who may see what.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

use crate::support::request;

const PORTS: [&str; 8] = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--operations", "127.0.0.1:0"];

struct Demo {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it said once everything was loaded.
    said: String,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let mut child = program(folder).arg("demo").args(PORTS).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C stops") {
            let more = output.read_line(&mut said).unwrap();
            assert!(more > 0, "{said}");
        }
        Self { child, output, said }
    }

    /// Ends as Ctrl-C ends it; gives what it wrote beside its output.
    fn stop(mut self) -> String {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let mut beside = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut beside).unwrap();
        assert!(self.child.wait().unwrap().success(), "{beside}");
        beside
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program as somebody runs it in this folder who has set nothing.
fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.current_dir(folder).env_clear();
    program
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

/// The numbers of the sample documents that somebody finds, such as 20 for K20.
fn found(folder: &Path, patient: &str, flags: &[&str]) -> BTreeSet<u32> {
    let arguments = [&["client", "find", "--json", "--patient", patient], flags].concat();
    let output = run(folder, &arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |entry: &Value| entry["uniqueId"].as_str().unwrap().rsplit('.').nth(1).unwrap().parse().unwrap();
    found.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn the_demo_runs_under_the_access_rules() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    assert!(demo.said.contains("2025-03-17 09:0"), "{}", demo.said);
    what_is_printed_fits_and_works(folder.path(), &demo.said);
    everybody_sees_what_the_table_says(folder.path());
    tokens_and_assertions(folder.path());
    a_browser_is_told_where_to_go(folder.path());
    commands_go_by_its_time(folder.path());
    let first = demo.stop();
    assert_eq!(first.lines().filter(|line| line.ends_with("(refused, as it has to be)")).count(), 2, "{first}");

    let again = Demo::start(folder.path());
    assert_eq!(found(folder.path(), "P02", &["--as", "D04"]), [8].into());
    let second = again.stop();
    assert!(!second.contains("loading"), "{second}");
    commands_go_by_its_time(folder.path());
    let refused = run(folder.path(), &["client", "find", "--as", "D01", "--patient", "P01"]);
    assert!(refused.status.code() == Some(4), "nobody answers: {}", String::from_utf8_lossy(&refused.stderr));
    let open = run(folder.path(), &["demo", "--open"]);
    assert_eq!(open.status.code(), Some(2), "records under the rules are not opened to everybody");
}

/// P07 becomes active by themselves on 4 April; the pharmacist F01 reads until 29 March.
fn commands_go_by_its_time(folder: &Path) {
    let on_it = |arguments: &[&str]| {
        let output = run(folder, &[arguments, &["--config", "dossier-data/dossier.toml"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let due = on_it(&["retention", "--dry-run", "--within", "20d"]);
    assert!(due.starts_with("2025-04-04  activation  1980022998752"), "{due}");
    let explained = on_it(&["policy", "explain", "--as", "F01", "--patient", "1958031498124", "--json"]);
    assert!(explained.contains("CONSULTATION"), "{explained}");
    assert!(on_it(&["history", "1958031498124"]).starts_with("2025-03-17"), "the newest first");
}

/// Each command of the text, in one shell, as somebody copies it; the last two are refused.
fn what_is_printed_fits_and_works(folder: &Path, said: &str) {
    let program = env!("CARGO_BIN_EXE_dossier");
    for line in said.lines() {
        let length = line.replace(program, "target/release/dossier").chars().count();
        assert!(length <= 100, "{length}: {line}");
    }
    let commands = said.split("in this folder:").nth(1).unwrap().split("Be somebody").next().unwrap();
    let commands = commands.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let script: String = commands.map(|command| format!("{command}\necho \"ended $?\"\n")).collect();
    let ran = Command::new("bash").current_dir(folder).args(["-c", &script]).output().unwrap();
    let output = String::from_utf8_lossy(&ran.stdout);
    let ends: Vec<_> = output.lines().filter_map(|line| line.rsplit_once("ended ").map(|(_, code)| code)).collect();
    assert_eq!(ends, ["0", "0", "0", "0", "0", "5", "5"], "{output}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert!(output.contains("\"resourceType\":\"Bundle\"") && output.contains("Notfallblatt"), "{output}");
    assert_eq!(fs::read(folder.join("copy.pdf")).unwrap(), fs::read(fixture("K05.pdf")).unwrap());
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/documents/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn everybody_sees_what_the_table_says(folder: &Path) {
    let rows: [(&str, &[&str], &[u32]); 8] = [
        ("P08", &["--as", "D01"], &[18, 19, 20, 21, 24, 27]),
        ("P08", &["--as", "D05"], &[18, 19, 20, 24, 27]),
        ("P02", &["--as", "D04"], &[8]),
        ("P04", &["--as", "D07"], &[14]),
        ("P11", &["--as", "B02"], &[]),
        ("P03", &["--as", "P03"], &[12]),
        ("P05", &["--as", "P05", "--representative", "P04"], &[15, 16]),
        ("P01", &["--as", "Z01"], &[]),
    ];
    for (patient, flags, expected) in rows {
        assert_eq!(found(folder, patient, flags), expected.iter().copied().collect(), "{patient} {flags:?}");
    }
    // The nurse on the ward, and away from it.
    let ward = found(folder, "P01", &["--as", "I01"]);
    assert!(ward.is_superset(&[2, 25].into()) && !ward.contains(&29), "{ward:?}");
    assert!(found(folder, "P01", &["--as", "Z01", "--reason", "doublon"]).contains(&29));
    // A letter of somebody's own comes in like any other.
    let sent = run(folder, &["client", "submit", "copy.pdf", "--as", "D01", "--patient", "P01", "--title", "Own letter"]);
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let refused = run(folder, &["client", "submit", "copy.pdf", "--as", "D04", "--patient", "P01"]);
    assert_eq!(refused.status.code(), Some(5));
}

fn tokens_and_assertions(folder: &Path) {
    let assertion = run(folder, &["token", "--saml", "--as", "P01"]);
    assert!(assertion.status.success(), "{}", String::from_utf8_lossy(&assertion.stderr));
    fs::write(folder.join("p01.xml"), assertion.stdout).unwrap();
    let addresses = addresses(folder);
    let url = format!("http://{}/xds/registry", addresses["http"].as_str().unwrap());
    assert!(found(folder, "P01", &["--assertion", "p01.xml", "--url", &url]).contains(&29));
    let elsewhere = tempfile::tempdir().unwrap();
    for arguments in [&["token", "--as", "D01"][..], &["client", "find", "--as", "D01", "--patient", "P01"]] {
        let lost = run(elsewhere.path(), arguments);
        assert!(lost.status.code() == Some(2) && String::from_utf8_lossy(&lost.stderr).contains("--demo DIR"), "{lost:?}");
    }
    let data = folder.join("dossier-data").display().to_string();
    assert_eq!(found(elsewhere.path(), "P02", &["--as", "D04", "--demo", &data]), [8].into());
}

fn addresses(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("dossier-data/addresses.json")).unwrap()).unwrap()
}

fn a_browser_is_told_where_to_go(folder: &Path) {
    let addresses = addresses(folder);
    let address = |name: &str| addresses[name].as_str().unwrap().parse().unwrap();
    for (name, hint) in [("http", "/fhir/metadata"), ("operations", "/readyz"), ("https", "use https://")] {
        let page = request(address(name), "GET", "/", &[], b"");
        assert!(page.text().contains(hint), "{name}: {}", page.text());
    }
}

#[test]
fn a_folder_of_another_server_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dossier-data")).unwrap();
    fs::write(folder.path().join("dossier-data/dossier.sqlite3"), "").unwrap();
    let refused = run(folder.path(), &["demo"]);
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && why.contains("--data-dir"), "{why}");
    assert_eq!(fs::read_dir(folder.path().join("dossier-data")).unwrap().count(), 1);
}
