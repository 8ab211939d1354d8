//! ADT messages of the Patient Identity Feed and of Notify XAD-PID Link Change to what they ask
//! (ITI TF-2: 3.8.4.1, 3.8.4.2, 3.64.4.1).
//!
//! EVN and PV1 are required of senders, but nothing in them concerns a Document Registry, so a message without them is taken.
//! An EVN-1 that names another event than MSH-9 is refused: one of the two is a mistake, and a merge cannot be undone.

use crate::model::patient_feed::{FeedEvent, PatientFeed, PatientIdentificationDomain, PatientMerge};

use super::Hl7Error;
use super::er7::{Message, Segment};
use super::error::{ErrorCondition, Location, SegmentId};
use super::header::{MessageHeader, TriggerEvent};
use super::link_change::link_change;
use super::pid::{identifiers, patient};

/// What the message asks. Identifiers without an assigning authority are those of `domain`.
pub fn read(message: &[u8], domain: Option<&PatientIdentificationDomain>) -> Result<PatientFeed, Hl7Error> {
    let message = Message::parse(message)?;
    let header = MessageHeader::read(&message)?;
    check_event_type(&message, header.trigger.as_str())?;
    let event = match header.trigger {
        TriggerEvent::A01 | TriggerEvent::A04 | TriggerEvent::A05 | TriggerEvent::A28 => {
            FeedEvent::Add(patient(single_pid(&message)?, domain)?.0)
        }
        TriggerEvent::A08 | TriggerEvent::A31 => {
            let (patient, removed) = patient(single_pid(&message)?, domain)?;
            FeedEvent::Revise { patient, removed }
        }
        TriggerEvent::A40 => FeedEvent::Merge(merges(&message, domain)?),
        TriggerEvent::A43 => FeedEvent::ChangeLink(link_change(&message)?),
    };
    Ok(PatientFeed {
        event,
        message_control_id: header.control_id,
        sender: header.sender,
        receiver: header.receiver,
        message_time: header.message_time,
    })
}

pub(super) fn check_event_type(message: &Message<'_>, trigger: &str) -> Result<(), Hl7Error> {
    let Some(event) = message.segment(SegmentId::EVN).map(|evn| evn.field(1)) else { return Ok(()) };
    match event.text()? {
        Some(code) if code != trigger => {
            Err(event.error(ErrorCondition::TableValueNotFound, "the event type must be that of MSH-9.2, or be left empty"))
        }
        _ => Ok(()),
    }
}

pub(super) fn out_of_sequence(location: Location, text: &'static str) -> Hl7Error {
    Hl7Error::error(ErrorCondition::SegmentSequence, location, text)
}

pub(super) fn single_pid<'m>(message: &'m Message<'_>) -> Result<Segment<'m>, Hl7Error> {
    let mut pids = message.segments().filter(|segment| segment.id() == SegmentId::PID);
    let missing = out_of_sequence(Location::segment(SegmentId::PID, 1), "the message has no PID segment");
    let pid = pids.next().ok_or(missing)?;
    let surplus = pids
        .next()
        .map(|second| out_of_sequence(second.location(), "the message may have one PID segment only; send one message per patient"));
    surplus.map_or(Ok(pid), Err)
}

/// The pairs of PID and MRG, in which other segments may stand in between (ADT_A39).
fn merges(message: &Message<'_>, domain: Option<&PatientIdentificationDomain>) -> Result<Vec<PatientMerge>, Hl7Error> {
    const UNPAIRED_PID: &str = "each PID segment of a merge must be followed by an MRG segment";
    const UNPAIRED_MRG: &str = "each MRG segment must follow a PID segment of its own";
    let (mut merges, mut surviving): (_, Option<Segment<'_>>) = (Vec::new(), None);
    for segment in message.segments() {
        match (segment.id(), surviving) {
            (SegmentId::PID, None) => surviving = Some(segment),
            (SegmentId::PID, Some(unpaired)) => return Err(out_of_sequence(unpaired.location(), UNPAIRED_PID)),
            (SegmentId::MRG, Some(pid)) => {
                let (surviving_ids, subsumed) = (identifiers(pid.field(3), domain)?, identifiers(segment.field(1), domain)?);
                merges.push(PatientMerge { surviving: surviving_ids, subsumed });
                surviving = None;
            }
            (SegmentId::MRG, None) => return Err(out_of_sequence(segment.location(), UNPAIRED_MRG)),
            _ => {}
        }
    }
    match surviving {
        Some(unpaired) => Err(out_of_sequence(unpaired.location(), UNPAIRED_PID)),
        None if merges.is_empty() => Err(out_of_sequence(Location::segment(SegmentId::PID, 1), "the message has no PID segment")),
        None => Ok(merges),
    }
}

#[cfg(test)]
#[path = "adt_tests.rs"]
mod tests;
