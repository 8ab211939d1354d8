//! Messages that are XML but not SOAP as XDS.b wants it.

use super::scene::{PATIENT, Scene};
use crate::on_both_databases;
use crate::support::{Database, Response, TestServer};
use crate::xds::answer::Answer;
use crate::xds::envelope::{PROVIDE, QUERY, SOAP, envelope, envelope_with};
use crate::xds::metadata::Submission;
use crate::xds::query::{GET_DOCUMENTS, adhoc_query};

on_both_databases!(
    an_unknown_action,
    an_action_of_the_other_endpoint,
    an_action_that_announces_another_body,
    an_action_that_contradicts_the_http_header,
    no_action,
    soap_1_1,
    another_content_type,
    no_content_type,
    a_package_that_is_not_mtom,
    a_header_that_must_be_understood,
    an_answer_to_elsewhere,
    two_elements_in_the_body,
);

fn refused(database: Database, ask: impl FnOnce(&TestServer) -> Response, words: &str) -> Answer {
    let mut scene = Scene::start(database);
    let answer = Answer::read(&ask(&scene.server));
    assert_eq!(answer.said(), words);
    scene.was_refused(&answer.envelope);
    answer
}

fn submission() -> String {
    String::from_utf8(Submission::note(3, PATIENT).inline().body).unwrap()
}

fn an_unknown_action(database: Database) {
    let message = envelope("urn:ihe:iti:2007:NoSuchThing", "<x/>");
    refused(
        database,
        |server| server.registry(SOAP, message.as_bytes()),
        "HTTP 400 soap:Sender f:ActionNotSupported: the action cannot be processed at this endpoint; it is repeated in the detail",
    );
}

fn an_action_of_the_other_endpoint(database: Database) {
    refused(
        database,
        |server| server.registry(SOAP, submission().as_bytes()),
        "HTTP 400 soap:Sender f:ActionNotSupported: the action cannot be processed at this endpoint; it is repeated in the detail; send it to /xds/repository",
    );
}

fn an_action_that_announces_another_body(database: Database) {
    let message = envelope(PROVIDE, &adhoc_query(GET_DOCUMENTS, "LeafClass", &[]));
    refused(
        database,
        |server| server.repository(SOAP, message.as_bytes()),
        "HTTP 400 soap:Sender: the Body holds another element than ProvideAndRegisterDocumentSetRequest of namespace urn:ihe:iti:xds-b:2007, which the action urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b announces",
    );
}

fn an_action_that_contradicts_the_http_header(database: Database) {
    let content_type = format!("{SOAP}; action=\"{QUERY}\"");
    refused(
        database,
        |server| server.repository(&content_type, submission().as_bytes()),
        "HTTP 400 soap:Sender f:InvalidAddressingHeader f:ActionMismatch: a header representing a message addressing property is not valid and the message cannot be processed: wsa:Action, ActionMismatch",
    );
}

fn no_action(database: Database) {
    let message = submission().replace("wsa:Action", "wsa:RelatesTo");
    refused(
        database,
        |server| server.repository(SOAP, message.as_bytes()),
        "HTTP 400 soap:Sender f:MessageAddressingHeaderRequired: a required header representing a message addressing property is not present: wsa:Action",
    );
}

fn soap_1_1(database: Database) {
    let message = submission().replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/");
    let answer = refused(
        database,
        |server| server.repository(SOAP, message.as_bytes()),
        "HTTP 500 soap:VersionMismatch: this is a SOAP 1.1 envelope; send SOAP 1.2 (application/soap+xml)",
    );
    assert!(answer.envelope.contains("<soap:SupportedEnvelope qname=\"soap:Envelope\"/>"), "{answer}");
}

fn another_content_type(database: Database) {
    refused(
        database,
        |server| server.repository("text/xml; charset=utf-8", submission().as_bytes()),
        "HTTP 415 soap:Sender: the Content-Type is neither application/soap+xml (SOAP 1.2) nor multipart/related with type=\"application/xop+xml\" (MTOM)",
    );
}

fn no_content_type(database: Database) {
    refused(
        database,
        |server| crate::support::request(server.http, "POST", "/xds/repository", &[], submission().as_bytes()),
        "HTTP 415 soap:Sender: the Content-Type is neither application/soap+xml (SOAP 1.2) nor multipart/related with type=\"application/xop+xml\" (MTOM)",
    );
}

fn a_package_that_is_not_mtom(database: Database) {
    let mut package = Submission::note(3, PATIENT).mtom();
    package.content_type = package.content_type.replace("application/xop+xml", "text/xml");
    refused(
        database,
        |server| server.repository(&package.content_type, &package.body),
        "HTTP 400 soap:Sender: expected the Content-Type multipart/related with type=\"application/xop+xml\"; it has another type parameter",
    );
}

fn a_header_that_must_be_understood(database: Database) {
    let headers = "<t:Transaction xmlns:t=\"urn:example:transactions\" soap:mustUnderstand=\"true\"/>";
    let message = envelope_with(QUERY, headers, &adhoc_query(GET_DOCUMENTS, "LeafClass", &[]));
    let answer = refused(
        database,
        |server| server.registry(SOAP, message.as_bytes()),
        "HTTP 500 soap:MustUnderstand: header blocks with mustUnderstand are not understood here, first Transaction; NotUnderstood blocks name them",
    );
    assert!(answer.envelope.contains("<soap:NotUnderstood qname=\"h:Transaction\" xmlns:h=\"urn:example:transactions\"/>"), "{answer}");
}

fn an_answer_to_elsewhere(database: Database) {
    let headers = "<wsa:ReplyTo><wsa:Address>http://127.0.0.1:9/answers</wsa:Address></wsa:ReplyTo>";
    let message = envelope_with(QUERY, headers, &adhoc_query(GET_DOCUMENTS, "LeafClass", &[]));
    refused(
        database,
        |server| server.registry(SOAP, message.as_bytes()),
        "HTTP 400 soap:Sender f:InvalidAddressingHeader f:OnlyAnonymousAddressSupported: a header representing a message addressing property is not valid and the message cannot be processed: wsa:ReplyTo, OnlyAnonymousAddressSupported",
    );
}

fn two_elements_in_the_body(database: Database) {
    let message = envelope(QUERY, &adhoc_query(GET_DOCUMENTS, "LeafClass", &[]).repeat(2));
    refused(
        database,
        |server| server.registry(SOAP, message.as_bytes()),
        "HTTP 400 soap:Sender: the Body must contain exactly one element",
    );
}
