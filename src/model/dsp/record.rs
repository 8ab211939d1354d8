//! The state of one record, as far as it decides on access (access rules, 2, 3 and 7).

use super::caller::{EstablishmentId, PersonId, ProfessionalId};
use super::emergency_access::EmergencyAccess;
use super::episode::{Episode, EpisodeId, EpisodeKind};
use super::mandate::{Mandate, PersonalMandate};
use super::period::Period;
use crate::model::timestamp::Instant;
use serde::{Deserialize, Serialize};

/// Where a record is in its life (access rules, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DspStatus {
    /// Created, and the holder has not spoken yet; becomes active by itself.
    Inactive {
        /// When it does.
        activates_at: Instant,
    },
    /// Open to those with a mandate.
    Active,
    /// Closed by the holder.
    Closed,
    /// Gone: ten years after closing or death.
    Purged,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordState {
    /// Whose record it is.
    pub holder: PersonId,
    /// Its status as last written down.
    pub status: DspStatus,
    /// When the holder died.
    pub deceased_at: Option<Instant>,
    /// When it was last closed, whether it is open again or not: what that ended stays ended.
    pub closed_at: Option<Instant>,
    /// The holder's setting.
    pub emergency_access: EmergencyAccess,
    /// Mandates by name, present and past.
    pub mandates: Vec<Mandate>,
    /// Episodes of care, present and past.
    pub episodes: Vec<Episode>,
    /// The holder's assistants.
    pub assistants: Vec<(PersonId, Period)>,
    /// Professionals whom the holder shut out.
    pub blacklist: Vec<(ProfessionalId, Period)>,
}

impl RecordState {
    /// A record in which nothing was declared yet.
    pub fn new(holder: PersonId, status: DspStatus) -> Self {
        Self {
            holder,
            status,
            deceased_at: None,
            closed_at: None,
            emergency_access: EmergencyAccess::default(),
            mandates: Vec::new(),
            episodes: Vec::new(),
            assistants: Vec::new(),
            blacklist: Vec::new(),
        }
    }

    /// The status at `now`, the end of the thirty days included.
    pub fn status_at(&self, now: Instant) -> DspStatus {
        match self.status {
            DspStatus::Inactive { activates_at } if activates_at <= now => DspStatus::Active,
            other => other,
        }
    }

    /// Whether professionals and the holder may work with it: active, and its holder alive.
    pub(super) fn in_use(&self, now: Instant) -> bool {
        self.status_at(now) == DspStatus::Active && !self.deceased(now)
    }

    pub(super) fn deceased(&self, now: Instant) -> bool {
        self.deceased_at.is_some_and(|death| death <= now)
    }

    pub(super) fn blacklisted(&self, professional: &ProfessionalId, now: Instant) -> bool {
        self.blacklist.iter().any(|(listed, period)| listed == professional && period.contains(now))
    }

    /// Whether the person is an assistant: always another than the holder (access rules, 1).
    pub(super) fn assisted_by(&self, person: &PersonId, now: Instant) -> bool {
        *person != self.holder && self.assistants.iter().any(|(assistant, period)| assistant == person && period.contains(now))
    }

    /// Whether a mandate by name is active.
    pub(crate) fn mandated(&self, kind: PersonalMandate, professional: &ProfessionalId, now: Instant) -> bool {
        let outlives_closing = kind == PersonalMandate::TrustedCircle;
        self.mandates.iter().any(|mandate| {
            mandate.kind == kind
                && mandate.professional == *professional
                && mandate.access.contains(now)
                && (outlives_closing || self.since_closing(mandate.access.start, now))
        })
    }

    /// Whether a declaration of a referring physician is valid.
    pub(super) fn has_referring_physician(&self, now: Instant) -> bool {
        let declared = |mandate: &&Mandate| mandate.kind == PersonalMandate::ReferringPhysician;
        let mut declarations = self.mandates.iter().filter(declared);
        declarations.any(|mandate| mandate.access.contains(now) && self.since_closing(mandate.access.start, now))
    }

    /// Whether something that began at `start` was not ended by the record's last closing (access rules, 3).
    fn since_closing(&self, start: Instant, now: Instant) -> bool {
        self.closed_at.filter(|closed| *closed <= now).is_none_or(|closed| closed < start)
    }

    /// The episodes under which the care team of the establishment has access.
    pub(super) fn open_episodes(&self, establishment: &EstablishmentId, now: Instant) -> impl Iterator<Item = &Episode> {
        let barred = self.refused_now(establishment, now);
        let theirs = self.episodes.iter().filter(move |episode| !barred && episode.establishment == *establishment);
        theirs.filter(move |episode| {
            episode.accessible(now)
                && self.since_closing(episode.stay.start, now)
                && !self.refuses(episode, now)
                && !self.forbids(episode)
                && !self.ended_by_later_refusal(episode, now)
        })
    }

    /// Whether an episode is running there in which access is refused: nobody of that establishment has any then.
    pub(crate) fn refused_now(&self, establishment: &EstablishmentId, now: Instant) -> bool {
        let theirs = self.episodes.iter().filter(|episode| episode.establishment == *establishment);
        theirs.filter(|episode| episode.running(now)).any(|episode| self.refuses(episode, now))
    }

    /// Whether access is refused in the episode or in that of the establishment which asked for it.
    fn refuses(&self, episode: &Episode, now: Instant) -> bool {
        self.with_requesting(episode).any(|episode| episode.refused(now))
    }

    /// Whether emergency access is forbidden in the episode, or in that of the establishment which asked for it and has then no
    /// authorisation to pass on.
    fn forbids(&self, episode: &Episode) -> bool {
        self.with_requesting(episode).any(|episode| self.emergency_access_in(episode) == Some(EmergencyAccess::Denied))
    }

    /// What emergency professionals see under an emergency episode: the patient's decision on arrival, or else the setting.
    pub(super) fn emergency_access_in(&self, episode: &Episode) -> Option<EmergencyAccess> {
        match episode.kind {
            EpisodeKind::Ordinary => None,
            EpisodeKind::Emergency { arrival_decision } => Some(arrival_decision.unwrap_or(self.emergency_access)),
        }
    }

    /// A refusal also ends the follow-up of an earlier episode of the same establishment, for good (access rules, 3).
    fn ended_by_later_refusal(&self, earlier: &Episode, now: Instant) -> bool {
        let Some(discharge) = earlier.stay.end else { return false };
        let others = self.episodes.iter().filter(|other| other.id != earlier.id && other.establishment == earlier.establishment);
        others.flat_map(|other| self.refusal_times(other)).any(|refusal| discharge <= refusal && refusal <= now)
    }

    /// The instants of the episode at which access was refused in it, by itself or by inheritance.
    fn refusal_times<'r>(&'r self, episode: &'r Episode) -> impl Iterator<Item = Instant> + 'r {
        let stay = episode.stay;
        let refused_on_arrival = self.refuses(episode, stay.start).then_some(stay.start);
        let declared = self.with_requesting(episode).flat_map(|episode| &episode.refusals);
        let later = declared.filter(move |change| change.refused && stay.contains(change.at)).map(|change| change.at);
        refused_on_arrival.into_iter().chain(later)
    }

    /// The episode, that of the establishment which asked for it, and so on. Ends even if the data go round in a circle.
    fn with_requesting<'r>(&'r self, episode: &'r Episode) -> impl Iterator<Item = &'r Episode> {
        let asked_for = |episode: &&'r Episode| episode.requested_by.and_then(|id| self.episode(id));
        std::iter::successors(Some(episode), asked_for).take(self.episodes.len())
    }

    fn episode(&self, id: EpisodeId) -> Option<&Episode> {
        self.episodes.iter().find(|episode| episode.id == id)
    }
}
