//! Who acted, in clear, for the trail: asked of the directories once for each event, when it is written (access rules, 8).

use crate::model::audit_actor::{Actor, ActorName, ActorOrganisation, ActorQuality, ActorRepresentative};
use crate::model::audit_event::AuditEvent;
use crate::model::directory::Professional;
use crate::model::dsp::{Caller, EstablishmentId, PersonId, Quality};
use crate::store::{Read, StoreError};

use super::caller::caller;
use super::{Call, Failure};

/// Names in the event who acted, unless the call says it already. Nobody is named whom no directory and no proof knows.
pub(super) fn name_actor(tx: &mut Read, call: &Call, audit: &mut AuditEvent) -> Result<(), StoreError> {
    if audit.actor.is_some() {
        return Ok(());
    }
    let caller = match caller(tx, call) {
        Ok(caller) => caller,
        Err(Failure::Store(error)) => return Err(error),
        Err(_) => return Err(StoreError::Failed("who calls could not be told")),
    };
    let Some(caller) = caller else { return Ok(()) };
    if matches!(caller.quality, Quality::RecordAdministrator { .. }) {
        audit.access_reason = call.person.as_ref().and_then(|person| person.claims.access_reason.clone());
    }
    audit.actor = Some(actor(tx, &caller)?);
    Ok(())
}

pub(super) fn actor(tx: &mut Read, caller: &Caller) -> Result<Actor, StoreError> {
    let organisation = match &caller.organisation {
        Some(organisation) => Some(named_organisation(tx, &organisation.id)?),
        None => None,
    };
    let of = |quality| Actor { organisation, ..Actor::of(quality) };
    Ok(match &caller.quality {
        Quality::Patient { person, representative: None } => {
            Actor { id: key(person.as_str()), name: person_name(tx, person)?, ..of(ActorQuality::Patient) }
        }
        Quality::Patient { person, representative: Some(representative) } => {
            let name = person_name(tx, &representative.person)?;
            let representative = ActorRepresentative { id: representative.person.to_string(), name };
            let child = person_name(tx, person)?;
            Actor { id: key(person.as_str()), name: child, representative: Some(representative), ..of(ActorQuality::LegalRepresentative) }
        }
        Quality::Professional { id, .. } => listed(tx, id.as_str(), of(ActorQuality::Professional))?,
        Quality::RecordAdministrator { id, .. } => listed(tx, id.as_str(), of(ActorQuality::RecordAdministrator))?,
        Quality::HealthFund => of(ActorQuality::HealthFund),
        Quality::Establishment => of(ActorQuality::Establishment),
        Quality::Operator => of(ActorQuality::Operator),
    })
}

/// Nobody has an empty key.
fn key(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| id.to_owned())
}

fn listed(tx: &mut Read, id: &str, actor: Actor) -> Result<Actor, StoreError> {
    let entry = tx.professionals(&[id])?.into_iter().next();
    let Some(Professional { family, given, profession, .. }) = entry else { return Ok(actor) };
    Ok(Actor { id: key(id), name: ActorName { family: Some(family), given }, function: Some(profession), ..actor })
}

fn person_name(tx: &mut Read, person: &PersonId) -> Result<ActorName, StoreError> {
    let Ok(patient_id) = person.as_str().parse() else { return Ok(ActorName::default()) };
    let name = tx.patient(&patient_id)?.and_then(|known| known.demographics.name);
    Ok(name.map_or_else(ActorName::default, |name| ActorName {
        family: name.family,
        given: Some(name.given.join(" ")).filter(|given| !given.is_empty()),
    }))
}

fn named_organisation(tx: &mut Read, id: &EstablishmentId) -> Result<ActorOrganisation, StoreError> {
    let name = tx.establishment(id.as_str())?.map(|known| known.name);
    Ok(ActorOrganisation { id: id.to_string(), name })
}
