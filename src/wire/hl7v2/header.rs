//! MSH of a message that we accept (ITI TF-2: 3.8.4.1.2.1, C.2.2).

use crate::model::patient_feed::FeedParty;

use super::Hl7Error;
use super::er7::{Element, Message, Segment};
use super::error::{ErrorCondition, Location, SegmentId};

/// The versions of HL7 accepted, MSH-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2.3.1, the version of ITI-8.
    V2_3_1,
    /// 2.4.
    V2_4,
    /// 2.5, the version of ITI-30.
    V2_5,
    /// 2.5.1.
    V2_5_1,
    /// 2.6.
    V2_6,
    /// 2.7.
    V2_7,
}

impl Version {
    const ALL: [Self; 6] = [Self::V2_3_1, Self::V2_4, Self::V2_5, Self::V2_5_1, Self::V2_6, Self::V2_7];

    /// The value of MSH-12.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_3_1 => "2.3.1",
            Self::V2_4 => "2.4",
            Self::V2_5 => "2.5",
            Self::V2_5_1 => "2.5.1",
            Self::V2_6 => "2.6",
            Self::V2_7 => "2.7",
        }
    }

    /// The version that a value of MSH-12.1 names.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == name)
    }
}

/// The trigger events of the feed, MSH-9.2 (ITI TF-2: 3.8.4.1.1, 3.8.4.2.1, 3.30.4, 3.64.4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerEvent {
    /// Admission of an in-patient.
    A01,
    /// Registration of an out-patient.
    A04,
    /// Pre-admission.
    A05,
    /// Update of patient information.
    A08,
    /// Person added, without a visit.
    A28,
    /// Person updated, without a visit.
    A31,
    /// Patient identifiers merged.
    A40,
    /// Patient information moved: a link changed.
    A43,
}

impl TriggerEvent {
    /// All of them.
    pub const ALL: [Self; 8] = [Self::A01, Self::A04, Self::A05, Self::A08, Self::A28, Self::A31, Self::A40, Self::A43];

    /// The value of MSH-9.2.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A01 => "A01",
            Self::A04 => "A04",
            Self::A05 => "A05",
            Self::A08 => "A08",
            Self::A28 => "A28",
            Self::A31 => "A31",
            Self::A40 => "A40",
            Self::A43 => "A43",
        }
    }

    /// The event that a value of MSH-9.2 names.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }

    /// The value of MSH-9.3 (HL7 table 0354 of that version).
    pub fn structure(self, version: Version) -> &'static str {
        match self {
            Self::A40 => "ADT_A39",
            Self::A43 => "ADT_A43",
            Self::A05 | Self::A28 | Self::A31 if version > Version::V2_3_1 => "ADT_A05",
            Self::A01 | Self::A04 | Self::A05 | Self::A08 | Self::A28 | Self::A31 => "ADT_A01",
        }
    }

    /// Whether a message of this event may say that it has the structure `name`: all admission structures begin alike,
    /// and senders name them after the event.
    fn may_have(self, name: &str) -> bool {
        let own = name.strip_prefix("ADT_") == Some(self.as_str());
        let alike: &[&str] = match self {
            Self::A40 => &["ADT_A39"],
            Self::A43 => &[],
            Self::A01 | Self::A04 | Self::A05 | Self::A08 | Self::A28 | Self::A31 => &["ADT_A01", "ADT_A05"],
        };
        own || alike.contains(&name)
    }
}

/// What MSH says.
#[derive(Debug, Clone)]
pub struct MessageHeader {
    /// MSH-3 and MSH-4.
    pub sender: FeedParty,
    /// MSH-5 and MSH-6.
    pub receiver: FeedParty,
    /// MSH-7 as sent.
    pub message_time: Option<String>,
    /// MSH-9.2.
    pub trigger: TriggerEvent,
    /// MSH-10.
    pub control_id: String,
    /// MSH-12.1.
    pub version: Version,
}

impl MessageHeader {
    /// Reads MSH; what is not for this receiver is rejected with the code that ITI TF-2: C.2.3 asks for.
    pub fn read(message: &Message<'_>) -> Result<Self, Hl7Error> {
        let msh = message.segment(SegmentId::MSH).ok_or(Hl7Error::reject(
            ErrorCondition::SegmentSequence,
            Some(Location::segment(SegmentId::MSH, 1)),
            "the message has no MSH segment",
        ))?;
        let version = version(msh.field(12))?;
        let trigger = trigger(msh.field(9), version)?;
        let control_id = control_id(msh)?;
        Ok(Self {
            sender: FeedParty { application: party(msh.field(3))?, facility: party(msh.field(4))? },
            receiver: FeedParty { application: party(msh.field(5))?, facility: party(msh.field(6))? },
            message_time: message_time(msh.field(7))?,
            trigger,
            control_id,
            version,
        })
    }
}

/// MSH-10 of a message of a version and of a processing id (MSH-11) that are accepted.
pub(super) fn control_id_of_adt(message: &Message<'_>) -> Result<String, Hl7Error> {
    let Some(msh) = message.segment(SegmentId::MSH) else { return Ok(String::new()) };
    version(msh.field(12))?;
    control_id(msh)
}

fn control_id(msh: Segment<'_>) -> Result<String, Hl7Error> {
    let control_id = required(msh.field(10), "a message control id is required; the acknowledgement refers to it")?;
    if control_id.chars().count() > 199 {
        return Err(msh.field(10).error(ErrorCondition::ValueTooLong, "a message control id has at most 199 characters"));
    }
    processing_id(msh.field(11))?;
    Ok(control_id)
}

fn required(field: Element<'_>, text: &'static str) -> Result<String, Hl7Error> {
    field.owned()?.ok_or_else(|| field.error(ErrorCondition::RequiredFieldMissing, text))
}

fn version(field: Element<'_>) -> Result<Version, Hl7Error> {
    let name = required(field, "a version id is required, as in 2.3.1")?;
    let refused = || {
        field.reject(ErrorCondition::UnsupportedVersionId, "versions accepted are 2.3.1, 2.4, 2.5, 2.5.1, 2.6 and 2.7; IHE ITI-8 is 2.3.1")
    };
    Version::from_name(&name).ok_or_else(refused)
}

fn trigger(field: Element<'_>, version: Version) -> Result<TriggerEvent, Hl7Error> {
    let (code, event, structure) = (field.component(1), field.component(2), field.component(3));
    if required(code, "a message type is required, as in ADT^A01")? != "ADT" {
        return Err(code.reject(ErrorCondition::UnsupportedMessageType, "only messages of type ADT are accepted here"));
    }
    let name = required(event, "a trigger event is required, as in ADT^A01")?;
    let trigger = TriggerEvent::from_name(&name).ok_or_else(|| {
        event.reject(ErrorCondition::UnsupportedEventCode, "trigger events accepted are A01, A04, A05, A08, A28, A31, A40 and A43")
    })?;
    match structure.text()? {
        Some(name) if !trigger.may_have(&name) => {
            let text =
                format!("the message structure of {} is {}, or leave this component empty", trigger.as_str(), trigger.structure(version));
            Err(structure.reject(ErrorCondition::UnsupportedMessageType, text))
        }
        _ => Ok(trigger),
    }
}

fn processing_id(field: Element<'_>) -> Result<(), Hl7Error> {
    let id = required(field, "a processing id is required: P, T or D")?;
    if matches!(id.as_str(), "P" | "T" | "D") {
        return Ok(());
    }
    Err(field.reject(ErrorCondition::UnsupportedProcessingId, "processing ids accepted are P, T and D"))
}

/// The namespace of an HD, or its universal id.
fn party(field: Element<'_>) -> Result<String, Hl7Error> {
    let namespace = field.component(1).owned()?;
    Ok(namespace.map_or_else(|| field.component(2).owned(), |name| Ok(Some(name)))?.unwrap_or_default())
}

fn message_time(field: Element<'_>) -> Result<Option<String>, Hl7Error> {
    let time = field.owned()?;
    let plausible = |text: &String| text.len() <= 26 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
    if time.as_ref().is_none_or(plausible) {
        return Ok(time);
    }
    Err(field.error(ErrorCondition::DataType, "the time of the message must have the form YYYYMMDDHHMMSS[+ZZZZ]"))
}
