//! A request for each SOAP action that those who may would get an answer to.

use dossier::transactions::{Endpoint, actions};

use super::changes;
use super::hidden::LETTER;
use super::queries::{EITHER, cx};
use super::row::{
    ITI18, ITI41, ITI42, ITI43, ITI51, ITI57, ITI61, ITI62, ITI86, ITI92, REGISTRY, Row, STORE, adhoc_query, document_requests,
    provide_and_register, submit_objects,
};
use super::scene::titled;
use crate::access::scene::letter;
use crate::hl7v3::message::{added, merge, revised};
use crate::support::AUTHORITY;

/// Endpoint, action and request.
type Try = (&'static str, &'static str, String);

/// Every action, about `{patient}` and what is in their record.
fn tries() -> Vec<Try> {
    let patient = format!("'{}'", cx("{patient}"));
    let documents = |id: &str, patient: &str| {
        adhoc_query(id, "LeafClass", &[("$XDSDocumentEntryPatientId", patient), ("$XDSDocumentEntryStatus", EITHER)])
    };
    let fresh = || titled(letter("{patient}", LETTER, None));
    let feed = |message: String| message.replace(AUTHORITY, "1.3.182.4.4");
    vec![
        (REGISTRY, ITI18, documents("14d4debf-8f97-4251-9a74-a90016b0af0d", &patient)),
        (REGISTRY, ITI51, documents("3d1bdb10-39a2-11de-89c2-2f44d94eaa9f", &format!("({patient})"))),
        (REGISTRY, ITI42, submit_objects(&changes::registered(fresh()), "")),
        (REGISTRY, ITI57, changes::update("{patient}", LETTER)),
        (REGISTRY, ITI92, changes::update("{patient}", LETTER)),
        (REGISTRY, ITI61, submit_objects(&changes::promise("{patient}", LETTER), "")),
        (REGISTRY, ITI62, changes::remove_objects(&["entry"])),
        (STORE, ITI41, provide_and_register(&fresh())),
        (STORE, ITI43, document_requests("RetrieveDocumentSetRequest", "urn:ihe:iti:xds-b:2007", &["{unique_id}"])),
        (STORE, ITI86, changes::remove_documents(&["{unique_id}"])),
        ("/xds/recipient", ITI41, provide_and_register(&fresh())),
        (FEED, "urn:hl7-org:v3:PRPA_IN201301UV02", feed(added("1961010100293"))),
        (FEED, "urn:hl7-org:v3:PRPA_IN201302UV02", feed(revised("{patient}", "<name><family>Autre</family></name>"))),
        (FEED, "urn:hl7-org:v3:PRPA_IN201304UV02", feed(merge("1961010100036", "{patient}"))),
    ]
}

const FEED: &str = "/hl7v3/patient-feed";

/// The actions of the dispatch table that nobody tries here; there may be none.
pub fn untried() -> Vec<(Endpoint, &'static str)> {
    let tries = tries();
    actions().filter(|(endpoint, action)| !tries.iter().any(|(path, tried, _)| *path == endpoint.path() && tried == action)).collect()
}

/// Each request.
pub fn rows() -> Vec<Row> {
    tries().into_iter().map(|(path, action, body)| Row::soap(format!("{path} {action}"), path, action, body)).collect()
}
