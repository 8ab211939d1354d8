//! Figures for the operator, in the text format of Prometheus. `docs/operations.md` lists them.
//!
//! Each [`Metrics`] has a recorder of its own instead of the process-wide one, so that several servers in one process,
//! as in tests, keep apart.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::{clock, process_memory};
use crate::access::Discretion;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::store::PoolState;

/// Upper bounds in seconds: from a query of one row to an upload that takes as long as it may.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0];
/// Upper bounds in bytes: 1 KiB to 4 GiB, each the fourfold of the one before.
const BYTES: [f64; 12] = [
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
    4_294_967_296.0,
];

/// All figures of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// How one request went.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Which transaction it was.
    pub transaction: Transaction,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// From its first to its last byte.
    pub duration: Duration,
    /// Bytes of the request's body.
    pub bytes_in: u64,
    /// Bytes of the answer's body.
    pub bytes_out: u64,
}

impl Metrics {
    /// No figures yet, save those of the process.
    ///
    /// # Errors
    /// The bounds of a histogram are not in order, which would be a mistake in this file.
    pub fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Suffix("_bytes".to_owned()), &BYTES)?
            .build_recorder();
        let metrics = Self { handle: recorder.handle(), recorder };
        metrics.record(|| {
            describe();
            gauge!("dossier_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            gauge!("process_start_time_seconds").set(clock::now().unix_timestamp() as f64);
            gauge!("dossier_requests_in_flight").set(0.0);
        });
        Ok(metrics)
    }

    fn record(&self, figures: impl FnOnce()) {
        with_local_recorder(&self.recorder, figures);
    }

    /// A request to an endpoint began.
    pub fn request_began(&self) {
        self.record(|| gauge!("dossier_requests_in_flight").increment(1.0));
    }

    /// A request to an endpoint ended, answered or not.
    pub fn request_ended(&self) {
        self.record(|| gauge!("dossier_requests_in_flight").decrement(1.0));
    }

    /// A request was answered by a transaction.
    pub fn transaction(&self, measured: &Measured) {
        let transaction = measured.transaction.as_str();
        self.record(|| {
            counter!("dossier_requests_total", "transaction" => transaction, "outcome" => measured.outcome.as_str()).increment(1);
            histogram!("dossier_request_duration_seconds", "transaction" => transaction).record(measured.duration.as_secs_f64());
            histogram!("dossier_request_size_bytes", "transaction" => transaction).record(measured.bytes_in as f64);
            histogram!("dossier_response_size_bytes", "transaction" => transaction).record(measured.bytes_out as f64);
        });
    }

    /// A request was turned away before it reached a transaction.
    pub fn refused(&self, reason: &'static str) {
        self.record(|| counter!("dossier_requests_refused_total", "reason" => reason).increment(1));
    }

    /// An answer leaves on a tick, because its time could tell something.
    pub fn answer_on_tick(&self, discretion: Discretion) {
        let shows = if discretion == Discretion::Nothing { "nothing" } else { "something" };
        self.record(|| counter!("dossier_answers_on_tick_total", "shows" => shows).increment(1));
    }

    /// How many answers wait for their callback, and their bytes.
    pub fn answers_held(&self, count: u64, bytes: u64) {
        self.record(|| {
            gauge!("dossier_answers_held").set(count as f64);
            gauge!("dossier_answers_held_bytes").set(bytes as f64);
        });
    }

    /// A delivery to a callback ended so: `delivered`, `failed` (it will be tried again) or `given up`.
    pub fn delivery(&self, outcome: &'static str) {
        self.record(|| counter!("dossier_callback_deliveries_total", "outcome" => outcome).increment(1));
    }

    /// What an audit record repository lacks: records at most, and for how many seconds.
    pub fn audit_lag(&self, repository: &str, records: u64, seconds: u64) {
        self.record(|| {
            gauge!("dossier_audit_delivery_lag_records", "repository" => repository.to_owned()).set(records as f64);
            gauge!("dossier_audit_delivery_lag_seconds", "repository" => repository.to_owned()).set(seconds as f64);
            counter!("dossier_audit_delivery_failures_total", "repository" => repository.to_owned()).increment(0);
        });
    }

    /// An audit record repository did not take records.
    pub fn audit_delivery_failed(&self, repository: &str) {
        self.record(|| counter!("dossier_audit_delivery_failures_total", "repository" => repository.to_owned()).increment(1));
    }

    /// A record of another system was kept.
    pub fn audit_record_received(&self, transport: &'static str, format: &'static str) {
        self.record(|| counter!("dossier_audit_records_received_total", "transport" => transport, "format" => format).increment(1));
    }

    /// A syslog datagram was thrown away.
    pub fn audit_datagram_dropped(&self) {
        self.record(|| counter!("dossier_audit_datagrams_dropped_total").increment(1));
    }

    /// A syslog connection ended before its sender ended it.
    pub fn audit_connection_broken(&self) {
        self.record(|| counter!("dossier_audit_connections_broken_total").increment(1));
    }

    /// Whether documents could be stored when that was last tried.
    pub fn content_store(&self, writable: bool) {
        self.record(|| gauge!("dossier_content_store_writable").set(if writable { 1.0 } else { 0.0 }));
    }

    /// Days until the first certificate or list of each kind runs out, and whether the files on disk are those in force.
    pub fn certificates(&self, days_left: &[(&'static str, f64)], up_to_date: bool) {
        self.record(|| {
            for (kind, days) in days_left {
                gauge!("dossier_certificate_expiry_days", "kind" => *kind).set(*days);
            }
            gauge!("dossier_tls_files_in_force").set(if up_to_date { 1.0 } else { 0.0 });
        });
    }

    /// The figures now.
    pub fn render(&self, pool: PoolState) -> String {
        self.record(|| {
            for (pool, state, number) in [
                ("readers", "open", pool.readers_open),
                ("readers", "idle", pool.readers_idle),
                ("writers", "open", pool.writers_open),
                ("writers", "idle", pool.writers_idle),
            ] {
                gauge!("dossier_database_connections", "pool" => pool, "state" => state).set(f64::from(number));
            }
            if let Some(bytes) = process_memory::resident_bytes() {
                gauge!("process_resident_memory_bytes").set(bytes as f64);
            }
        });
        self.handle.run_upkeep();
        self.handle.render()
    }
}

fn describe() {
    describe_counter!("dossier_requests_total", "Requests that a transaction answered, by transaction and outcome");
    describe_counter!("dossier_requests_refused_total", "Requests turned away before a transaction, by reason");
    describe_histogram!("dossier_request_duration_seconds", "Time from the first byte of a request to the last of its answer");
    describe_histogram!("dossier_request_size_bytes", "Size of the request body");
    describe_histogram!("dossier_response_size_bytes", "Size of the response body");
    describe_gauge!("dossier_requests_in_flight", "HTTP requests being worked on");
    describe_gauge!("dossier_database_connections", "Database connections, by pool and state");
    describe_gauge!("dossier_content_store_writable", "1 if a document could be stored at the last readiness check");
    describe_counter!("dossier_answers_on_tick_total", "Answers that left on a tick of limits.answer_tick, by what they showed");
    describe_gauge!("dossier_answers_held", "Answers that wait for their callback");
    describe_gauge!("dossier_answers_held_bytes", "Size of the answers that wait for their callback");
    describe_counter!("dossier_callback_deliveries_total", "Deliveries to callbacks, by outcome");
    describe_gauge!("dossier_audit_delivery_lag_records", "Audit records that a repository does not have yet, at most");
    describe_gauge!("dossier_audit_delivery_lag_seconds", "Age of the first audit record that a repository does not have yet");
    describe_counter!("dossier_audit_delivery_failures_total", "Deliveries of audit records that failed, by repository");
    describe_counter!(
        "dossier_audit_records_received_total",
        "Audit records of other systems that came as syslog, by transport and format"
    );
    describe_counter!("dossier_audit_datagrams_dropped_total", "Syslog datagrams that were thrown away");
    describe_counter!("dossier_audit_connections_broken_total", "Syslog connections that ended before their sender ended them");
    describe_gauge!("dossier_certificate_expiry_days", "Days until the first certificate or revocation list runs out, by kind");
    describe_gauge!("dossier_tls_files_in_force", "1 if keys, certificates and lists on disk are fit and in force");
    describe_gauge!("dossier_build_info", "Always 1; the version is a label");
    describe_gauge!("process_start_time_seconds", "Start of the process, seconds since 1970");
    describe_gauge!("process_resident_memory_bytes", "Resident memory of the process");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rendered_by_transaction_and_outcome() {
        let metrics = Metrics::new().unwrap();
        metrics.request_began();
        metrics.transaction(&Measured {
            transaction: Transaction::Iti41,
            outcome: AuditOutcome::Success,
            duration: Duration::from_millis(3),
            bytes_in: 5000,
            bytes_out: 700,
        });
        metrics.refused("busy");
        let text = metrics.render(PoolState { readers_open: 3, readers_idle: 2, writers_open: 1, writers_idle: 0 });
        for line in [
            "dossier_requests_in_flight 1",
            "dossier_requests_total{transaction=\"ITI-41\",outcome=\"Success\"} 1",
            "dossier_request_duration_seconds_bucket{transaction=\"ITI-41\",le=\"0.005\"} 1",
            "dossier_request_size_bytes_bucket{transaction=\"ITI-41\",le=\"4096\"} 0",
            "dossier_response_size_bytes_sum{transaction=\"ITI-41\"} 700",
            "dossier_requests_refused_total{reason=\"busy\"} 1",
            "dossier_database_connections{pool=\"readers\",state=\"idle\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing from\n{text}");
        }
    }

    #[test]
    fn two_servers_in_a_process_keep_their_figures_apart() {
        let (one, other) = (Metrics::new().unwrap(), Metrics::new().unwrap());
        one.refused("busy");
        let pool = PoolState { readers_open: 0, readers_idle: 0, writers_open: 0, writers_idle: 0 };
        assert!(!other.render(pool).contains("busy"));
    }
}
