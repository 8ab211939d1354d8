//! What is answered elsewhere is answered as well as on the connection.

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::wire::xml::ns;

use super::scene::{PATIENT, Scene, assert_accepted, delivered, fault_to, find, header, reply_to, submission};
use crate::on_both_databases;
use crate::support::{CallbackListener, Database, REPOSITORY};
use crate::xds::envelope::{QUERY, RETRIEVE, envelope_with};
use crate::xds::metadata::{Document, Submission};
use crate::xds::multipart::{Part, package};
use crate::xds::retrieve::{retrieve, retrieve_request};

on_both_databases!(
    a_query_is_answered_at_the_callback,
    documents_go_in_and_out_by_mtom,
    a_refusal_is_an_answer_too,
    a_fault_goes_to_fault_to_or_else_to_reply_to,
    a_fault_may_be_wanted_on_the_connection,
    none_and_anonymous_are_answered_on_the_connection,
);

const REQUEST: &str = "urn:uuid:6d0a5f3e-1c1b-4b55-9a3c-2f41a0d1e041";

fn a_query_is_answered_at_the_callback(database: Database) {
    let scene = Scene::start(database);
    let address = scene.listener.url("/answers/of/x?for=1");
    let parameters = "<wsa:ReferenceParameters><t:ticket xmlns:t=\"urn:t\" t:n=\"1\">4711</t:ticket></wsa:ReferenceParameters>";
    let headers = reply_to(&address).replace("</wsa:ReplyTo>", &format!("{parameters}</wsa:ReplyTo>"));
    assert_accepted(&scene.post("registry", &envelope_with(QUERY, &headers, &find())));

    let delivery = scene.listener.next();
    assert_eq!(delivery.request_line, "POST /answers/of/x?for=1 HTTP/1.1");
    assert_eq!(delivery.message.header("authorization").or(delivery.message.header("cookie")), None);
    let (answer, envelope) = delivered(&delivery);
    assert!(answer.succeeded(), "{answer}");
    assert!(answer.content_type.starts_with("application/soap+xml"), "{}", answer.content_type);
    assert_eq!(header(&envelope, "Action").as_deref(), Some("urn:ihe:iti:2007:RegistryStoredQueryResponse"));
    assert_eq!(header(&envelope, "RelatesTo").as_deref(), Some(REQUEST));
    assert_eq!(header(&envelope, "To"), Some(address.clone()));
    let ticket = envelope.child(ns::SOAP, "Header").unwrap().child("urn:t", "ticket").unwrap();
    assert_eq!((ticket.text().as_str(), ticket.attribute_ns("urn:t", "n")), ("4711", Some("1")));
    assert_eq!(ticket.attribute_ns(ns::WSA, "IsReferenceParameter"), Some("true"));

    let record = scene.trail().pop().unwrap();
    assert_eq!((record.transaction, record.outcome, record.reply_to), (Transaction::Iti18, AuditOutcome::Success, Some(address)));
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"delivered\"} 1");
    scene.server.assert_measured("dossier_answers_held 0");
}

/// More than is answered in one piece, so that it is streamed to where it is kept.
fn documents_go_in_and_out_by_mtom(database: Database) {
    let scene = Scene::start(database);
    let content: Vec<u8> = (0..1_500_000_u32).map(|n| (n % 251) as u8).collect();
    let submission = Submission::new(1, PATIENT, vec![Document::new(1, PATIENT, &content)]);
    let envelope = submission.provide_by_reference();
    let envelope = envelope.replacen("</soap:Header>", &format!("{}</soap:Header>", reply_to(&scene.listener.url("/answers"))), 1);
    let mut parts = vec![Part::root(&envelope)];
    parts.extend(submission.document_parts());
    let message = package(&parts);
    assert_accepted(&scene.server.repository(&message.content_type, &message.body));
    let (answer, _) = delivered(&scene.listener.next());
    assert!(answer.succeeded() && answer.content_type.starts_with("multipart/related"), "{answer}");
    assert_eq!(retrieve(&scene.server, "2.999.442.9.3.1000.1"), content);

    let wanted = [(REPOSITORY, "2.999.442.9.3.1000.1"), (REPOSITORY, "2.999.442.9.3.1000.77")];
    assert_accepted(&scene.ask("repository", RETRIEVE, &retrieve_request(&wanted)));
    let (answer, _) = delivered(&scene.listener.next());
    assert_eq!(answer.status(), Some("PartialSuccess"));
    assert_eq!(answer.parts.len(), 1);
    assert_eq!(answer.parts[0].1, content);
}

fn a_refusal_is_an_answer_too(database: Database) {
    let scene = Scene::start(database);
    let headers = reply_to(&scene.listener.url("/answers")) + &fault_to(&scene.listener.url("/answers/faults"));
    assert_accepted(&scene.post("repository", &submission("NOBODY", &headers)));
    let delivery = scene.listener.next();
    assert_eq!(delivery.request_line, "POST /answers HTTP/1.1");
    assert_eq!(delivered(&delivery).0.status(), Some("Failure"));
    assert_eq!(scene.trail().pop().unwrap().outcome, AuditOutcome::MinorFailure);
}

fn a_fault_goes_to_fault_to_or_else_to_reply_to(database: Database) {
    let scene = Scene::start(database);
    let (replies, faults) = (scene.listener.url("/answers/replies"), scene.listener.url("/answers/faults"));
    for (headers, path) in [
        (reply_to(&replies), "/answers/replies"),
        (reply_to(&replies) + &fault_to(&faults), "/answers/faults"),
        (fault_to(&faults), "/answers/faults"),
    ] {
        assert_accepted(&scene.post("registry", &envelope_with("urn:no-such-action", &headers, "<x/>")));
        let delivery = scene.listener.next();
        assert_eq!(delivery.request_line, format!("POST {path} HTTP/1.1"));
        let (answer, envelope) = delivered(&delivery);
        assert!(answer.payload.is(ns::SOAP, "Fault") && answer.envelope.contains("ActionNotSupported"), "{answer}");
        assert_eq!(header(&envelope, "RelatesTo").as_deref(), Some(REQUEST));
        assert_eq!(header(&envelope, "To"), Some(scene.listener.url(path)));
        assert_eq!(scene.trail().pop().unwrap().outcome, AuditOutcome::MinorFailure);
    }
}

fn a_fault_may_be_wanted_on_the_connection(database: Database) {
    let scene = Scene::start(database);
    let headers = reply_to(&scene.listener.url("/answers")) + &fault_to("http://www.w3.org/2005/08/addressing/anonymous");
    let response = scene.post("registry", &envelope_with("urn:no-such-action", &headers, "<x/>"));
    assert_eq!(response.status, 400);
    assert!(response.text().contains("ActionNotSupported"), "{}", response.text());
    assert_accepted(&scene.post("registry", &envelope_with(QUERY, &headers, &find())));
    assert!(delivered(&scene.listener.next()).0.succeeded());
}

fn none_and_anonymous_are_answered_on_the_connection(database: Database) {
    let scene = Scene::start(database);
    let other = CallbackListener::start();
    for address in ["http://www.w3.org/2005/08/addressing/none", "http://www.w3.org/2005/08/addressing/anonymous"] {
        let response = scene.post("registry", &envelope_with(QUERY, &reply_to(address), &find()));
        assert_eq!(response.status, 200, "{}", response.text());
    }
    assert!(scene.listener.is_idle() && other.is_idle());
    assert_eq!(scene.trail().pop().unwrap().reply_to, None);
}
