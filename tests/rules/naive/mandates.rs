//! Which mandates the caller has (access rules, 3).

use dossier::model::dsp::{
    Caller, DspStatus, EmergencyAccess, EpisodeKind, MandateKind, Organisation, PersonalMandate, ProfessionalId, Quality, RecordState,
};

use super::episodes::{active, dead, emergency_access, ended_by_closing, house_refused, inactive, lasts, open_to};

/// Everything of a case that does not depend on the question.
#[derive(Clone, Copy)]
pub(crate) struct World<'c> {
    /// Who asks.
    pub(crate) caller: &'c Caller,
    /// For whose record.
    pub(crate) record: &'c RecordState,
    /// When.
    pub(crate) now: i64,
}

/// "in this order" (3): those of professionals; of the others nobody has two in one session.
pub(super) const ORDER: [MandateKind; 9] = [
    MandateKind::ReferringPhysician,
    MandateKind::TrustedCircle,
    MandateKind::Consultation,
    MandateKind::Emergency,
    MandateKind::Establishment,
    MandateKind::Holder,
    MandateKind::Assistant,
    MandateKind::HealthFund,
    MandateKind::RecordAdministrator,
];

impl World<'_> {
    /// Whether the caller has the mandate now, with the record in the state that it needs (5.4) and the professional not on
    /// the blacklist, which "has priority over every mandate" (5.5).
    pub(super) fn has(&self, kind: MandateKind) -> bool {
        match kind {
            MandateKind::Holder => self.is_holder() && (active(self.record, self.now) || inactive(self.record, self.now)),
            MandateKind::Assistant => self.is_assistant() && active(self.record, self.now),
            MandateKind::ReferringPhysician => self.works() && self.named(PersonalMandate::ReferringPhysician),
            MandateKind::TrustedCircle => self.works() && self.named(PersonalMandate::TrustedCircle),
            MandateKind::Consultation => self.works() && self.named(PersonalMandate::Consultation) && !self.through_a_refused_house(),
            MandateKind::Emergency => self.works() && self.emergencies().next().is_some(),
            MandateKind::Establishment => self.works() && self.stays() > 0,
            MandateKind::HealthFund => {
                matches!(self.caller.quality, Quality::HealthFund) && active(self.record, self.now) && self.declared(None)
            }
            MandateKind::RecordAdministrator => matches!(self.caller.quality, Quality::RecordAdministrator { .. }),
        }
    }

    /// The patient, or who acts through their account.
    pub(super) fn is_holder(&self) -> bool {
        matches!(&self.caller.quality, Quality::Patient { person, .. } if *person == self.record.holder)
    }

    /// "another patient named by the holder" (1), "removed by the holder" (3).
    pub(super) fn is_assistant(&self) -> bool {
        let Quality::Patient { person, .. } = &self.caller.quality else { return false };
        let named = |(assistant, period): &(_, _)| assistant == person && lasts(*period, self.now);
        !self.is_holder() && self.record.assistants.iter().any(named)
    }

    /// The professional who calls.
    pub(super) fn professional(&self) -> Option<&ProfessionalId> {
        match &self.caller.quality {
            Quality::Professional { id, .. } => Some(id),
            _ => None,
        }
    }

    /// "Effect at once, ends at once on removal" (7).
    pub(super) fn blacklisted(&self) -> bool {
        self.professional()
            .is_some_and(|id| self.record.blacklist.iter().any(|(shut_out, period)| shut_out == id && lasts(*period, self.now)))
    }

    /// Whether a professional's mandate could count now at all.
    fn works(&self) -> bool {
        self.professional().is_some() && active(self.record, self.now) && !self.blacklisted()
    }

    fn named(&self, kind: PersonalMandate) -> bool {
        self.professional().is_some_and(|id| self.given(kind, Some(id)))
    }

    /// Whether a declaration is valid, of this professional or of any: until "declaration revoked, record closed" (3), or death.
    pub(super) fn declared(&self, of: Option<&ProfessionalId>) -> bool {
        let ended = self.record.status == DspStatus::Closed || dead(self.record, self.now);
        !ended && self.given(PersonalMandate::ReferringPhysician, of)
    }

    /// "trusted circle, assistants, blacklist and settings are kept and count again after reopening" (3); the others end.
    fn given(&self, kind: PersonalMandate, to: Option<&ProfessionalId>) -> bool {
        let kept = kind == PersonalMandate::TrustedCircle;
        self.record.mandates.iter().any(|mandate| {
            let ended = !kept && ended_by_closing(self.record, mandate.access.start.0, self.now);
            mandate.kind == kind && to.is_none_or(|id| mandate.professional == *id) && lasts(mandate.access, self.now) && !ended
        })
    }

    /// "the request comes through that establishment's own connection" (3).
    fn house(&self) -> Option<&Organisation> {
        self.caller.organisation.as_ref().filter(|organisation| organisation.own_connection)
    }

    /// "whatever connection they use, except through the connection of an establishment whose running episode is
    /// refused" (3, a choice).
    pub(super) fn through_a_refused_house(&self) -> bool {
        self.house().is_some_and(|house| house_refused(self.record, &house.id, self.now))
    }

    /// "an ordinary episode gives `Establishment`" (3).
    fn stays(&self) -> usize {
        let Some(house) = self.house() else { return 0 };
        open_to(self.record, &house.id, self.now).into_iter().filter(|episode| episode.kind == EpisodeKind::Ordinary).count()
    }

    /// "uses `Emergency` only for an emergency episode" of "an establishment cleared for emergency care" (3): what each of
    /// them lets see.
    pub(super) fn emergencies(&self) -> impl Iterator<Item = EmergencyAccess> {
        let cleared = self.house().filter(|house| house.emergency_cleared);
        let open = cleared.map(|house| open_to(self.record, &house.id, self.now)).unwrap_or_default();
        open.into_iter().filter_map(|episode| emergency_access(self.record, episode))
    }
}
