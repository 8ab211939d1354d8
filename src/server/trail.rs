//! Seals the audit trail while the server runs, and has it verified for whoever runs the program on the store.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Backend;
use super::clock::Clock;
use crate::access::{Door, Failure, Next};
use crate::model::activity::ActivityFilter;
use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;
use crate::model::received_record::ReceivedRecord;
use crate::model::timestamp::Instant;
use crate::model::trail::Verification;
use crate::transactions::Services;

impl Backend {
    /// Verifies the whole trail; lists at most so many findings.
    ///
    /// # Errors
    /// The database failed.
    pub fn verify_trail(&self, most: usize) -> Result<Verification, Failure> {
        self.services.door.verify_trail(&self.operators_call("dossier audit verify"), most)
    }

    /// Hands over the records of the trail one by one until `take` has enough, as [`Door::whole_trail`] has it. That `command`
    /// asked is a record itself.
    ///
    /// # Errors
    /// The database failed.
    pub fn whole_trail(
        &self,
        command: &str,
        patient_id: Option<&PatientId>,
        filter: &ActivityFilter,
        take: &mut dyn FnMut(&AuditEvent) -> bool,
    ) -> Result<(), Failure> {
        self.services.door.whole_trail(&self.operators_call(command), patient_id, filter, take)
    }

    /// Hands over the records that other systems sent, as [`Door::all_received_records`] has it. That `command` asked is a record
    /// itself.
    ///
    /// # Errors
    /// The database failed.
    pub fn received_records(
        &self,
        command: &str,
        span: (Instant, Instant),
        take: &mut dyn FnMut(ReceivedRecord) -> bool,
    ) -> Result<(), Failure> {
        self.services.door.all_received_records(&self.operators_call(command), span, &mut |record| match take(record) {
            true => Next::GoOn,
            false => Next::Stop,
        })
    }

    /// The public key with which anybody can check the seals of the trail (Ed25519), as PEM.
    pub fn seal_key(&self) -> Option<String> {
        let pem = self.store.audit_keys().current().public_key_pem().ok()?;
        String::from_utf8(pem).ok()
    }
}

/// Seals the trail again and again, and once more in the end.
pub(super) async fn keep_sealing(services: Arc<Services>, clock: Clock, interval: Duration, stop: CancellationToken) {
    loop {
        let is_last = stop.is_cancelled();
        let (services, clock) = (Arc::clone(&services), clock.clone());
        // A panic inside was logged where it happened.
        let _ = tokio::task::spawn_blocking(move || seal(&services.door, &clock)).await;
        if is_last {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(interval) => {}
        }
    }
}

fn seal(door: &Door, clock: &Clock) {
    match door.seal_trail(clock.instant()) {
        // Whoever keeps the log elsewhere has a witness of each seal there.
        Ok(Some((seal, hash))) => tracing::info!(seal = seal.number, %hash, "sealed the audit trail"),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "the audit trail cannot be sealed"),
    }
}
