//! ITI-8 Patient Identity Feed, as a Document Registry takes it (ITI TF-2: 3.8.4.1.4, 3.8.4.2.4).
//!
//! Which identifiers name records here is a matter of configuration; those of other authorities become aliases. A01, A04,
//! A05, A08, A28 and A31 make a patient known or bring a known one up to date. All pairs of a merge are carried out, or none.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{Call, Failure, IdentityRefusal, Writing};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::model::patient_feed::{
    DemographicElement, FeedEvent, LinkChange, PatientDemographics, PatientFeed, PatientIdentificationDomain, PatientMerge,
};
use crate::model::timestamp::Instant;
use crate::wire::hl7v2::ack::{self, AckStamp};
use crate::wire::hl7v2::error::{ErrorCondition, Location, SegmentId};
use crate::wire::hl7v2::header::TriggerEvent;
use crate::wire::hl7v2::raw_header::RawHeader;
use crate::wire::hl7v2::{Hl7Error, adt};

use super::{Services, iti64};

/// Where a failure is that lies in no segment.
const MESSAGE: Location = Location::segment(SegmentId::MSH, 1);

/// Which transaction a message belongs to, as far as its header tells: A43 is ITI-64, everything else ITI-8.
pub fn transaction(message: &[u8]) -> Transaction {
    let trigger = RawHeader::find(message).map_or(&b""[..], |header| header.component(9, 2));
    if trigger == TriggerEvent::A43.as_str().as_bytes() { Transaction::Iti64 } else { Transaction::Iti8 }
}

/// Carries out one message, given without its frame, and gives the acknowledgement. It says `AA` only after the commit.
pub fn answer(services: &Services, call: &Call, message: &[u8]) -> Vec<u8> {
    let number = call.request_id.simple().encode_lower(&mut Uuid::encode_buffer()).to_owned();
    let stamp = AckStamp { at: date_time(call.now), control_id: number.get(..20).unwrap_or_default() };
    match carry_out(services, call, message) {
        Ok(()) => ack::accept(message, stamp),
        Err(error) => ack::refuse(message, &error, stamp),
    }
}

fn carry_out(services: &Services, call: &Call, message: &[u8]) -> Result<(), Hl7Error> {
    let call = Call { caller: sender(message).or_else(|| call.caller.clone()), ..call.clone() };
    let call = services.door.admit(&call, transaction(message)).map_err(|failure| explain(&failure, MESSAGE))?;
    let domain = services.assigning_authorities.first();
    let domain = domain.map(|oid| PatientIdentificationDomain { namespace_id: None, universal_id: oid.clone() });
    let steps =
        adt::read(message, domain.as_ref()).and_then(|feed| Ok((steps(&feed, &services.assigning_authorities)?, feed.message_control_id)));
    let (steps, control_id) = steps.map_err(|error| refused(services, &call, transaction(message), error))?;
    let (mut place, transaction) = (None, transaction(message));
    let done = services.door.write(&call, transaction, |writing| {
        writing.audit.message_id = Some(control_id);
        steps.into_iter().try_for_each(|step| {
            place = Some(step.place);
            perform(writing, step.action).inspect_err(|failure| {
                let (code, _) = explain(failure, step.place).condition.code_and_text();
                writing.audit.errors.push(code.to_owned());
            })
        })
    });
    done.map_err(|failure| {
        if failure.outcome() == AuditOutcome::SeriousFailure {
            tracing::error!(request_id = %call.request_id, transaction = transaction.as_str(), "{failure}");
        }
        explain(&failure, place.unwrap_or(MESSAGE))
    })
}

/// `facility|application`, as the audit trail names a sender (ITI TF-2: 3.8.5.1.2), as far as the message shows one.
fn sender(message: &[u8]) -> Option<String> {
    let header = RawHeader::find(message)?;
    let part = |field| {
        let namespace = header.component(field, 1);
        let name = if namespace.is_empty() { header.component(field, 2) } else { namespace };
        let name = String::from_utf8_lossy(name);
        name.chars().filter(|c| !c.is_control()).take(199).collect::<String>()
    };
    let (application, facility) = (part(3), part(4));
    (!application.is_empty() || !facility.is_empty()).then(|| format!("{facility}|{application}"))
}

/// Leaves a record of a message that could not be understood; if that fails, the sender has to come again.
fn refused(services: &Services, call: &Call, transaction: Transaction, error: Hl7Error) -> Hl7Error {
    let (code, _) = error.condition.code_and_text();
    match services.door.refuse(call, transaction, AuditOutcome::MinorFailure, vec![code.to_owned()]) {
        Ok(()) => error,
        Err(failure) => explain(&failure, MESSAGE),
    }
}

/// What one segment of the message changes.
pub(super) struct Step {
    pub(super) place: Location,
    pub(super) action: Action,
}

pub(super) enum Action {
    Put(PatientId, PatientDemographics, Vec<DemographicElement>),
    Merge { surviving: PatientId, subsumed: PatientId },
    ChangeLink(LinkChange),
}

fn perform(writing: &mut Writing<'_>, action: Action) -> Result<(), Failure> {
    match action {
        Action::Put(patient, demographics, removed) => writing.put_patient(&patient, demographics, &removed).map(drop),
        Action::Merge { surviving, subsumed } => writing.merge_patients(&surviving, &subsumed),
        Action::ChangeLink(change) => writing.change_link(&change),
    }
}

/// What the message asks, in the terms of the identifiers that name records here.
fn steps(feed: &PatientFeed, authorities: &[Oid]) -> Result<Vec<Step>, Hl7Error> {
    match &feed.event {
        FeedEvent::Add(patient) => person(patient, &[], authorities),
        FeedEvent::Revise { patient, removed } => person(patient, removed, authorities),
        FeedEvent::Merge(pairs) => {
            let numbered = (1..=u16::MAX).zip(pairs);
            let steps: Result<Vec<_>, _> = numbered.map(|(number, pair)| merge(pair, number, authorities)).collect();
            Ok(steps?.into_iter().flatten().collect())
        }
        FeedEvent::ChangeLink(change) => Ok(vec![iti64::step(change, authorities)?]),
    }
}

/// One step for each of the patient's identifiers that names a record here, with those of other authorities as aliases.
fn person(patient: &PatientDemographics, removed: &[DemographicElement], authorities: &[Oid]) -> Result<Vec<Step>, Hl7Error> {
    let place = Location::segment(SegmentId::PID, 1).field(3);
    let (own, others): (Vec<_>, Vec<_>) = patient.identifiers.iter().cloned().partition(|id| is_own(id, authorities));
    if own.is_empty() {
        return Err(foreign(place));
    }
    let steps = own.into_iter().map(|id| {
        let identifiers = std::iter::once(id.clone()).chain(others.iter().cloned()).collect();
        let demographics = PatientDemographics { identifiers, ..patient.clone() };
        Step { place, action: Action::Put(id, demographics, removed.to_vec()) }
    });
    Ok(steps.collect())
}

/// One step for each subsumed identifier that names a record here; it goes to the survivor's identifier of the same
/// authority (ITI TF-2: 3.8.4.2.2.4). That both have one is the first of the conditions of 3.8.4.2.4.
fn merge(pair: &PatientMerge, number: u16, authorities: &[Oid]) -> Result<Vec<Step>, Hl7Error> {
    let place = Location::segment(SegmentId::PID, number).field(3);
    let mrg_1 = Location::segment(SegmentId::MRG, number).field(1);
    let subsumed: Vec<_> = pair.subsumed.iter().filter(|id| is_own(id, authorities)).collect();
    if subsumed.is_empty() {
        return Err(foreign(mrg_1));
    }
    let step = |subsumed: &Cx| {
        let mut survivors = pair.surviving.iter().filter(|id| id.assigning_authority() == subsumed.assigning_authority());
        let surviving = survivors.next().ok_or_else(|| foreign(place))?.clone();
        if survivors.any(|other| *other != surviving) {
            let text = "name one identifier of that assigning authority only; with two it is not clear which of them survives";
            return Err(Hl7Error::error(ErrorCondition::DataType, place, text));
        }
        Ok(Step { place, action: Action::Merge { surviving, subsumed: subsumed.clone() } })
    };
    subsumed.into_iter().map(step).collect()
}

pub(super) fn is_own(identifier: &Cx, authorities: &[Oid]) -> bool {
    authorities.contains(identifier.assigning_authority())
}

pub(super) fn foreign(place: Location) -> Hl7Error {
    let text = "no identifier is of an assigning authority whose patients are filed here; send one, or have the authority configured";
    Hl7Error::error(ErrorCondition::UnknownKeyIdentifier, place, text)
}

/// The failure in HL7's terms. What broke inside is for the log, under the id of the request.
fn explain(failure: &Failure, place: Location) -> Hl7Error {
    match failure {
        Failure::Identity(refusal) => {
            let condition = match refusal {
                IdentityRefusal::Unknown | IdentityRefusal::Merged => ErrorCondition::UnknownKeyIdentifier,
                IdentityRefusal::SamePatient | IdentityRefusal::SameLink => ErrorCondition::DuplicateKeyIdentifier,
            };
            Hl7Error::error(condition, place, refusal.to_string())
        }
        Failure::NotAdmitted(refusal) => Hl7Error::reject(ErrorCondition::ApplicationInternalError, None, refusal.to_string()),
        failure if failure.is_transient() => {
            Hl7Error::unavailable("the registry cannot store this now; nothing was changed, send the message again later")
        }
        _ => Hl7Error::internal("the registry failed; nothing was changed, tell its operator the id of this acknowledgement (MSH-10)"),
    }
}

fn date_time(at: Instant) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
#[path = "iti8_tests.rs"]
mod tests;
