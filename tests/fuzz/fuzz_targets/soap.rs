//! A SOAP envelope: what is read can be answered, what is refused can be told.
#![no_main]

use dossier_fuzz::answers::check_fault;
use dossier_fuzz::memory::within;
use dossier_fuzz::wire::soap::{Fault, ReplyAddressing, read, write_response};
use dossier_fuzz::wire::xml::{ns, parse};
use dossier_fuzz::xml_tree::LIMITS;
use libfuzzer_sys::fuzz_target;

const ID: &str = "urn:uuid:00000000-0000-4000-8000-000000000000";

fuzz_target!(|bytes: &[u8]| {
    for http_action in [None, Some("urn:ihe:iti:2007:RegistryStoredQuery")] {
        match within(bytes, 600, 64 * 1024, || read(bytes, &LIMITS, http_action)) {
            Ok(envelope) => {
                assert!(!envelope.action.trim().is_empty(), "an action is needed to find the transaction");
                let mut answer = Vec::new();
                let addressing = ReplyAddressing { relates_to: envelope.message_id.clone(), to: None };
                write_response(&mut answer, &envelope.action, &addressing, ID, |xml| xml.empty("answer", &[]))
                    .expect("writing into memory does not fail");
                let answer = parse(&answer, &dossier_fuzz::wire::xml::XmlLimits::default()).expect("our own answer");
                let header = answer.child(ns::SOAP, "Header").expect("a header");
                let text = |name: &str| header.child(ns::WSA, name).map(|element| element.text());
                assert_eq!(text("Action").as_deref(), Some(envelope.action.as_str()));
                assert_eq!(text("RelatesTo"), envelope.message_id);
                check_fault(&Fault::action_not_supported(&envelope.action));
            }
            Err(fault) => check_bounded(&fault, bytes),
        }
    }
});

/// The reason of an XML error has the path of open elements, so it grows with the names in the message.
fn check_bounded(fault: &Fault, bytes: &[u8]) {
    assert!(fault.reason.len() <= 1024 + bytes.len(), "{} bytes of reason", fault.reason.len());
    if fault.reason.len() <= dossier_fuzz::LONGEST_ERROR {
        check_fault(fault);
    }
}
