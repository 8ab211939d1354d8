//! The transmission wrapper (ITI TF-2: Table O.1.1-1), as far as it can be made out even of a message that is refused.

use crate::wire::xml::{Element, ns};

/// The longest identifier repeated in an answer, in characters.
const LONGEST: usize = 199;

/// Who sends which message to whom. What is missing or not fit to be repeated is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transmission {
    /// `id`.
    pub message_id: Option<MessageId>,
    /// `sender/device/id/@root`, the OID of the sending application.
    pub sender_device: Option<String>,
    /// `sender/device/asAgent/representedOrganization/id/@root`, the OID of its organization.
    pub sender_organization: Option<String>,
    /// `receiver/device/id/@root`.
    pub receiver_device: Option<String>,
    /// `receiver/device/asAgent/representedOrganization/id/@root`.
    pub receiver_organization: Option<String>,
    /// `processingCode`: P, T or D.
    pub processing_code: Option<String>,
}

/// The id of a message: an OID or UUID that may stand alone or name who gave the extension (type II).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId {
    /// `@root`.
    pub root: String,
    /// `@extension`.
    pub extension: Option<String>,
}

impl std::fmt::Display for MessageId {
    /// As the audit record has it: root, then `^` and the extension if there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.root)?;
        self.extension.as_ref().map_or(Ok(()), |extension| write!(f, "^{extension}"))
    }
}

impl Transmission {
    /// What the wrapper of this message says.
    pub fn of(message: &Element) -> Self {
        let at = |path: &[&str], attribute: &str| {
            let found = path.iter().try_fold(message, |element, name| element.child(ns::HL7V3, name))?;
            found.attribute(attribute).and_then(fit)
        };
        let uid = |path: &[&str]| at(path, "root").filter(|root| is_uid(root));
        let message_id = uid(&["id"]).map(|root| MessageId { root, extension: at(&["id"], "extension") });
        Self {
            message_id,
            sender_device: uid(&["sender", "device", "id"]),
            sender_organization: uid(&["sender", "device", "asAgent", "representedOrganization", "id"]),
            receiver_device: uid(&["receiver", "device", "id"]),
            receiver_organization: uid(&["receiver", "device", "asAgent", "representedOrganization", "id"]),
            processing_code: at(&["processingCode"], "code").filter(|code| matches!(code.as_str(), "P" | "T" | "D")),
        }
    }

    /// `organization|device`, as the audit trail names a sender, if the message names one.
    pub fn sender(&self) -> Option<String> {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let known = self.sender_device.is_some() || self.sender_organization.is_some();
        known.then(|| format!("{}|{}", part(&self.sender_organization), part(&self.sender_device)))
    }
}

/// The value, if it is fit to be repeated in an answer and in the audit trail.
fn fit(value: &str) -> Option<String> {
    let value = value.trim();
    let fits = !value.is_empty() && value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
    fits.then(|| value.to_owned())
}

/// Whether a text may be the root of an identifier: an OID, a UUID or a reserved name (HL7 version 3 data types, uid).
fn is_uid(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}
