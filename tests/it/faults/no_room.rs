//! The disk under database and documents is full: requests are refused whole, and all is well when there is room again.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use super::requests::Requests;
use crate::support::served_program::ServedProgram;
use crate::support::{AUTHORITY, REPOSITORY};

/// The disk of the server: large enough for its tables and some requests.
const DISK: &str = "8m";
/// Requests that may still find room in what SQLite had taken before.
const MOST_LUCKY: usize = 200;

#[test]
fn a_full_disk_refuses_all_and_loses_nothing() {
    if !can_have_small_disks() {
        let required = std::env::var_os("DOSSIER_TEST_REQUIRE_NAMESPACES").is_some_and(|value| value == "1");
        assert!(!required, "unshare and mount cannot be run");
        eprintln!("skipped: unshare and mount cannot be run");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("disk")).unwrap();
    let changes = [
        ("data.directory", "disk/data"),
        ("database.url", "sqlite:disk/dossier.sqlite3"),
        ("domain.assigning_authorities", AUTHORITY),
        ("domain.repository_unique_id", REPOSITORY),
    ];
    let program = ServedProgram::start_on_small_disk(folder, &changes, DISK);
    let requests = Requests { http: program.http, mllp: program.mllp, patient: "F2" };
    assert!(requests.feed().succeeded);
    let known = "2.999.78.1";
    assert!(requests.submit(known).succeeded);

    let filler = Filler::fill(&program);
    let mut stored = vec![known.to_owned()];
    let mut refused = Vec::new();
    for number in 0..MOST_LUCKY {
        let id = format!("2.999.78.2.{number}");
        if requests.submit(&id).succeeded {
            stored.push(id)
        } else {
            refused.push(id)
        }
        if !requests.query().succeeded && refused.len() > 2 {
            break;
        }
    }
    for outcome in requests.all("2.999.78.3", known) {
        outcome.assert_refused();
    }
    drop(filler);

    assert!(requests.all("2.999.78.4", known).iter().all(|outcome| outcome.succeeded));
    let found = requests.query().text;
    assert!(stored.iter().all(|id| found.contains(&format!("\"{id}\"")) && requests.retrieve(id).succeeded), "{found}");
    refused.push("2.999.78.3".to_owned());
    assert!(refused.iter().all(|id| !found.contains(&format!("\"{id}\"")) && !requests.retrieve(id).succeeded), "{found}");
    let verified = program.run_on_small_disk(&["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&[verified.stdout, verified.stderr].concat()));
}

fn can_have_small_disks() -> bool {
    let tried = Command::new("unshare").args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status();
    tried.is_ok_and(|status| status.success())
}

/// A file that takes all the room there is.
struct Filler(PathBuf);

impl Filler {
    fn fill(program: &ServedProgram) -> Self {
        let folder = program.folder().strip_prefix("/").unwrap();
        let path = PathBuf::from(format!("/proc/{}/root", program.process_id())).join(folder).join("disk/filler");
        let mut file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        while file.write_all(&[0x5a; 4096]).is_ok() {}
        Self(path)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
