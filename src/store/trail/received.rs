//! Whether the records that were received from elsewhere are those of whose reception the trail tells.

use diesel::prelude::*;

use super::ChainedRow;
use super::chain_walk::ChainWalk;
use super::verify::Findings;
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::trail::Finding;
use crate::store::schema::{audit_events, received_records};
use crate::store::{Read, StoreError};

impl Read {
    /// Looks at what these records say was received. A record from which a purged patient was taken says it no more.
    pub(super) fn verify_received(&mut self, rows: &[ChainedRow], walk: &mut ChainWalk<'_>) -> Result<(), StoreError> {
        for row in rows.iter().filter(|row| row.transaction_id == Transaction::Iti20.as_str()) {
            let event: Option<AuditEvent> = serde_json::from_str(&row.content).ok();
            let Some(receipt) = event.and_then(|event| event.received) else { continue };
            walk.findings().found.received += 1;
            match self.received_record_hash(&row.id)? {
                Some(hash) if hash == receipt.sha256 => {}
                Some(_) => walk.findings().add(Finding::ReceivedChanged { event: row.id.clone() }),
                None => walk.findings().add(Finding::ReceivedMissing { event: row.id.clone() }),
            }
        }
        Ok(())
    }

    /// Finds what was put among the received records without a reception.
    pub(super) fn verify_receptions(&mut self, findings: &mut Findings) -> Result<(), StoreError> {
        let limit = i64::try_from(findings.most).unwrap_or(i64::MAX).saturating_add(1);
        let received = audit_events::table
            .filter(audit_events::id.eq(received_records::id))
            .filter(audit_events::transaction_id.eq(Transaction::Iti20.as_str()));
        let unknown = received_records::table.filter(diesel::dsl::not(diesel::dsl::exists(received)));
        let names: Vec<String> = unknown.order(received_records::id).limit(limit).select(received_records::id).load(self.connection())?;
        names.into_iter().for_each(|event| findings.add(Finding::ReceivedUnknown { event }));
        Ok(())
    }
}
