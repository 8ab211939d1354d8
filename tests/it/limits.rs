//! Senders that are slow, too large, too many or gone.

use std::time::{Duration, Instant};

use crate::on_both_databases;
use crate::support::{Connection, Database, TestServer, request};

const SOAP: &str = "Content-Type: application/soap+xml";
const MULTIPART: &str =
    "Content-Type: multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r@x>\"; start-info=\"application/soap+xml\"";
const ROOT_PART: &[u8] = b"--b\r\nContent-ID: <r@x>\r\nContent-Type: application/xop+xml; type=\"application/soap+xml\"\r\n\r\n<Envelope";
/// What keeps the settings in agreement with a small `limits.request_size`.
const SMALL: [(&str, &str); 3] =
    [("limits.request_size", "64KiB"), ("limits.soap_message_size", "32KiB"), ("limits.document_size", "32KiB")];

on_both_databases!(a_sender_that_falls_silent_is_answered, a_request_that_takes_too_long_is_answered);

fn a_sender_that_falls_silent_is_answered(database: Database) {
    let server = TestServer::start_with(database, &[("limits.idle_time", "1s")]);
    for (content_type, start) in [(SOAP, &b"<Envelope"[..]), (MULTIPART, ROOT_PART)] {
        let mut connection = Connection::open(server.http);
        connection.send_head("POST", "/xds/repository", &[content_type, "Content-Length: 100000"]);
        connection.send(start);
        let began = Instant::now();
        let response = connection.read_response();
        assert_eq!(response.status, 408, "{}", response.text());
        assert!(response.text().contains("did not arrive in time"), "{}", response.text());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    server.assert_alive();
}

fn a_request_that_takes_too_long_is_answered(database: Database) {
    let server = TestServer::start_with(database, &[("limits.idle_time", "1s"), ("limits.request_time", "2s")]);
    let mut connection = Connection::open(server.http);
    connection.send_head("POST", "/xds/repository", &[SOAP, "Content-Length: 100000"]);
    let began = Instant::now();
    // Each byte is in time, all together are not.
    while began.elapsed() < Duration::from_millis(2500) && connection.send(b" ") {
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(connection.read_response().status, 408);
    server.assert_alive();
}

#[test]
fn an_announced_size_beyond_the_limit_is_refused_before_it_is_sent() {
    let server = TestServer::start_with(Database::Sqlite, &SMALL);
    for content_type in [SOAP, MULTIPART] {
        let mut connection = Connection::open(server.http);
        connection.send_head("POST", "/xds/repository", &[content_type, "Content-Length: 65537"]);
        let response = connection.read_response();
        assert_eq!(response.status, 413, "{}", response.text());
    }
    server.assert_alive();
}

#[test]
fn an_endless_body_is_cut_off() {
    let server = TestServer::start_with(Database::Sqlite, &SMALL);
    for content_type in [SOAP, MULTIPART] {
        let mut connection = Connection::open(server.http);
        connection.send_head("POST", "/xds/repository", &[content_type, "Transfer-Encoding: chunked"]);
        let chunk = [&b"2000\r\n"[..], &[b' '; 0x2000], b"\r\n"].concat();
        let began = Instant::now();
        while connection.send(&chunk) {
            assert!(began.elapsed() < Duration::from_secs(15), "an endless body is read on and on");
        }
    }
    server.assert_alive();
}

#[test]
fn a_body_over_the_xml_limit_is_refused() {
    let server = TestServer::start_with(Database::Sqlite, &SMALL);
    let response = request(server.http, "POST", "/xds/registry", &[SOAP], &[b' '; 40_000]);
    assert_eq!(response.status, 413, "{}", response.text());
    assert!(response.text().contains("32768"), "{}", response.text());
}

#[test]
fn requests_beyond_the_most_at_a_time_are_sent_away() {
    let server = TestServer::start_with(Database::Sqlite, &[("limits.concurrent_requests", "1")]);
    let mut first = Connection::open(server.http);
    first.send_head("POST", "/xds/registry", &[SOAP, "Content-Length: 10"]);
    first.send(b"<");
    std::thread::sleep(Duration::from_millis(200));
    let second = request(server.http, "POST", "/xds/registry", &[SOAP], b"<x/>");
    assert_eq!(second.status, 503, "{}", second.text());
    assert!(second.header("retry-after").is_some());
    assert!(second.text().contains("soap:Receiver"), "{}", second.text());
    // The place is free again once the first is answered.
    first.send(b"Envelope/");
    assert_eq!(first.read_response().status, 400);
    assert_eq!(request(server.http, "POST", "/xds/registry", &[SOAP], b"<x/>").status, 500);
    assert!(server.metrics().contains("dossier_requests_refused_total{reason=\"busy\"} 1"));
}

#[test]
fn a_sender_that_leaves_leaves_nothing_behind() {
    let server = TestServer::start(Database::Sqlite);
    let mut connection = Connection::open(server.http);
    connection.send_head("POST", "/xds/repository", &[MULTIPART, "Content-Length: 100000"]);
    connection.send(ROOT_PART);
    drop(connection);
    let began = Instant::now();
    while !server.metrics().contains("dossier_requests_in_flight 0") {
        assert!(began.elapsed() < Duration::from_secs(10), "the request is still being worked on");
        std::thread::sleep(Duration::from_millis(50));
    }
    server.assert_alive();
}
