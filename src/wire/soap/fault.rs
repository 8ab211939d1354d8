//! SOAP faults (SOAP 1.2 part 1, 5.4) and those of WS-Addressing (WS-Addressing 1.0 SOAP Binding, 6.4).

use std::fmt;

use crate::wire::mtom::{MtomError, XopError};
use crate::wire::xml::{XmlError, ns};

/// Why a message was not answered as asked, for its sender.
///
/// The reason is sent and logged: it names elements and rules, never content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Who has to change something.
    pub code: FaultCode,
    /// Finer codes, from general to particular.
    pub subcodes: Vec<Subcode>,
    /// What is wrong and what to do, in English.
    pub reason: String,
    /// What the reason is about, for machines.
    pub detail: Vec<FaultDetail>,
    /// With [`FaultCode::MustUnderstand`]: the header blocks that were not understood.
    pub not_understood: Vec<HeaderName>,
    /// The `wsa:MessageID` of the message that caused the fault, where it could still be read.
    pub relates_to: Option<Box<str>>,
}

/// The fault codes of SOAP 1.2 part 1, 5.4.6 that occur here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The envelope is not one of SOAP 1.2.
    VersionMismatch,
    /// A mandatory header block was not understood.
    MustUnderstand,
    /// The message is wrong; sending it again unchanged is of no use.
    Sender,
    /// The message may be right, but could not be processed now.
    Receiver,
}

/// A qualified name below the fault code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subcode {
    /// The namespace name.
    pub namespace: &'static str,
    /// The local part.
    pub local: &'static str,
}

/// One element of `soap:Detail` (WS-Addressing 1.0 SOAP Binding, 6.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultDetail {
    /// `wsa:ProblemHeaderQName`: the local name of a WS-Addressing header.
    ProblemHeader(&'static str),
    /// `wsa:ProblemAction`: the action as it came.
    ProblemAction(String),
}

/// The name of a header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName {
    /// The namespace name.
    pub namespace: String,
    /// The local part.
    pub local: String,
}

const INVALID_HEADER: &str = "a header representing a message addressing property is not valid and the message cannot be processed";

impl Fault {
    /// The message is wrong.
    pub fn sender(reason: impl Into<String>) -> Self {
        Self::new(FaultCode::Sender, reason.into())
    }

    /// The message could not be processed for a reason that is not its sender's.
    pub fn receiver(reason: impl Into<String>) -> Self {
        Self::new(FaultCode::Receiver, reason.into())
    }

    /// The envelope is not one of SOAP 1.2 (SOAP 1.2 part 1, 5.4.7).
    pub fn version_mismatch(reason: impl Into<String>) -> Self {
        Self::new(FaultCode::VersionMismatch, reason.into())
    }

    /// Mandatory header blocks were not understood (SOAP 1.2 part 1, 5.4.8).
    pub fn must_understand(not_understood: Vec<HeaderName>) -> Self {
        let first = not_understood.first().map(|name| name.local.chars().take(64).collect::<String>()).unwrap_or_default();
        let reason = format!("header blocks with mustUnderstand are not understood here, first {first}; NotUnderstood blocks name them");
        Self { not_understood, ..Self::new(FaultCode::MustUnderstand, reason) }
    }

    /// Nothing here answers to this action (WS-Addressing 1.0 SOAP Binding, 6.4.4).
    pub fn action_not_supported(action: &str) -> Self {
        Self {
            subcodes: vec![wsa("ActionNotSupported")],
            detail: vec![FaultDetail::ProblemAction(action.to_owned())],
            ..Self::sender("the action cannot be processed at this endpoint; it is repeated in the detail")
        }
    }

    /// A required addressing header is absent (WS-Addressing 1.0 SOAP Binding, 6.4.2).
    pub fn addressing_header_required(header: &'static str) -> Self {
        Self {
            subcodes: vec![wsa("MessageAddressingHeaderRequired")],
            detail: vec![FaultDetail::ProblemHeader(header)],
            ..Self::sender(format!("a required header representing a message addressing property is not present: wsa:{header}"))
        }
    }

    /// An addressing header breaks the rule named by `subsubcode` (WS-Addressing 1.0 SOAP Binding, 6.4.1).
    pub fn invalid_addressing_header(header: &'static str, subsubcode: &'static str) -> Self {
        Self {
            subcodes: vec![wsa("InvalidAddressingHeader"), wsa(subsubcode)],
            detail: vec![FaultDetail::ProblemHeader(header)],
            ..Self::sender(format!("{INVALID_HEADER}: wsa:{header}, {subsubcode}"))
        }
    }

    /// `wsa:Action` and the action of the HTTP header differ (WS-Addressing 1.0 SOAP Binding, 6.4.1.7).
    pub fn action_mismatch(action: &str) -> Self {
        Self {
            detail: vec![FaultDetail::ProblemHeader("Action"), FaultDetail::ProblemAction(action.to_owned())],
            ..Self::invalid_addressing_header("Action", "ActionMismatch")
        }
    }

    /// A security header was refused (WS-Security: SOAP Message Security 1.1, 12); `code` is such as `InvalidSecurityToken`.
    pub fn security(code: &'static str, reason: impl Into<String>) -> Self {
        Self { subcodes: vec![Subcode { namespace: ns::WSSE, local: code }], ..Self::sender(reason) }
    }

    /// The status of an HTTP response with this fault (SOAP 1.2 part 2, Table 20).
    pub fn http_status(&self) -> u16 {
        match self.code {
            FaultCode::Sender => 400,
            FaultCode::VersionMismatch | FaultCode::MustUnderstand | FaultCode::Receiver => 500,
        }
    }

    fn new(code: FaultCode, reason: String) -> Self {
        Self { code, subcodes: Vec::new(), reason, detail: Vec::new(), not_understood: Vec::new(), relates_to: None }
    }
}

fn wsa(local: &'static str) -> Subcode {
    Subcode { namespace: ns::WSA, local }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SOAP fault {:?}: {}", self.code, self.reason)
    }
}

impl std::error::Error for Fault {}

impl From<XmlError> for Fault {
    fn from(error: XmlError) -> Self {
        Self::sender(error.to_string())
    }
}

impl From<XopError> for Fault {
    fn from(error: XopError) -> Self {
        Self::sender(error.to_string())
    }
}

impl From<MtomError> for Fault {
    fn from(error: MtomError) -> Self {
        match error {
            MtomError::Io(_) => Self::receiver(error.to_string()),
            refused => Self::sender(refused.to_string()),
        }
    }
}
