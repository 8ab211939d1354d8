//! A message of the feed to what it asks (ITI TF-2: 3.44.4.1.2, 3.44.4.2.2).

use super::error::{DetailCode, Hl7v3Error, Refusal};
use super::identifiers::identifiers;
use super::interaction::Interaction;
use super::patient::patient;
use super::place::Place;
use super::transmission::Transmission;
use crate::model::patient_feed::{FeedEvent, FeedParty, PatientFeed, PatientMerge};
use crate::wire::xml::Element;

/// What the message asks; its root element has been found to be that of `interaction`.
///
/// A revision takes away an element that it names with a null flavor and leaves one that it does not name as it was.
/// `acceptAckCode` has to be `AL` there (ITI TF-2: Table 3.44.4.1.2.3-1), and SOAP wants an answer in any case, so that it is not
/// looked at.
pub fn read(message: &Element, interaction: Interaction) -> Result<PatientFeed, Hl7v3Error> {
    let root = Place::root(message, interaction.id());
    let wrapper = Transmission::of(message);
    let message_id = wrapper.message_id.as_ref().ok_or_else(|| {
        root.below(
            "id",
            DetailCode::RequiredAttributeMissing,
            "a message id is required: an OID or UUID in root, with an extension of at most 199 characters; the acknowledgement refers to it",
        )
    })?;
    check_wrapper(&root, interaction)?;
    let event = event(&root, interaction)?;
    let party = |application: &Option<String>, facility: &Option<String>| FeedParty {
        application: application.clone().unwrap_or_default(),
        facility: facility.clone().unwrap_or_default(),
    };
    Ok(PatientFeed {
        event,
        message_control_id: message_id.to_string(),
        sender: party(&wrapper.sender_device, &wrapper.sender_organization),
        receiver: party(&wrapper.receiver_device, &wrapper.receiver_organization),
        message_time: root.value_of("creationTime", "value").map(str::to_owned),
    })
}

fn check_wrapper(root: &Place<'_>, interaction: Interaction) -> Result<(), Hl7v3Error> {
    let reject = |error: Hl7v3Error| Err(Hl7v3Error { refusal: Refusal::Reject, ..error });
    if root.only("interactionId")?.attribute("extension") != Some(interaction.id()) {
        let text = "the interaction id must be the name of the root element";
        return reject(root.below("interactionId/@extension", DetailCode::UnsupportedInteraction, text));
    }
    if !matches!(root.only("processingCode")?.attribute("code"), Some("P" | "T" | "D")) {
        let text = "processing codes accepted are P, T and D";
        return reject(root.below("processingCode/@code", DetailCode::UnsupportedProcessingId, text));
    }
    if root.only("processingModeCode")?.attribute("code") != Some("T") {
        let text = "the processing mode accepted is T, current processing";
        return reject(root.below("processingModeCode/@code", DetailCode::UnsupportedProcessingMode, text));
    }
    Ok(())
}

fn event(root: &Place<'_>, interaction: Interaction) -> Result<FeedEvent, Hl7v3Error> {
    let act = root.only("controlActProcess")?;
    if act.only("code")?.attribute("code") != Some(interaction.trigger_event()) {
        let text = format!("the trigger event of {} is {}", interaction.id(), interaction.trigger_event());
        return Err(act.below("code/@code", DetailCode::NotTheFixedValue, text));
    }
    let registration = act.only("subject")?.only("registrationEvent")?;
    check_status(&registration, "active")?;
    let role = registration.only("subject1")?.only("patient")?;
    check_status(&role, "active")?;
    Ok(match interaction {
        Interaction::Added => {
            no_replacement(&registration)?;
            FeedEvent::Add(patient(&role)?.0)
        }
        Interaction::Revised => {
            no_replacement(&registration)?;
            let (patient, removed) = patient(&role)?;
            FeedEvent::Revise { patient, removed }
        }
        Interaction::DuplicatesResolved => FeedEvent::Merge(vec![merge(&registration, &role)?]),
    })
}

/// A status that is there has to be the one that the standard fixes: another one would ask for something else.
fn check_status(act: &Place<'_>, fixed: &'static str) -> Result<(), Hl7v3Error> {
    match act.value_of("statusCode", "code") {
        Some(code) if code != fixed => {
            Err(act.below("statusCode/@code", DetailCode::NotTheFixedValue, format!("the status must be {fixed}")))
        }
        _ => Ok(()),
    }
}

fn no_replacement(registration: &Place<'_>) -> Result<(), Hl7v3Error> {
    let text = "only a message that resolves duplicates (PRPA_IN201304UV02) may replace a registration";
    registration.first("replacementOf").map_or(Ok(()), |replacement| Err(replacement.error(DetailCode::FormalConstraint, text)))
}

/// The merge of the one identifier that is replaced into those of the patient (ITI TF-2: 3.44.4.2.2, one message for each).
fn merge(registration: &Place<'_>, survivor: &Place<'_>) -> Result<PatientMerge, Hl7v3Error> {
    let prior = registration.only("replacementOf")?.only("priorRegistration")?;
    check_status(&prior, "obsolete")?;
    let role = prior.only("subject1")?.only("priorRegisteredRole")?;
    role.only("id")?;
    Ok(PatientMerge { surviving: identifiers(survivor)?, subsumed: identifiers(&role)? })
}
