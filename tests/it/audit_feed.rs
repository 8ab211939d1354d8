//! The audit trail on its way to a repository that speaks FHIR (ITI-20), and that comes and goes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use dossier::store::{Store, StoreError};
use dossier::wire::fhir::dates::instant;
use openssl::ssl::{SslAcceptor, SslStream};
use serde_json::Value;

use crate::audit_delivery::{Repository, acceptor, settings, wait_until};
use crate::mllp::message::announce;
use crate::support::{Database, TestServer, get};

crate::on_both_databases!(nothing_is_missing_or_out_of_order_when_the_repository_ends);

/// What a repository does with what it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// It stores.
    Well,
    /// It stores one record of each connection and is killed before it says so.
    Killed,
    /// It finds fault with each record.
    Refusing,
}

/// A receiver of AuditEvents over TLS that wants a certificate of the test PKI.
fn repository(port: u16, mood: Mood, stored: &Arc<Mutex<Vec<Value>>>) -> Repository {
    let (acceptor, stored) = (acceptor(), Arc::clone(stored));
    Repository::serving(port, move |stream| serve(stream, &acceptor, mood, &stored))
}

/// Takes requests of one connection until it ends.
fn serve(stream: TcpStream, acceptor: &SslAcceptor, mood: Mood, stored: &Mutex<Vec<Value>>) {
    let Ok(stream) = acceptor.accept(stream) else { return };
    let mut stream = BufReader::new(stream);
    while let Some(resource) = request(&mut stream) {
        if mood != Mood::Refusing {
            stored.lock().unwrap().push(resource);
        }
        let status = match mood {
            Mood::Well => "201 Created",
            Mood::Killed => return,
            Mood::Refusing => "422 Unprocessable Entity",
        };
        write!(stream.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
    }
}

/// The AuditEvent of the next request.
fn request(stream: &mut BufReader<SslStream<TcpStream>>) -> Option<Value> {
    let mut length = 0;
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
        lines.push(line);
    }
    assert_eq!(lines[0], "post /fhir/auditevent http/1.1");
    assert!(lines.contains(&"content-type: application/fhir+json".to_owned()), "{lines:?}");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}

/// When and as which request the records of the trail happened, in its order.
fn trail(server: &TestServer) -> Vec<(String, String)> {
    let store = Store::open(&server.database_url, 1).unwrap();
    let records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 1000)).unwrap();
    records.iter().map(|(_, record)| (instant(record.occurred_at), record.request_id.to_string())).collect()
}

/// The same of what was stored, each as it came first.
fn first(stored: &Mutex<Vec<Value>>) -> Vec<(String, String)> {
    let mut first: Vec<(String, String)> = Vec::new();
    for resource in stored.lock().unwrap().iter() {
        let request = resource["entity"].as_array().unwrap().last().unwrap()["what"]["identifier"]["value"].as_str().unwrap();
        let known = (resource["recorded"].as_str().unwrap().to_owned(), request.to_owned());
        if !first.contains(&known) {
            first.push(known);
        }
    }
    first
}

fn start(database: Database, address: &str) -> TestServer {
    let settings = settings(address.to_owned());
    TestServer::start_with(database, &settings.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>())
}

fn failures(server: &TestServer, address: &str) -> u64 {
    let name = format!("dossier_audit_delivery_failures_total{{repository=\"{address}\"}} ");
    server.metrics().lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or(0)
}

fn nothing_is_missing_or_out_of_order_when_the_repository_ends(database: Database) {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let killed = repository(0, Mood::Killed, &stored);
    let port = killed.port;
    let address = format!("https://localhost:{port}/fhir");
    let mut server = start(database, &address);
    announce(&server, &["A", "B", "C"]);
    wait_until("a failure is counted", || failures(&server, &address) > 0);
    drop(killed);
    let refusing = repository(port, Mood::Refusing, &stored);
    let before = failures(&server, &address);
    wait_until("a refusal is counted", || failures(&server, &address) > before);
    wait_until("readiness shows the lag and is not hurt", || {
        let ready = get(server.operations, "/readyz");
        ready.status == 200 && ready.text().contains(&format!("\"{address}\":{{\"records\":"))
    });
    drop(refusing);
    announce(&server, &["D"]);
    let good = repository(port, Mood::Well, &stored);
    wait_until("the trail arrives", || first(&stored) == trail(&server));
    drop(good);
    announce(&server, &["E", "F"]);
    server.restart(&[]);
    announce(&server, &["G"]);
    let _good = repository(port, Mood::Well, &stored);
    wait_until("the rest arrives", || first(&stored) == trail(&server));
    server.assert_measured(&format!("dossier_audit_delivery_lag_records{{repository=\"{address}\"}} 0"));
}
