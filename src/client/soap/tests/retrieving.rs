//! ITI-43.

use super::fake_server::{FakeServer, chunked, envelope, http};
use crate::client::ClientError;
use crate::client::soap::Retrieval;
use crate::model::document_request::DocumentRequest;
use crate::wire::ebrim::ResponseStatus;

const MTOM: &str = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\"";

fn response(documents: &str) -> String {
    envelope(&format!(
        "<RetrieveDocumentSetResponse xmlns='urn:ihe:iti:xds-b:2007'><q:RegistryResponse xmlns:q='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' \
         status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success'/>{documents}</RetrieveDocumentSetResponse>"
    ))
}

fn document(unique_id: &str, content: &str) -> String {
    format!(
        "<DocumentResponse><RepositoryUniqueId>1.2.7</RepositoryUniqueId><DocumentUniqueId>{unique_id}</DocumentUniqueId>\
         <mimeType>text/plain</mimeType><Document>{content}</Document></DocumentResponse>"
    )
}

fn included(unique_id: &str, content_id: &str) -> String {
    document(unique_id, &format!("<i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:{content_id}'/>"))
}

/// A message of parts, the first of them the root.
fn message(envelope: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = format!("--b\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml\r\n\r\n{envelope}").into_bytes();
    for (id, content) in parts {
        bytes.extend_from_slice(format!("\r\n--b\r\nContent-ID: <{id}>\r\nContent-Transfer-Encoding: binary\r\n\r\n").as_bytes());
        bytes.extend_from_slice(content);
    }
    [bytes.as_slice(), b"\r\n--b--\r\n"].concat()
}

fn retrieve(answer: impl Into<Vec<u8>>) -> Result<Retrieval<Vec<u8>>, ClientError> {
    let server = FakeServer::answering(answer);
    let request = |unique_id: &str| DocumentRequest {
        home_community_id: None,
        repository_unique_id: "1.2.7".to_owned(),
        unique_id: unique_id.parse().unwrap(),
    };
    let outcome = server.client().retrieve(&[request("1.1"), request("1.2")], |_| Ok(Vec::new()));
    server.request();
    outcome
}

#[test]
fn documents_arrive_byte_for_byte_in_any_order_and_in_chunks() {
    let large: Vec<u8> = (0..200_000_u32).map(|n| (n / 3).to_le_bytes()[0]).collect();
    let body =
        message(&response(&(included("1.1", "a%40x") + &included("1.2", "b"))), &[("stray", b"?"), ("b", b"\r\n--c\r\n"), ("a@x", &large)]);
    let retrieved = retrieve(chunked(MTOM, &body)).unwrap();
    assert_eq!(retrieved.outcome.status, ResponseStatus::Success);
    let [second, first] = retrieved.documents.as_slice() else { panic!("{}", retrieved.documents.len()) };
    assert_eq!((first.described.unique_id.as_str(), first.described.mime_type.as_str(), first.size), ("1.1", "text/plain", 200_000));
    assert!(first.sink == large);
    assert_eq!((second.sink.as_slice(), second.described.unique_id.as_str()), (&b"\r\n--c\r\n"[..], "1.2"));
    assert_eq!(first.hash.as_str(), hex::encode(openssl::sha::sha1(&large)));
}

#[test]
fn documents_may_be_inline() {
    let answer = http("200 OK", "application/soap+xml", response(&document("1.1", "aGVs\n bG8=")).as_bytes());
    let retrieved = retrieve(answer).unwrap();
    assert_eq!((retrieved.documents[0].sink.as_slice(), retrieved.documents[0].size), (&b"hello"[..], 5));
    let wrong = http("200 OK", "application/soap+xml", response(&document("1.1", "aGVs%")).as_bytes());
    assert!(retrieve(wrong).is_err());
}

#[test]
fn half_an_answer_is_an_error_even_if_its_documents_look_whole() {
    let body = message(&response(&included("1.1", "a")), &[("a", b"whole?")]);
    for cut in [body.len() - 4, body.len() - 12, body.len() - 80] {
        let cut_off = retrieve(chunked(MTOM, &body[..cut])).err().unwrap();
        assert!(matches!(cut_off, ClientError::Mtom(_)), "{cut}: {cut_off}");
    }
    let connection_lost = http("200 OK", MTOM, &body);
    assert!(retrieve(&connection_lost[..connection_lost.len() - 20]).is_err());
}

#[test]
fn references_lead_to_parts_of_the_same_message_and_to_documents_asked_for() {
    for (documents, parts) in [
        (included("1.1", "a"), &[("b", &b"x"[..])][..]),
        (included("1.1", "a"), &[]),
        (included("1.1", "a") + &included("1.2", "a"), &[("a", b"x")]),
        (included("9.9", "a"), &[("a", b"x")]),
        (document("1.1", "<i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='http://localhost/a'/>"), &[("a", b"x")]),
    ] {
        let refused = retrieve(http("200 OK", MTOM, &message(&response(&documents), parts))).err().unwrap();
        assert!(matches!(refused, ClientError::Unexpected(_)), "{documents}: {refused}");
    }
    let start_elsewhere = MTOM.replace("<r>", "<a>");
    let body = message(&response(&included("1.1", "a")), &[("a", b"x")]);
    assert!(matches!(retrieve(http("200 OK", &start_elsewhere, &body)), Err(ClientError::Unexpected(_))));
}

#[test]
fn a_sink_that_fails_is_told_from_a_connection_that_fails() {
    let server = FakeServer::answering(http("200 OK", MTOM, &message(&response(&included("1.1", "a")), &[("a", b"x")])));
    let request = DocumentRequest { home_community_id: None, repository_unique_id: "1.2.7".into(), unique_id: "1.1".parse().unwrap() };
    let full = |_: &_| Err::<Vec<u8>, _>(std::io::Error::from(std::io::ErrorKind::StorageFull));
    assert!(matches!(server.client().retrieve(&[request], full), Err(ClientError::Sink(_))));
}
