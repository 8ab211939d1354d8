use super::*;
use crate::wire::soap::fault::HeaderName;
use crate::wire::soap::read;
use crate::wire::xml::{Element, XmlLimits, parse};

fn element(bytes: &[u8]) -> Element {
    parse(bytes, &XmlLimits::default()).unwrap()
}

fn answering(message: &str) -> ReplyAddressing {
    ReplyAddressing { relates_to: Some(message.to_owned()), to: None }
}

fn header(envelope: &Element, namespace: &str, local: &str) -> Option<String> {
    Some(envelope.child(ns::SOAP, "Header")?.child(namespace, local)?.text())
}

fn fault_of(fault: &Fault) -> Element {
    let mut bytes = Vec::new();
    write_fault(&mut bytes, fault, &answering("urn:uuid:<q>"), "urn:uuid:a").unwrap();
    element(&bytes)
}

fn fault_element(envelope: &Element) -> &Element {
    envelope.child(ns::SOAP, "Body").unwrap().child(ns::SOAP, "Fault").unwrap()
}

#[test]
fn a_request_is_read_back() {
    let mut bytes = Vec::new();
    write_request(&mut bytes, "http://a/?b&c", "urn:x", "urn:uuid:1", |xml| xml.empty("p", &[("xmlns", "urn:p")])).unwrap();
    let read = read(&bytes, &XmlLimits::default(), Some("urn:x")).unwrap();
    assert_eq!((read.action.as_str(), read.message_id.as_deref()), ("urn:x", Some("urn:uuid:1")));
    assert_eq!((read.to.as_deref(), read.reply_to.unwrap().address.as_str()), (Some("http://a/?b&c"), ANONYMOUS));
    assert!(read.payload.is("urn:p", "p"));
}

#[test]
fn a_response_relates_to_its_request() {
    let mut bytes = Vec::new();
    write_response(&mut bytes, "urn:r", &answering("urn:uuid:1"), "urn:uuid:2", |xml| xml.empty("p", &[])).unwrap();
    let envelope = element(&bytes);
    let action = envelope.child(ns::SOAP, "Header").unwrap().child(ns::WSA, "Action").unwrap();
    assert_eq!((action.text().as_str(), action.attribute_ns(ns::SOAP, "mustUnderstand")), ("urn:r", Some("1")));
    assert_eq!(header(&envelope, ns::WSA, "MessageID").as_deref(), Some("urn:uuid:2"));
    assert_eq!(header(&envelope, ns::WSA, "RelatesTo").as_deref(), Some("urn:uuid:1"));
    assert_eq!(header(&envelope, ns::WSA, "To").as_deref(), Some(ANONYMOUS));
    assert_eq!(read(&bytes, &XmlLimits::default(), None).unwrap().action, "urn:r");

    let mut bytes = Vec::new();
    write_response(&mut bytes, "urn:r", &ReplyAddressing::default(), "urn:uuid:2", |xml| xml.empty("p", &[])).unwrap();
    assert_eq!(header(&element(&bytes), ns::WSA, "RelatesTo"), None);
}

#[test]
fn a_plain_fault() {
    let envelope = fault_of(&Fault::receiver("try <again>"));
    assert_eq!(header(&envelope, ns::WSA, "Action").as_deref(), Some(SOAP_FAULT));
    assert_eq!(header(&envelope, ns::WSA, "RelatesTo").as_deref(), Some("urn:uuid:<q>"));
    let fault = fault_element(&envelope);
    assert_eq!(fault.child(ns::SOAP, "Code").unwrap().child(ns::SOAP, "Value").unwrap().text(), "soap:Receiver");
    let text = fault.child(ns::SOAP, "Reason").unwrap().child(ns::SOAP, "Text").unwrap();
    assert_eq!((text.text().as_str(), text.attribute_ns(ns::XML, "lang")), ("try <again>", Some("en")));
    assert_eq!(fault.child(ns::SOAP, "Detail"), None);
}

#[test]
fn a_fault_of_addressing_nests_its_subcodes_and_says_what_it_is_about() {
    let envelope = fault_of(&Fault::action_mismatch("urn:<x>"));
    assert_eq!(header(&envelope, ns::WSA, "Action").as_deref(), Some(ADDRESSING_FAULT));
    let fault = fault_element(&envelope);
    let outer = fault.child(ns::SOAP, "Code").unwrap().child(ns::SOAP, "Subcode").unwrap();
    let inner = outer.child(ns::SOAP, "Subcode").unwrap();
    for (subcode, local) in [(outer, "f:InvalidAddressingHeader"), (inner, "f:ActionMismatch")] {
        let value = subcode.child(ns::SOAP, "Value").unwrap();
        assert_eq!((value.text().as_str(), value.namespaces[0].1.as_ref()), (local, ns::WSA));
    }
    let detail = fault.child(ns::SOAP, "Detail").unwrap();
    assert_eq!(detail.child(ns::WSA, "ProblemHeaderQName").unwrap().text(), "wsa:Action");
    assert_eq!(detail.child(ns::WSA, "ProblemAction").unwrap().child(ns::WSA, "Action").unwrap().text(), "urn:<x>");
}

#[test]
fn faults_about_versions_and_header_blocks_carry_the_headers_of_soap() {
    let envelope = fault_of(&Fault::version_mismatch("no"));
    let upgrade = envelope.child(ns::SOAP, "Header").unwrap().child(ns::SOAP, "Upgrade").unwrap();
    assert_eq!(upgrade.child(ns::SOAP, "SupportedEnvelope").unwrap().attribute("qname"), Some("soap:Envelope"));

    let names = [("urn:\"<a>", "x"), ("", "y")].map(|(namespace, local)| HeaderName { namespace: namespace.into(), local: local.into() });
    let envelope = fault_of(&Fault::must_understand(names.to_vec()));
    let header = envelope.child(ns::SOAP, "Header").unwrap();
    let blocks: Vec<&Element> = header.children_named(ns::SOAP, "NotUnderstood").collect();
    assert_eq!((blocks[0].attribute("qname"), blocks[0].namespaces[0].1.as_ref()), (Some("h:x"), "urn:\"<a>"));
    assert_eq!(blocks[1].attribute("qname"), Some("y"));
}

#[test]
fn a_fault_from_reading_names_its_message_unless_told_otherwise() {
    let fault = Fault { relates_to: Some(Box::from("urn:uuid:own")), ..Fault::sender("no") };
    let mut bytes = Vec::new();
    write_fault(&mut bytes, &fault, &ReplyAddressing::default(), "urn:uuid:a").unwrap();
    assert_eq!(header(&element(&bytes), ns::WSA, "RelatesTo").as_deref(), Some("urn:uuid:own"));
}
