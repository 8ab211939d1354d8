//! The built program, serving on ports of its own choice with fresh data, as an operator starts it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(60);
/// Where the program says that it serves, below its folder.
const ADDRESSES: &str = "addresses.json";
pub(crate) const MASTER_KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A running `dossier serve` under the profile `ihe-connectathon`; it ends, and its data go, when this is dropped.
pub(crate) struct ServedProgram {
    /// Where the SOAP endpoints are.
    pub(crate) http: SocketAddr,
    /// Where the patient feed is.
    pub(crate) mllp: SocketAddr,
    /// Where the SOAP endpoints are over TLS.
    pub(crate) https: Option<SocketAddr>,
    /// Where the patient feed is over TLS.
    pub(crate) mllp_tls: Option<SocketAddr>,
    /// Where health and figures are, and the clock where it may be set.
    pub(crate) operations: SocketAddr,
    child: Child,
    changes: Vec<String>,
    folder: TempDir,
}

impl ServedProgram {
    /// Returns once requests are answered; starts on what lies in this folder, with some settings changed, such as `("database.url", "sqlite:x")`.
    pub(crate) fn start_in(folder: TempDir, changes: &[(&str, &str)]) -> Self {
        let changes: Vec<_> = changes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let child = spawn(folder.path(), &changes);
        let nowhere = ([0; 4], 0).into();
        let mut program = Self { http: nowhere, mllp: nowhere, https: None, mllp_tls: None, operations: nowhere, child, changes, folder };
        program.wait();
        program
    }

    /// The same, with the folder `disk` in it as a disk of so many bytes, as `mount -o size` has it, that nobody else sees.
    pub(crate) fn start_on_small_disk(folder: TempDir, changes: &[(&str, &str)], size: &str) -> Self {
        let mount = format!("mount -t tmpfs -o size={size} tmpfs disk && exec \"$@\"");
        Self::start_behind(&["unshare", "--map-root-user", "--mount", "sh", "-c", &mount, "sh"], folder, changes)
    }

    /// The same, started by another program, which becomes it.
    pub(crate) fn start_behind(starter: &[&str], folder: TempDir, changes: &[(&str, &str)]) -> Self {
        let changes: Vec<_> = changes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let child = serve(&mut program_behind(folder.path(), starter), &changes);
        let nowhere = ([0; 4], 0).into();
        let mut program = Self { http: nowhere, mllp: nowhere, https: None, mllp_tls: None, operations: nowhere, child, changes, folder };
        program.wait();
        program
    }

    /// What another subcommand says on the same small disk.
    pub(crate) fn run_on_small_disk(&self, subcommand: &[&str]) -> Output {
        let process = self.child.id().to_string();
        let enter = ["nsenter", "--preserve-credentials", "--user", "--mount", "--target", &process];
        let folder = format!("--wdns={}", self.folder.path().display());
        let mut program = program_behind(self.folder.path(), &[&enter[..], &[&folder]].concat());
        program.args(subcommand).args(settings(&self.changes)).output().unwrap()
    }

    /// Ends it as a loss of power does: at once, without a word (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits until it has finished what it was doing (SIGTERM).
    pub(crate) fn stop(&mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success() && self.child.wait().unwrap().success());
    }

    /// Starts it on its data again after [`kill`](Self::kill), on other ports.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(self.folder.path(), &self.changes);
        self.wait();
    }

    /// Tells it to read keys, certificates and revocation lists again (SIGHUP).
    pub(crate) fn hang_up(&self) {
        let told = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// What another subcommand says on the same data, with the same settings, such as `["audit", "verify"]`.
    pub(crate) fn run(&self, subcommand: &[&str]) -> Output {
        let mut program = program(self.folder.path());
        program.args(subcommand).args(settings(&self.changes)).output().unwrap()
    }

    /// The folder with its data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The number of its process.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self) {
        let file = self.folder.path().join(ADDRESSES);
        let begun = Instant::now();
        let text = loop {
            if let Ok(text) = std::fs::read_to_string(&file) {
                break text;
            }
            assert_eq!(self.child.try_wait().unwrap(), None, "the program ended instead of serving");
            assert!(begun.elapsed() < START, "the program does not serve after {START:?}");
            sleep(Duration::from_millis(10));
        };
        std::fs::remove_file(file).unwrap();
        let addresses: serde_json::Value = serde_json::from_str(&text).unwrap();
        self.http = addresses["http"].as_str().unwrap().parse().unwrap();
        self.mllp = addresses["mllp"].as_str().unwrap().parse().unwrap();
        self.operations = addresses["operations"].as_str().unwrap().parse().unwrap();
        let if_on = |name: &str| addresses[name].as_str().map(|address| address.parse().unwrap());
        (self.https, self.mllp_tls) = (if_on("https"), if_on("mllp_tls"));
    }
}

fn spawn(folder: &Path, changes: &[String]) -> Child {
    serve(&mut program(folder), changes)
}

fn serve(program: &mut Command, changes: &[String]) -> Child {
    let serve = ["serve", "--log-level", "warn", "--addresses-file", ADDRESSES];
    program.args(serve).args(settings(changes)).stdout(Stdio::null()).spawn().unwrap()
}

fn program(folder: &Path) -> Command {
    in_folder(Command::new(env!("CARGO_BIN_EXE_dossier")), folder)
}

/// The program, started by another one.
fn program_behind(folder: &Path, starter: &[&str]) -> Command {
    let mut command = Command::new(starter[0]);
    command.args(&starter[1..]).arg(env!("CARGO_BIN_EXE_dossier"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = in_folder(command, folder);
    command.env("PATH", path);
    command
}

fn in_folder(mut program: Command, folder: &Path) -> Command {
    program.current_dir(folder).env_clear().env("DOSSIER_ENCRYPTION_MASTER_KEY", MASTER_KEY);
    program
}

fn settings(changes: &[String]) -> Vec<String> {
    let fixed = ["profile=ihe-connectathon", "environment=test"].map(str::to_owned).into_iter();
    let ports = ["http", "mllp", "operations"].map(|name| format!("{name}.listen=127.0.0.1:0"));
    fixed.chain(ports).chain(changes.iter().cloned()).flat_map(|setting| ["--set".to_owned(), setting]).collect()
}

impl Drop for ServedProgram {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
