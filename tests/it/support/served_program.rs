//! The built program, serving on ports of its own choice with fresh data, as an operator starts it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(60);
const MASTER_KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A running `dossier serve` under the profile `ihe-connectathon`; it ends, and its data go, when this is dropped.
pub(crate) struct ServedProgram {
    /// Where the SOAP endpoints are.
    pub(crate) http: SocketAddr,
    /// Where the patient feed is.
    pub(crate) mllp: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl ServedProgram {
    /// Returns once requests are answered.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let addresses = folder.path().join("addresses.json");
        let child = Command::new(env!("CARGO_BIN_EXE_dossier"))
            .current_dir(folder.path())
            .env_clear()
            .env("DOSSIER_ENCRYPTION_MASTER_KEY", MASTER_KEY)
            .args(["serve", "--log-level", "warn", "--addresses-file"])
            .arg(&addresses)
            .args(["--set", "profile=ihe-connectathon", "--set", "environment=test"])
            .args(["http", "mllp", "operations"].iter().flat_map(|name| ["--set".to_owned(), format!("{name}.listen=127.0.0.1:0")]))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut program = Self { http: ([0; 4], 0).into(), mllp: ([0; 4], 0).into(), child, _folder: folder };
        program.wait_for(&addresses);
        program
    }

    /// The URL before `/xds/…`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.http)
    }

    fn wait_for(&mut self, file: &Path) {
        let begun = Instant::now();
        let text = loop {
            if let Ok(text) = std::fs::read_to_string(file) {
                break text;
            }
            assert_eq!(self.child.try_wait().unwrap(), None, "the program ended instead of serving");
            assert!(begun.elapsed() < START, "the program does not serve after {START:?}");
            sleep(Duration::from_millis(20));
        };
        let addresses: serde_json::Value = serde_json::from_str(&text).unwrap();
        self.http = addresses["http"].as_str().unwrap().parse().unwrap();
        self.mllp = addresses["mllp"].as_str().unwrap().parse().unwrap();
    }
}

impl Drop for ServedProgram {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
