//! The audit trail as it lies in the database.

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};

const AT_ONCE: i64 = 10_000;

/// The records of what was asked after the one numbered `after`, and the number of the last.
pub fn events_after(url: &str, after: i64) -> (Vec<AuditEvent>, i64) {
    let (mut events, last) = all_events_after(url, after);
    events.retain(|event| event.system_event.is_none());
    (events, last)
}

/// These, and what the server says of itself.
///
/// Opens the database for this alone: a SQLite file that somebody holds open is not recovered from its log by a server
/// that starts after a crash.
pub fn all_events_after(url: &str, after: i64) -> (Vec<AuditEvent>, i64) {
    let store = Store::open(url, 1).unwrap();
    let (mut events, mut last) = (Vec::new(), after);
    loop {
        let more = store.read::<_, StoreError>(|tx| tx.audit_events_after(last, AT_ONCE)).unwrap();
        let Some((number, _)) = more.last() else { return (events, last) };
        last = *number;
        events.extend(more.into_iter().map(|(_, event)| event));
    }
}
