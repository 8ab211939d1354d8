//! ITI-41, ITI-42 and what can go wrong with any transaction.

use std::net::TcpListener;
use std::time::Duration;

use super::fake_server::{FakeServer, chunked, envelope, http, soap};
use crate::client::ClientError;
use crate::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::ids::EntryUuid;
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Instant;
use crate::wire::ebrim::{ContentRule, RegistryOutcome, ResponseStatus, read_submit_objects};
use crate::wire::mtom::{ContentType, Multipart, MultipartLimits, include_of};
use crate::wire::soap as wire_soap;
use crate::wire::xml::{XmlLimits, ns};

const SUCCESS: &str = "<RegistryResponse xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' \
    status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success'/>";

pub(super) fn entry(unique_id: &str) -> DocumentEntry {
    let (uuid, code) = (EntryUuid::random(), || Code::new("c", "1.2", "C"));
    DocumentEntry {
        entry_uuid: uuid,
        logical_id: uuid,
        version: 1,
        availability_status: crate::model::availability_status::AvailabilityStatus::Approved,
        object_type: DocumentEntryType::Stable,
        home_community_id: None,
        unique_id: unique_id.parse().unwrap(),
        patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
        source_patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
        source_patient_info: Vec::new(),
        title: Default::default(),
        comments: Default::default(),
        authors: Vec::new(),
        legal_authenticator: None,
        class_code: code(),
        type_code: code(),
        format_code: code(),
        healthcare_facility_type_code: code(),
        practice_setting_code: code(),
        confidentiality_codes: vec![code()],
        event_codes: Vec::new(),
        creation_time: Some(Instant(0).to_dtm()),
        service_start_time: None,
        service_stop_time: None,
        language_code: "fr".to_owned(),
        mime_type: "text/plain".to_owned(),
        hash: None,
        size: None,
        uri: None,
        repository_unique_id: None,
        reference_ids: Vec::new(),
        document_availability: None,
        limited_metadata: false,
        extras: Default::default(),
    }
}

pub(super) fn submission(entries: Vec<DocumentEntry>) -> SubmissionRequest {
    let submission_set = SubmissionSet {
        entry_uuid: EntryUuid::random(),
        availability_status: crate::model::availability_status::AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: "1.2.9".parse().unwrap(),
        patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
        source_id: "1.2.8".parse().unwrap(),
        submission_time: Instant(0).to_dtm(),
        content_type_code: Code::new("c", "1.2", "C"),
        title: Default::default(),
        comments: Default::default(),
        authors: Vec::new(),
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Default::default(),
    };
    let member = |entry: &DocumentEntry| Association {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..Association::new(EntryUuid::random(), AssociationType::HasMember, submission_set.entry_uuid, entry.entry_uuid)
    };
    let associations = entries.iter().map(member).collect();
    SubmissionRequest { submission_set, entries, folders: Vec::new(), associations }
}

fn submit(answer: impl Into<Vec<u8>>) -> Result<RegistryOutcome, ClientError> {
    let server = FakeServer::answering(answer);
    let outcome = server.client().register(&submission(vec![entry("1.2.4")]));
    server.request();
    outcome
}

#[test]
fn documents_travel_as_parts_of_a_message_of_known_length() {
    let server = FakeServer::answering(soap(SUCCESS));
    let request = submission(vec![entry("1.2.4"), entry("1.2.5"), entry("1.2.6")]);
    let (first, second, third) = (request.entries[0].entry_uuid, request.entries[1].entry_uuid, request.entries[2].entry_uuid);
    let large: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, b"from a file").unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let documents =
        vec![OutgoingDocument::bytes(first, &large), OutgoingDocument::bytes(second, b""), OutgoingDocument::file(third, file).unwrap()];
    let outcome = server.client().provide_and_register(&request, documents).unwrap();
    assert_eq!((outcome.status, outcome.errors.len()), (ResponseStatus::Success, 0));

    let sent = server.request();
    let head_end = sent.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(sent[..head_end].to_vec()).unwrap();
    let field =
        |line: &str| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.to_owned());
    let content_type = head.lines().find_map(field).unwrap();
    let content_type = ContentType::parse(content_type.trim()).unwrap();
    assert_eq!(content_type.action().as_deref(), Some("urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"));
    let mut parts = Multipart::open(&content_type, &sent[head_end + 4..], MultipartLimits::default()).unwrap();
    assert!(parts.next_part().unwrap().unwrap().is_root());
    let root = parts.part_body().into_bytes(1 << 20).unwrap();
    let payload = wire_soap::read(&root, &XmlLimits::default(), None).unwrap().payload;
    let objects = read_submit_objects(payload.child(ns::LCM, "SubmitObjectsRequest").unwrap(), ContentRule::InMessage).unwrap();
    assert_eq!(objects.request, request);
    let expected = [(first, large.as_slice()), (second, b""), (third, b"from a file")];
    for (element, (uuid, bytes)) in payload.children_named(ns::XDSB, "Document").zip(expected) {
        assert_eq!(element.attribute("id"), Some(uuid.to_string().as_str()));
        let headers = parts.next_part().unwrap().unwrap();
        assert_eq!(headers.content_id, include_of(element).unwrap());
        assert_eq!(headers.content_type.unwrap().media_type(), "text/plain");
        assert!(parts.part_body().into_bytes(1 << 20).unwrap() == bytes, "{uuid}");
    }
    assert_eq!(parts.next_part().unwrap(), None);
}

#[test]
fn documents_travel_inline_where_asked() {
    let server = FakeServer::answering(soap(SUCCESS));
    let request = submission(vec![entry("1.2.4")]);
    let documents = vec![OutgoingDocument::bytes(request.entries[0].entry_uuid, b"hello")];
    server.client().provide_and_register_inline(&request, documents).unwrap();
    let sent = String::from_utf8(server.request()).unwrap();
    assert!(sent.contains(">aGVsbG8=</xdsb:Document>"), "{sent}");
}

#[test]
fn a_document_that_shrank_is_not_sent_as_if_it_were_whole() {
    let server = FakeServer::answering(soap(SUCCESS));
    let request = submission(vec![entry("1.2.4")]);
    let document = OutgoingDocument { entry_uuid: request.entries[0].entry_uuid, size: 9, content: Box::new(&b"short"[..]) };
    let error = server.client().provide_and_register(&request, vec![document]).unwrap_err();
    assert!(matches!(error, ClientError::Source(_)), "{error}");
}

#[test]
fn answers_of_all_makes_are_understood() {
    let mtom = format!(
        "some preamble\r\n--uuid:1\r\nContent-ID: <r@x>\r\nContent-Type: application/xop+xml; charset=utf-8; type=\"application/soap+xml\"\r\n\r\n{}\r\n--uuid:1--",
        envelope(SUCCESS)
    );
    let mtom_type =
        "Multipart/Related;boundary=\"uuid:1\";type=\"application/xop+xml\";start=\"<r@x>\";start-info=\"application/soap+xml\"";
    for answer in [soap(SUCCESS), http("200 OK", mtom_type, mtom.as_bytes()), chunked(mtom_type, mtom.as_bytes())] {
        assert_eq!(submit(answer).unwrap().status, ResponseStatus::Success);
    }
}

#[test]
fn a_refusal_lists_its_errors_and_shows_only_codes() {
    let failure = "<x:RegistryResponse xmlns:x='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' \
        status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure'><x:RegistryErrorList>\
        <x:RegistryError errorCode='XDSUnknownPatientId' codeContext='SECRET9 is not known' location='here' severity='urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error'/>\
        <x:RegistryError errorCode='Own' codeContext='by the way' severity='urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning'/>\
        </x:RegistryErrorList></x:RegistryResponse>";
    let error = submit(soap(failure)).unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(error.to_string(), "the server refuses: XDSUnknownPatientId");
    assert!(!format!("{error:?}").contains("SECRET9"));
    let ClientError::Refused { errors } = error else { panic!("{error}") };
    assert_eq!((errors[0].context.as_str(), errors[0].location.as_str(), errors[0].warning), ("SECRET9 is not known", "here", false));
    assert!(errors[1].warning);
}

#[test]
fn faults_of_both_versions_are_told() {
    let soap12 = envelope(
        "<s:Fault xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
        <s:Value xmlns:a='http://www.w3.org/2005/08/addressing'>a:ActionNotSupported</s:Value></s:Subcode></s:Code>\
        <s:Reason><s:Text xml:lang='de'>nein</s:Text><s:Text xml:lang='en-GB'> no </s:Text></s:Reason></s:Fault>",
    );
    let soap11 = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header/><e:Body><e:Fault>\
        <faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>";
    for (answer, expected) in [
        (http("500 Error", "application/soap+xml", soap12.as_bytes()), "Sender/ActionNotSupported"),
        (http("200 OK", "application/soap+xml", soap12.as_bytes()), "Sender/ActionNotSupported"),
        (http("500 Error", "text/xml", soap11.as_bytes()), "Client"),
    ] {
        let error = submit(answer).unwrap_err();
        assert!(matches!(&error, ClientError::Fault { code, reason } if code == expected && reason == "no"), "{error}");
    }
}

#[test]
fn what_is_no_answer_is_an_error_that_says_why() {
    let error = |answer: Vec<u8>| submit(answer).unwrap_err();
    let page = error(http("404 Not Found", "text/html", b"<html></html>"));
    assert!(matches!(&page, ClientError::NotSoap { status: 404, .. }) && page.to_string().contains("text/html"), "{page}");
    assert!(matches!(error(http("302 Found", "application/soap+xml", b"")), ClientError::NotSoap { status: 302, .. }));
    assert!(matches!(error(http("500 Oops", "application/soap+xml", envelope(SUCCESS).as_bytes())), ClientError::NotSoap { .. }));
    assert!(matches!(error(soap("<a/>")), ClientError::Unexpected(_)));
    assert!(matches!(error(soap("")), ClientError::Unexpected(_)));
    assert!(matches!(error(soap(&SUCCESS.replace("Success", "Splendid"))), ClientError::Unexpected(_)));
    let bomb = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
    assert!(matches!(error(http("200 OK", "application/soap+xml", bomb)), ClientError::Xml(_)));
    let cut = soap(SUCCESS);
    assert!(matches!(error(cut[..cut.len() - 9].to_vec()), ClientError::Mtom(_)), "cut off");
    assert!(matches!(error(b"".to_vec()), ClientError::Broken { .. }));
}

#[test]
fn a_server_that_is_not_there_or_silent_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let timeouts = Timeouts { answer: Duration::from_millis(100), ..Timeouts::default() };
    let call = |url: &str| XdsClient::new(url, "", timeouts).register(&submission(Vec::new())).unwrap_err();
    assert!(matches!(call(&url), ClientError::Timeout { .. }));
    drop(listener);
    let error = call(&url);
    assert!(matches!(error, ClientError::Connect { .. }) && error.to_string().contains(&url), "{error}");
    for wrong in ["", "localhost:8080", "ftp://a/", "http://", "http://a b/"] {
        assert!(matches!(call(wrong), ClientError::Url { .. }), "{wrong}: {}", call(wrong));
    }
}
