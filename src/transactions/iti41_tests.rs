use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access::test_registry::call;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::test_services::test_services;
use crate::transactions::{Endpoint, SoapRequest, respond};

/// The sample submission with this document as base64 in place of the reference to a part.
fn submission(document: &[u8]) -> String {
    let (before, rest) = include_str!("../../fixtures/soap/iti41-request.xml").split_once("<xop:Include").unwrap();
    let (_, after) = rest.split_once("/>").unwrap();
    format!("{before}{}{after}", STANDARD.encode(document))
}

#[test]
fn a_refusal_for_an_altered_document_names_its_patient_in_the_trail() {
    let (services, behind) = test_services();
    let message = submission(b"not what was hashed");
    let request = SoapRequest { endpoint: Endpoint::Repository, content_type: Some("application/soap+xml"), body: &mut message.as_bytes() };
    let reply = respond(&services, &call(), request);
    assert_eq!((reply.status, reply.outcome), (200, AuditOutcome::MinorFailure));
    let event = behind.last_event();
    assert_eq!((event.transaction, event.patient_ids.len()), (Transaction::Iti41, 1));
    assert!(event.errors.contains(&"XDSRepositoryMetadataError".to_owned()), "{:?}", event.errors);
}
