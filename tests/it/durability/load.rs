//! Clients that submit without a pause until the server is gone.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;

use super::random::Random;
use crate::support::submissions::{fresh_oid, replacement, submission};

/// Most documents are small, so that a round has many; some span several chunks of the content store.
const SMALL: u64 = 3_000;
const LARGE: u64 = 300_000;

/// A submission as its sender knows it.
pub struct Sent {
    /// The submission set.
    pub set: EntryUuid,
    /// What it brings.
    pub documents: Vec<SentDocument>,
    /// The entry that its first document replaces.
    pub replaces: Option<EntryUuid>,
    /// Whether the sender got the answer that it is stored.
    pub acknowledged: bool,
}

/// A document as its sender knows it.
pub struct SentDocument {
    /// Its entry.
    pub entry: EntryUuid,
    /// Its uniqueId.
    pub unique_id: String,
    content: Random,
    size: usize,
}

impl SentDocument {
    fn new(random: &mut Random) -> Self {
        let bound = if random.below(8) == 0 { LARGE } else { SMALL };
        let size = random.below(bound) as usize;
        Self { entry: EntryUuid::random(), unique_id: fresh_oid(), content: Random::new(random.next()), size }
    }

    /// The bytes.
    pub fn content(&self) -> Vec<u8> {
        self.content.clone().bytes(self.size)
    }
}

/// Submits until the connection breaks, which it may only do once `killed` is set.
pub fn submit_until_killed(http: SocketAddr, patient_id: &str, mut random: Random, killed: &AtomicBool) -> Vec<Sent> {
    let client = XdsClient::new("", &format!("http://{http}/xds/repository"), Timeouts::default());
    let mut all: Vec<Sent> = Vec::new();
    // What this client submitted and nobody has replaced yet.
    let mut current: Vec<EntryUuid> = Vec::new();
    loop {
        let (mut sent, request) = next_submission(patient_id, &mut random, &mut current);
        let contents: Vec<_> = sent.documents.iter().map(SentDocument::content).collect();
        let documents = sent.documents.iter().zip(&contents).map(|(sent, bytes)| OutgoingDocument::bytes(sent.entry, bytes)).collect();
        let outcome = client.provide_and_register(&request, documents);
        sent.acknowledged = outcome.is_ok();
        current.extend(sent.documents.iter().map(|document| document.entry));
        all.push(sent);
        if let Err(error) = outcome {
            assert!(!error.is_refusal() && killed.load(Ordering::SeqCst), "a submission failed although the server was alive: {error:?}");
            return all;
        }
    }
}

/// One document, two documents, or one that replaces another.
fn next_submission(patient_id: &str, random: &mut Random, current: &mut Vec<EntryUuid>) -> (Sent, SubmissionRequest) {
    let kind = random.below(4);
    let replaces = if kind == 0 { pick(random, current) } else { None };
    let count = if kind == 1 { 2 } else { 1 };
    let mut documents: Vec<_> = (0..count).map(|_| SentDocument::new(random)).collect();
    let ids: Vec<_> = documents.iter().map(|document| document.unique_id.as_str()).collect();
    let request = match replaces {
        Some(replaced) => replacement(patient_id, ids[0], replaced),
        None => submission(patient_id, &ids),
    };
    for (document, entry) in documents.iter_mut().zip(&request.entries) {
        document.entry = entry.entry_uuid;
    }
    (Sent { set: request.submission_set.entry_uuid, documents, replaces, acknowledged: false }, request)
}

fn pick(random: &mut Random, current: &mut Vec<EntryUuid>) -> Option<EntryUuid> {
    let count = current.len() as u64;
    (count > 0).then(|| current.swap_remove(random.below(count) as usize))
}
