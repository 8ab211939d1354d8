//! What the patient consents to or forbids, one by one, as it is shown: grants by name, mandates of establishments, the
//! emergency setting.

use uuid::Uuid;

use super::{CareEpisode, CareRecord, Grant, GrantKind};
use crate::model::dsp::{EmergencyAccess, EpisodeKind, EstablishmentId, MandateKind, Period, PersonId, ProfessionalId};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its name.
    pub id: Uuid,
    /// How often it was changed, from 1.
    pub version: u32,
    /// Whose record it is about.
    pub holder: PatientId,
    /// What it is.
    pub kind: ConsentKind,
    /// Whom it is about; nobody in particular for the emergency setting.
    pub beneficiary: Option<Beneficiary>,
    /// When there is access, or, for the blacklist, none.
    pub period: Period,
    /// Whether the patient's last word on an episode is a refusal.
    pub refused: bool,
    /// When it was given.
    pub given_at: Instant,
    /// When it was changed last.
    pub changed_at: Instant,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentKind {
    /// A mandate that was opened by a code or an admission.
    Mandate(MandateKind),
    /// A member of the trusted circle.
    TrustedCircle,
    /// An assistant.
    Assistant,
    /// The declaration of a referring physician.
    ReferringPhysician,
    /// A professional shut out.
    Blacklist,
    /// What emergency professionals see.
    EmergencyAccess(EmergencyAccess),
}

/// Whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beneficiary {
    /// A professional by name.
    Professional(ProfessionalId),
    /// A person by name.
    Person(PersonId),
    /// The care team of an establishment.
    Establishment(EstablishmentId),
}

impl ConsentKind {
    /// The code of its category.
    pub fn category(self) -> &'static str {
        match self {
            Self::Mandate(_) => "mandate",
            Self::TrustedCircle => "trusted-circle",
            Self::Assistant => "assistant",
            Self::ReferringPhysician => "referring-physician",
            Self::Blacklist => "blacklist",
            Self::EmergencyAccess(_) => "emergency-access",
        }
    }
}

impl Consent {
    /// Whether it is in force at `now`.
    pub fn is_active(&self, now: Instant) -> bool {
        !self.refused && self.period.contains(now)
    }

    /// The professional named in it.
    pub fn professional(&self) -> Option<&ProfessionalId> {
        match &self.beneficiary {
            Some(Beneficiary::Professional(id)) => Some(id),
            _ => None,
        }
    }
}

/// The namespace of the names of emergency settings, which have none of their own.
const EMERGENCY_SETTINGS: Uuid = Uuid::from_u128(0x5f0c_9a53_6f1e_4b0e_9a63_1d0f_52c7_44ab);

impl CareRecord {
    /// Everything of the record that is shown as a consent, in the order of declaration, the emergency setting first.
    pub fn consents(&self, now: Instant) -> Vec<Consent> {
        let grants = self.grants.iter().map(|grant| self.of_grant(grant));
        let episodes = self.episodes.iter().map(|episode| self.of_episode(episode, now));
        std::iter::once(self.emergency_consent()).chain(grants).chain(episodes).collect()
    }

    /// The consent of this name.
    pub fn consent(&self, id: Uuid, now: Instant) -> Option<Consent> {
        self.consents(now).into_iter().find(|consent| consent.id == id)
    }

    /// The names of everything of the record that has one.
    pub fn item_ids(&self) -> impl Iterator<Item = Uuid> {
        self.item_versions().map(|(id, _)| id)
    }

    /// Everything of the record that has a name, and how often it was changed.
    pub fn item_versions(&self) -> impl Iterator<Item = (Uuid, u32)> {
        let setting = self.emergency_choice.as_ref().map_or(1, |choice| choice.version);
        let grants = self.grants.iter().map(|grant| (grant.id, grant.version));
        let episodes = self.episodes.iter().map(|episode| (episode.id, episode.version));
        std::iter::once((self.emergency_setting_id(), setting)).chain(grants).chain(episodes)
    }

    /// The record with nothing in it but what has this name.
    #[must_use]
    pub fn only(&self, id: Uuid) -> Self {
        Self {
            grants: self.grants.iter().filter(|grant| grant.id == id).cloned().collect(),
            episodes: self.episodes.iter().filter(|episode| episode.id == id).cloned().collect(),
            ..self.clone()
        }
    }

    /// The name of the emergency setting as a consent: always the same for one patient.
    pub fn emergency_setting_id(&self) -> Uuid {
        Uuid::new_v5(&EMERGENCY_SETTINGS, self.holder.to_string().as_bytes())
    }

    fn emergency_consent(&self) -> Consent {
        let (version, changed_at) = self.emergency_choice.as_ref().map_or((1, self.created.at), |choice| (choice.version, choice.noted.at));
        Consent {
            id: self.emergency_setting_id(),
            version,
            holder: self.holder.clone(),
            kind: ConsentKind::EmergencyAccess(self.emergency_access),
            beneficiary: None,
            period: Period::from(changed_at),
            refused: false,
            given_at: changed_at,
            changed_at,
        }
    }

    fn of_grant(&self, grant: &Grant) -> Consent {
        let professional = |id: &ProfessionalId| Some(Beneficiary::Professional(id.clone()));
        let (kind, beneficiary) = match &grant.kind {
            GrantKind::ReferringPhysician(id) => (ConsentKind::ReferringPhysician, professional(id)),
            GrantKind::TrustedCircle(id) => (ConsentKind::TrustedCircle, professional(id)),
            GrantKind::Consultation { professional: id, .. } => (ConsentKind::Mandate(MandateKind::Consultation), professional(id)),
            GrantKind::Assistant(person) => (ConsentKind::Assistant, Some(Beneficiary::Person(person.clone()))),
            GrantKind::Blacklist(id) => (ConsentKind::Blacklist, professional(id)),
        };
        Consent {
            id: grant.id,
            version: grant.version,
            holder: self.holder.clone(),
            kind,
            beneficiary,
            period: grant.period,
            refused: false,
            given_at: grant.given.at,
            changed_at: grant.ended.as_ref().map_or(grant.given.at, |ended| ended.at),
        }
    }

    fn of_episode(&self, episode: &CareEpisode, now: Instant) -> Consent {
        let kind = match episode.kind {
            EpisodeKind::Ordinary => MandateKind::Establishment,
            EpisodeKind::Emergency { .. } => MandateKind::Emergency,
        };
        let last_word = episode.refusals.iter().rev().find(|change| change.at <= now);
        Consent {
            id: episode.id,
            version: episode.version,
            holder: self.holder.clone(),
            kind: ConsentKind::Mandate(kind),
            beneficiary: Some(Beneficiary::Establishment(episode.establishment.clone())),
            period: Period { start: episode.stay.start, end: episode.access_end() },
            refused: last_word.is_some_and(|change| change.refused),
            given_at: episode.declared.at,
            changed_at: last_word.map_or(episode.declared.at, |change| change.at).max(episode.declared.at),
        }
    }
}
