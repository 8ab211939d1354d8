//! Why a message is not accepted, in the terms of MSA and ERR (HL7 version 2.5, chapter 2; ITI TF-2: C.2.3).

use std::borrow::Cow;
use std::fmt;

/// HL7 table 0008, original mode, without the code of acceptance (ITI TF-2: Table C.2.3.1-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `AE`: the message is at fault and must not be sent again unchanged.
    Error,
    /// `AR`: its header is not for this receiver, or the receiver cannot take it now and it may be sent again later.
    Reject,
}

impl Refusal {
    /// The value of MSA-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "AE",
            Self::Reject => "AR",
        }
    }
}

/// HL7 table 0357, message error condition codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCondition {
    /// 100: segments in the wrong order, or a required one missing.
    SegmentSequence,
    /// 101.
    RequiredFieldMissing,
    /// 102.
    DataType,
    /// 103.
    TableValueNotFound,
    /// 104, since version 2.7.
    ValueTooLong,
    /// 200.
    UnsupportedMessageType,
    /// 201.
    UnsupportedEventCode,
    /// 202.
    UnsupportedProcessingId,
    /// 203.
    UnsupportedVersionId,
    /// 204.
    UnknownKeyIdentifier,
    /// 205.
    DuplicateKeyIdentifier,
    /// 206.
    ApplicationRecordLocked,
    /// 207.
    ApplicationInternalError,
}

impl ErrorCondition {
    /// The code and its text; for 200 and 201 the text that ITI TF-2: C.2.3 asks for.
    pub fn code_and_text(self) -> (&'static str, &'static str) {
        match self {
            Self::SegmentSequence => ("100", "Segment sequence error"),
            Self::RequiredFieldMissing => ("101", "Required field missing"),
            Self::DataType => ("102", "Data type error"),
            Self::TableValueNotFound => ("103", "Table value not found"),
            Self::ValueTooLong => ("104", "Value too long"),
            Self::UnsupportedMessageType => ("200", "Unsupported message type"),
            Self::UnsupportedEventCode => ("201", "Unsupported trigger event"),
            Self::UnsupportedProcessingId => ("202", "Unsupported processing id"),
            Self::UnsupportedVersionId => ("203", "Unsupported version id"),
            Self::UnknownKeyIdentifier => ("204", "Unknown key identifier"),
            Self::DuplicateKeyIdentifier => ("205", "Duplicate key identifier"),
            Self::ApplicationRecordLocked => ("206", "Application record locked"),
            Self::ApplicationInternalError => ("207", "Application internal error"),
        }
    }
}

/// The three characters that name a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentId([u8; 3]);

impl SegmentId {
    /// Message header.
    pub const MSH: Self = Self(*b"MSH");
    /// Event type.
    pub const EVN: Self = Self(*b"EVN");
    /// Patient identification.
    pub const PID: Self = Self(*b"PID");
    /// Merge patient information.
    pub const MRG: Self = Self(*b"MRG");
    /// Patient visit.
    pub const PV1: Self = Self(*b"PV1");
    /// Access restriction.
    pub const ARV: Self = Self(*b"ARV");

    /// The name at the start of a segment: upper-case letters and digits, a letter first.
    pub fn read(segment: &str) -> Option<Self> {
        let name: [u8; 3] = segment.as_bytes().get(..3)?.try_into().ok()?;
        let [first, others @ ..] = name;
        let named = first.is_ascii_uppercase() && others.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        named.then_some(Self(name))
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

/// Where in a message an error is (type ERL); every number counts from 1 and is there only if the one before it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// ERL.1.
    pub segment: SegmentId,
    /// ERL.2, the how-many-eth segment of that name.
    pub sequence: u16,
    /// ERL.3.
    pub field: Option<u16>,
    /// ERL.4.
    pub repetition: Option<u16>,
    /// ERL.5.
    pub component: Option<u16>,
    /// ERL.6.
    pub subcomponent: Option<u16>,
}

impl Location {
    /// A whole segment.
    pub const fn segment(segment: SegmentId, sequence: u16) -> Self {
        Self { segment, sequence, field: None, repetition: None, component: None, subcomponent: None }
    }

    /// A field of the segment.
    pub fn field(self, field: u16) -> Self {
        Self { field: Some(field), ..self }
    }

    /// ERL.3 to ERL.6, as far as known.
    pub fn numbers(self) -> impl Iterator<Item = u16> {
        [self.field, self.repetition, self.component, self.subcomponent].into_iter().map_while(|number| number)
    }
}

impl fmt::Display for Location {
    /// As people write it: `PID-3.4.2`; the segment's and the repetition's number only where it is not the first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.segment)?;
        if self.sequence > 1 {
            write!(f, "[{}]", self.sequence)?;
        }
        self.field.map_or(Ok(()), |field| write!(f, "-{field}"))?;
        if let Some(repetition) = self.repetition.filter(|number| *number > 1) {
            write!(f, "[{repetition}]")?;
        }
        self.component.map_or(Ok(()), |component| write!(f, ".{component}"))?;
        self.subcomponent.map_or(Ok(()), |subcomponent| write!(f, ".{subcomponent}"))
    }
}

/// Why a message is not accepted. The text says what is wrong and how to mend it and holds nothing of the message's
/// content, so that it may go into the answer and into the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{text}", DisplayLocation(*.location))]
pub struct Hl7Error {
    /// MSA-1.
    pub refusal: Refusal,
    /// ERR-3.
    pub condition: ErrorCondition,
    /// ERR-2; nothing where the error is not in the message.
    pub location: Option<Location>,
    /// ERR-8.
    pub text: Cow<'static, str>,
}

struct DisplayLocation(Option<Location>);

impl fmt::Display for DisplayLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |location| write!(f, "{location}: "))
    }
}

impl Hl7Error {
    /// The message is at fault: `AE`.
    pub fn error(condition: ErrorCondition, location: Location, text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Error, condition, location: Some(location), text: text.into() }
    }

    /// The message cannot be understood or is not for this receiver: `AR`.
    pub fn reject(condition: ErrorCondition, location: Option<Location>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Reject, condition, location, text: text.into() }
    }

    /// The receiver cannot take the message now, through no fault of the message: `AR` 207, so that it is sent again later
    /// (ITI TF-2: Table C.2.3.1-2).
    pub fn unavailable(text: impl Into<Cow<'static, str>>) -> Self {
        Self::reject(ErrorCondition::ApplicationInternalError, None, text)
    }

    /// The receiver broke on this very message: `AE` 207, so that it is not sent again and again.
    pub fn internal(text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Error, condition: ErrorCondition::ApplicationInternalError, location: None, text: text.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_reads_as_people_write_it() {
        let pid = Location::segment(SegmentId::PID, 1).field(3);
        assert_eq!(pid.to_string(), "PID-3");
        let part = Location { sequence: 2, repetition: Some(2), component: Some(4), subcomponent: Some(3), ..pid };
        assert_eq!(part.to_string(), "PID[2]-3[2].4.3");
        assert_eq!(part.numbers().collect::<Vec<_>>(), [3, 2, 4, 3]);
        let error = Hl7Error::error(ErrorCondition::DataType, pid, "expected an OID");
        assert_eq!(error.to_string(), "PID-3: expected an OID");
    }

    #[test]
    fn segment_names_are_three_capitals_or_digits() {
        assert_eq!(SegmentId::read("PV1|x").map(|id| id.to_string()).as_deref(), Some("PV1"));
        assert!(["", "PI", "pid|", "1PV|", "P|D", "Pé|"].iter().all(|bad| SegmentId::read(bad).is_none()));
    }
}
