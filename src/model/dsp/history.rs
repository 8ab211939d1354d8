//! Who sees the activity history of a record (access rules, 8).

use super::caller::{Caller, Quality};
use super::mandate::MandateKind;
use super::reason::Denial;
use super::record::RecordState;
use super::standing::Standing;
use crate::model::timestamp::Instant;

/// How much of the history a caller sees. An entry that names a document is subject to the no-leak rule besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryExtent {
    /// All of it.
    Everything,
    /// All but what happened to documents at level *annonce*, which appears once the level is lifted.
    EverythingButAnnouncements,
    /// The caller's own entries.
    Own,
}

impl HistoryExtent {
    /// What the caller sees.
    ///
    /// # Errors
    /// The rule by which they see nothing.
    pub fn of(caller: &Caller, record: &RecordState, now: Instant) -> Result<Self, Denial> {
        let standing = Standing::of(caller, record, now)?;
        let trusted = [MandateKind::ReferringPhysician, MandateKind::TrustedCircle, MandateKind::RecordAdministrator];
        match &caller.quality {
            // The holder of a closed record still sees who was there.
            Quality::Patient { person, .. } if *person == record.holder && !record.deceased(now) => Ok(Self::EverythingButAnnouncements),
            Quality::Patient { .. } if standing.has(MandateKind::Assistant) => Ok(Self::EverythingButAnnouncements),
            Quality::Professional { .. } | Quality::RecordAdministrator { .. } if trusted.iter().any(|kind| standing.has(*kind)) => {
                Ok(Self::Everything)
            }
            Quality::Professional { .. } => Ok(Self::Own),
            _ => Err(standing.otherwise),
        }
    }
}
