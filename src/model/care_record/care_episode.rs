//! An episode of care as an establishment declared it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Noted;
use crate::model::dsp::{EpisodeKind, EstablishmentId, Period, RefusalChange};
use crate::model::timestamp::Instant;

/// From admission to discharge at one establishment, with the access that follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareEpisode {
    /// Its name, also as a resource.
    pub id: Uuid,
    /// The establishment's own number of the visit (PV1-19), unique within the establishment and the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_number: Option<String>,
    /// Where.
    pub establishment: EstablishmentId,
    /// Ordinary or emergency.
    pub kind: EpisodeKind,
    /// From admission to discharge.
    pub stay: Period,
    /// The first instant after the follow-up period, known from the discharge on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_end: Option<Instant>,
    /// To when the holder cut the mandate short; nothing lengthens it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_to: Option<Instant>,
    /// Refusals and changes of mind, in the order in which they were declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<RefusalChange>,
    /// The episode, of the establishment that asked for it, for which this one works as subcontractor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<Uuid>,
    /// Who declared it.
    pub declared: Noted,
    /// How often it was changed, from 1.
    pub version: u32,
}

impl CareEpisode {
    /// The first instant without access under it: the earlier of what the follow-up gives and what the holder allows.
    pub fn access_end(&self) -> Option<Instant> {
        [self.follow_up_end, self.cut_to].into_iter().flatten().min()
    }
}
