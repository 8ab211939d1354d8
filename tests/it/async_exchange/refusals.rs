//! What is refused on the connection, before anything is done.

use dossier::model::audit_event::{AuditOutcome, Transaction};

use super::scene::{PATIENT, Scene, assert_accepted, delivered, fault_to, reply_to, submission};
use crate::on_both_databases;
use crate::support::{CallbackListener, Database, TestServer};
use crate::xds::answer::Answer;
use crate::xds::envelope::{SOAP, envelope_with};
use crate::xds::query::find_documents;

on_both_databases!(
    addresses_that_are_not_allowed_are_refused,
    without_a_list_no_address_is_allowed,
    an_answer_without_a_message_id_could_not_be_told,
    a_parameter_must_not_pose_as_a_header,
    no_more_answers_wait_than_may,
);

fn assert_nothing_happened(scene: &Scene, fault: &str, subcode: &str) {
    assert!(fault.contains(subcode), "{fault}");
    let record = scene.trail().pop().unwrap();
    assert_eq!(record.transaction, Transaction::Unknown);
    assert_ne!(record.outcome, AuditOutcome::Success);
    assert!(find_documents(&scene.server, PATIENT, "ObjectRef").objects("ObjectRef").is_empty());
    assert!(scene.listener.is_idle());
}

fn addresses_that_are_not_allowed_are_refused(database: Database) {
    let scene = Scene::start(database);
    let other = CallbackListener::start();
    let port = scene.listener.address.port();
    let hostile = [
        other.url("/answers"),
        scene.listener.url("/"),
        scene.listener.url("/answersheet"),
        scene.listener.url("/answers/../admin"),
        scene.listener.url("/answers/%2e%2e/admin"),
        scene.listener.url("//answers"),
        scene.listener.url("/answers#x"),
        format!("https://127.0.0.1:{port}/answers"),
        format!("http://localhost:{port}/answers"),
        format!("http://127.1:{port}/answers"),
        format!("http://0x7f000001:{port}/answers"),
        format!("http://2130706433:{port}/answers"),
        format!("http://[::ffff:127.0.0.1]:{port}/answers"),
        format!("http://user:secret@127.0.0.1:{port}/answers"),
        format!("http://127.0.0.1:{port}@{}/answers", other.address),
        format!("http://127.0.0.1:{port}\\@{}/answers", other.address),
        format!("http://127.0.0.1.nip.io:{port}/answers"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:70/_x".to_owned(),
        "urn:uuid:00000000-0000-4000-8000-000000000001".to_owned(),
        format!("http://127.0.0.1:{port}/answers/&#13;&#10;X-Injected: 1"),
        format!("{}{}", scene.listener.url("/answers/"), "x".repeat(3000)),
    ];
    for address in &hostile {
        for headers in [reply_to(address), reply_to(&scene.listener.url("/answers")) + &fault_to(address)] {
            let response = scene.post("repository", &submission(PATIENT, &headers));
            assert_eq!(response.status, 400, "{address}: {}", response.text());
            assert!(!response.text().contains("secret"), "{}", response.text());
            assert_nothing_happened(&scene, &response.text(), "f:InvalidAddress<");
        }
    }
    assert!(other.is_idle());
}

fn without_a_list_no_address_is_allowed(database: Database) {
    let server = TestServer::start(database);
    let other = CallbackListener::start();
    let response = server.repository(SOAP, submission(PATIENT, &reply_to(&other.url("/answers"))).as_bytes());
    assert_eq!(response.status, 400);
    assert!(response.text().contains("f:OnlyAnonymousAddressSupported<"), "{}", response.text());
    assert!(other.is_idle());
}

fn an_answer_without_a_message_id_could_not_be_told(database: Database) {
    let scene = Scene::start(database);
    let message = submission(PATIENT, &reply_to(&scene.listener.url("/answers")));
    let (before, rest) = message.split_once("<wsa:MessageID>").unwrap();
    let after = rest.split_once("</wsa:MessageID>").unwrap().1;
    let response = scene.post("repository", &format!("{before}{after}"));
    assert_eq!(response.status, 400);
    assert_nothing_happened(&scene, &response.text(), "f:MessageAddressingHeaderRequired<");
}

fn a_parameter_must_not_pose_as_a_header(database: Database) {
    let scene = Scene::start(database);
    let parameter = "<wsa:ReferenceParameters><wsa:Action>urn:x</wsa:Action></wsa:ReferenceParameters></wsa:ReplyTo>";
    let headers = reply_to(&scene.listener.url("/answers")).replace("</wsa:ReplyTo>", parameter);
    let response = scene.post("repository", &submission(PATIENT, &headers));
    assert_eq!(response.status, 400);
    assert_nothing_happened(&scene, &response.text(), "f:InvalidEPR<");
}

fn no_more_answers_wait_than_may(database: Database) {
    let scene = Scene::start_with(database, &[("async_exchange.held_answers", "1"), ("async_exchange.first_retry", "1h")]);
    scene.listener.answer_with("503 Service Unavailable");
    assert_accepted(&scene.post("registry", &envelope_with("urn:no-such-action", &reply_to(&scene.listener.url("/answers")), "<x/>")));
    assert!(delivered(&scene.listener.next()).0.envelope.contains("ActionNotSupported"));
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"failed\"} 1");
    let response = scene.post("repository", &submission(PATIENT, &reply_to(&scene.listener.url("/answers"))));
    assert_eq!(response.status, 503);
    assert!(Answer::read(&response).said().contains("soap:Receiver"), "{}", response.text());
    assert_nothing_happened(&scene, &response.text(), "as many answers wait");
}
