//! Answers that refuse a request: what the reader found wrong has to reach the sender as it is.

use crate::LONGEST_ERROR;
use crate::model::registry_error::RegistryError;
use crate::wire::ebrim::{ResponseStatus, read_registry_response, write_registry_response};
use crate::wire::soap::{Fault, ReplyAddressing, write_fault};
use crate::wire::xml::ns;
use crate::xml_tree::{LIMITS, reread};

/// That there is an error, that each says what and where within bounds, and that each can be sent.
pub fn check_errors(errors: &[RegistryError]) {
    assert!(!errors.is_empty(), "a refusal without an error");
    for error in errors {
        assert!(!error.context.is_empty(), "{:?} without a word", error.code);
        assert!(error.context.len() + error.location.len() <= LONGEST_ERROR, "{} bytes of error", error.context.len());
    }
    let answer = reread(|xml| write_registry_response(xml, ResponseStatus::Failure, errors));
    let read = read_registry_response(&answer).expect("an answer that its own reader understands");
    let sent: Vec<_> = errors.iter().map(|e| (e.code.as_str(), e.context.as_str(), e.location.as_str())).collect();
    let got: Vec<_> = read.errors.iter().map(|e| (e.code.as_str(), e.context.as_str(), e.location.as_str())).collect();
    assert_eq!(sent, got, "errors change on their way");
}

/// That a fault is bounded and is well-formed SOAP.
pub fn check_fault(fault: &Fault) {
    assert!(!fault.reason.is_empty() && fault.reason.len() <= LONGEST_ERROR, "{} bytes of reason", fault.reason.len());
    let mut bytes = Vec::new();
    write_fault(&mut bytes, fault, &ReplyAddressing::default(), "urn:uuid:00000000-0000-4000-8000-000000000000")
        .expect("writing into memory does not fail");
    let limits = crate::wire::xml::XmlLimits { bytes: 64 << 20, ..LIMITS };
    let envelope = crate::wire::xml::parse(&bytes, &limits).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&bytes)));
    assert!(envelope.is(ns::SOAP, "Envelope"));
    let body = envelope.child(ns::SOAP, "Body").expect("a fault has a body");
    assert!(body.child(ns::SOAP, "Fault").is_some(), "a fault is in the body");
}
