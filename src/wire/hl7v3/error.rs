//! Why a message is not accepted, in the terms of the accept acknowledgement (ITI TF-2: Table O.1.2-1).

use std::borrow::Cow;

/// The vocabulary `AcknowledgementType`, as far as an accept acknowledgement refuses with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `CE`: the message is at fault and must not be sent again unchanged.
    Error,
    /// `CR`: it is not for this receiver, or the receiver cannot take it now and it may be sent again later.
    Reject,
}

impl Refusal {
    /// The value of `acknowledgement/typeCode`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "CE",
            Self::Reject => "CR",
        }
    }
}

/// The code system of [`DetailCode`].
pub(super) const DETAIL_CODE_SYSTEM: &str = "2.16.840.1.113883.5.1100";

/// The vocabulary `AcknowledgementDetailCode`, as far as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailCode {
    /// `SYN100`.
    RequiredAssociationMissing,
    /// `SYN101`.
    RequiredAttributeMissing,
    /// `SYN102`.
    DataType,
    /// `SYN103`.
    ValueNotFound,
    /// `SYN110`.
    TooManyAssociations,
    /// `SYN111`.
    NotTheFixedValue,
    /// `SYN112`.
    TooManyAttributes,
    /// `SYN113`.
    FormalConstraint,
    /// `NS200`.
    UnsupportedInteraction,
    /// `NS202`.
    UnsupportedProcessingId,
    /// `NS250`.
    UnsupportedProcessingMode,
    /// `KEY204`.
    UnknownKeyIdentifier,
    /// `KEY205`.
    DuplicateKeyIdentifier,
    /// `INTERR`.
    Internal,
}

impl DetailCode {
    /// The code and its display name.
    pub fn code_and_text(self) -> (&'static str, &'static str) {
        match self {
            Self::RequiredAssociationMissing => ("SYN100", "Required association missing"),
            Self::RequiredAttributeMissing => ("SYN101", "Required attribute missing"),
            Self::DataType => ("SYN102", "Data type error"),
            Self::ValueNotFound => ("SYN103", "Value not found in code system"),
            Self::TooManyAssociations => ("SYN110", "Number of association repetitions exceeds limit"),
            Self::NotTheFixedValue => ("SYN111", "Value does not match fixed value"),
            Self::TooManyAttributes => ("SYN112", "Number of attribute repetitions exceeds limit"),
            Self::FormalConstraint => ("SYN113", "Formal constraint violation"),
            Self::UnsupportedInteraction => ("NS200", "Unsupported interaction"),
            Self::UnsupportedProcessingId => ("NS202", "Unsupported processing id"),
            Self::UnsupportedProcessingMode => ("NS250", "Unsupported processing Mode"),
            Self::UnknownKeyIdentifier => ("KEY204", "Unknown key identifier"),
            Self::DuplicateKeyIdentifier => ("KEY205", "Duplicate key identifier"),
            Self::Internal => ("INTERR", "Internal error"),
        }
    }

    /// The code alone.
    pub fn as_str(self) -> &'static str {
        self.code_and_text().0
    }
}

/// Why a message is not accepted. Place and text hold nothing of the message's content, so that they may go into the answer
/// and into the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{text}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct Hl7v3Error {
    /// `acknowledgement/typeCode`.
    pub refusal: Refusal,
    /// `acknowledgementDetail/code`.
    pub code: DetailCode,
    /// `acknowledgementDetail/location`: an XPath in the namespace of HL7 version 3; nothing where the error is not in the message.
    pub place: Option<String>,
    /// `acknowledgementDetail/text`: the rule and what to do.
    pub text: Cow<'static, str>,
}

impl Hl7v3Error {
    /// The message is at fault: `CE`.
    pub fn error(code: DetailCode, place: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Error, code, place: Some(place.into()), text: text.into() }
    }

    /// The message is not for this receiver: `CR`.
    pub fn reject(code: DetailCode, place: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Reject, ..Self::error(code, place, text) }
    }

    /// The receiver cannot take the message now, through no fault of the message: `CR`, so that it is sent again later.
    pub fn unavailable(text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Reject, ..Self::internal(text) }
    }

    /// The receiver broke on this very message: `CE`, so that it is not sent again and again.
    pub fn internal(text: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal: Refusal::Error, code: DetailCode::Internal, place: None, text: text.into() }
    }
}
