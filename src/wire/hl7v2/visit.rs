//! What an ADT message declares of a visit (HL7 version 2.5, chapter 3; PAM: ITI TF-2: 3.31).
//!
//! | Field | What it says here |
//! |---|---|
//! | PV1-2 | `E`: emergency care; `N`: no visit; anything else: an ordinary one |
//! | PV1-19 | the establishment's number of the visit; a message without it declares none |
//! | PV1-44, PV1-45 | when the patient was admitted and discharged; else EVN-6, else the time of receipt |
//! | PV1-50 | the visit that this one is for: its number, and as assigning authority the requesting establishment |
//! | ARV-3 | `OO`: the patient refuses access; `NO`: they do not (HL7 version 2.6, table 0717) |
//! | ARV-3 | `EMERGENCY-STANDARD`, `EMERGENCY-EXTENDED`, `EMERGENCY-DENIED`: what they decided on arrival |
//!
//! Table 0717 is for sites to extend. ARV may stand with the patient or with the visit, and be repeated; in doubt access is
//! refused.

use crate::model::care_record::{RequestingVisit, VisitEvent, VisitReport};
use crate::model::civil_day;
use crate::model::dsp::EmergencyAccess;
use crate::model::hl7_types::Cx;
use crate::model::patient_feed::PatientIdentificationDomain;
use crate::model::timestamp::Instant;

use super::Hl7Error;
use super::adt::{check_event_type, single_pid};
use super::er7::{Element, Message, Segment};
use super::error::{ErrorCondition, Location, SegmentId};
use super::header::control_id_of_adt;
use super::pid::identifiers;
use super::raw_header::RawHeader;

/// The trigger events that may declare something of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitTrigger {
    /// Admission of an in-patient.
    A01,
    /// Discharge.
    A03,
    /// Registration of an out-patient or an emergency.
    A04,
    /// An out-patient becomes an in-patient.
    A06,
    /// An in-patient becomes an out-patient.
    A07,
    /// Update.
    A08,
    /// Admission cancelled.
    A11,
    /// Discharge cancelled.
    A13,
}

impl VisitTrigger {
    const ALL: [Self; 8] = [Self::A01, Self::A03, Self::A04, Self::A06, Self::A07, Self::A08, Self::A11, Self::A13];

    /// The event of a message, as far as its header tells; nothing for one that declares no visits.
    pub fn of(message: &[u8]) -> Option<Self> {
        let header = RawHeader::find(message).filter(|header| header.component(9, 1) == b"ADT")?;
        let event = header.component(9, 2);
        Self::ALL.into_iter().find(|trigger| trigger.as_str().as_bytes() == event)
    }

    /// The value of MSH-9.2.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A01 => "A01",
            Self::A03 => "A03",
            Self::A04 => "A04",
            Self::A06 => "A06",
            Self::A07 => "A07",
            Self::A08 => "A08",
            Self::A11 => "A11",
            Self::A13 => "A13",
        }
    }

    /// Whether the event also tells who the patient is (ITI TF-2: 3.8.4.1.1).
    pub fn is_identity(self) -> bool {
        matches!(self, Self::A01 | Self::A04 | Self::A08)
    }
}

/// What a message says of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitMessage {
    /// MSH-10.
    pub control_id: String,
    /// PID-3.
    pub patient: Vec<Cx>,
    /// The visit; nothing where the message is about none. The requesting establishment is named as the sender did, by OID or key.
    pub visit: Option<VisitReport>,
}

/// Reads the visit of a message of this event.
pub fn read(message: &[u8], trigger: VisitTrigger, domain: Option<&PatientIdentificationDomain>) -> Result<VisitMessage, Hl7Error> {
    let message = Message::parse(message)?;
    let control_id = control_id_of_adt(&message)?;
    check_event_type(&message, trigger.as_str())?;
    let patient = identifiers(single_pid(&message)?.field(3), domain)?;
    Ok(VisitMessage { control_id, patient, visit: visit(&message, trigger)? })
}

fn visit(message: &Message<'_>, trigger: VisitTrigger) -> Result<Option<VisitReport>, Hl7Error> {
    let restrictions = Restrictions::of(message)?;
    let (class, number) = match message.segment(SegmentId::PV1) {
        Some(pv1) => (pv1.field(2).owned()?, pv1.field(19).component(1).owned()?),
        None => (None, None),
    };
    let number = number.filter(|_| class.as_deref() != Some("N"));
    let (Some(pv1), Some(visit_number)) = (message.segment(SegmentId::PV1), number) else {
        let is_about_none = trigger.is_identity() && restrictions == Restrictions::default();
        return if is_about_none { Ok(None) } else { Err(number_is_missing()) };
    };
    if visit_number.chars().count() > 199 {
        return Err(pv1.field(19).error(ErrorCondition::ValueTooLong, "a visit number has at most 199 characters"));
    }
    let evn_6 = message.segment(SegmentId::EVN).map(|evn| point_in_time(evn.field(6))).transpose()?.flatten();
    let at = |field| Ok::<_, Hl7Error>(point_in_time(pv1.field(field))?.or(evn_6));
    let event = match trigger {
        VisitTrigger::A01 | VisitTrigger::A04 => VisitEvent::Admitted(at(44)?),
        VisitTrigger::A08 => VisitEvent::Updated,
        // PV1-44 is when the visit began, not when its class changed.
        VisitTrigger::A06 | VisitTrigger::A07 => VisitEvent::ClassChanged(evn_6),
        VisitTrigger::A03 => VisitEvent::Discharged(at(45)?),
        VisitTrigger::A11 => VisitEvent::AdmissionCancelled,
        VisitTrigger::A13 => VisitEvent::DischargeCancelled,
    };
    Ok(Some(VisitReport {
        visit_number,
        event,
        emergency: class.as_deref() == Some("E"),
        refused: restrictions.refused,
        arrival_decision: restrictions.arrival_decision,
        requested_by: requesting_visit(pv1)?,
    }))
}

fn number_is_missing() -> Hl7Error {
    let place = Location::segment(SegmentId::PV1, 1).field(19);
    let text = "a visit number is required to declare something of a visit, in a PV1 segment whose class (PV1-2) is not N";
    Hl7Error::error(ErrorCondition::RequiredFieldMissing, place, text)
}

fn point_in_time(field: Element<'_>) -> Result<Option<Instant>, Hl7Error> {
    let Some(text) = field.text()? else { return Ok(None) };
    let read = civil_day::point_in_time(&text).map(Some);
    read.ok_or_else(|| {
        field.error(ErrorCondition::DataType, "the time must have the form YYYYMMDD[HHMM[SS]][+ZZZZ] and exist in the calendar")
    })
}

fn requesting_visit(pv1: Segment<'_>) -> Result<Option<RequestingVisit>, Hl7Error> {
    let field = pv1.field(50);
    let Some(visit_number) = field.component(1).owned()? else { return Ok(None) };
    let authority = field.component(4);
    let (key, oid) = (authority.subcomponent(1).text()?, authority.subcomponent(2).text()?);
    // Without an assigning authority it is but another number of this visit.
    Ok(oid.or(key).map(|establishment| RequestingVisit { establishment: (&*establishment).into(), visit_number }))
}

/// What the ARV segments say together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Restrictions {
    refused: Option<bool>,
    arrival_decision: Option<EmergencyAccess>,
}

impl Restrictions {
    fn of(message: &Message<'_>) -> Result<Self, Hl7Error> {
        let mut all = Self::default();
        for arv in message.segments().filter(|segment| segment.id() == SegmentId::ARV) {
            let value = arv.field(3).component(1);
            let deleted = arv.field(2).text()?.as_deref() == Some("D");
            match value.text()?.as_deref() {
                Some("OO") if !deleted => all.refused = Some(true),
                Some("OO" | "NO") => all.refused = all.refused.or(Some(false)),
                Some("EMERGENCY-STANDARD") => all.decide(EmergencyAccess::Standard),
                Some("EMERGENCY-EXTENDED") => all.decide(EmergencyAccess::Extended),
                Some("EMERGENCY-DENIED") => all.decide(EmergencyAccess::Denied),
                _ => {
                    let text = "the restriction must be OO, NO, EMERGENCY-STANDARD, EMERGENCY-EXTENDED or EMERGENCY-DENIED";
                    return Err(value.error(ErrorCondition::TableValueNotFound, text));
                }
            }
        }
        Ok(all)
    }

    /// Of several decisions the one that gives least.
    fn decide(&mut self, decided: EmergencyAccess) {
        let least = self.arrival_decision.map_or(decided, |known| known.least(decided));
        self.arrival_decision = Some(least);
    }
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
