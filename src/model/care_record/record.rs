//! The record as a whole.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CareEpisode, Grant, GrantKind};
use crate::model::civil_day;
use crate::model::dsp::{DspStatus, EmergencyAccess, Episode, EpisodeId, Mandate, PersonId, PersonalMandate, ProfessionalId, RecordState};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// How long record, documents and their trace are kept after closing or death (access rules, 2; Charte A.VI).
const RETENTION_YEARS: u16 = 10;

/// Who said something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// When.
    pub at: Instant,
    /// Who, as the audit trail names them.
    pub by: String,
}

/// A choice of the holder's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Who made it.
    pub noted: Noted,
    /// How often it was made, from 2: what holds without a choice is the first version.
    pub version: u32,
}

/// One patient's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareRecord {
    /// Whose record it is; documents are filed under the same id.
    pub holder: PatientId,
    /// When and by whom it was created.
    pub created: Noted,
    /// Its status as last written down; [`RecordState::status_at`] says what it is at an instant.
    pub status: DspStatus,
    /// When the holder died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_at: Option<Instant>,
    /// When it was last closed, whether it is open again or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// What emergency professionals see.
    pub emergency_access: EmergencyAccess,
    /// Who chose that last; nothing while it was never chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_choice: Option<Choice>,
    /// What was granted by name, present and past.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Episodes of care, present and past, in the order in which they were declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<CareEpisode>,
}

impl CareRecord {
    /// A record in which nothing was declared yet.
    pub fn new(holder: PatientId, status: DspStatus, created: Noted) -> Self {
        Self {
            holder,
            created,
            status,
            deceased_at: None,
            closed_at: None,
            emergency_access: EmergencyAccess::default(),
            emergency_choice: None,
            grants: Vec::new(),
            episodes: Vec::new(),
        }
    }

    /// The holder as the access rules name them.
    pub fn holder_id(&self) -> PersonId {
        person_id(&self.holder)
    }

    /// What the access rules look at.
    pub fn state(&self) -> RecordState {
        let mut state = RecordState::new(self.holder_id(), self.status);
        state.deceased_at = self.deceased_at;
        state.closed_at = self.closed_at;
        state.emergency_access = self.emergency_access;
        for Grant { kind, period, .. } in &self.grants {
            let mandate = |kind, professional: &ProfessionalId| Mandate { kind, professional: professional.clone(), access: *period };
            match kind {
                GrantKind::ReferringPhysician(id) => state.mandates.push(mandate(PersonalMandate::ReferringPhysician, id)),
                GrantKind::TrustedCircle(id) => state.mandates.push(mandate(PersonalMandate::TrustedCircle, id)),
                GrantKind::Consultation { professional: id, .. } => state.mandates.push(mandate(PersonalMandate::Consultation, id)),
                GrantKind::Assistant(person) => state.assistants.push((person.clone(), *period)),
                GrantKind::Blacklist(id) => state.blacklist.push((id.clone(), *period)),
            }
        }
        state.episodes = (0..).zip(&self.episodes).map(|(number, episode)| self.episode_state(EpisodeId(number), episode)).collect();
        state
    }

    /// Sets what emergency professionals see, which makes another version of that setting.
    pub fn choose_emergency_access(&mut self, access: EmergencyAccess, noted: Noted) {
        let version = self.emergency_choice.as_ref().map_or(1, |choice| choice.version).saturating_add(1);
        self.emergency_access = access;
        self.emergency_choice = Some(Choice { noted, version });
    }

    fn episode_state(&self, id: EpisodeId, episode: &CareEpisode) -> Episode {
        Episode {
            id,
            establishment: episode.establishment.clone(),
            kind: episode.kind,
            stay: episode.stay,
            access_end: episode.access_end(),
            refusals: episode.refusals.clone(),
            requested_by: episode.requested_by.and_then(|asked_for| self.episode_number(asked_for)),
        }
    }

    fn episode_number(&self, id: Uuid) -> Option<EpisodeId> {
        (0..).zip(&self.episodes).find(|(_, episode)| episode.id == id).map(|(number, _)| EpisodeId(number))
    }

    /// When the record is to be purged; nothing while it is kept without limit.
    pub fn purge_at(&self) -> Option<Instant> {
        if self.status == DspStatus::Purged {
            return None;
        }
        let closed = self.closed_at.filter(|_| self.status == DspStatus::Closed);
        let death = self.deceased_at.map(|death| death.max(self.last_sign_of_life()));
        [closed, death].into_iter().flatten().min().map(|end| civil_day::years_after(end, RETENTION_YEARS))
    }

    /// When something was last declared that nobody declares of the dead. A feed that dates a death before it errs, and must not
    /// destroy at once what nothing brings back.
    fn last_sign_of_life(&self) -> Instant {
        let grants = self.grants.iter().map(|grant| grant.given.at);
        let episodes = self.episodes.iter().map(|episode| episode.declared.at);
        grants.chain(episodes).fold(self.created.at, Instant::max)
    }

    /// When something happens to the record by itself next: it activates, or is purged.
    pub fn due_at(&self) -> Option<Instant> {
        let activation = match self.status {
            DspStatus::Inactive { activates_at } if self.deceased_at.is_none() => Some(activates_at),
            _ => None,
        };
        [activation, self.purge_at()].into_iter().flatten().min()
    }
}

/// A patient as the access rules name a person.
pub fn person_id(patient_id: &PatientId) -> PersonId {
    patient_id.to_string().as_str().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dsp::{EpisodeKind, Period, RefusalChange};

    fn noted(at: i64) -> Noted {
        Noted { at: Instant(at), by: "P1".to_owned() }
    }

    fn record() -> CareRecord {
        let holder = "P1^^^&1.2.3&ISO".parse().unwrap();
        let mut record = CareRecord::new(holder, DspStatus::Inactive { activates_at: Instant(30) }, noted(0));
        let grant = |kind| Grant { id: Uuid::nil(), kind, period: Period::from(Instant(1)), given: noted(1), ended: None, version: 1 };
        record.grants = vec![
            grant(GrantKind::ReferringPhysician("D01".into())),
            grant(GrantKind::Assistant("P2^^^&1.2.3&ISO".into())),
            grant(GrantKind::Blacklist("D02".into())),
        ];
        let episode = |id: u128, requested_by: Option<u128>| CareEpisode {
            id: Uuid::from_u128(id),
            visit_number: None,
            establishment: "E1".into(),
            kind: EpisodeKind::Ordinary,
            stay: Period { start: Instant(5), end: Some(Instant(9)) },
            follow_up_end: Some(Instant(40)),
            cut_to: None,
            refusals: vec![RefusalChange { at: Instant(5), refused: true }],
            requested_by: requested_by.map(Uuid::from_u128),
            declared: noted(5),
            version: 1,
        };
        record.episodes = vec![episode(1, None), episode(2, Some(1)), episode(3, Some(99))];
        record
    }

    #[test]
    fn the_rules_see_what_was_granted_and_declared() {
        let state = record().state();
        assert_eq!(state.mandates.len(), 1);
        assert_eq!(state.assistants[0].0.as_str(), "P2^^^&1.2.3&ISO");
        assert_eq!(state.blacklist[0].0.as_str(), "D02");
        let asked_for: Vec<_> = state.episodes.iter().map(|episode| episode.requested_by).collect();
        assert_eq!(asked_for, [None, Some(EpisodeId(0)), None]);
        assert_eq!(state.episodes[0].access_end, Some(Instant(40)));
    }

    #[test]
    fn what_the_holder_cut_counts_before_the_follow_up() {
        let mut episode = record().episodes.remove(0);
        episode.cut_to = Some(Instant(7));
        assert_eq!(episode.access_end(), Some(Instant(7)));
    }

    #[test]
    fn a_record_is_due_when_it_activates_and_ten_years_after_its_end() {
        let mut record = record();
        assert_eq!(record.due_at(), Some(Instant(30)));
        record.status = DspStatus::Closed;
        record.closed_at = Some(Instant(50));
        assert_eq!(record.due_at(), Some(civil_day::years_after(Instant(50), 10)));
        record.status = DspStatus::Active;
        assert_eq!(record.due_at(), None, "open again");
        record.deceased_at = Some(Instant(60));
        assert_eq!(record.due_at(), Some(civil_day::years_after(Instant(60), 10)));
        record.deceased_at = Some(Instant(-1_000_000_000_000_000));
        assert_eq!(record.due_at(), Some(civil_day::years_after(Instant(5), 10)), "whoever was admitted later lived");
        record.status = DspStatus::Purged;
        assert_eq!(record.due_at(), None);
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let record = record();
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<CareRecord>(&json).unwrap(), record);
    }
}
