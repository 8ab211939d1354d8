//! Requests that were turned away before a transaction, and TLS handshakes that were refused: noted here at once, in the audit trail once a minute.
//!
//! A record for each would let a flood of them fill the database, and would ask the most of it when it has the least to
//! give. So those of one caller and one reason share a record, and callers beyond a number share one between them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::clock::Clock;
use super::exchange::Exchange;
use super::tls::HandshakeRefusal;
use crate::access::{Call, Discreet};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::node::NodeProof;
use crate::model::timestamp::Instant;
use crate::transactions::Services;

/// How often the trail is told.
const INTERVAL: Duration = Duration::from_secs(60);
/// So many callers have records of their own in each interval.
const MOST_CALLERS: usize = 100;

/// Why a request, or a connection, was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reason {
    /// As many requests as may be are worked on.
    Busy,
    /// The body has an encoding that is not read here.
    Encoding,
    /// There was no TLS connection (ITI TF-2: 3.19 Authenticate Node).
    Handshake(HandshakeRefusal),
}

impl Reason {
    /// The name in metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Encoding => "encoding",
            Self::Handshake(refusal) => refusal.as_str(),
        }
    }

    /// What the record says of so many of them.
    fn in_words(self, number: u64) -> String {
        match self {
            Self::Busy => format!("HTTP 503 ({number} requests)"),
            Self::Encoding => format!("HTTP 415 ({number} requests)"),
            Self::Handshake(refusal) => format!("{} ({number} connections)", refusal.as_str()),
        }
    }

    fn transaction(self) -> Transaction {
        match self {
            Self::Busy | Self::Encoding => Transaction::Unknown,
            Self::Handshake(_) => Transaction::Iti19,
        }
    }

    /// Whose turn it was, as for other refusals.
    fn outcome(self) -> AuditOutcome {
        match self {
            Self::Busy => AuditOutcome::SeriousFailure,
            Self::Encoding | Self::Handshake(_) => AuditOutcome::MinorFailure,
        }
    }
}

/// What one record will say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Noted {
    /// The first of the requests.
    request_id: Uuid,
    since: Instant,
    requests: u64,
}

type Notes = HashMap<(Reason, Option<IpAddr>), Noted>;

/// The requests that were turned away since the trail was told last.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    notes: Mutex<Notes>,
    clock: Clock,
}

impl Refusals {
    /// None yet, dated by this clock.
    pub(super) fn new(clock: Clock) -> Self {
        Self { notes: Mutex::default(), clock }
    }

    /// A request was turned away.
    pub(super) fn note(&self, reason: Reason, exchange: &Exchange) {
        exchange.refused(reason.as_str());
        self.count(reason, exchange.peer, exchange.request_id, self.clock.instant());
    }

    /// There is no connection with this address.
    pub(super) fn note_handshake(&self, refusal: HandshakeRefusal, from: Option<IpAddr>) {
        self.count(Reason::Handshake(refusal), from, Uuid::new_v4(), self.clock.instant());
    }

    fn count(&self, reason: Reason, peer: Option<IpAddr>, request_id: Uuid, now: Instant) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let has_own = notes.len() < MOST_CALLERS || notes.contains_key(&(reason, peer));
        let noted = notes.entry((reason, peer.filter(|_| has_own))).or_insert(Noted { request_id, since: now, requests: 0 });
        noted.requests = noted.requests.saturating_add(1);
    }

    fn take(&self) -> Notes {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the trail every minute, and for the last time when `stop` says that no request comes any more.
    pub(super) async fn keep_trail(self: Arc<Self>, services: Arc<Services>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(INTERVAL) => {}
            }
            let (this, services) = (Arc::clone(&self), Arc::clone(&services));
            // A panic inside was logged where it happened; what comes next is told all the same.
            let _ = tokio::task::spawn_blocking(move || this.tell(&services)).await;
        }
    }

    fn tell(&self, services: &Services) {
        for ((reason, peer), noted) in self.take() {
            let call = Call {
                request_id: noted.request_id,
                now: noted.since,
                source_address: peer.map(|address| address.to_string()).unwrap_or_default(),
                caller: None,
                reply_to: None,
                node: NodeProof::None,
                admitted: None,
                asked: None,
                person: None,
                discreet: Discreet::default(),
            };
            let error = reason.in_words(noted.requests);
            if let Err(failure) = services.door.refuse(&call, reason.transaction(), reason.outcome(), vec![error]) {
                let requests = noted.requests;
                tracing::error!(error = %failure, reason = reason.as_str(), requests, "requests turned away could not be audited");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: usize) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, u8::try_from(n / 256).unwrap(), u8::try_from(n % 256).unwrap()]))
    }

    #[test]
    fn requests_of_one_caller_for_one_reason_share_a_record() {
        let refusals = Refusals::default();
        for (n, reason) in [Reason::Busy, Reason::Encoding, Reason::Busy].into_iter().enumerate() {
            refusals.count(reason, address(1), Uuid::from_u128(n as u128), Instant(n as i64));
        }
        let notes = refusals.take();
        assert_eq!(notes.len(), 2);
        let busy = Noted { request_id: Uuid::from_u128(0), since: Instant(0), requests: 2 };
        assert_eq!(notes.get(&(Reason::Busy, address(1))), Some(&busy));
        assert!(refusals.take().is_empty());
    }

    #[test]
    fn a_flood_from_everywhere_makes_no_flood_of_records() {
        let refusals = Refusals::default();
        for n in 0..10_000 {
            refusals.count(Reason::Busy, address(n), Uuid::nil(), Instant(0));
        }
        refusals.count(Reason::Busy, address(5), Uuid::nil(), Instant(0));
        let notes = refusals.take();
        assert_eq!(notes.len(), MOST_CALLERS + 1);
        assert_eq!(notes.get(&(Reason::Busy, address(5))).unwrap().requests, 2);
        assert_eq!(notes.get(&(Reason::Busy, None)).unwrap().requests, 10_000 - MOST_CALLERS as u64);
    }
}
