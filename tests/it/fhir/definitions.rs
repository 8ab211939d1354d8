//! What the interface says of itself: definitions, their package, OpenAPI; compressed, for nothing in it is secret.

use dossier::transactions::fhir::routes;
use serde_json::Value;

use crate::support::{Database, TestServer, get, request};

#[test]
fn what_is_public_is_complete_and_compressed() {
    let server = TestServer::start(Database::Sqlite);
    let document: Value = serde_json::from_slice(&get(server.http, "/fhir/openapi.json").body).unwrap();
    for route in routes() {
        let operation = &document["paths"][format!("/{}", route.pattern)][route.method.as_str().to_ascii_lowercase()];
        assert!(operation.is_object(), "{} {}", route.method.as_str(), route.pattern);
    }
    let package = get(server.http, "/fhir/package.tgz");
    assert_eq!((package.status, package.header("content-type"), &package.body[..2]), (200, Some("application/gzip"), &[0x1f, 0x8b][..]));
    assert_eq!(get(server.http, "/fhir/package.tgz").body, package.body);
    let set = get(server.http, "/fhir/ValueSet/dsp-consent-category");
    assert!(set.text().contains("CodeSystem/dsp-consent-category"));
    let plain = get(server.http, "/fhir/metadata");
    for (accepted, coding) in [("gzip", "gzip"), ("gzip;q=0.5, br", "br")] {
        let short = request(server.http, "GET", "/fhir/metadata", &[&format!("Accept-Encoding: {accepted}")], b"");
        assert_eq!((short.status, short.header("content-encoding")), (200, Some(coding)));
        assert!(short.body.len() < plain.body.len() / 3);
    }
    // A certificate is sent along by a browser whoever makes it ask, so that without a token nothing of a person is compressed.
    let search = request(server.http, "GET", "/fhir/DocumentReference?patient=1", &["Accept-Encoding: gzip"], b"");
    assert_eq!((search.status, search.header("content-encoding")), (200, None));
}
