//! The real server, in this process, on ports that the system chose.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use dossier::server::Application;
use dossier::settings::{self, Flag, Settings, Sources};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Database;
use super::http_client::{Response, get, post};

/// The affinity domain's assigning authority in tests.
pub const AUTHORITY: &str = "1.3.6.1.4.1.21367.13.20.1000";
/// The repository's id in tests.
pub const REPOSITORY: &str = "1.3.6.1.4.1.21367.13.60.1";

/// A running server with a database and a folder of its own; stopped when dropped.
pub struct TestServer {
    runtime: Runtime,
    application: Option<Application>,
    /// Where the SOAP endpoints are.
    pub http: SocketAddr,
    /// Where health and metrics are.
    pub operations: SocketAddr,
    /// Where the HL7 v2 feed is.
    pub mllp: SocketAddr,
    /// Where the SOAP endpoints are over TLS.
    pub https: Option<SocketAddr>,
    /// Where the HL7 v2 feed is over TLS.
    pub mllp_tls: Option<SocketAddr>,
    /// Where syslog over TLS is taken.
    pub syslog_tls: Option<SocketAddr>,
    /// Where syslog over UDP is taken.
    pub syslog_udp: Option<SocketAddr>,
    /// The data folder; removed with the server.
    pub folder: TempDir,
    /// The database, to look behind the server.
    pub database_url: String,
    /// What it was started with.
    pub settings: Settings,
    flags: Vec<Flag>,
}

impl TestServer {
    /// A server under the open profile.
    pub fn start(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// A server with some settings changed, such as `("limits.idle_time", "1s")`.
    pub fn start_with(database: Database, changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = database.create(folder.path());
        let directory = folder.path().join("data").display().to_string();
        let fixed = [
            ("profile", "ihe-connectathon"),
            ("environment", "test"),
            ("data.directory", &directory),
            ("database.url", &url),
            ("database.connections", "4"),
            ("http.listen", "127.0.0.1:0"),
            ("operations.listen", "127.0.0.1:0"),
            ("mllp.listen", "127.0.0.1:0"),
            ("domain.repository_unique_id", REPOSITORY),
            ("domain.assigning_authorities", AUTHORITY),
            ("limits.shutdown_time", "5s"),
        ];
        let flags: Vec<_> = fixed.iter().chain(changes).map(|(key, value)| Flag::new("test", *key, *value)).collect();
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (settings, application) = build(&runtime, &flags);
        let (http, operations) = (application.http_address(), application.operations_address());
        let mllp = application.mllp_address().unwrap();
        let (https, mllp_tls) = (application.https_address(), application.mllp_tls_address());
        let (syslog_tls, syslog_udp) = (application.addresses().syslog_tls, application.addresses().syslog_udp);
        let application = Some(application);
        Self {
            runtime,
            application,
            http,
            operations,
            mllp,
            https,
            mllp_tls,
            syslog_tls,
            syslog_udp,
            folder,
            database_url: url,
            settings,
            flags,
        }
    }

    /// Stops the server and starts it again on the same data, with some settings changed, and on other ports.
    pub fn restart(&mut self, changes: &[(&str, &str)]) {
        self.end();
        self.flags.retain(|flag| changes.iter().all(|(key, _)| flag.key != *key));
        self.flags.extend(changes.iter().map(|(key, value)| Flag::new("test", *key, *value)));
        let (settings, application) = build(&self.runtime, &self.flags);
        (self.http, self.operations) = (application.http_address(), application.operations_address());
        (self.https, self.mllp_tls) = (application.https_address(), application.mllp_tls_address());
        self.mllp = application.mllp_address().unwrap();
        (self.settings, self.application) = (settings, Some(application));
    }

    /// How many files the content store holds.
    pub fn content_files(&self) -> usize {
        content_files(&self.folder.path().join("data"))
    }

    /// Sends SOAP to `/xds/registry`.
    pub fn registry(&self, content_type: &str, body: &[u8]) -> Response {
        post(self.http, "/xds/registry", content_type, body)
    }

    /// Sends SOAP to `/xds/repository`.
    pub fn repository(&self, content_type: &str, body: &[u8]) -> Response {
        post(self.http, "/xds/repository", content_type, body)
    }

    /// Sends SOAP to `/xds/recipient`.
    pub fn recipient(&self, content_type: &str, body: &[u8]) -> Response {
        post(self.http, "/xds/recipient", content_type, body)
    }

    /// The figures of the server as Prometheus reads them.
    pub fn metrics(&self) -> String {
        get(self.operations, "/metrics").text()
    }

    /// That a figure appears: a request is counted when the last byte of its answer has left, which its receiver may see first.
    pub fn assert_measured(&self, figure: &str) {
        let patience = Instant::now() + Duration::from_secs(10);
        while !self.metrics().contains(figure) {
            assert!(Instant::now() < patience, "{figure} is not in {}", self.metrics());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// That the server still answers.
    pub fn assert_alive(&self) {
        assert_eq!(get(self.operations, "/readyz").status, 200);
        assert_eq!(get(self.http, "/xds/registry?wsdl").status, 200);
    }

    /// Takes up changed keys, certificates and revocation lists, as SIGHUP does.
    pub fn reload(&self) {
        if let Some(application) = &self.application {
            self.runtime.block_on(application.reload());
        }
    }

    /// Tells the server to stop, and comes back when it has.
    pub fn stop(mut self) {
        self.end();
    }

    /// The same, but its data stay as long as this does.
    pub fn end(&mut self) {
        if let Some(application) = self.application.take() {
            self.runtime.block_on(application.stop());
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.end();
    }
}

fn build(runtime: &Runtime, flags: &[Flag]) -> (Settings, Application) {
    // Secrets are taken from the environment only.
    let (secrets, flags): (Vec<_>, Vec<_>) = flags.iter().cloned().partition(|flag| flag.key.ends_with("_secret"));
    let variable = |flag: Flag| (format!("DOSSIER_{}", flag.key.replace('.', "_").to_uppercase()).into(), flag.value.into());
    let sources = Sources { flags, environment: secrets.into_iter().map(variable).collect(), ..Sources::default() };
    let settings = settings::load(&sources).unwrap_or_else(|problems| panic!("{problems}")).settings;
    let application = runtime.block_on(Application::build(&settings)).unwrap_or_else(|error| panic!("{error}"));
    (settings, application)
}

/// How many files the content store in this data folder holds.
pub fn content_files(data: &Path) -> usize {
    let folders = std::fs::read_dir(data.join("contents")).unwrap();
    folders.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir()).map(|path| std::fs::read_dir(path).unwrap().count()).sum()
}
