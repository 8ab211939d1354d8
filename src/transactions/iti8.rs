//! ITI-8 Patient Identity Feed, as a Document Registry takes it (ITI TF-2: 3.8.4.1.4, 3.8.4.2.4).
//!
//! A01, A04, A05, A08, A28 and A31 make a patient known or bring a known one up to date, A40 merges; A43 is ITI-64.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{Call, EpisodeRefusal, Failure, IdentityRefusal};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::care_record::VisitRefusal;
use crate::model::patient_feed::PatientIdentificationDomain;
use crate::model::timestamp::Instant;
use crate::wire::hl7v2::ack::{self, AckStamp};
use crate::wire::hl7v2::error::{ErrorCondition, Location, SegmentId};
use crate::wire::hl7v2::header::TriggerEvent;
use crate::wire::hl7v2::raw_header::RawHeader;
use crate::wire::hl7v2::visit::{self, VisitTrigger};
use crate::wire::hl7v2::{Hl7Error, adt};
use crate::wire::mllp::MllpError;

use super::Services;
use super::feed_steps::{self, Place, Rule, Step, Unfit};

/// Where a failure is that lies in no segment.
const MESSAGE: Location = Location::segment(SegmentId::MSH, 1);

/// Which transaction a message belongs to, as far as its header tells: A43 is ITI-64, everything else ITI-8.
pub fn transaction(message: &[u8]) -> Transaction {
    let trigger = RawHeader::find(message).map_or(&b""[..], |header| header.component(9, 2));
    if trigger == TriggerEvent::A43.as_str().as_bytes() { Transaction::Iti64 } else { Transaction::Iti8 }
}

/// Carries out one message, given without its frame, and gives the acknowledgement. It says `AA` only after the commit.
pub fn answer(services: &Services, call: &Call, message: &[u8]) -> Vec<u8> {
    acknowledge(call, message, carry_out(services, &named(call, message), message))
}

/// Refuses a message that broke its frame, of which the beginning is there, and leaves a record of it.
pub fn refuse_frame(services: &Services, call: &Call, beginning: &[u8], error: &MllpError) -> Vec<u8> {
    let rejection = Hl7Error::reject(ErrorCondition::SegmentSequence, None, error.to_string());
    acknowledge(call, beginning, Err(refused(services, &named(call, beginning), transaction(beginning), rejection)))
}

fn acknowledge(call: &Call, message: &[u8], result: Result<(), Hl7Error>) -> Vec<u8> {
    let number = call.request_id.simple().encode_lower(&mut Uuid::encode_buffer()).to_owned();
    let stamp = AckStamp { at: date_time(call.now), control_id: number.get(..20).unwrap_or_default() };
    match result {
        Ok(()) => ack::accept(message, stamp),
        Err(error) => ack::refuse(message, &error, stamp),
    }
}

/// The call under the name that its message gives the caller.
fn named(call: &Call, message: &[u8]) -> Call {
    Call { caller: sender(message).or_else(|| call.caller.clone()), ..call.clone() }
}

fn carry_out(services: &Services, call: &Call, message: &[u8]) -> Result<(), Hl7Error> {
    let transaction = transaction(message);
    let call = services.door.admit(call, transaction).map_err(|failure| explain(&failure, MESSAGE))?;
    let domain = services.assigning_authorities.first();
    let domain = domain.map(|oid| PatientIdentificationDomain { namespace_id: None, universal_id: oid.clone() });
    let (steps, control_id) =
        understood(services, message, domain.as_ref()).map_err(|error| refused(services, &call, transaction, error))?;
    let code = |failure: &Failure| explain(failure, MESSAGE).condition.code_and_text().0;
    feed_steps::carry_out(services, &call, transaction, &control_id, steps, code)
        .map(drop)
        .map_err(|failed| explain(&failed.failure, failed.place.map_or(MESSAGE, location)))
}

/// What a message asks, with its id. Visits concern the access rules alone: without them the events of a visit are those of
/// the identity feed, or none.
fn understood(services: &Services, message: &[u8], domain: Option<&PatientIdentificationDomain>) -> Result<(Vec<Step>, String), Hl7Error> {
    let authorities = &services.assigning_authorities;
    let identity = || {
        let feed = adt::read(message, domain)?;
        Ok((feed_steps::steps(&feed.event, services).map_err(unfit)?, feed.message_control_id))
    };
    let trigger = VisitTrigger::of(message).filter(|_| services.door.has_access_rules());
    let Some(trigger) = trigger else { return identity() };
    let (mut steps, _) = if trigger.is_identity() { identity()? } else { Default::default() };
    let told = visit::read(message, trigger, domain)?;
    if let Some(report) = told.visit {
        steps.push(feed_steps::visit(&told.patient, report, trigger.is_identity(), authorities).map_err(unfit)?);
    }
    Ok((steps, told.control_id))
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

/// PID-3 holds the identifiers that remain, MRG-1 those whose use ends (ITI TF-2: 3.8.4.2.2.4, 3.64.4.1.2.4).
fn location(place: Place) -> Location {
    match place {
        Place::Remaining(number) => Location::segment(SegmentId::PID, number).field(3),
        Place::Ending(number) => Location::segment(SegmentId::MRG, number).field(1),
        Place::Visit => Location::segment(SegmentId::PV1, 1).field(19),
    }
}

fn unfit(unfit: Unfit) -> Hl7Error {
    let condition = match unfit.rule {
        Rule::OwnAuthority => ErrorCondition::UnknownKeyIdentifier,
        Rule::OneSurvivor | Rule::OneLocalAuthority | Rule::Matricule(_) => ErrorCondition::DataType,
    };
    Hl7Error::error(condition, location(unfit.place), unfit.to_string())
}

/// The failure in HL7's terms. What broke inside is for the log, under the id of the request.
fn explain(failure: &Failure, place: Location) -> Hl7Error {
    match failure {
        Failure::Identity(refusal) => {
            let condition = match refusal {
                IdentityRefusal::Unknown | IdentityRefusal::Merged => ErrorCondition::UnknownKeyIdentifier,
                IdentityRefusal::NotEntitled => ErrorCondition::ApplicationInternalError,
                IdentityRefusal::SamePatient | IdentityRefusal::SameLink | IdentityRefusal::RecordExists => {
                    ErrorCondition::DuplicateKeyIdentifier
                }
            };
            Hl7Error::error(condition, place, refusal.to_string())
        }
        Failure::Episode(refusal) => explain_episode(*refusal, place),
        Failure::NotAdmitted(refusal) => Hl7Error::reject(ErrorCondition::ApplicationInternalError, None, refusal.to_string()),
        failure if failure.is_transient() => {
            Hl7Error::unavailable("the registry cannot store this now; nothing was changed, send the message again later")
        }
        _ => Hl7Error::internal("the registry failed; nothing was changed, tell its operator the id of this acknowledgement (MSH-10)"),
    }
}

fn explain_episode(refusal: EpisodeRefusal, visit: Location) -> Hl7Error {
    use EpisodeRefusal as Refused;
    let pv1 = Location::segment(SegmentId::PV1, 1);
    let (condition, place) = match refusal {
        Refused::NotAnEstablishment | Refused::NotAttested => {
            return Hl7Error::reject(ErrorCondition::ApplicationInternalError, None, refusal.to_string());
        }
        Refused::NotCleared | Refused::NoMandate => (ErrorCondition::TableValueNotFound, pv1.field(2)),
        Refused::NoOpenRecord => (ErrorCondition::UnknownKeyIdentifier, location(Place::Remaining(1))),
        Refused::UnknownEstablishment | Refused::Visit(VisitRefusal::UnknownRequest) => {
            (ErrorCondition::UnknownKeyIdentifier, pv1.field(50))
        }
        Refused::Visit(VisitRefusal::OtherRequest) => (ErrorCondition::DuplicateKeyIdentifier, pv1.field(50)),
        Refused::Visit(VisitRefusal::NotEmergency) => (ErrorCondition::TableValueNotFound, Location::segment(SegmentId::ARV, 1).field(3)),
        Refused::Visit(VisitRefusal::UnknownVisit | VisitRefusal::Cancelled | VisitRefusal::Over) => {
            (ErrorCondition::UnknownKeyIdentifier, visit)
        }
    };
    Hl7Error::error(condition, place, refusal.to_string())
}

fn date_time(at: Instant) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
#[path = "iti8_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "iti8_visit_tests.rs"]
mod visit_tests;
