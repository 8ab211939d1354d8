//! What `docs/black-box-testing.md` says to an outside tester works: a server that `conformance/serve-for-access` starts gets every
//! `sh` block of the page, in order, in one shell.
//!
//! Where bash, curl, openssl or python3 is not installed it is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

const PAGE: &str = include_str!("../../docs/black-box-testing.md");
const PROGRAM: &str = env!("CARGO_BIN_EXE_dossier");
/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(120);

/// The script with its server; told to stop when this is dropped.
struct Served {
    script: Child,
    folder: tempfile::TempDir,
}

impl Served {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(repository().join("conformance/serve-for-access"));
        command.arg(folder.path()).env("DOSSIER_BIN", PROGRAM).stdout(Stdio::null());
        let mut script = command.stderr(std::fs::File::create(folder.path().join("script.log")).unwrap()).spawn().unwrap();
        let begun = Instant::now();
        while !folder.path().join("access.json").exists() {
            let log = || std::fs::read_to_string(folder.path().join("script.log")).unwrap();
            assert_eq!(script.try_wait().unwrap(), None, "the script ended instead of serving: {}", log());
            assert!(begun.elapsed() < START, "the script does not serve after {START:?}: {}", log());
            sleep(Duration::from_millis(20));
        }
        Self { script, folder }
    }

    fn access(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.folder.path().join("access.json")).unwrap()).unwrap()
    }

    /// Runs a script of bash as the page says: from the root of the repository.
    fn play(&self, script: &str) -> Output {
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(script).current_dir(repository()).env("DIR", self.folder.path()).env("DOSSIER_BIN", PROGRAM);
        bash.stdin(Stdio::null()).output().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let told = Command::new("kill").arg(self.script.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()) || std::thread::panicking());
        let _ = self.script.wait();
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_missing() -> bool {
    let is_there = |tool: &&str| Command::new(tool).arg("--version").output().is_ok() || Command::new(tool).arg("version").output().is_ok();
    let missing: Vec<_> = ["bash", "curl", "openssl", "python3"].into_iter().filter(|tool| !is_there(tool)).collect();
    if missing.is_empty() {
        return false;
    }
    assert!(std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() != Ok("1"), "not installed: {missing:?}");
    eprintln!("skipped the page for outside testers: {missing:?} not installed");
    true
}

/// All `sh` blocks in one script that stops at the first failure, and says which block it is in.
fn script_of(page: &str) -> String {
    let mut script = "set -euo pipefail\n".to_owned();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        match line {
            "```sh" => {
                inside = true;
                writeln!(script, "echo 'block of line {}' >&2", number + 1).unwrap();
            }
            "```" => inside = false,
            _ if inside => writeln!(script, "{line}").unwrap(),
            _ => {}
        }
    }
    script
}

#[test]
fn every_line_of_the_page_for_outside_testers_works() {
    if is_missing() {
        return;
    }
    let served = Served::start();
    let script = script_of(PAGE);
    assert!(script.matches("curl ").count() > 50, "the page has its examples in sh blocks");
    let played = served.play(&script);
    let said = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.chars().skip(text.chars().count().saturating_sub(2000)).collect::<String>()
    };
    assert!(played.status.success(), "{}\n… {}", said(&played.stderr), said(&played.stdout));
    every_operation_is_on_the_page(&served);
    what_the_script_promises_is_there(&served);
}

fn every_operation_is_on_the_page(served: &Served) {
    let base = served.access()["endpoints"]["fhir"].as_str().unwrap().to_owned();
    let answer = Command::new("curl").args(["-sS", "--fail", &format!("{base}/metadata")]).output().unwrap();
    let statement: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    let mut seen = 0;
    for operation in resources.iter().flat_map(|resource| resource["operation"].as_array().into_iter().flatten()) {
        let name = operation["name"].as_str().unwrap();
        assert!(PAGE.contains(name), "the page has no example of ${name}");
        seen += 1;
    }
    assert!(seen > 8, "{seen}");
    let of_interest = |name: &str| !matches!(name, "List" | "OperationDefinition" | "StructureDefinition" | "CodeSystem" | "ValueSet");
    for name in resources.iter().map(|resource| resource["type"].as_str().unwrap()).filter(|name| of_interest(name)) {
        assert!(PAGE.contains(&format!("/{name}")), "the page has no example of {name}");
    }
}

fn what_the_script_promises_is_there(served: &Served) {
    let access = served.access();
    let file = |path: &Value| served.folder.path().join(path.as_str().unwrap());
    let certificates = access["client_certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 18, "two for each of nine kinds");
    let files = certificates.iter().flat_map(|one| [&one["certificate"], &one["key"]]);
    for path in files.chain([&access["trusted_ca"], &access["issuer"]["key"], &access["issuer"]["certificate"], &access["issuer"]["jwks"]])
    {
        assert!(file(path).is_file(), "{path}");
    }
    for (name, address) in access["endpoints"].as_object().unwrap() {
        assert!(address.as_str().unwrap().contains("127.0.0.1:"), "{name} is on the loopback address: {address}");
    }
}
