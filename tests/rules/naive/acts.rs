//! Managing a record (access rules, 2, 3, 6, 7 and 9).

use dossier::model::dsp::{Activation, DspStatus, EstablishmentId, Ground, MandateKind, ProfessionalId, Quality, RecordAct};

use super::callers::valid;
use super::episodes::{active, dead, inactive};
use super::mandates::World;

/// On what it rests, if it is allowed.
pub(crate) fn act(world: World<'_>, act: RecordAct<'_>) -> Option<Ground> {
    if !valid(world.caller, world.now) {
        return None;
    }
    if act == RecordAct::ChangeDirectories {
        // "operator (`admin` role)": about no record.
        return matches!(world.caller.quality, Quality::Operator).then_some(Ground::Operator);
    }
    if world.record.status == DspStatus::Purged {
        return None;
    }
    by_patient(world, act).or_else(|| by_others(world, act)).or_else(|| by_administrator(world, act))
}

/// The first three lines of the table in 9.
fn by_patient(world: World<'_>, act: RecordAct<'_>) -> Option<Ground> {
    let (now, record) = (world.now, world.record);
    let closed = record.status == DspStatus::Closed && !dead(record, now);
    let (waits, lives) = (inactive(record, now), active(record, now) || inactive(record, now));
    let (fits, assistant_too) = match act {
        // "activate, …: holder (assistant: all but close, reopen)"; within the thirty days (2).
        RecordAct::Activate => (waits, true),
        // "holder closes (any time, also while `Inactive`)" (2).
        RecordAct::Close => (lives, false),
        // "`Closed` → `Active` again" (2).
        RecordAct::Reopen => (closed, false),
        // The mandate of the holder begins with the creation of the record and ends with closing or death (3).
        RecordAct::SetEmergencyAccess | RecordAct::SetPresenceCode => (lives, true),
        // "assistants: holder only".
        RecordAct::NameAssistant => (lives, false),
        // "trusted circle, blacklist, shorten a mandate: holder, assistant".
        RecordAct::NameTrusted | RecordAct::Unblacklist => (lives, true),
        RecordAct::Blacklist(professional) => (lives && !is_referring_physician(world, professional), true),
        RecordAct::ShortenMandate(kind) => (lives && can_be_shortened(kind), true),
        _ => (false, false),
    };
    if fits && world.is_holder() {
        Some(Ground::Mandate(MandateKind::Holder))
    } else {
        (fits && assistant_too && world.is_assistant()).then_some(Ground::Mandate(MandateKind::Assistant))
    }
}

/// "The declared MR cannot be blacklisted while the declaration is valid" (7).
fn is_referring_physician(world: World<'_>, professional: &ProfessionalId) -> bool {
    world.declared(Some(professional))
}

/// "may shorten a `Consultation` or `Establishment` or `Emergency` mandate at any time" (3).
fn can_be_shortened(kind: MandateKind) -> bool {
    [MandateKind::Consultation, MandateKind::Establishment, MandateKind::Emergency].contains(&kind)
}

/// The CNS, an establishment, a professional with a presence code.
fn by_others(world: World<'_>, act: RecordAct<'_>) -> Option<Ground> {
    let (now, record) = (world.now, world.record);
    let lives = active(record, now) || inactive(record, now);
    let health_fund = matches!(world.caller.quality, Quality::HealthFund);
    match act {
        // "record created if missing, `Active` at once" (2); "for a closed record is refused" (3).
        RecordAct::DeclareReferringPhysician => (health_fund && lives).then_some(Ground::Mandate(MandateKind::HealthFund)),
        // "MR declaration: validate, revoke".
        RecordAct::RevokeReferringPhysician => (health_fund && world.declared(None)).then_some(Ground::Mandate(MandateKind::HealthFund)),
        // "admission, discharge, refusal, subcontract: the establishment, for its own episodes".
        RecordAct::DeclareEpisode { establishment, emergency } => {
            (lives && is_house(world, establishment, emergency)).then_some(Ground::OwnEpisode)
        }
        // "self-employed professional, by name: the professional enters the holder's presence code" (3); one who is shut
        // out gets "the same answer as without a mandate" (7). Whether a code may be entered through the connection of a house
        // whose running episode is refused is not said; there the mandate would not count, so it is not opened there either.
        RecordAct::OpenConsultation => {
            let self_employed = matches!(world.caller.quality, Quality::Professional { self_employed: true, .. });
            (self_employed && active(record, now) && !world.blacklisted() && !world.through_a_refused_house())
                .then_some(Ground::Mandate(MandateKind::Consultation))
        }
        _ => None,
    }
}

/// An emergency is declared by "an establishment cleared for emergency care" (3) only.
fn is_house(world: World<'_>, establishment: &EstablishmentId, emergency: bool) -> bool {
    let system = matches!(world.caller.quality, Quality::Establishment);
    let own = world.caller.organisation.as_ref();
    system && own.is_some_and(|house| house.id == *establishment && (house.emergency_cleared || !emergency))
}

/// "deactivate / restore / move to the right patient: `RecordAdministrator`; two-step: temporarily deactivated → confirmed
/// or restored" (6).
fn by_administrator(world: World<'_>, act: RecordAct<'_>) -> Option<Ground> {
    let fits = match act {
        RecordAct::Deactivate(document) => document.activation == Activation::Active,
        RecordAct::Restore(document) | RecordAct::ConfirmDeactivation(document) => document.activation == Activation::Deactivated,
        // What was taken away for good is not moved either.
        RecordAct::MoveToPatient(document) => document.activation != Activation::Confirmed,
        _ => false,
    };
    (fits && world.has(MandateKind::RecordAdministrator)).then_some(Ground::Mandate(MandateKind::RecordAdministrator))
}
