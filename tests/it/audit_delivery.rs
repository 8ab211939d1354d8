//! The audit trail on its way to repositories that come and go.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dossier::store::{Store, StoreError};
use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslStream, SslVerifyMode};

use crate::mllp::message::announce;
use crate::support::{Database, TestServer, get};
use crate::tls::pki::pki;

crate::on_both_databases!(nothing_is_lost_or_out_of_order_when_repository_and_server_end);

/// A receiver of one connection after the other, until it is dropped.
pub(crate) struct Repository {
    pub(crate) port: u16,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Repository {
    /// One of syslog over TLS that wants a certificate of the test PKI. One that is `broken` reads a little of each connection and is
    /// gone, as if it were killed.
    pub(crate) fn start(port: u16, broken: bool, received: &Arc<Mutex<Vec<String>>>) -> Self {
        let (acceptor, received) = (acceptor(), Arc::clone(received));
        Self::serving(port, move |stream| {
            let Ok(mut stream) = acceptor.accept(stream) else { return };
            let messages = if broken { read_a_little(&mut stream) } else { read_all(stream) };
            received.lock().unwrap().extend(messages);
        })
    }

    /// One that does this with each connection.
    pub(crate) fn serving(port: u16, serve: impl Fn(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let (port, ending) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&ending);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream.unwrap());
            }
        });
        Self { port, ending, thread: Some(thread) }
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

pub(crate) fn acceptor() -> SslAcceptor {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    builder.set_certificate_chain_file(pki().join("server/server.pem")).unwrap();
    builder.set_private_key_file(pki().join("server/server.key"), SslFiletype::PEM).unwrap();
    builder.set_ca_file(pki().join("ca/chain.pem")).unwrap();
    builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    builder.build()
}

fn read_a_little(stream: &mut SslStream<TcpStream>) -> Vec<String> {
    let _ = stream.read(&mut [0; 100]);
    Vec::new()
}

fn read_all(mut stream: SslStream<TcpStream>) -> Vec<String> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    stream.shutdown().unwrap();
    let (mut messages, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).unwrap().parse().unwrap();
        messages.push(String::from_utf8(rest[space + 1..][..length].to_vec()).unwrap());
        rest = &rest[space + 1 + length..];
    }
    assert!(rest.is_empty(), "a frame is cut off");
    messages
}

pub(crate) fn settings(repositories: String) -> Vec<(&'static str, String)> {
    let path = |name: &str| pki().join(name).display().to_string();
    vec![
        ("audit.repositories", repositories),
        ("audit.tls_ca_file", path("ca/chain.pem")),
        ("audit.client_certificate", path("connectors/hospital-e1.pem")),
        ("audit.client_key", path("connectors/hospital-e1.key")),
        ("audit.delivery_interval", "50ms".to_owned()),
    ]
}

pub(crate) fn start(database: Database, repositories: String) -> TestServer {
    let settings = settings(repositories);
    TestServer::start_with(database, &settings.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>())
}

/// When the records of the trail happened, in its order, as a syslog header has it.
fn trail(server: &TestServer) -> Vec<String> {
    trail_of(&server.database_url)
}

/// The same, by the address of the database.
pub(crate) fn trail_of(url: &str) -> Vec<String> {
    let store = Store::open(url, 1).unwrap();
    let records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 10_000)).unwrap();
    let time = |at: i64| time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).unwrap();
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    records.iter().map(|(_, record)| time(record.occurred_at.0).format(&format).unwrap()).collect()
}

/// The times of messages, each as it came first.
pub(crate) fn times(messages: &[String]) -> Vec<String> {
    let mut times: Vec<String> = Vec::new();
    for message in messages {
        let time = message.split(' ').nth(1).unwrap().to_owned();
        if !times.contains(&time) {
            times.push(time);
        }
    }
    times
}

pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < patience, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn nothing_is_lost_or_out_of_order_when_repository_and_server_end(database: Database) {
    let received = Arc::new(Mutex::new(Vec::new()));
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let broken = Repository::start(0, true, &received);
    let port = broken.port;
    let address = format!("tls://localhost:{port}");
    let mut server = start(database, format!("{address},udp://{}", udp.local_addr().unwrap()));
    announce(&server, &["A", "B", "C"]);
    let failed = format!("dossier_audit_delivery_failures_total{{repository=\"{address}\"}} ");
    wait_until("a failure is counted", || {
        server.metrics().lines().any(|line| line.strip_prefix(&failed).is_some_and(|count| count != "0"))
    });
    wait_until("readiness shows the lag and is not hurt", || {
        let ready = get(server.operations, "/readyz");
        ready.status == 200
            && ready.text().contains(&format!("\"{address}\":{{\"records\":"))
            && !ready.text().contains("\"records\":0,\"seconds\":0},\"udp")
    });
    drop(broken);
    announce(&server, &["D"]);

    let good = Repository::start(port, false, &received);
    wait_until("the trail arrives", || times(&received.lock().unwrap()) == trail(&server));
    drop(good);
    announce(&server, &["E", "F"]);
    server.restart(&[]);
    announce(&server, &["G"]);
    let _good = Repository::start(port, false, &received);
    wait_until("the rest arrives", || times(&received.lock().unwrap()) == trail(&server));
    server.assert_measured(&format!("dossier_audit_delivery_lag_records{{repository=\"{address}\"}} 0"));

    let messages = received.lock().unwrap().clone();
    assert!(messages.iter().all(|message| message.starts_with("<85>1 ") && message.contains(" IHE+RFC-3881 - \u{feff}<AuditMessage")));
    let mut by_udp = Vec::new();
    while times(&by_udp).len() < trail(&server).len() {
        let mut datagram = vec![0; 65_536];
        let length = udp.recv(&mut datagram).unwrap();
        by_udp.push(String::from_utf8(datagram[..length].to_vec()).unwrap());
    }
    assert_eq!(times(&by_udp), trail(&server));
}

#[test]
fn a_repository_with_another_name_gets_nothing() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let listener = Repository::start(0, false, &received);
    // The address of the machine by another name, which is not in the certificate.
    let address = format!("tls://127.0.0.2:{}", listener.port);
    let other = TcpListener::bind(("127.0.0.2", listener.port)).unwrap();
    let acceptor = acceptor();
    let refused =
        std::thread::spawn(move || acceptor.accept(other.accept().unwrap().0).map_or(true, |mut stream| stream.read(&mut [0]).is_err()));
    let server = start(Database::Sqlite, address.clone());
    announce(&server, &["A"]);
    wait_until("a failure is counted", || {
        server.metrics().lines().any(|line| {
            line.starts_with(&format!("dossier_audit_delivery_failures_total{{repository=\"{address}\"}} ")) && !line.ends_with(" 0")
        })
    });
    assert!(refused.join().unwrap());
    assert!(received.lock().unwrap().is_empty());
}

/// A running rsyslog; killed when dropped.
pub(crate) struct Rsyslog(Child);

impl Rsyslog {
    /// Whether there is one. Where there is none the test is skipped with one line, unless `DOSSIER_TEST_REQUIRE_RSYSLOG=1`.
    pub(crate) fn is_there() -> bool {
        let Err(error) = Command::new("rsyslogd").arg("-v").stdout(Stdio::null()).status() else { return true };
        let required = std::env::var_os("DOSSIER_TEST_REQUIRE_RSYSLOG").is_some_and(|value| value == "1");
        assert!(!required, "rsyslogd cannot be run: {error}");
        eprintln!("skipped: rsyslogd cannot be run: {error}");
        false
    }

    /// One with a file of `conformance/rsyslog`, in which names such as `@PORT@` stand for these values.
    pub(crate) fn start(template: &str, folder: &Path, values: &[(&str, String)]) -> Self {
        let common = [("@PKI@", pki().display().to_string()), ("@FOLDER@", folder.display().to_string())];
        let text = common.iter().chain(values).fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
        let (file, process) = (folder.join("rsyslog.conf"), folder.join("rsyslog.pid"));
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new("rsyslogd");
        command.arg("-n").arg("-f").arg(file).arg("-i").arg(process).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn rsyslog_killed_in_between_has_all_of_it_in_order() {
    if !Rsyslog::is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let written = || std::fs::read_to_string(folder.path().join("audit.log")).unwrap_or_default();
    let has_all = |server: &TestServer| times(&written().lines().map(str::to_owned).collect::<Vec<_>>()) == trail(server);
    let rsyslog = || {
        let template = include_str!("../../conformance/rsyslog/repository.conf");
        Rsyslog::start(template, folder.path(), &[("@PORT@", port.to_string())])
    };
    let first = rsyslog();
    let server = start(Database::Sqlite, format!("tls://localhost:{port}"));
    announce(&server, &["A", "B"]);
    wait_until("rsyslog has the trail", || has_all(&server));
    drop(first);
    announce(&server, &["C", "D"]);
    let _second = rsyslog();
    announce(&server, &["E"]);
    wait_until("rsyslog has the rest", || has_all(&server));
}
