//! An answer that was promised comes, or is given up as it was announced.

use dossier::model::audit_event::{AuditEvent, Transaction};
use dossier::store::{Store, StoreError};

use super::scene::{Scene, assert_accepted, delivered, find, header, reply_to};
use crate::on_both_databases;
use crate::support::{CallbackListener, Database};
use crate::xds::envelope::{QUERY, envelope_with};

on_both_databases!(
    an_answer_waits_for_a_callback_that_is_down,
    an_answer_outlives_the_server,
    a_redirection_is_not_followed,
    an_answer_is_given_up_in_the_end,
    an_answer_does_not_go_where_it_is_allowed_no_more,
);

const FAILED: &str = "dossier_callback_deliveries_total{outcome=\"failed\"}";

fn an_answer_waits_for_a_callback_that_is_down(database: Database) {
    let mut scene = Scene::start(database);
    let address = scene.listener.address;
    let request = reply_to(&scene.listener.url("/answers"));
    // Nobody listens any more.
    drop(std::mem::replace(&mut scene.listener, CallbackListener::start()));
    assert_accepted(&scene.post("registry", &envelope_with(QUERY, &request, &find())));
    scene.server.assert_measured(FAILED);
    let listener = CallbackListener::start_on(address);
    let (answer, envelope) = delivered(&listener.next());
    assert!(answer.succeeded(), "{answer}");
    assert!(header(&envelope, "RelatesTo").is_some());
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"delivered\"} 1");
    scene.server.assert_measured("dossier_answers_held 0");
}

fn an_answer_outlives_the_server(database: Database) {
    let mut scene = Scene::start(database);
    scene.listener.answer_with("500 Internal Server Error");
    assert_accepted(&scene.ask("registry", QUERY, &find()));
    let first = scene.listener.next();
    scene.server.assert_measured(FAILED);
    scene.server.restart(&[]);
    scene.listener.answer_with("200 OK");
    // Attempts until the restart may still lie here.
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"delivered\"} 1");
    let last = std::iter::once(scene.listener.next()).chain(std::iter::from_fn(|| scene.listener.pending())).last().unwrap();
    assert_eq!(last.message.body, first.message.body, "the same answer, so that its receiver can tell that it has it");
    assert!(delivered(&last).0.succeeded());
}

fn a_redirection_is_not_followed(database: Database) {
    let scene = Scene::start(database);
    let other = CallbackListener::start();
    scene.listener.answer_with(&format!("307 Temporary Redirect\r\nLocation: {}", other.url("/answers")));
    assert_accepted(&scene.ask("registry", QUERY, &find()));
    assert!(delivered(&scene.listener.next()).0.succeeded());
    scene.server.assert_measured(FAILED);
    scene.listener.answer_with("200 OK");
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"delivered\"} 1");
    assert!(other.is_idle());
}

fn an_answer_is_given_up_in_the_end(database: Database) {
    let scene = Scene::start_with(database, &[("async_exchange.give_up_after", "1ms")]);
    scene.listener.answer_with("404 Not Found");
    assert_accepted(&scene.ask("registry", QUERY, &find()));
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"given up\"} 1");
    scene.server.assert_measured("dossier_answers_held 0");
    assert_eq!(scene.server.content_files(), 0, "its bytes are gone");
    let store = Store::open(&scene.server.database_url, 1).unwrap();
    let records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 1000)).unwrap();
    let given_up = records.iter().find(|(_, record)| record.decision.as_deref() == Some("answer-given-up")).expect("the trail tells");
    let of_query = |record: &AuditEvent| record.transaction == Transaction::Iti18 && record.request_id == given_up.1.request_id;
    assert!(records.iter().any(|(_, record)| of_query(record)), "of the request that it answers");
}

fn an_answer_does_not_go_where_it_is_allowed_no_more(database: Database) {
    let mut scene = Scene::start_with(database, &[("async_exchange.first_retry", "1s")]);
    scene.listener.answer_with("503 Service Unavailable");
    assert_accepted(&scene.ask("registry", QUERY, &find()));
    scene.listener.next();
    scene.server.assert_measured(FAILED);
    scene.server.restart(&[("async_exchange.callbacks", "https://elsewhere.example/")]);
    scene.server.assert_measured("dossier_callback_deliveries_total{outcome=\"given up\"} 1");
    scene.server.assert_measured("dossier_answers_held 0");
}
