//! The server is told to stop.

use std::time::Duration;

use crate::on_both_databases;
use crate::support::{Connection, Database, TestServer};

const QUERY: &[u8] = include_bytes!("../../fixtures/soap/iti18-find-documents.xml");

on_both_databases!(a_request_under_way_is_answered);

fn a_request_under_way_is_answered(database: Database) {
    let server = TestServer::start(database);
    let (address, operations) = (server.http, server.operations);
    let mut idle = Connection::open(address);
    let mut busy = Connection::open(address);
    let length = format!("Content-Length: {}", QUERY.len());
    busy.send_head("POST", "/xds/registry", &["Content-Type: application/soap+xml", &length]);
    let (start, rest) = QUERY.split_at(100);
    busy.send(start);
    std::thread::sleep(Duration::from_millis(200));
    let stopping = std::thread::spawn(move || server.stop());
    std::thread::sleep(Duration::from_millis(300));
    assert!(!stopping.is_finished(), "the server did not wait for the request under way");
    assert_eq!(crate::support::get(operations, "/readyz").status, 503);
    busy.send(rest);
    let response = busy.read_response();
    assert_eq!(response.status, 200, "{}", response.text());
    stopping.join().unwrap();
    assert!(idle.is_closed());
    assert!(std::net::TcpStream::connect(address).is_err(), "the port is still open");
}

#[test]
fn a_request_that_does_not_end_is_not_waited_for_longer_than_it_may_take() {
    let server = TestServer::start_with(Database::Sqlite, &[("limits.shutdown_time", "1s")]);
    let mut slow = Connection::open(server.http);
    slow.send_head("POST", "/xds/registry", &["Content-Type: application/soap+xml", "Content-Length: 1000"]);
    slow.send(b"<");
    std::thread::sleep(Duration::from_millis(200));
    let began = std::time::Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(slow.is_closed());
}
