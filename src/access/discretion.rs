//! What the time of an answer could tell, noted where every call is audited, so that no protocol can forget it (access rules, 5,
//! *no leak*).

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::model::audit_event::{AuditEvent, AuditOutcome, Transaction};

/// What the time of an answer could tell of what its caller does not see. A server that keeps the access rules holds answers
/// back by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Discretion {
    /// Nothing: what was asked for is there, or done.
    #[default]
    None,
    /// How much there is beside what it shows: it was picked out of a record of which the caller may not see all.
    Picked,
    /// Whether what was asked for is there: nothing was found, or something was refused.
    Nothing,
}

/// What was noted for one request so far; clones of a call share it. The most discreet of its parts counts.
#[derive(Debug, Clone, Default)]
pub struct Discreet(Arc<AtomicU8>);

impl Discreet {
    /// What the answer needs.
    pub fn need(&self) -> Discretion {
        match self.0.load(Ordering::Relaxed) {
            0 => Discretion::None,
            1 => Discretion::Picked,
            _ => Discretion::Nothing,
        }
    }

    /// The answer needs at least this.
    pub(crate) fn note(&self, discretion: Discretion) {
        self.0.fetch_max(discretion as u8, Ordering::Relaxed);
    }

    /// Notes what the record of a call says: something was refused, or no object was found, or it is not said which. What is
    /// public everybody finds.
    pub(super) fn note_outcome(&self, audit: &AuditEvent) {
        let is_public = matches!(audit.transaction, Transaction::Capabilities | Transaction::Iti90);
        if audit.outcome != AuditOutcome::Success || (audit.object_ids.is_empty() && !is_public) {
            self.note(Discretion::Nothing);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::timestamp::Instant;

    fn event(transaction: Transaction) -> AuditEvent {
        AuditEvent::new(transaction, Instant(0), Uuid::nil(), String::new())
    }

    fn noted(note: impl FnOnce(&Discreet)) -> Discretion {
        let discreet = Discreet::default();
        note(&discreet);
        discreet.need()
    }

    #[test]
    fn what_finds_nothing_or_is_refused_needs_the_most() {
        let found = AuditEvent { object_ids: vec!["1".to_owned()], ..event(Transaction::Iti18) };
        let refused = AuditEvent { outcome: AuditOutcome::MinorFailure, ..found.clone() };
        for (event, needed) in [
            (found, Discretion::None),
            (refused, Discretion::Nothing),
            (event(Transaction::Iti18), Discretion::Nothing),
            (event(Transaction::Capabilities), Discretion::None),
        ] {
            assert_eq!(noted(|call| call.note_outcome(&event)), needed, "{event:?}");
        }
    }

    #[test]
    fn the_most_discreet_part_of_a_request_counts() {
        let both = |first, second| {
            noted(|call| {
                call.note(first);
                call.note(second);
            })
        };
        assert_eq!(both(Discretion::Nothing, Discretion::Picked), Discretion::Nothing);
        assert_eq!(both(Discretion::None, Discretion::Picked), Discretion::Picked);
    }
}
