//! What audit record repositories lack, as this process saw it last.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::metrics::Metrics;
use crate::access::DeliveryLag;
use crate::model::timestamp::Instant;

/// What one repository lacks.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
pub struct Lag {
    /// Records at most.
    pub records: u64,
    /// Age of the first of them.
    pub seconds: u64,
}

/// What all repositories lack, by address.
pub struct AuditLags {
    metrics: Arc<Metrics>,
    lags: Mutex<BTreeMap<String, Lag>>,
}

impl AuditLags {
    /// Nothing is known yet. What is noted is told to the metrics too.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, lags: Mutex::default() }
    }

    /// As it is now.
    pub fn all(&self) -> BTreeMap<String, Lag> {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, repository: &str, lag: DeliveryLag, now: Instant) {
        let age = lag.since.map_or(0, |since| now.0.saturating_sub(since.0) / 1_000_000);
        let lag = Lag { records: lag.records, seconds: u64::try_from(age).unwrap_or(0) };
        self.metrics.audit_lag(repository, lag.records, lag.seconds);
        self.lags.lock().unwrap_or_else(PoisonError::into_inner).insert(repository.to_owned(), lag);
    }

    pub(super) fn note_failure(&self, repository: &str) {
        self.metrics.audit_delivery_failed(repository);
    }
}
