use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access::test_registry::{TestRegistry, call};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::{CallbackRules, Endpoint, Limits, Places, Services, SoapRequest, respond};
use crate::wire::mtom::MultipartLimits;
use crate::wire::xml::XmlLimits;

/// The sample submission with this document as base64 in place of the reference to a part.
fn submission(document: &[u8]) -> String {
    let (before, rest) = include_str!("../../fixtures/soap/iti41-request.xml").split_once("<xop:Include").unwrap();
    let (_, after) = rest.split_once("/>").unwrap();
    format!("{before}{}{after}", STANDARD.encode(document))
}

#[test]
fn a_refusal_for_an_altered_document_names_its_patient_in_the_trail() {
    let (behind, door) = TestRegistry::open();
    let limits = Limits {
        soap_message_bytes: 1 << 20,
        xml: XmlLimits::default(),
        multipart: MultipartLimits::default(),
        submission_objects: 10,
        query_results: 1,
    };
    let home_community_id = "urn:oid:2.999.442.9.1".parse().unwrap();
    let services = Services {
        door,
        home_community_id,
        assigning_authorities: Vec::new(),
        on_demand: Default::default(),
        persons: Default::default(),
        limits,
        large_messages: Places::new(1),
        callbacks: CallbackRules::default(),
        queries_of_all_patients: Places::new(1),
    };
    let message = submission(b"not what was hashed");
    let request = SoapRequest { endpoint: Endpoint::Repository, content_type: Some("application/soap+xml"), body: &mut message.as_bytes() };
    let reply = respond(&services, &call(), request);
    assert_eq!((reply.status, reply.outcome), (200, AuditOutcome::MinorFailure));
    let event = behind.last_event();
    assert_eq!((event.transaction, event.patient_ids.len()), (Transaction::Iti41, 1));
    assert!(event.errors.contains(&"XDSRepositoryMetadataError".to_owned()), "{:?}", event.errors);
}
