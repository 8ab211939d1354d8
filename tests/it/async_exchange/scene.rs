//! A server that may send answers to one listener, and messages that want it.

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};
use dossier::wire::xml::{Element, XmlLimits, ns, parse};

use crate::mllp::message::announce;
use crate::support::{CallbackListener, Database, Delivered, Response, TestServer};
use crate::xds::answer::Answer;
use crate::xds::envelope::{SOAP, envelope_with};
use crate::xds::metadata::{Submission, patient_id};
use crate::xds::query::{APPROVED, FIND_DOCUMENTS, adhoc_query};

pub const PATIENT: &str = "P1";

pub struct Scene {
    pub server: TestServer,
    pub listener: CallbackListener,
}

impl Scene {
    pub fn start(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// The listener is allowed below `/answers`.
    pub fn start_with(database: Database, changes: &[(&str, &str)]) -> Self {
        let listener = CallbackListener::start();
        let allowed = listener.url("/answers");
        let fixed = [("async_exchange.callbacks", allowed.as_str()), ("async_exchange.first_retry", "10ms")];
        let server = TestServer::start_with(database, &[&fixed, changes].concat());
        announce(&server, &[PATIENT]);
        Self { server, listener }
    }

    /// Asks with this action and body for an answer at the listener.
    pub fn ask(&self, service: &str, action: &str, body: &str) -> Response {
        let headers = reply_to(&self.listener.url("/answers"));
        self.post(service, &envelope_with(action, &headers, body))
    }

    pub fn post(&self, service: &str, envelope: &str) -> Response {
        match service {
            "registry" => self.server.registry(SOAP, envelope.as_bytes()),
            _ => self.server.repository(SOAP, envelope.as_bytes()),
        }
    }

    /// The audit trail, oldest first.
    pub fn trail(&self) -> Vec<AuditEvent> {
        let store = Store::open(&self.server.database_url, 1).unwrap();
        let records = store.read(|tx| tx.audit_events_after(0, 1000)).map_err(|error: StoreError| error.to_string()).unwrap();
        records.into_iter().map(|(_, record)| record).filter(|record| record.system_event.is_none()).collect()
    }
}

/// A `wsa:ReplyTo`.
pub fn reply_to(address: &str) -> String {
    format!("<wsa:ReplyTo><wsa:Address>{address}</wsa:Address></wsa:ReplyTo>")
}

/// A `wsa:FaultTo`.
pub fn fault_to(address: &str) -> String {
    reply_to(address).replace("ReplyTo", "FaultTo")
}

/// That the request was taken over: status 202 and nothing else.
pub fn assert_accepted(response: &Response) {
    assert_eq!((response.status, response.text().as_str(), response.header("content-type")), (202, "", None));
}

/// The answer in a delivery, and its envelope.
pub fn delivered(delivery: &Delivered) -> (Answer, Element) {
    let answer = Answer::read(&delivery.message);
    let envelope = parse(answer.envelope.as_bytes(), &XmlLimits::default()).unwrap();
    (answer, envelope)
}

/// The text of an addressing header.
pub fn header(envelope: &Element, local: &str) -> Option<String> {
    Some(envelope.child(ns::SOAP, "Header")?.child(ns::WSA, local)?.text())
}

/// A submission for a patient with its document in the envelope, and with these header blocks.
pub fn submission(patient: &str, headers: &str) -> String {
    let message = String::from_utf8(Submission::note(1, patient).inline().body).unwrap();
    message.replacen("</soap:Header>", &format!("{headers}</soap:Header>"), 1)
}

/// A query for the documents of the patient.
pub fn find() -> String {
    let patient = format!("'{}'", patient_id(PATIENT));
    adhoc_query(FIND_DOCUMENTS, "ObjectRef", &[("$XDSDocumentEntryPatientId", &patient), ("$XDSDocumentEntryStatus", APPROVED)])
}
