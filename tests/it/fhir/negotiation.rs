//! Formats, methods, paths and errors of the FHIR interface.

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::store::{Store, StoreError};
use dossier::transactions::fhir::{Method, routes};
use dossier::wire::fhir::{json, xml};

use crate::on_both_databases;
use crate::support::{Database, Response, TestServer, get, request};

on_both_databases!(what_is_refused_is_in_the_trail);

fn issue_code(response: &Response) -> String {
    let outcome = json::read(response.text().as_bytes()).unwrap();
    assert_eq!(json::resource_type(&outcome), "OperationOutcome");
    outcome["issue"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn the_capability_statement_is_the_same_in_both_formats() {
    let server = TestServer::start(Database::Sqlite);
    let in_json = get(server.http, "/fhir/metadata");
    assert_eq!((in_json.status, in_json.header("content-type")), (200, Some("application/fhir+json; charset=utf-8")), "{}", in_json.text());
    let statement = json::read(in_json.text().as_bytes()).unwrap();
    assert_eq!((json::resource_type(&statement), &statement["fhirVersion"]), ("CapabilityStatement", &"4.0.1".into()));
    assert_eq!(statement["implementation"]["url"], "http://dossier.test/fhir");
    let in_xml = request(server.http, "GET", "/fhir/metadata", &["Accept: application/fhir+xml"], b"");
    assert_eq!(in_xml.header("content-type"), Some("application/fhir+xml; charset=utf-8"));
    assert_eq!(xml::read(in_xml.text().as_bytes()).unwrap(), statement);
    assert_eq!(get(server.http, "/fhir/metadata?_format=xml").text(), in_xml.text());
    assert!(get(server.http, "/fhir/metadata?_pretty=true").text().contains("\n  \"status\": \"active\""));
}

#[test]
fn a_format_that_is_not_offered_is_refused() {
    let server = TestServer::start(Database::Sqlite);
    let refused = request(server.http, "GET", "/fhir/metadata", &["Accept: text/turtle"], b"");
    assert_eq!((refused.status, issue_code(&refused).as_str()), (406, "not-supported"));
    let browser = request(server.http, "GET", "/fhir/metadata", &["Accept: text/html, application/xml;q=0.8, */*;q=0.9"], b"");
    assert_eq!((browser.status, browser.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let other = request(server.http, "GET", "/fhir/metadata", &["Accept: application/fhir+json; fhirVersion=5.0"], b"");
    assert_eq!(other.status, 406);
}

#[test]
fn paths_and_methods_that_lead_nowhere_are_told_so() {
    let server = TestServer::start(Database::Sqlite);
    for path in ["/fhir/Nothing/1", "/fhir/metadata/1", "/fhir/$nothing"] {
        let response = get(server.http, path);
        assert_eq!((response.status, issue_code(&response).as_str()), (404, "not-supported"), "{path}");
    }
    let response = request(server.http, "DELETE", "/fhir/metadata", &[], b"");
    assert_eq!((response.status, response.header("allow"), issue_code(&response).as_str()), (405, Some("GET, HEAD"), "not-supported"));
    let at_base = get(server.http, "/fhir");
    assert_eq!((at_base.status, at_base.header("allow")), (405, Some("POST")));
    assert_eq!(request(server.http, "BREW", "/fhir/metadata", &[], b"").status, 501);
    assert_eq!(get(server.http, "/fhir/%ff").status, 400);
    let encoded = request(server.http, "POST", "/fhir/metadata", &["Content-Encoding: gzip"], b"x");
    assert_eq!((encoded.status, issue_code(&encoded).as_str()), (415, "not-supported"));
    server.assert_alive();
}

/// Whoever adds a route cannot forget to ask for a person where it says that it does.
#[test]
fn no_route_for_people_answers_without_one() {
    let server = TestServer::start(Database::Sqlite);
    for route in routes() {
        let path = format!("/fhir/{}", route.pattern.replace(['{', '}'], ""));
        let response = request(server.http, route.method.as_str(), &path, &[], b"");
        assert_eq!(response.status == 401, route.needs_person, "{} {path}: {}", route.method.as_str(), response.status);
    }
    assert!(routes().any(|route| route.method == Method::Get));
}

fn what_is_refused_is_in_the_trail(database: Database) {
    let server = TestServer::start(database);
    assert_eq!(get(server.http, "/fhir/metadata").status, 200);
    let refused = get(server.http, "/fhir/Nothing");
    let store = Store::open(&server.database_url, 1).unwrap();
    let records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 10)).unwrap();
    let [(_, _start), (_, told), (_, record)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((told.transaction, told.outcome), (Transaction::Capabilities, AuditOutcome::Success));
    assert_eq!((record.transaction, record.outcome), (Transaction::Unknown, AuditOutcome::MinorFailure));
    assert_eq!(record.errors, ["HTTP 404"]);
    assert_eq!(Some(record.request_id.to_string().as_str()), refused.header("x-request-id"));
}
