//! Where a caller stands towards a record: the mandates under which they may act in it, worked out once for each request
//! (access rules, 3 and 5.1 to 5.6).

use super::caller::{Caller, Organisation, PersonId, ProfessionalId, ProfessionalState, Quality};
use super::document::Author;
use super::emergency_access::EmergencyAccess;
use super::habilitation::UsageProfile;
use super::level::{Level, LevelSet};
use super::mandate::{MandateKind, PersonalMandate};
use super::reason::Denial;
use super::record::{DspStatus, RecordState};
use crate::model::timestamp::Instant;

/// A caller before a record at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What each active mandate opens, the preferred mandate first.
    pub clauses: Vec<Clause>,
    /// Under what name the caller submits.
    pub signature: Option<Author>,
    /// Whether the caller reads, without any mandate, what they themselves sent: professionals do.
    pub reads_own: bool,
    /// Whether identito-vigilance's deactivated documents are in sight.
    pub sees_deactivated: bool,
    /// Why there is no clause, or no further one.
    pub otherwise: Denial,
    /// The profession's column of the matrix, for the rules of document types; only professionals have one.
    pub(super) profile: Option<UsageProfile>,
    /// Facts of the establishment, where the request comes through its own connection, and of the record, for the same rules.
    pub(super) laboratory: bool,
    pub(super) emergency_cleared: bool,
    pub(super) referring_physician_declared: bool,
}

/// What one mandate opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The mandate.
    pub mandate: MandateKind,
    /// Types it lets read.
    pub read: Scope,
    /// Levels it lets read.
    pub levels: LevelSet,
    /// The column whose types it lets write; none writes nothing.
    pub write: Option<UsageProfile>,
}

/// Types of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every type of the matrix.
    EveryType,
    /// The same, if the matrix knows this profession: an unknown one has no right under any mandate (access rules, 4).
    EveryTypeOf(UsageProfile),
    /// Those the matrix lets this profile read.
    Column(UsageProfile),
    /// None.
    Nothing,
}

/// The columns of the matrix that are roles rather than professions.
pub(super) const REFERRING_PHYSICIAN: &str = "medecin-referent";
const HOLDER: &str = "patient";
const ASSISTANT: &str = "assistant-dsp";
const HEALTH_FUND: &str = "cns";

const ALL_LEVELS: LevelSet = LevelSet::of(&Level::ALL);
const HOLDER_LEVELS: LevelSet = LevelSet::of(&[Level::Standard, Level::Confidential, Level::Private]);
const TRUSTED_LEVELS: LevelSet = LevelSet::of(&[Level::Standard, Level::Confidential, Level::Announcement]);
const CARE_TEAM_LEVELS: LevelSet = LevelSet::of(&[Level::Standard, Level::Announcement]);

impl Standing {
    /// Where the caller stands. What is not opened here stays shut.
    ///
    /// # Errors
    /// [`Denial::CallerInvalid`], [`Denial::ReasonMissing`] and [`Denial::Purged`] shut out from everything, own documents included.
    pub fn of(caller: &Caller, record: &RecordState, now: Instant) -> Result<Self, Denial> {
        check_caller(caller, now)?;
        if record.status_at(now) == DspStatus::Purged {
            return Err(Denial::Purged);
        }
        let mut standing = Self::without_mandate(caller, record, now);
        match &caller.quality {
            Quality::Patient { person, .. } => standing.take_patient(person, record, now),
            Quality::Professional { id, profile, .. } => standing.take_professional(id, profile, caller, record, now),
            Quality::RecordAdministrator { .. } => {
                standing.sees_deactivated = true;
                standing.otherwise = Denial::NotEntitled;
                standing.clauses.push(Clause {
                    mandate: MandateKind::RecordAdministrator,
                    read: Scope::EveryType,
                    levels: ALL_LEVELS,
                    write: None,
                });
            }
            Quality::HealthFund if record.in_use(now) => standing.clauses.push(Clause {
                mandate: MandateKind::HealthFund,
                read: Scope::Nothing,
                levels: LevelSet::default(),
                write: Some(HEALTH_FUND.into()),
            }),
            Quality::HealthFund => standing.otherwise = Denial::RecordNotActive,
            Quality::Establishment | Quality::Operator => standing.otherwise = Denial::NotEntitled,
        }
        Ok(standing)
    }

    fn without_mandate(caller: &Caller, record: &RecordState, now: Instant) -> Self {
        let proven = caller.organisation.as_ref().filter(|organisation| organisation.own_connection);
        let (signature, profile) = match &caller.quality {
            Quality::Professional { id, profile, .. } => (Some(Author::Professional(id.clone())), Some(profile.clone())),
            Quality::Patient { person, .. } => (Some(Author::Person(person.clone())), None),
            Quality::HealthFund => (Some(Author::HealthFund), None),
            Quality::RecordAdministrator { .. } | Quality::Establishment | Quality::Operator => (None, None),
        };
        Self {
            clauses: Vec::new(),
            signature,
            reads_own: profile.is_some(),
            sees_deactivated: false,
            otherwise: Denial::NoMandate,
            profile,
            laboratory: proven.is_some_and(|organisation| organisation.laboratory),
            emergency_cleared: proven.is_some_and(|organisation| organisation.emergency_cleared),
            referring_physician_declared: record.has_referring_physician(now),
        }
    }

    fn take_patient(&mut self, person: &PersonId, record: &RecordState, now: Instant) {
        let is_holder = *person == record.holder;
        let (mandate, column) = match is_holder {
            true => (MandateKind::Holder, HOLDER),
            false if record.assisted_by(person, now) => (MandateKind::Assistant, ASSISTANT),
            false => return,
        };
        let inactive = matches!(record.status_at(now), DspStatus::Inactive { .. }) && !record.deceased(now);
        let open = record.in_use(now) || (is_holder && inactive);
        if !open {
            self.otherwise = Denial::RecordNotActive;
            return;
        }
        // While the record is inactive the holder looks at it, and nothing is written.
        self.otherwise = if inactive { Denial::RecordNotActive } else { Denial::NotEntitled };
        let write = (!inactive).then(|| column.into());
        self.clauses.push(Clause { mandate, read: Scope::EveryType, levels: HOLDER_LEVELS, write });
    }

    fn take_professional(&mut self, id: &ProfessionalId, profile: &UsageProfile, caller: &Caller, record: &RecordState, now: Instant) {
        if !record.in_use(now) {
            self.otherwise = Denial::RecordNotActive;
            return;
        }
        if record.blacklisted(id, now) {
            self.otherwise = Denial::Blacklisted;
            return;
        }
        self.take_personal_mandates(id, profile, caller.organisation.as_ref(), record, now);
        if let Some(organisation) = &caller.organisation {
            self.take_episodes(organisation, profile, record, now);
        }
    }

    fn take_personal_mandates(
        &mut self,
        id: &ProfessionalId,
        profile: &UsageProfile,
        organisation: Option<&Organisation>,
        record: &RecordState,
        now: Instant,
    ) {
        if record.mandated(PersonalMandate::ReferringPhysician, id, now) {
            self.clauses.push(trusted(MandateKind::ReferringPhysician, profile, REFERRING_PHYSICIAN.into()));
        }
        if record.mandated(PersonalMandate::TrustedCircle, id, now) {
            self.clauses.push(trusted(MandateKind::TrustedCircle, profile, profile.clone()));
        }
        if record.mandated(PersonalMandate::Consultation, id, now) {
            if organisation.is_some_and(|organisation| organisation.own_connection && record.refused_now(&organisation.id, now)) {
                self.otherwise = Denial::EpisodeRefused;
            } else {
                self.clauses.push(by_profession(MandateKind::Consultation, profile, CARE_TEAM_LEVELS));
            }
        }
    }

    /// The mandates of the care team: only through the establishment's own connection.
    fn take_episodes(&mut self, organisation: &Organisation, profile: &UsageProfile, record: &RecordState, now: Instant) {
        if !organisation.own_connection {
            return;
        }
        if record.refused_now(&organisation.id, now) {
            self.otherwise = Denial::EpisodeRefused;
        }
        let mut emergency: Option<LevelSet> = None;
        let mut ordinary = false;
        for episode in record.open_episodes(&organisation.id, now) {
            match record.emergency_access_in(episode) {
                None => ordinary = true,
                Some(access) if organisation.emergency_cleared => {
                    let levels = emergency_levels(access);
                    emergency = [emergency, levels].into_iter().flatten().max_by_key(|levels| levels.iter().count());
                }
                Some(_) => {}
            }
        }
        self.clauses.extend(emergency.map(|levels| by_profession(MandateKind::Emergency, profile, levels)));
        self.clauses.extend(ordinary.then(|| by_profession(MandateKind::Establishment, profile, CARE_TEAM_LEVELS)));
    }

    /// Whether the mandate is one of those active.
    pub(super) fn has(&self, mandate: MandateKind) -> bool {
        self.clauses.iter().any(|clause| clause.mandate == mandate)
    }
}

fn trusted(mandate: MandateKind, profile: &UsageProfile, write: UsageProfile) -> Clause {
    Clause { mandate, read: Scope::EveryTypeOf(profile.clone()), levels: TRUSTED_LEVELS, write: Some(write) }
}

fn by_profession(mandate: MandateKind, profile: &UsageProfile, levels: LevelSet) -> Clause {
    Clause { mandate, read: Scope::Column(profile.clone()), levels, write: Some(profile.clone()) }
}

fn emergency_levels(access: EmergencyAccess) -> Option<LevelSet> {
    match access {
        EmergencyAccess::Standard => Some(CARE_TEAM_LEVELS),
        EmergencyAccess::Extended => Some(TRUSTED_LEVELS),
        EmergencyAccess::Denied => None,
    }
}

impl Caller {
    /// Whether the rules refuse this caller everything, whatever it is about (access rules, 5.1).
    ///
    /// # Errors
    /// [`Denial::CallerInvalid`] and [`Denial::ReasonMissing`].
    pub fn check(&self, now: Instant) -> Result<(), Denial> {
        check_caller(self, now)
    }
}

/// Access rules, 5.1; the organisation that a request names has to be attested whoever calls, and whom the directory lists
/// has to be linked to it (3).
pub(super) fn check_caller(caller: &Caller, now: Instant) -> Result<(), Denial> {
    let organisation = caller.organisation.as_ref();
    let attested = organisation.is_none_or(|organisation| organisation.attested);
    let linked = organisation.is_none_or(|organisation| organisation.linked);
    let valid = match &caller.quality {
        Quality::Patient { representative, .. } => representative.as_ref().is_none_or(|representative| now < representative.until),
        Quality::Professional { state, .. } | Quality::RecordAdministrator { state, .. } => *state == ProfessionalState::Valid && linked,
        Quality::Establishment => organisation.is_some_and(|organisation| organisation.own_connection),
        Quality::HealthFund | Quality::Operator => true,
    };
    match &caller.quality {
        _ if !(valid && attested) => Err(Denial::CallerInvalid),
        Quality::RecordAdministrator { reason_stated: false, .. } => Err(Denial::ReasonMissing),
        _ => Ok(()),
    }
}
