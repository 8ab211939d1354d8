use super::super::fault::{FaultCode, FaultDetail};
use super::super::{ANONYMOUS, NONE};
use super::*;

fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{}\" xmlns:a=\"{}\"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>",
        ns::SOAP,
        ns::WSA
    )
}

fn read_with(header: &str, http_action: Option<&str>) -> Result<Envelope, Fault> {
    read(envelope(header, "<p/>").as_bytes(), &XmlLimits::default(), http_action)
}

/// The local names of the fault's subcodes.
fn subcodes(header: &str) -> Vec<&'static str> {
    let fault = read_with(header, None).unwrap_err();
    assert_eq!((fault.code, fault.http_status()), (FaultCode::Sender, 400));
    fault.subcodes.iter().map(|subcode| subcode.local).collect()
}

const ACTION: &str = "<a:Action s:mustUnderstand='1'> urn:x </a:Action>";

#[test]
fn a_whole_message_is_taken_apart() {
    let header = format!(
        "{ACTION}<a:MessageID>urn:uuid:1</a:MessageID><a:To s:mustUnderstand='true'>http://me</a:To>
         <a:ReplyTo><a:Address>{ANONYMOUS}</a:Address></a:ReplyTo><a:From><a:Address>http://you</a:Address></a:From>
         <w:Security xmlns:w='{}'><w:t/></w:Security><other xmlns='urn:other'/>",
        ns::WSSE
    );
    let read = read_with(&header, Some("urn:x")).unwrap();
    assert_eq!(read.action, "urn:x");
    assert_eq!(read.message_id.as_deref(), Some("urn:uuid:1"));
    assert_eq!(read.to.as_deref(), Some("http://me"));
    assert_eq!(read.reply_to.unwrap().address, ANONYMOUS);
    assert!(read.security.unwrap().element.child(ns::WSSE, "t").is_some());
    assert!(read.payload.is("", "p"));
}

#[test]
fn the_action_comes_from_the_header_or_the_content_type_and_both_agree() {
    assert_eq!(read_with("", Some("urn:y")).unwrap().action, "urn:y");
    assert_eq!(read_with(ACTION, Some("")).unwrap().action, "urn:x");
    assert_eq!(subcodes(""), ["MessageAddressingHeaderRequired"]);
    assert_eq!(subcodes("<a:Action> </a:Action>"), ["MessageAddressingHeaderRequired"]);
    let mismatch = read_with(ACTION, Some("urn:y")).unwrap_err();
    assert_eq!(mismatch.subcodes[1].local, "ActionMismatch");
    assert!(mismatch.detail.contains(&FaultDetail::ProblemAction("urn:x".into())));
}

#[test]
fn addressing_headers_occur_once() {
    let twice = |header: &str| subcodes(&format!("{ACTION}{header}{header}"));
    for header in ["<a:MessageID>1</a:MessageID>", "<a:To>1</a:To>", ACTION] {
        assert_eq!(twice(header), ["InvalidAddressingHeader", "InvalidCardinality"], "{header}");
    }
    for name in ["ReplyTo", "FaultTo", "From"] {
        let header = format!("<a:{name}><a:Address>{ANONYMOUS}</a:Address></a:{name}>");
        assert_eq!(twice(&header), ["InvalidAddressingHeader", "InvalidCardinality"], "{name}");
    }
    let elsewhere = format!("{ACTION}<a:To s:role='urn:other'>1</a:To><a:To>2</a:To>");
    assert_eq!(read_with(&elsewhere, None).unwrap().to.as_deref(), Some("2"), "a header for another node does not count");
}

#[test]
fn where_answers_go_is_one_address_each() {
    for name in ["ReplyTo", "FaultTo"] {
        let header = |address: &str| format!("{ACTION}<a:{name}>{address}</a:{name}>");
        assert_eq!(subcodes(&header("")), ["InvalidAddressingHeader", "MissingAddressInEPR"]);
        assert_eq!(subcodes(&header("<a:Address>a</a:Address><a:Address>b</a:Address>")), ["InvalidAddressingHeader", "InvalidEPR"]);
        assert!(read_with(&header(&format!("<a:Address>{NONE}</a:Address>")), None).is_ok());
        let read = read_with(&header("<a:Address> http://you </a:Address>"), None).unwrap();
        let (reply_to, fault_to) = (read.reply_to.map(|to| to.address), read.fault_to.map(|to| to.address));
        assert_eq!(if name == "ReplyTo" { reply_to } else { fault_to }, Some("http://you".to_owned()));
    }
    assert_eq!(subcodes(&format!("{ACTION}<a:MessageID/>")), ["InvalidAddressingHeader", "InvalidAddress"]);
}

#[test]
fn mandatory_header_blocks_are_understood_or_refused_all_at_once() {
    let block = |attributes: &str| format!("{ACTION}<o:x xmlns:o='urn:o' {attributes}/>");
    for ignored in [
        "",
        "s:mustUnderstand='0'",
        "s:mustUnderstand='false'",
        "mustUnderstand='1'",
        "s:mustUnderstand='1' s:role='urn:other'",
        "s:mustUnderstand='1' s:role='http://www.w3.org/2003/05/soap-envelope/role/none'",
    ] {
        assert!(read_with(&block(ignored), None).is_ok(), "{ignored}");
    }
    for role in [
        "",
        "s:role=''",
        "s:role='http://www.w3.org/2003/05/soap-envelope/role/next'",
        "s:role='http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver'",
    ] {
        let fault = read_with(&block(&format!("s:mustUnderstand='true' {role}")), None).unwrap_err();
        assert_eq!((fault.code, fault.http_status()), (FaultCode::MustUnderstand, 500), "{role}");
        assert_eq!(fault.not_understood, [HeaderName { namespace: "urn:o".into(), local: "x".into() }]);
    }
    let both = read_with(&block("s:mustUnderstand='1'").repeat(2), None).unwrap_err();
    assert_eq!(both.not_understood.len(), 2);
    let many = read_with(&block("s:mustUnderstand='1'").repeat(1000), None).unwrap_err();
    assert_eq!(many.not_understood.len(), 16);
    // Whether a security header is understood depends on the settings of the server.
    let security = format!("{ACTION}<w:Security xmlns:w='{}' s:mustUnderstand='1'/>", ns::WSSE);
    assert!(read_with(&security, None).unwrap().security.unwrap().must_understand);
    let odd = read_with(&block("s:mustUnderstand='yes'"), None).unwrap_err();
    assert_eq!(odd.code, FaultCode::Sender);
}

#[test]
fn other_versions_are_told_what_to_send() {
    for (root, expected) in [
        (format!("<s:Envelope xmlns:s='{}'><s:Body/></s:Envelope>", ns::SOAP11), "SOAP 1.1"),
        ("<Envelope/>".into(), "not the Envelope"),
        (format!("<s:Body xmlns:s='{}'/>", ns::SOAP), "not the Envelope"),
    ] {
        let fault = read(root.as_bytes(), &XmlLimits::default(), Some("urn:x")).unwrap_err();
        assert_eq!((fault.code, fault.http_status()), (FaultCode::VersionMismatch, 500));
        assert!(fault.reason.contains(expected), "{fault}");
    }
}

#[test]
fn the_body_holds_one_element_and_the_envelope_nothing_else() {
    let code = |xml: &str| read(xml.as_bytes(), &XmlLimits::default(), Some("urn:x")).err().map(|fault| fault.code);
    let envelope = |content: &str| format!("<s:Envelope xmlns:s='{}'>\n{content}\n</s:Envelope>", ns::SOAP);
    assert_eq!(code(&envelope("<s:Body>\n<p/>\n</s:Body>")), None, "the Header is optional");
    for bad in [
        "",
        "<s:Header/>",
        "<s:Body/>",
        "<s:Body><p/><p/></s:Body>",
        "<s:Body>text<p/></s:Body>",
        "<s:Body>text</s:Body>",
        "<s:Body><p/></s:Body><s:Body><p/></s:Body>",
        "<s:Body><p/></s:Body><s:Header/>",
        "<s:Header/><s:Header/><s:Body><p/></s:Body>",
        "text<s:Body><p/></s:Body>",
        "<s:Body><p/></s:Body><x/>",
        "<Body><p/></Body>",
    ] {
        assert_eq!(code(&envelope(bad)), Some(FaultCode::Sender), "{bad}");
    }
    assert_eq!(code("<!DOCTYPE x><x/>"), Some(FaultCode::Sender));
    assert_eq!(code("not xml"), Some(FaultCode::Sender));
}

#[test]
fn a_fault_knows_the_message_it_is_about() {
    let header = "<a:MessageID>urn:uuid:7</a:MessageID>";
    assert_eq!(read_with(header, None).unwrap_err().relates_to.as_deref(), Some("urn:uuid:7"));
    assert_eq!(read_with("", None).unwrap_err().relates_to, None);
}
