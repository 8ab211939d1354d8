//! Whether the directories bear out whom an assertion or a token is about.

use crate::access::{Call, Failure};
use crate::model::dsp::{Caller, ProfessionalState, Quality};
use crate::model::person::{NotBorneOut, Person};
use crate::model::timestamp::Instant;

use super::Services;

/// Judges the person, and the organisation that they name, by the directories as they are now, as the access rules do (5.1).
///
/// # Errors
/// [`Failure`] if the directories cannot be asked.
pub(super) fn borne_out(services: &Services, call: &Call, person: &Person) -> Result<Result<(), NotBorneOut>, Failure> {
    let call = Call { person: Some(person.clone()), ..call.clone() };
    let caller = services.door.caller(&call)?;
    Ok(caller.map_or(Err(NotBorneOut::UnknownSubject), |caller| check(&caller, call.now)))
}

fn check(caller: &Caller, now: Instant) -> Result<(), NotBorneOut> {
    let (state, has_workplaces) = match &caller.quality {
        Quality::Professional { state, .. } | Quality::RecordAdministrator { state, .. } => (*state, true),
        Quality::Patient { representative: Some(representative), .. } if representative.until <= now => {
            return Err(NotBorneOut::NotRepresentative);
        }
        Quality::Patient { .. } | Quality::HealthFund | Quality::Establishment | Quality::Operator => (ProfessionalState::Valid, false),
    };
    let organisation = caller.organisation.as_ref();
    match state {
        ProfessionalState::Unknown => Err(NotBorneOut::UnknownSubject),
        ProfessionalState::Suspended => Err(NotBorneOut::Suspended),
        ProfessionalState::Unlicensed => Err(NotBorneOut::Unlicensed),
        ProfessionalState::Valid if organisation.is_some_and(|organisation| !organisation.attested) => Err(NotBorneOut::NotAttested),
        ProfessionalState::Valid if has_workplaces && organisation.is_some_and(|organisation| !organisation.linked) => {
            Err(NotBorneOut::NotLinked)
        }
        ProfessionalState::Valid => Ok(()),
    }
}
