//! Records of the trail about the server itself.

use diesel::prelude::*;

use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::system_event::SystemEvent;

use super::rows::from_json;
use super::schema::audit_events;
use super::{Read, StoreError};

impl Read {
    /// The newest of them, the newest first, at most `limit`.
    pub fn newest_system_events(&mut self, limit: i64) -> Result<Vec<SystemEvent>, StoreError> {
        let of_nobody = audit_events::table.filter(audit_events::patient_id.is_null());
        let contents: Vec<String> = of_nobody
            .filter(audit_events::transaction_id.eq(Transaction::System.as_str()))
            .order((audit_events::occurred_at.desc(), audit_events::sequence.desc()))
            .limit(limit)
            .select(audit_events::content)
            .load(self.connection())?;
        let events = contents.iter().map(|content| Ok(from_json::<AuditEvent>("audit_events", content)?.system_event));
        events.filter_map(Result::transpose).collect()
    }
}
