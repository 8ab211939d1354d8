//! Ending a consent, now or earlier than it would end by itself (access rules, 3, 7 and 9).

use uuid::Uuid;

use super::record::refused;
use super::{ActRefusal, Changed, ManagedRecord};
use crate::access::Failure;
use crate::model::care_record::{Beneficiary, Consent, ConsentKind};
use crate::model::dsp::{EmergencyAccess, RecordAct};
use crate::model::timestamp::Instant;

impl ManagedRecord<'_> {
    /// Has the consent end at `end`, which counts as now where it lies in the past: nothing is retroactive. No follow-up comes
    /// after it. `expected` is the version that the caller saw.
    ///
    /// # Errors
    /// [`ActRefusal::Unknown`] for what the caller does not see, [`ActRefusal::Version`], [`ActRefusal::Ended`],
    /// [`ActRefusal::Lengthening`], or the rules'.
    pub fn end_consent(&mut self, id: Uuid, end: Option<Instant>, expected: u64) -> Result<Changed, Failure> {
        let consent = self.expected_consent(id, expected)?;
        if matches!(consent.kind, ConsentKind::EmergencyAccess(_)) {
            // What is always there does not end: it is again what holds without a choice.
            return self.set_emergency_access(EmergencyAccess::default(), Some(expected));
        }
        self.decide(ending(&consent))?;
        let now = self.now();
        let end = end.unwrap_or(now).max(now);
        match consent.period.end {
            Some(present) if present <= now => return Err(refused(self.audit, ActRefusal::Ended)),
            Some(present) if present < end => return Err(refused(self.audit, ActRefusal::Lengthening)),
            Some(present) if present == end => return self.changed(id, None),
            _ => {}
        }
        match consent.beneficiary {
            Some(Beneficiary::Establishment(_)) => self.cut_episode(id, end)?,
            _ => self.end(id, end)?,
        }
        self.save()?;
        self.changed(id, None)
    }

    /// A consent that stays as it is: whoever sees it may say so.
    ///
    /// # Errors
    /// [`ActRefusal::Unknown`] for what the caller does not see, [`ActRefusal::Version`].
    pub fn unchanged(&mut self, id: Uuid, expected: u64) -> Result<Changed, Failure> {
        let consent = self.expected_consent(id, expected)?;
        Ok(Changed { consent, ended: None })
    }

    /// The consent that the caller wants to change, if they see it and in the version that they saw.
    pub(super) fn expected_consent(&mut self, id: Uuid, expected: u64) -> Result<Consent, Failure> {
        let consent = self.consent_in_sight(id)?;
        let found = u64::from(consent.version);
        if found != expected {
            return Err(refused(self.audit, ActRefusal::Version { found }));
        }
        Ok(consent)
    }

    fn cut_episode(&mut self, id: Uuid, end: Instant) -> Result<(), Failure> {
        if let Some(episode) = self.record()?.episodes.iter_mut().find(|episode| episode.id == id) {
            episode.cut_to = Some(end);
            episode.version += 1;
        }
        self.audit.object_ids.push(id.to_string());
        Ok(())
    }
}

/// The act that ends it.
fn ending(consent: &Consent) -> RecordAct<'static> {
    match consent.kind {
        ConsentKind::Mandate(kind) => RecordAct::ShortenMandate(kind),
        ConsentKind::TrustedCircle => RecordAct::NameTrusted,
        ConsentKind::Assistant => RecordAct::NameAssistant,
        ConsentKind::ReferringPhysician => RecordAct::RevokeReferringPhysician,
        ConsentKind::Blacklist => RecordAct::Unblacklist,
        ConsentKind::EmergencyAccess(_) => RecordAct::SetEmergencyAccess,
    }
}
