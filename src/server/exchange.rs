//! One HTTP request with its answer, as the log and the metrics see it: figures and names, never content.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use uuid::Uuid;

use super::metrics::{Measured, Metrics};
use crate::model::audit_event::{AuditOutcome, Transaction};

/// Shared by everything that works on the request; when the last of them is done, the line in the log is written.
pub(super) struct Exchange {
    /// Names the request in the log, the answer and the audit trail.
    pub(super) request_id: Uuid,
    /// When its head was there.
    pub(super) began: Instant,
    /// The address it came from, where the connection still has one.
    pub(super) peer: Option<IpAddr>,
    method: &'static str,
    /// The pattern of the endpoint, not the path as sent, which could hold anything.
    endpoint: String,
    metrics: Arc<Metrics>,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    status: AtomicU16,
    sent: AtomicBool,
    answered: OnceLock<(Transaction, AuditOutcome)>,
}

impl Exchange {
    /// A request that just came in.
    pub(super) fn begin(method: &'static str, endpoint: String, peer: Option<IpAddr>, metrics: Arc<Metrics>) -> Self {
        metrics.request_began();
        Self {
            request_id: Uuid::new_v4(),
            began: Instant::now(),
            peer,
            method,
            endpoint,
            metrics,
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            status: AtomicU16::new(0),
            sent: AtomicBool::new(false),
            answered: OnceLock::new(),
        }
    }

    /// Body bytes came in.
    pub(super) fn received(&self, bytes: usize) {
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Body bytes went out.
    pub(super) fn sent(&self, bytes: usize) {
        self.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The head of the answer is known.
    pub(super) fn status(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// The answer went out whole.
    pub(super) fn completed(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }

    /// A transaction answered. Only the first answer counts.
    pub(super) fn answered(&self, transaction: Transaction, outcome: AuditOutcome) {
        let _ = self.answered.set((transaction, outcome));
    }

    /// The request was turned away before it reached a transaction.
    pub(super) fn refused(&self, reason: &'static str) {
        self.metrics.refused(reason);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let duration = self.began.elapsed();
        let (bytes_in, bytes_out) = (*self.bytes_in.get_mut(), *self.bytes_out.get_mut());
        let answered = self.answered.get().copied();
        tracing::info!(
            request_id = %self.request_id,
            peer = self.peer.map(tracing::field::display),
            method = self.method,
            endpoint = self.endpoint,
            transaction = answered.map(|(transaction, _)| transaction.as_str()),
            outcome = answered.map(|(_, outcome)| outcome.as_str()),
            status = *self.status.get_mut(),
            complete = *self.sent.get_mut(),
            bytes_in,
            bytes_out,
            milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            "request"
        );
        self.metrics.request_ended();
        if let Some((transaction, outcome)) = answered {
            self.metrics.transaction(&Measured { transaction, outcome, duration, bytes_in, bytes_out });
        }
    }
}
