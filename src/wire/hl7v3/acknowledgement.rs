//! The accept acknowledgement MCCI_IN000002UV01 (ITI TF-2: O.1.2).

use std::io::{self, Write};

use super::error::{DETAIL_CODE_SYSTEM, Hl7v3Error};
use super::transmission::{MessageId, Transmission};
use crate::wire::xml::{XmlWriter, ns};

/// The name of its root element and its interaction id.
pub const INTERACTION: &str = "MCCI_IN000002UV01";
/// The WS-Addressing action of an answer with it.
pub const ACTION: &str = "urn:hl7-org:v3:MCCI_IN000002UV01";

/// The OID under which HL7 interaction ids are unique.
pub(super) const INTERACTION_IDS: &str = "2.16.840.1.113883.1.6";

/// What makes one acknowledgement different from the next.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Its own id, a UUID.
    pub id: &'a str,
    /// When it is made: `YYYYMMDDHHMMSS+ZZZZ`.
    pub at: &'a str,
    /// The OID that names the receiver where the message does not.
    pub device: &'a str,
}

/// Writes the acknowledgement of a message: `CA`, its effect is stored, or what `refused` says.
pub fn write<W: Write>(xml: &mut XmlWriter<W>, request: &Transmission, stamp: Stamp<'_>, refused: Option<&Hl7v3Error>) -> io::Result<()> {
    xml.start(INTERACTION, &[("xmlns", ns::HL7V3), ("ITSVersion", "XML_1.0")])?;
    xml.empty("id", &[("root", stamp.id)])?;
    xml.empty("creationTime", &[("value", stamp.at)])?;
    xml.empty("interactionId", &[("root", INTERACTION_IDS), ("extension", INTERACTION)])?;
    xml.empty("processingCode", &[("code", request.processing_code.as_deref().unwrap_or("P"))])?;
    xml.empty("processingModeCode", &[("code", "T")])?;
    // An acknowledgement is not acknowledged.
    xml.empty("acceptAckCode", &[("code", "NE")])?;
    device(xml, "receiver", "RCV", request.sender_device.as_deref())?;
    device(xml, "sender", "SND", request.receiver_device.as_deref().or(Some(stamp.device)))?;
    xml.start("acknowledgement", &[])?;
    xml.empty("typeCode", &[("code", refused.map_or("CA", |error| error.refusal.code()))])?;
    xml.start("targetMessage", &[])?;
    target(xml, request.message_id.as_ref())?;
    xml.end("targetMessage")?;
    refused.map_or(Ok(()), |error| detail(xml, error))?;
    xml.end("acknowledgement")?;
    xml.end(INTERACTION)
}

/// A party to the transmission (ITI TF-2: Table O.1.2-1, Device).
pub(super) fn device<W: Write>(xml: &mut XmlWriter<W>, name: &str, kind: &str, oid: Option<&str>) -> io::Result<()> {
    xml.start(name, &[("typeCode", kind)])?;
    xml.start("device", &[("classCode", "DEV"), ("determinerCode", "INSTANCE")])?;
    match oid {
        Some(oid) => xml.empty("id", &[("root", oid)])?,
        None => xml.empty("id", &[("nullFlavor", "UNK")])?,
    }
    xml.end("device")?;
    xml.end(name)
}

fn target<W: Write>(xml: &mut XmlWriter<W>, id: Option<&MessageId>) -> io::Result<()> {
    match id {
        Some(MessageId { root, extension: Some(extension) }) => xml.empty("id", &[("root", root), ("extension", extension)]),
        Some(MessageId { root, extension: None }) => xml.empty("id", &[("root", root)]),
        None => xml.empty("id", &[("nullFlavor", "NI")]),
    }
}

fn detail<W: Write>(xml: &mut XmlWriter<W>, error: &Hl7v3Error) -> io::Result<()> {
    let (code, text) = error.code.code_and_text();
    xml.start("acknowledgementDetail", &[("typeCode", "E")])?;
    xml.empty("code", &[("code", code), ("codeSystem", DETAIL_CODE_SYSTEM), ("displayName", text)])?;
    xml.leaf("text", &[], &error.text)?;
    if let Some(place) = &error.place {
        xml.leaf("location", &[], place)?;
    }
    xml.end("acknowledgementDetail")
}
