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

on_both_databases!(
    a_sender_that_falls_silent_is_answered,
    a_request_that_takes_too_long_is_answered,
    a_query_of_very_many_conditions_is_answered_or_refused
);

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
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    }
    server.assert_alive();
}

fn a_request_that_takes_too_long_is_answered(database: Database) {
    let server =
        TestServer::start_with(database, &[("limits.idle_time", "1s"), ("limits.request_time", "2s"), ("limits.least_rate", "1B")]);
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

/// FindDocuments with `count` conditions of each kind that nests the statement.
fn query_of(count: usize) -> String {
    let slot = |name: &str, value: &str| format!("<r:Slot name=\"{name}\"><r:ValueList><r:Value>{value}</r:Value></r:ValueList></r:Slot>");
    let each = |name: &str| slot(name, "('a^^1')").repeat(count);
    let slots = [
        slot("$XDSDocumentEntryPatientId", "'P1^^^&amp;1.3.6.1.4.1.21367.13.20.1000&amp;ISO'"),
        slot("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"),
        slot("$XDSDocumentEntryAuthorPerson", &format!("({})", vec!["'%a%'"; count].join(","))),
        each("$XDSDocumentEntryEventCodeList"),
        each("$XDSDocumentEntryConfidentialityCode"),
        each("$XDSDocumentEntryReferenceIdList"),
    ];
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\">\
         <s:Header><a:Action>urn:ihe:iti:2007:RegistryStoredQuery</a:Action></s:Header><s:Body>\
         <q:AdhocQueryRequest xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\" xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <q:ResponseOption returnType=\"LeafClass\"/><r:AdhocQuery id=\"urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492\">{}</r:AdhocQuery>\
         </q:AdhocQueryRequest></s:Body></s:Envelope>",
        slots.concat()
    )
}

fn a_query_of_very_many_conditions_is_answered_or_refused(database: Database) {
    let server = TestServer::start(database);
    let asked = |count| request(server.http, "POST", "/xds/registry", &[SOAP], query_of(count).as_bytes()).text();
    let taken = asked(16);
    assert!(taken.contains("ResponseStatusType:Success"), "{taken}");
    // Without a limit the statement would be walked down by recursion, and the process would run out of stack.
    let refused = asked(30_000);
    assert!(refused.contains("XDSStoredQueryParamNumber"), "{refused}");
    server.assert_alive();
}
