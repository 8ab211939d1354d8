//! Paths, methods, encodings and the description of the endpoints.

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::store::{Store, StoreError};

use crate::on_both_databases;
use crate::support::{Connection, Database, TestServer, get, request, send_hl7};

const SOAP: &str = "application/soap+xml; charset=UTF-8";
const QUERY: &[u8] = include_bytes!("../../fixtures/soap/iti18-find-documents.xml");
const SEGMENTS: &str = include_str!("../../fixtures/soap/iti8-a01.hl7");

on_both_databases!(
    a_query_is_answered,
    what_is_not_soap_is_refused_and_the_server_lives,
    a_patient_is_fed,
    what_was_turned_away_is_in_the_trail
);

fn a_query_is_answered(database: Database) {
    let server = TestServer::start(database);
    let response = server.registry(SOAP, QUERY);
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.text().contains("AdhocQueryResponse"), "{}", response.text());
    let id = response.header("x-request-id").unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
    drop(get(server.operations, "/livez"));
    server.assert_measured("dossier_requests_total{transaction=\"ITI-18\",outcome=\"Success\"} 1");
}

fn what_is_not_soap_is_refused_and_the_server_lives(database: Database) {
    let server = TestServer::start(database);
    for (content_type, body, status) in [(SOAP, &b"not XML"[..], 400), (SOAP, b"", 400), ("text/plain", b"x", 415)] {
        let response = server.registry(content_type, body);
        assert_eq!(response.status, status, "{}", response.text());
        assert!(response.text().contains("soap:Sender"), "{}", response.text());
    }
    server.assert_alive();
}

fn a_patient_is_fed(database: Database) {
    let server =
        TestServer::start_with(database, &[("domain.assigning_authorities", "1.3.182.4.4,1.3.6.1.4.1.21367.13.20.1000,2.999.442.9.1")]);
    let message = SEGMENTS.replace("\r\n", "\r").replace('\n', "\r");
    let answer = send_hl7(server.mllp, &message);
    assert!(answer.contains("MSA|A"), "{answer}");
    server.assert_measured("dossier_requests_total{transaction=\"ITI-8\"");
}

#[test]
fn there_is_nothing_elsewhere() {
    let server = TestServer::start(Database::Sqlite);
    for path in ["/xds", "/xds/registry/", "/livez", "/metrics", "/xds/schemas/..%2Fregistry.wsdl", "/xds/schemas/none.xsd"] {
        assert_eq!(get(server.http, path).status, 404, "{path}");
    }
}

#[test]
fn other_methods_are_told_which_are_allowed() {
    let server = TestServer::start(Database::Sqlite);
    for (method, path, allowed) in [
        ("PUT", "/xds/registry", "GET, POST"),
        ("GET", "/xds/repository", "GET, POST"),
        ("GET", "/xds/recipient?wsdl", "POST"),
        ("DELETE", "/xds/schemas/rim.xsd", "GET"),
    ] {
        let response = request(server.http, method, path, &[], b"");
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
}

#[test]
fn an_encoded_body_is_refused() {
    let server = TestServer::start(Database::Sqlite);
    let headers = ["Content-Type: application/soap+xml", "Content-Encoding: gzip"];
    let response = request(server.http, "POST", "/xds/registry", &headers, b"\x1f\x8b");
    assert_eq!((response.status, response.header("accept-encoding")), (415, Some("identity")));
    assert!(response.text().contains("Content-Encoding"), "{}", response.text());
}

/// One record for all of one caller, when the minute is over or the server ends.
fn what_was_turned_away_is_in_the_trail(database: Database) {
    let mut server = TestServer::start(database);
    let headers = ["Content-Type: application/soap+xml", "Content-Encoding: gzip"];
    let ids: Vec<_> = (0..3)
        .map(|_| request(server.http, "POST", "/xds/registry", &headers, b"\x1f\x8b").header("x-request-id").unwrap().to_owned())
        .collect();
    server.restart(&[]);
    let store = Store::open(&server.database_url, 1).unwrap();
    let mut records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 10)).unwrap();
    records.retain(|(_, record)| record.system_event.is_none());
    let [(_, record)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((record.transaction, record.outcome), (Transaction::Unknown, AuditOutcome::MinorFailure));
    assert_eq!((record.errors.as_slice(), record.source_address.as_str()), (&["HTTP 415 (3 requests)".to_owned()][..], "127.0.0.1"));
    assert_eq!(record.request_id.to_string(), ids[0]);
}

#[test]
fn a_client_may_wait_for_leave_to_send() {
    let server = TestServer::start(Database::Sqlite);
    let mut connection = Connection::open(server.http);
    let length = format!("Content-Length: {}", QUERY.len());
    connection.send_head("POST", "/xds/registry", &["Expect: 100-continue", "Content-Type: application/soap+xml", &length]);
    assert_eq!(connection.read_any_response().status, 100);
    connection.send(QUERY);
    assert_eq!(connection.read_response().status, 200);
}

#[test]
fn the_wsdl_names_the_host_that_was_asked() {
    let server = TestServer::start(Database::Sqlite);
    for actor in ["registry", "repository"] {
        let response = get(server.http, &format!("/xds/{actor}?wsdl"));
        assert_eq!(response.status, 200);
        let address = format!("location=\"http://dossier.test/xds/{actor}\"");
        assert!(response.text().contains(&address), "{}", response.text());
    }
    let schema = get(server.http, "/xds/schemas/rim.xsd");
    assert!(schema.text().contains("urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"));
}

#[test]
fn the_wsdl_names_the_address_that_is_set() {
    let server = TestServer::start_with(Database::Sqlite, &[("http.public_url", "https://xds.example")]);
    let text = get(server.http, "/xds/registry?wsdl").text();
    assert!(text.contains("location=\"https://xds.example/xds/registry\""), "{text}");
}
