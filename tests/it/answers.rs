//! Answers of the server, good and bad, are valid by the standards' schemas and by the published ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::on_both_databases;
use crate::support::schema_validity::{Message, Schemas, assert_envelope_schema_valid};
use crate::support::{Database, Response, TestServer, send_hl7};

const ITI8: &str = include_str!("../../fixtures/soap/iti8-a01.hl7");
const ITI18: &str = include_str!("../../fixtures/soap/iti18-find-documents.xml");
const ITI41: &str = include_str!("../../fixtures/soap/iti41-request.xml");
const ITI43: &str = include_str!("../../fixtures/soap/iti43-retrieve.xml");
const NOTE: &[u8] = include_bytes!("../../fixtures/soap/note.txt");
const XML: &str = "application/soap+xml; charset=utf-8";

on_both_databases!(answers_are_valid_by_the_schemas);

#[test]
fn a_fault_names_the_message_it_answers() {
    let server = TestServer::start(Database::Sqlite);
    let wrong_action = ITI18.replace("2007:RegistryStoredQuery", "2007:Unknown");
    let wrong_payload = ITI18.replace("AdhocQueryRequest", "AdhocQueryRequests");
    let (_, id) = ITI18.split_once("MessageID>").unwrap();
    let relation = format!("<wsa:RelatesTo>{}</wsa:RelatesTo>", id.split('<').next().unwrap());
    for request in [wrong_action, wrong_payload] {
        let answer = server.registry(XML, request.as_bytes()).text();
        assert!(answer.contains("soap:Fault") && answer.contains(&relation), "{answer}");
    }
}

fn answers_are_valid_by_the_schemas(database: Database) {
    let settings = [("domain.assigning_authorities", "1.3.182.4.4"), ("domain.repository_unique_id", "2.999.442.9.2")];
    let server = TestServer::start_with(database, &settings);
    let acknowledgement = send_hl7(server.mllp, ITI8);
    assert!(acknowledgement.contains("MSA|AA|"), "{acknowledgement}");
    let repository = |body: &str| server.repository(XML, body.as_bytes());
    let registry = |body: &str| server.registry(XML, body.as_bytes());
    let submission = with_inline_document();
    let (success, failure) = ("ResponseStatusType:Success", "ResponseStatusType:Failure");

    let nothing = registry(ITI18);
    assert_valid(&nothing, Message::AdhocQueryResponse, success);
    assert_valid(&repository(ITI43), Message::RetrieveDocumentSetResponse, failure);
    assert_valid(&repository(&submission), Message::RegistryResponse, success);
    assert_valid(&repository(&submission), Message::RegistryResponse, failure);

    let found = registry(ITI18);
    assert_valid(&found, Message::AdhocQueryResponse, "ExtrinsicObject");
    assert_valid(&registry(&ITI18.replace("LeafClass", "ObjectRef")), Message::AdhocQueryResponse, "ObjectRef");
    assert_valid(&registry(&ITI18.replace("14d4debf", "14d4debe")), Message::AdhocQueryResponse, failure);
    assert_valid(&repository(ITI43), Message::RetrieveDocumentSetResponse, "DocumentResponse");
}

/// The fixture's submission with its document as base64 in place of the reference to a part.
fn with_inline_document() -> String {
    let (before, rest) = ITI41.split_once("<xop:Include").unwrap();
    let (_, after) = rest.split_once("/>").unwrap();
    format!("{before}{}{after}", STANDARD.encode(NOTE))
}

/// `sign` is what shows that the answer is the one meant.
fn assert_valid(response: &Response, message: Message, sign: &str) {
    let text = response.text();
    assert_eq!(response.status, 200, "{text}");
    assert!(text.contains(sign), "no {sign} in\n{text}");
    // The root part of a multipart answer, or all of a plain one.
    let start = text.find("<?xml").unwrap();
    let end = text.rfind("Envelope>").unwrap() + "Envelope>".len();
    let envelope = text.get(start..end).unwrap();
    assert_envelope_schema_valid(envelope, message);
    if let Some(published) = Schemas::published() {
        assert_eq!(published.check(envelope, message), Ok(()), "{envelope}");
    }
}
