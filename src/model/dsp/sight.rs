//! What of the record itself, its documents apart, a caller may see (access rules, 2, 3, 7 and 9).

use super::caller::{Caller, PersonId, ProfessionalId, Quality};
use super::reason::Denial;
use super::record::{DspStatus, RecordState};
use super::standing::check_caller;
use crate::model::timestamp::Instant;

/// Which grants, mandates and settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentSight<'a> {
    /// All of them.
    All,
    /// What was granted to this professional by name; never that they are shut out.
    GrantedTo(&'a ProfessionalId),
    /// Declarations of referring physicians.
    Declarations,
}

/// What of the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusSight {
    /// All of it.
    All,
    /// Whether there is an open record.
    OpenOrNot(bool),
}

/// Which consents the caller sees.
///
/// # Errors
/// The record is as good as unknown to them.
pub fn consents_in_sight<'a>(caller: &'a Caller, record: &RecordState, now: Instant) -> Result<ConsentSight<'a>, Denial> {
    check_caller(caller, now)?;
    if record.status_at(now) == DspStatus::Purged {
        return Err(Denial::Purged);
    }
    match &caller.quality {
        Quality::Patient { person, .. } if concerns(person, record, now) => Ok(ConsentSight::All),
        Quality::Patient { .. } => Err(Denial::NoMandate),
        Quality::Professional { .. } if !record.in_use(now) => Err(Denial::RecordNotActive),
        // Who saw a grant that gives nothing would know that they are shut out.
        Quality::Professional { id, .. } if record.blacklisted(id, now) => Err(Denial::Blacklisted),
        Quality::Professional { id, .. } => Ok(ConsentSight::GrantedTo(id)),
        Quality::HealthFund => Ok(ConsentSight::Declarations),
        Quality::RecordAdministrator { .. } | Quality::Establishment | Quality::Operator => Err(Denial::NotEntitled),
    }
}

/// What the caller sees of the status. A patient without a record has that of one which is not there: `None`.
///
/// # Errors
/// The patient is as good as unknown to them.
pub fn status_in_sight(caller: &Caller, holder: &PersonId, record: Option<&RecordState>, now: Instant) -> Result<StatusSight, Denial> {
    check_caller(caller, now)?;
    match &caller.quality {
        Quality::Patient { person, .. } if person == holder => Ok(StatusSight::All),
        Quality::Patient { person, .. } if record.is_some_and(|record| concerns(person, record, now)) => Ok(StatusSight::All),
        Quality::Patient { .. } => Err(Denial::NoMandate),
        Quality::Professional { .. } | Quality::Establishment => {
            Ok(StatusSight::OpenOrNot(record.is_some_and(|record| record.in_use(now))))
        }
        Quality::HealthFund | Quality::Operator | Quality::RecordAdministrator { .. } => Ok(StatusSight::All),
    }
}

/// Whether it is the person's own record, or one that they assist with.
fn concerns(person: &PersonId, record: &RecordState, now: Instant) -> bool {
    *person == record.holder || record.assisted_by(person, now)
}

impl RecordState {
    /// Whether the caller may be told by which rule something is not possible with this record; to others it does not exist.
    pub fn explains_itself_to(&self, caller: &Caller, now: Instant) -> bool {
        match &caller.quality {
            Quality::Patient { person, .. } => concerns(person, self, now),
            Quality::HealthFund | Quality::Operator | Quality::RecordAdministrator { .. } => true,
            Quality::Professional { .. } | Quality::Establishment => false,
        }
    }
}
