//! Managing a record (access rules, 2, 3, 7 and 9).

use super::caller::{Caller, EstablishmentId, PersonId, ProfessionalId, Quality};
use super::document::{Activation, DocumentFacts};
use super::mandate::{MandateKind, PersonalMandate};
use super::reason::{Denial, Ground};
use super::record::{DspStatus, RecordState};
use super::standing::{Standing, check_caller};
use super::verdict::Verdict;
use crate::model::timestamp::Instant;

/// An act on a record that neither reads nor writes a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAct<'a> {
    /// The holder ends the thirty days before their time.
    Activate,
    /// The holder closes the record.
    Close,
    /// The holder opens it again.
    Reopen,
    /// The holder or an assistant chooses what emergency professionals see.
    SetEmergencyAccess,
    /// The holder or an assistant sets the presence code.
    SetPresenceCode,
    /// The holder names or dismisses an assistant.
    NameAssistant,
    /// The holder or an assistant names or dismisses a member of the trusted circle.
    NameTrusted,
    /// The holder or an assistant shuts a professional out.
    Blacklist(&'a ProfessionalId),
    /// They let one in again.
    Unblacklist,
    /// The holder or an assistant cuts a mandate short.
    ShortenMandate(MandateKind),
    /// The CNS validates a declaration.
    DeclareReferringPhysician,
    /// The CNS revokes it.
    RevokeReferringPhysician,
    /// An establishment declares admission, discharge or refusal of an episode of its own.
    DeclareEpisode {
        /// Whose episode it is.
        establishment: &'a EstablishmentId,
        /// Whether it is one of emergency care.
        emergency: bool,
    },
    /// A professional enters the presence code that was found right.
    OpenConsultation,
    /// Identito-vigilance takes a document out of sight.
    Deactivate(&'a DocumentFacts),
    /// It shows it again.
    Restore(&'a DocumentFacts),
    /// It takes it out of sight for good.
    ConfirmDeactivation(&'a DocumentFacts),
    /// It files it under the right patient.
    MoveToPatient(&'a DocumentFacts),
    /// The operator or the CNS creates the record of a patient who has none.
    Create,
    /// The operator changes a directory.
    ChangeDirectories,
}

impl RecordAct<'_> {
    /// Whether the caller may do it.
    pub fn decide(self, caller: &Caller, record: &RecordState, now: Instant) -> Verdict {
        self.try_decide(caller, record, now).into()
    }

    fn try_decide(self, caller: &Caller, record: &RecordState, now: Instant) -> Result<Ground, Denial> {
        // What no document is about is asked of the caller first, so that an invalid one learns nothing of the record.
        if matches!(self, Self::ChangeDirectories | Self::Create) {
            check_caller(caller, now)?;
            return if self == Self::Create { creator(caller) } else { operator(caller) };
        }
        let standing = Standing::of(caller, record, now)?;
        let ground = self.entitlement(caller, record, now, &standing)?;
        self.fits_state(record, now)?;
        Ok(ground)
    }

    fn entitlement(self, caller: &Caller, record: &RecordState, now: Instant, standing: &Standing) -> Result<Ground, Denial> {
        match self {
            Self::Activate | Self::SetEmergencyAccess | Self::SetPresenceCode => holder_or_assistant(caller, record, now),
            Self::Close | Self::Reopen | Self::NameAssistant => holder(caller, record, now),
            Self::NameTrusted | Self::Blacklist(_) | Self::Unblacklist | Self::ShortenMandate(_) => {
                holder_or_assistant(caller, record, now)
            }
            Self::DeclareReferringPhysician | Self::RevokeReferringPhysician => match caller.quality {
                Quality::HealthFund => Ok(Ground::Mandate(MandateKind::HealthFund)),
                _ => Err(Denial::NotEntitled),
            },
            Self::DeclareEpisode { establishment, emergency } => own_episode(caller, establishment, emergency),
            Self::OpenConsultation => consultation(caller, record, now, standing),
            Self::MoveToPatient(document) => match standing.move_document(document) {
                Verdict::Allow(ground) => Ok(ground),
                Verdict::Deny(denial) => Err(denial),
            },
            Self::Deactivate(_) | Self::Restore(_) | Self::ConfirmDeactivation(_) => {
                let mandate = MandateKind::RecordAdministrator;
                if standing.has(mandate) { Ok(Ground::Mandate(mandate)) } else { Err(Denial::NotEntitled) }
            }
            Self::Create => creator(caller),
            Self::ChangeDirectories => operator(caller),
        }
    }

    /// Whether record and document are in a state in which the act makes sense.
    fn fits_state(self, record: &RecordState, now: Instant) -> Result<(), Denial> {
        let status = record.status_at(now);
        let inactive = matches!(status, DspStatus::Inactive { .. });
        let in_life = status == DspStatus::Active || inactive;
        let fits = match self {
            // What is moved was looked at already.
            Self::ChangeDirectories | Self::Create | Self::MoveToPatient(_) => true,
            Self::Deactivate(document) => document.activation == Activation::Active,
            Self::Restore(document) | Self::ConfirmDeactivation(document) => document.activation == Activation::Deactivated,
            _ if record.deceased(now) => false,
            Self::Activate => inactive,
            Self::Reopen => status == DspStatus::Closed,
            Self::RevokeReferringPhysician => record.has_referring_physician(now),
            Self::ShortenMandate(MandateKind::Consultation | MandateKind::Establishment | MandateKind::Emergency) => in_life,
            Self::ShortenMandate(_) => false,
            Self::Blacklist(physician) if record.mandated(PersonalMandate::ReferringPhysician, physician, now) => {
                return Err(Denial::ReferringPhysician);
            }
            _ => in_life,
        };
        if fits { Ok(()) } else { Err(Denial::State) }
    }
}

/// The directories are no record's: none stands in the way, not even a purged one.
fn operator(caller: &Caller) -> Result<Ground, Denial> {
    if caller.quality == Quality::Operator { Ok(Ground::Operator) } else { Err(Denial::NotEntitled) }
}

/// Records are created for affiliated patients, and on express request (access rules, 2).
fn creator(caller: &Caller) -> Result<Ground, Denial> {
    match caller.quality {
        Quality::HealthFund => Ok(Ground::Mandate(MandateKind::HealthFund)),
        _ => operator(caller),
    }
}

fn is_holder(person: &PersonId, record: &RecordState) -> bool {
    *person == record.holder
}

fn holder(caller: &Caller, record: &RecordState, now: Instant) -> Result<Ground, Denial> {
    match &caller.quality {
        Quality::Patient { person, .. } if is_holder(person, record) && !record.deceased(now) => Ok(Ground::Mandate(MandateKind::Holder)),
        _ => Err(Denial::NotEntitled),
    }
}

fn holder_or_assistant(caller: &Caller, record: &RecordState, now: Instant) -> Result<Ground, Denial> {
    match &caller.quality {
        Quality::Patient { person, .. } if record.assisted_by(person, now) => Ok(Ground::Mandate(MandateKind::Assistant)),
        _ => holder(caller, record, now),
    }
}

fn own_episode(caller: &Caller, establishment: &EstablishmentId, emergency: bool) -> Result<Ground, Denial> {
    let Some(organisation) = &caller.organisation else { return Err(Denial::CallerInvalid) };
    let own = organisation.attested && organisation.own_connection && organisation.id == *establishment;
    match caller.quality {
        Quality::Establishment if own && (organisation.emergency_cleared || !emergency) => Ok(Ground::OwnEpisode),
        _ => Err(Denial::NotEntitled),
    }
}

/// The code opens a mandate for the self-employed professional who enters it (access rules, 3, *Presence code*).
fn consultation(caller: &Caller, record: &RecordState, now: Instant, standing: &Standing) -> Result<Ground, Denial> {
    let Quality::Professional { id, self_employed: true, .. } = &caller.quality else { return Err(Denial::NotEntitled) };
    if !record.in_use(now) {
        return Err(Denial::RecordNotActive);
    }
    if record.blacklisted(id, now) {
        return Err(Denial::Blacklisted);
    }
    if standing.otherwise == Denial::EpisodeRefused {
        return Err(Denial::EpisodeRefused);
    }
    Ok(Ground::Mandate(MandateKind::Consultation))
}
