//! What is granted to, or taken from, one person by name (access rules, 1, 3, 7 and 9).

use uuid::Uuid;

use super::record::refused;
use super::{ActRefusal, Changed, ManagedRecord};
use crate::access::Failure;
use crate::model::care_record::{GrantKind, NoticeReason, Recipient};
use crate::model::directory::Professional;
use crate::model::dsp::{DspStatus, PersonId, ProfessionalId, RecordAct};
use crate::model::timestamp::Instant;

/// In force at one time, of one category.
const MOST_IN_FORCE: usize = 200;

/// The usage profile of physicians.
const PHYSICIAN: &str = "medecin";

/// What is to be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewGrant {
    /// A member of the trusted circle.
    TrustedCircle(ProfessionalId),
    /// An assistant.
    Assistant(PersonId),
    /// A professional to be shut out.
    Blacklist(ProfessionalId),
    /// The declaration of a referring physician.
    ReferringPhysician(ProfessionalId),
}

impl NewGrant {
    fn act(&self) -> RecordAct<'_> {
        match self {
            Self::TrustedCircle(_) => RecordAct::NameTrusted,
            Self::Assistant(_) => RecordAct::NameAssistant,
            Self::Blacklist(id) => RecordAct::Blacklist(id),
            Self::ReferringPhysician(_) => RecordAct::DeclareReferringPhysician,
        }
    }

    fn kind(&self) -> GrantKind {
        match self.clone() {
            Self::TrustedCircle(id) => GrantKind::TrustedCircle(id),
            Self::Assistant(person) => GrantKind::Assistant(person),
            Self::Blacklist(id) => GrantKind::Blacklist(id),
            Self::ReferringPhysician(id) => GrantKind::ReferringPhysician(id),
        }
    }
}

impl ManagedRecord<'_> {
    /// Grants it from now on, until `end` if there is one. A declaration of a referring physician ends the one before, takes the
    /// physician off the blacklist, and makes an inactive record active or creates one.
    ///
    /// # Errors
    /// The rules', and what does not fit together: see [`ActRefusal`].
    pub fn give(&mut self, grant: &NewGrant, end: Option<Instant>) -> Result<Changed, Failure> {
        let is_declaration = matches!(grant, NewGrant::ReferringPhysician(_));
        if is_declaration && self.stored.is_none() {
            self.begin(DspStatus::Active);
        }
        self.decide(grant.act())?;
        self.check(grant)?;
        if end.is_some_and(|end| end <= self.now()) {
            return Err(refused(self.audit, ActRefusal::EndsInThePast));
        }
        let ended = match grant {
            NewGrant::ReferringPhysician(physician) => self.make_way_for(physician)?,
            _ => None,
        };
        let id = self.grant(grant.kind(), end)?;
        self.save()?;
        self.changed(id, ended)
    }

    /// What does not depend on who asks.
    fn check(&mut self, grant: &NewGrant) -> Result<(), Failure> {
        let kind = grant.kind();
        if !self.in_force(|known| *known == kind).is_empty() {
            return Err(refused(self.audit, ActRefusal::AlreadyGranted));
        }
        let alike = |known: &GrantKind| std::mem::discriminant(known) == std::mem::discriminant(&kind);
        if self.in_force(alike).len() >= MOST_IN_FORCE {
            return Err(refused(self.audit, ActRefusal::TooMany { most: MOST_IN_FORCE }));
        }
        match grant {
            NewGrant::Assistant(person) => self.check_assistant(person),
            NewGrant::TrustedCircle(id) | NewGrant::Blacklist(id) => self.listed(id).map(drop),
            NewGrant::ReferringPhysician(id) => match self.listed(id)?.usage_profile.as_deref() {
                Some(PHYSICIAN) => Ok(()),
                _ => Err(refused(self.audit, ActRefusal::NotAPhysician)),
            },
        }
    }

    fn listed(&mut self, id: &ProfessionalId) -> Result<Professional, Failure> {
        match self.tx.professionals(&[id.as_str()])?.pop() {
            Some(professional) => Ok(professional),
            None => Err(refused(self.audit, ActRefusal::UnknownProfessional)),
        }
    }

    /// An assistant is another patient with a record in use. One answer for whoever is not, so that nobody's record is found out.
    fn check_assistant(&mut self, person: &PersonId) -> Result<(), Failure> {
        let now = self.now();
        let theirs = match person.as_str().parse() {
            Ok(patient_id) if *person != self.holder() => self.tx.care_record(&patient_id)?,
            _ => None,
        };
        let is_open =
            theirs.is_some_and(|theirs| matches!(theirs.record.state().status_at(now), DspStatus::Active | DspStatus::Inactive { .. }));
        if is_open { Ok(()) } else { Err(refused(self.audit, ActRefusal::NoAssistant)) }
    }

    /// What a new declaration ends: the one before, and the physician's entry on the blacklist.
    fn make_way_for(&mut self, physician: &ProfessionalId) -> Result<Option<Uuid>, Failure> {
        let now = self.now();
        let before = self.in_force(|kind| matches!(kind, GrantKind::ReferringPhysician(_)));
        for id in &before {
            self.end(*id, now)?;
        }
        for id in self.in_force(|kind| matches!(kind, GrantKind::Blacklist(listed) if listed == physician)) {
            self.end(id, now)?;
            self.tell(Recipient::Patient(self.holder()), NoticeReason::BlacklistEntryRemoved)?;
        }
        self.record()?.status = DspStatus::Active;
        Ok(before.first().copied())
    }

    /// The physicians with a declaration in force.
    pub(super) fn declared_physicians(&self) -> Vec<ProfessionalId> {
        let grants = self.stored.iter().flat_map(|stored| &stored.record.grants);
        let in_force = grants.filter(|grant| grant.period.contains(self.call.now));
        in_force.filter_map(|grant| if let GrantKind::ReferringPhysician(id) = &grant.kind { Some(id.clone()) } else { None }).collect()
    }
}
