//! Delivers the audit trail to audit record repositories (ITI TF-2: 3.20): each gets every record, in the order of the trail, once
//! at least.
//!
//! The position of each repository is in the database. Server processes take turns: who takes a repository has it for a while, and
//! notes after each batch how far it came. One that is killed leaves its position behind, and another one goes on from there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::audit_lags::AuditLags;
use super::back_off::{after, pause};
use super::backend::Backend;
use super::clock::{self, Clock};
use super::fhir_feed_sender::FeedError;
use super::repository_sender::{RepositorySender, SendError};
use super::tls::{SyslogTls, TlsError};
use crate::access::{Failure, TrailEnd};
use crate::settings::{AuditRepository, AuditTransport, Settings};
use crate::transactions::Services;
use crate::wire::dicom_audit::Source;

/// Records in one batch, and so in memory and on one connection.
const BATCH: i64 = 200;
/// How long a repository is kept from other processes. A batch that takes longer may be sent twice, which is allowed.
const LEASE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Starts the delivery to each repository of the settings.
///
/// # Errors
/// [`TlsError`] says which file and what to do.
pub(super) fn start(
    settings: &Settings,
    backend: &Backend,
    lags: &Arc<AuditLags>,
    stop: &CancellationToken,
) -> Result<Vec<JoinHandle<()>>, TlsError> {
    let tls = Arc::new(SyslogTls::new(settings));
    if settings.audit.repositories.iter().any(|repository| repository.transport != AuditTransport::Udp) {
        // What is unfit is said at the start.
        tls.connect()?;
    }
    let source = Arc::new(source(settings));
    let delivery = |repository: &AuditRepository| {
        let delivery = Delivery {
            services: Arc::clone(&backend.services),
            clock: backend.clock.clone(),
            sender: RepositorySender::new(repository, &tls, Arc::clone(&source)),
            interval: settings.audit.delivery_interval,
            lags: Arc::clone(lags),
            settled: Mutex::default(),
            stop: stop.clone(),
        };
        tokio::spawn(delivery.run())
    };
    Ok(settings.audit.repositories.iter().map(delivery).collect())
}

/// The delivery to one repository.
struct Delivery {
    services: Arc<Services>,
    clock: Clock,
    sender: RepositorySender,
    interval: Duration,
    lags: Arc<AuditLags>,
    settled: Mutex<Settled>,
    stop: CancellationToken,
}

impl Delivery {
    async fn run(self) {
        let this = Arc::new(self);
        while !this.stop.is_cancelled() {
            let worker = Arc::clone(&this);
            // A panic inside was logged where it happened.
            let _ = tokio::task::spawn_blocking(move || worker.work()).await;
            tokio::select! {
                () = this.stop.cancelled() => {}
                () = tokio::time::sleep(this.interval) => {}
            }
        }
    }

    fn work(&self) {
        let repository = self.sender.name();
        let done = self.deliver(repository).and_then(|()| self.services.door.delivery_lag(repository));
        match done {
            Ok(lag) => self.lags.note(repository, lag, self.clock.instant()),
            Err(error) => tracing::warn!(repository, %error, "the audit trail cannot be read for delivery"),
        }
    }

    /// Delivers what there is, if no other process does.
    fn deliver(&self, repository: &str) -> Result<(), Failure> {
        let door = &self.services.door;
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner).advance(door.trail_end()?);
        let (holder, now) = (Uuid::new_v4().to_string(), clock::instant());
        let Some(taken) = door.take_audit_delivery(repository, &holder, settled, (now, after(now, LEASE)))? else { return Ok(()) };
        let mut position = taken.sequence;
        loop {
            let batch = door.trail_between(position, settled, BATCH)?;
            // What came from elsewhere stays here: two repositories that report to each other would never come to an end.
            let own: Vec<_> = batch.iter().filter(|(_, event)| event.received.is_none()).collect();
            let (sent, ended) = self.sender.send(&own.iter().map(|(_, event)| event).collect::<Vec<_>>());
            let is_all = sent == own.len();
            let reached = if is_all { batch.last() } else { own.get(..sent).and_then(|sent| sent.last().copied()) };
            let last = reached.map(|(sequence, _)| *sequence);
            position = last.unwrap_or(if batch.is_empty() { settled } else { position });
            if let Err(error) = ended {
                let attempts = if sent > 0 { 0 } else { taken.attempts };
                return self.put_off(repository, &holder, (last, attempts), &error);
            }
            let is_last = (is_all && position >= settled) || self.stop.is_cancelled();
            let due = if is_last { clock::instant() } else { after(clock::instant(), LEASE) };
            if !door.note_audit_delivered(repository, &holder, position, due)? || is_last {
                return Ok(());
            }
        }
    }

    /// Notes how far it came before it failed, and leaves the rest for later.
    fn put_off(&self, repository: &str, holder: &str, (last, attempts): (Option<i64>, u32), error: &SendError) -> Result<(), Failure> {
        let door = &self.services.door;
        match error {
            SendError::Feed(FeedError::Refused { .. }) => {
                tracing::error!(repository, %error, "an audit record was refused, will be tried again")
            }
            _ => tracing::warn!(repository, %error, "audit records were not delivered, will be tried again"),
        }
        self.lags.note_failure(repository);
        if let Some(last) = last {
            door.note_audit_delivered(repository, holder, last, after(clock::instant(), LEASE))?;
        }
        let wait = pause(self.interval, LONGEST_PAUSE, attempts.saturating_add(1));
        door.put_off_audit_delivery(repository, holder, after(clock::instant(), wait))
    }
}

/// How far the trail is read: see [`TrailEnd`] why not to its end.
#[derive(Debug, Default)]
struct Settled {
    upto: i64,
    /// What has not ended yet when this was seen may still show records up to its newest.
    waiting: Option<TrailEnd>,
}

impl Settled {
    /// Everything up to the number given is in sight, now that the trail ends so.
    fn advance(&mut self, end: TrailEnd) -> i64 {
        if let Some(seen) = self.waiting.filter(|seen| seen.next <= end.oldest_running) {
            self.upto = self.upto.max(seen.newest);
            self.waiting = None;
        }
        if end.next <= end.oldest_running {
            self.upto = self.upto.max(end.newest);
        } else {
            self.waiting.get_or_insert(end);
        }
        self.upto
    }
}

fn source(settings: &Settings) -> Source {
    let domain = &settings.domain;
    Source::new(domain.repository_unique_id.as_str(), domain.home_community_id.as_str(), host_name())
}

/// The name of the machine; empty where it has none.
pub(super) fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_past_a_transaction_under_way() {
        let end = |newest, oldest_running, next| TrailEnd { newest, oldest_running, next };
        let mut settled = Settled::default();
        assert_eq!(settled.advance(end(5, 100, 100)), 5, "nobody writes");
        assert_eq!(settled.advance(end(9, 100, 104)), 5, "100 may have 6, 7 or 8");
        assert_eq!(settled.advance(end(12, 102, 108)), 5, "so may 102");
        assert_eq!(settled.advance(end(14, 104, 110)), 9, "all that began before 9 was seen have ended");
        assert_eq!(settled.advance(end(15, 109, 111)), 9);
        assert_eq!(settled.advance(end(15, 110, 112)), 14);
        assert_eq!(settled.advance(end(15, 112, 112)), 15);
    }
}
