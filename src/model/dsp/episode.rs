//! Episodes of care, which give the care team of an establishment its mandate unless the patient refuses (access rules, 3).

use super::caller::EstablishmentId;
use super::emergency_access::EmergencyAccess;
use super::period::Period;
use crate::model::timestamp::Instant;
use serde::{Deserialize, Serialize};

/// Names an episode of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EpisodeId(pub u32);

/// From admission to discharge at one establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Its name, unique in the record.
    pub id: EpisodeId,
    /// Where.
    pub establishment: EstablishmentId,
    /// Ordinary or emergency.
    pub kind: EpisodeKind,
    /// From admission to discharge, while the patient is there.
    pub stay: Period,
    /// The first instant after the follow-up period, or the date to which the holder cut the mandate; none while the
    /// patient is there and did not cut it.
    pub access_end: Option<Instant>,
    /// The patient's refusals and changes of mind, in the order in which they were declared.
    pub refusals: Vec<RefusalChange>,
    /// The episode of the establishment for which this one works as subcontractor.
    pub requested_by: Option<EpisodeId>,
}

/// What kind of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EpisodeKind {
    /// Gives the mandate [`super::MandateKind::Establishment`].
    Ordinary,
    /// Gives the mandate [`super::MandateKind::Emergency`].
    Emergency {
        /// What the patient decided on arrival; it prevails over their setting for this episode.
        arrival_decision: Option<EmergencyAccess>,
    },
}

/// A refusal or its taking back; never retroactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalChange {
    /// From when on it counts.
    pub at: Instant,
    /// Whether access is refused from then on.
    pub refused: bool,
}

impl Episode {
    /// Whether the patient's last word on this episode by `now` is a refusal; what was last said stays said after it.
    pub(super) fn refused(&self, now: Instant) -> bool {
        self.refusals.iter().rev().find(|change| change.at <= now).is_some_and(|change| change.refused)
    }

    /// Whether the patient is there.
    pub(super) fn running(&self, now: Instant) -> bool {
        self.stay.contains(now)
    }

    /// Whether access under it has begun and not ended, refusals apart.
    pub(super) fn accessible(&self, now: Instant) -> bool {
        Period { start: self.stay.start, end: self.access_end }.contains(now)
    }
}
