//! Patient Identity Feed HL7 V3 [ITI-44], as a Document Registry takes it (ITI TF-2: 3.44.4.1.4, 3.44.4.2.4).
//!
//! It asks what ITI-8 asks in another form, and is held against the same rules.

use uuid::Uuid;

use crate::access::{Call, Failure, IdentityRefusal};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::wire::hl7v3::acknowledgement::{self, Stamp};
use crate::wire::hl7v3::transmission::Transmission;
use crate::wire::hl7v3::{DetailCode, Hl7v3Error, Interaction, Refusal, feed_message};
use crate::wire::soap::Fault;
use crate::wire::xml::{Element, ns};

use super::feed_steps::{self, Place, Rule, Unfit};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::ReplyHead;
use super::{Services, SoapReply};

/// Carries out one message and acknowledges it. It says `CA` only after the commit.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: &ReplyHead) -> Result<SoapReply, Rejection> {
    let action = &message.envelope.action;
    let interaction = Interaction::of_action(action).ok_or_else(|| Fault::action_not_supported(action))?;
    expect_payload(&message.envelope, ns::HL7V3, interaction.id())?;
    let payload = &message.envelope.payload;
    let transmission = Transmission::of(payload);
    let call = Call { caller: call.caller.clone().or_else(|| transmission.sender()), ..call.clone() };
    let refused = carry_out(services, &call, payload, interaction).err();
    let (id, at) = (Uuid::new_v4().to_string(), format!("{}+0000", call.now.to_dtm()));
    let home = services.home_community_id.to_string();
    let stamp = Stamp { id: &id, at: &at, device: home.trim_start_matches("urn:oid:") };
    let outcome = refused.as_ref().map_or(AuditOutcome::Success, outcome_of);
    reply.judged(outcome, |xml| acknowledgement::write(xml, &transmission, stamp, refused.as_ref()))
}

fn carry_out(services: &Services, call: &Call, payload: &Element, interaction: Interaction) -> Result<(), Hl7v3Error> {
    let understood = feed_message::read(payload, interaction).and_then(|feed| {
        let steps = feed_steps::steps(&feed.event, services).map_err(|unfit| explain_unfit(unfit, interaction))?;
        Ok((steps, feed.message_control_id))
    });
    let (steps, message_id) = understood.map_err(|error| audited(services, call, error))?;
    feed_steps::carry_out(services, call, Transaction::Iti44, &message_id, steps, |failure| explain(failure, None).code.as_str())
        .map(drop)
        .map_err(|failed| explain(&failed.failure, failed.place.map(|place| location(place, interaction))))
}

/// Leaves a record of a message that could not be understood; if that fails, the sender has to come again.
fn audited(services: &Services, call: &Call, error: Hl7v3Error) -> Hl7v3Error {
    match services.door.refuse(call, Transaction::Iti44, AuditOutcome::MinorFailure, vec![error.code.as_str().to_owned()]) {
        Ok(()) => error,
        Err(failure) => explain(&failure, None),
    }
}

/// `Patient.id` holds the identifiers that remain, `priorRegisteredRole.id` the one whose use ends (ITI TF-2: 3.44.4.2.4).
fn location(place: Place, interaction: Interaction) -> String {
    let below = match place {
        Place::Remaining(_) | Place::Visit => "subject1/patient/id",
        Place::Ending(_) => "replacementOf/priorRegistration/subject1/priorRegisteredRole/id",
    };
    format!("/{}/controlActProcess/subject/registrationEvent/{below}", interaction.id())
}

fn explain_unfit(unfit: Unfit, interaction: Interaction) -> Hl7v3Error {
    let code = match unfit.rule {
        Rule::OwnAuthority => DetailCode::UnknownKeyIdentifier,
        Rule::OneSurvivor => DetailCode::TooManyAttributes,
        Rule::OneLocalAuthority | Rule::Matricule(_) => DetailCode::FormalConstraint,
    };
    Hl7v3Error::error(code, location(unfit.place, interaction), unfit.to_string())
}

/// The failure in HL7's terms. What broke inside is for the log, under the id of the request.
fn explain(failure: &Failure, place: Option<String>) -> Hl7v3Error {
    match failure {
        Failure::Identity(refusal) => {
            let code = match refusal {
                IdentityRefusal::Unknown | IdentityRefusal::Merged => DetailCode::UnknownKeyIdentifier,
                IdentityRefusal::NotEntitled => DetailCode::Internal,
                IdentityRefusal::SamePatient | IdentityRefusal::SameLink | IdentityRefusal::RecordExists => {
                    DetailCode::DuplicateKeyIdentifier
                }
            };
            Hl7v3Error { refusal: Refusal::Error, code, place, text: refusal.to_string().into() }
        }
        failure if failure.is_transient() => {
            Hl7v3Error::unavailable("the registry cannot store this now; nothing was changed, send the message again later")
        }
        _ => {
            Hl7v3Error::internal("the registry failed; nothing was changed, tell its operator the time and the id of this acknowledgement")
        }
    }
}

fn outcome_of(error: &Hl7v3Error) -> AuditOutcome {
    match error.code {
        DetailCode::Internal => AuditOutcome::SeriousFailure,
        _ => AuditOutcome::MinorFailure,
    }
}

#[cfg(test)]
#[path = "iti44_tests.rs"]
mod tests;
