//! Who calls, in the terms of the access rules: what is proven of the person and of the connection, judged by what the
//! directories say at the time of the call (access rules, 1 and 5.1). Nothing is kept from one call to the next.
//!
//! One session has one quality: a role names it, and who names none is a professional. What the
//! directory does not bear out gives a caller whom the rules refuse, not a lesser one.

use std::collections::BTreeSet;

use crate::model::civil_day::day_of;
use crate::model::connected_system::{Standing, SystemOperator};
use crate::model::directory::{Establishment, Professional};
use crate::model::dsp::{Caller, EstablishmentId, Organisation, PersonId, ProfessionalState, Quality, Representative};
use crate::model::hl7_types::PatientId;
use crate::model::ids::Oid;
use crate::model::person::{ADMIN, Person, SubjectClaims};
use crate::model::timestamp::Instant;
use crate::store::{KnownPatient, KnownSystem, PatientState, Read};

use super::{Call, Failure};

/// Usage profiles that are roles rather than professions (access rules, 1): nobody acts as a professional under them.
const RECORD_ADMINISTRATOR: &str = "administrateur-dossier";
const HEALTH_FUND: &str = "cns";
const OTHER_ROLES: [&str; 3] = ["patient", "assistant-dsp", "medecin-referent"];

/// The quality in which a person says that they call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claimed {
    Patient,
    LegalRepresentative,
    Professional,
    RecordAdministrator,
    HealthFund,
    Establishment,
    Operator,
}

/// Who calls; nobody where neither a person nor the system of an establishment is proven.
pub(super) fn caller(tx: &mut Read, call: &Call) -> Result<Option<Caller>, Failure> {
    let Some(person) = &call.person else { return system(tx, call) };
    let caller = match claimed(&person.claims) {
        None => nobody(),
        Some(Claimed::Patient) => patient(tx, &person.claims)?,
        Some(Claimed::LegalRepresentative) => representative(tx, &person.claims, call.now)?,
        Some(Claimed::Professional) => professional(tx, call, person)?,
        Some(Claimed::RecordAdministrator) => record_administrator(tx, call, person)?,
        Some(Claimed::HealthFund) => health_fund(tx, call, person)?,
        Some(Claimed::Establishment) => establishment(tx, call, person)?,
        Some(Claimed::Operator) => Caller { quality: Quality::Operator, organisation: None },
    };
    Ok(Some(caller))
}

/// The one quality of the claims; nothing where they name several.
fn claimed(claims: &SubjectClaims) -> Option<Claimed> {
    let qualities = claims.qualities();
    let only = qualities.first().filter(|_| qualities.len() == 1)?;
    Some(match *only {
        "patient" => Claimed::Patient,
        "representant-legal" => Claimed::LegalRepresentative,
        RECORD_ADMINISTRATOR => Claimed::RecordAdministrator,
        HEALTH_FUND => Claimed::HealthFund,
        "etablissement" => Claimed::Establishment,
        ADMIN => Claimed::Operator,
        _ => Claimed::Professional,
    })
}

/// A caller of whom nothing holds: the rules refuse them everything.
fn nobody() -> Caller {
    let quality = Quality::Professional { id: "".into(), profile: "".into(), state: ProfessionalState::Unknown, self_employed: false };
    Caller { quality, organisation: None }
}

fn patient(tx: &mut Read, claims: &SubjectClaims) -> Result<Caller, Failure> {
    // Who acts for another says so by the role.
    let (Some(person), None) = (&claims.person, &claims.representative) else { return Ok(nobody()) };
    Ok(match records(tx, [person])? {
        [Some(person)] => Caller { quality: Quality::Patient { person: person_id(&person), representative: None }, organisation: None },
        [None] => nobody(),
    })
}

fn representative(tx: &mut Read, claims: &SubjectClaims, now: Instant) -> Result<Caller, Failure> {
    let (Some(child), Some(representative)) = (&claims.person, &claims.representative) else { return Ok(nobody()) };
    let [Some(child), Some(representative)] = records(tx, [child, representative])? else { return Ok(nobody()) };
    let entered = tx.representation(&child, &representative)?;
    let Some(until) = entered.and_then(|(link, known)| link.ends(known.birth_date.as_ref(), now)) else { return Ok(nobody()) };
    let representative = Some(Representative { person: person_id(&representative), until });
    Ok(Caller { quality: Quality::Patient { person: person_id(&child), representative }, organisation: None })
}

fn person_id(patient_id: &PatientId) -> PersonId {
    PersonId::from(patient_id.to_string().as_str())
}

/// The records in use that these identifiers name: those of records that were merged name the surviving one, and so do those of
/// other authorities.
pub(super) fn records<const N: usize>(tx: &mut Read, ids: [&PatientId; N]) -> Result<[Option<PatientId>; N], Failure> {
    let known = tx.patients(&ids.map(Clone::clone))?;
    let in_use = |known: &KnownPatient| match &known.state {
        PatientState::Active => known.patient_id.clone(),
        PatientState::MergedInto(surviving) => surviving.clone(),
    };
    let mut found = ids.map(|id| known.iter().find(|known| known.patient_id == *id).map(in_use));
    let others: Vec<_> = ids.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(id, _)| (*id).clone()).collect();
    if !others.is_empty() {
        let named = tx.patients_of_aliases(&others)?;
        for (id, found) in ids.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            *found = named.iter().find(|(alias, _)| alias == *id).map(|(_, patient_id)| patient_id.clone());
        }
    }
    Ok(found)
}

fn professional(tx: &mut Read, call: &Call, person: &Person) -> Result<Caller, Failure> {
    let Some(entry) = listed(tx, person)? else { return Ok(nobody()) };
    let profile = entry.usage_profile.as_deref().unwrap_or_default();
    let has_role = [RECORD_ADMINISTRATOR, HEALTH_FUND].contains(&profile) || OTHER_ROLES.contains(&profile);
    let state = if has_role { ProfessionalState::Unknown } else { entry.state(call.now, true) };
    let self_employed = entry.is_self_employed(call.now);
    let quality = Quality::Professional { id: entry.id.as_str().into(), profile: profile.into(), state, self_employed };
    Ok(Caller { quality, organisation: asserted(tx, call, person, Some(&entry))? })
}

fn record_administrator(tx: &mut Read, call: &Call, person: &Person) -> Result<Caller, Failure> {
    let entry = listed(tx, person)?.filter(|entry| entry.usage_profile.as_deref() == Some(RECORD_ADMINISTRATOR));
    let Some(entry) = entry else { return Ok(nobody()) };
    let reason_stated = person.claims.access_reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    let state = entry.state(call.now, false);
    let quality = Quality::RecordAdministrator { id: entry.id.as_str().into(), state, reason_stated };
    Ok(Caller { quality, organisation: asserted(tx, call, person, Some(&entry))? })
}

/// The CNS calls through its own connection, or as the entry of the directory that stands for it.
fn health_fund(tx: &mut Read, call: &Call, person: &Person) -> Result<Caller, Failure> {
    let connection = connection(tx, call)?.filter(is_health_fund);
    if let Some(connection) = connection {
        return Ok(Caller { quality: Quality::HealthFund, organisation: own_organisation(&connection, call.now) });
    }
    let entry = listed(tx, person)?.filter(|entry| entry.usage_profile.as_deref() == Some(HEALTH_FUND));
    let valid = entry.is_some_and(|entry| entry.state(call.now, false) == ProfessionalState::Valid);
    Ok(if valid { Caller { quality: Quality::HealthFund, organisation: None } } else { nobody() })
}

fn is_health_fund(connection: &KnownSystem) -> bool {
    connection.establishment.as_ref().is_some_and(Establishment::is_health_fund)
}

/// Somebody at an establishment who calls for nobody but it: through its own connection only.
fn establishment(tx: &mut Read, call: &Call, person: &Person) -> Result<Caller, Failure> {
    let organisation = match person.claims.organization_ids.is_empty() {
        true => connection(tx, call)?.and_then(|connection| own_organisation(&connection, call.now)),
        false => asserted(tx, call, person, None)?,
    };
    Ok(Caller { quality: Quality::Establishment, organisation })
}

/// A connected system that calls for nobody: its establishment does. Practice software without a user is nobody.
fn system(tx: &mut Read, call: &Call) -> Result<Option<Caller>, Failure> {
    let Some(connection) = connection(tx, call)? else { return Ok(None) };
    let organisation = own_organisation(&connection, call.now);
    let quality = if is_health_fund(&connection) { Quality::HealthFund } else { Quality::Establishment };
    Ok(organisation.map(|organisation| Caller { quality, organisation: Some(organisation) }))
}

/// What the directory says of the person, under the first of their names that it knows. Identifiers that name two professionals
/// name none: one session is that of one person.
fn listed(tx: &mut Read, person: &Person) -> Result<Option<Professional>, Failure> {
    let keys: Vec<_> = person.directory_keys().collect();
    let entries = tx.professionals(&keys.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
    let is = |(root, id): &(Option<&str>, &str), entry: &Professional| {
        entry.id == *id && root.is_none_or(|root| root == entry.assigning_authority.as_str())
    };
    let mut named = keys.iter().filter_map(|key| Some((key.0.is_some(), entries.iter().find(|entry| is(key, entry))?)));
    let Some((_, first)) = named.next() else { return Ok(None) };
    let is_another = named.any(|(is_identifier, entry)| is_identifier && entry.id != first.id);
    Ok((!is_another).then(|| first.clone()))
}

/// The connected system of the certificate, where the directory knows exactly one.
fn connection(tx: &mut Read, call: &Call) -> Result<Option<KnownSystem>, Failure> {
    let Some(node) = call.node.proven() else { return Ok(None) };
    let mut found = tx.connected_systems_of(&node.identities())?;
    let only = found.pop();
    Ok(only.filter(|_| found.is_empty()))
}

/// The establishment of a connected system, which speaks for itself.
fn own_organisation(connection: &KnownSystem, now: Instant) -> Option<Organisation> {
    let SystemOperator::Establishment(id) = &connection.system.operator else { return None };
    let organisation = organisation(id, connection.establishment.as_ref(), now);
    let attested = organisation.attested && is_attested(connection, now);
    Some(Organisation { attested, linked: true, own_connection: true, ..organisation })
}

/// The organisation that the person names, by its OID or its key; more than one is none that anybody could be linked to.
/// `entry` is the person in the directory; without it, nobody is asked to be linked.
fn asserted(tx: &mut Read, call: &Call, person: &Person, entry: Option<&Professional>) -> Result<Option<Organisation>, Failure> {
    let ids: BTreeSet<_> = person.claims.organization_ids.iter().map(|id| id.trim()).collect();
    let Some(id) = ids.first() else { return Ok(None) };
    let known = if ids.len() == 1 { named(tx, id)? } else { None };
    let Some(known) = known else { return Ok(Some(organisation(id, None, call.now))) };
    let connection = connection(tx, call)?.filter(|connection| is_operated_by(connection, &known.id));
    let organisation = organisation(&known.id, Some(&known), call.now);
    Ok(Some(Organisation {
        attested: organisation.attested && connection.as_ref().is_none_or(|connection| is_attested(connection, call.now)),
        linked: entry.is_none_or(|entry| entry.works_at(&known.id, call.now)),
        own_connection: connection.is_some(),
        ..organisation
    }))
}

fn is_operated_by(connection: &KnownSystem, establishment: &str) -> bool {
    matches!(&connection.system.operator, SystemOperator::Establishment(id) if id == establishment)
}

fn is_attested(connection: &KnownSystem, now: Instant) -> bool {
    connection.system.standing(&day_of(now)) == Standing::Attested
}

/// `urn:oid:` and an OID, the OID alone, or the key of the directory.
pub(super) fn named(tx: &mut Read, id: &str) -> Result<Option<Establishment>, Failure> {
    let oid = id.strip_prefix("urn:oid:").unwrap_or(id).parse::<Oid>();
    Ok(match oid {
        Ok(oid) => tx.establishment_of_oid(&oid)?,
        Err(_) => tx.establishment(id)?,
    })
}

/// What the directory says of an establishment by itself; one that it does not know is not attested.
fn organisation(id: &str, known: Option<&Establishment>, now: Instant) -> Organisation {
    Organisation {
        id: EstablishmentId::from(id),
        attested: known.is_some_and(|known| known.is_attested_on(&day_of(now))),
        linked: false,
        own_connection: false,
        laboratory: known.is_some_and(Establishment::is_laboratory),
        emergency_cleared: known.is_some_and(Establishment::is_cleared_for_emergencies),
    }
}

#[cfg(test)]
#[path = "caller_tests.rs"]
pub(super) mod tests;
