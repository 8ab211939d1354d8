//! Coded values and pairs (DICOM PS3.15, A.5.1: CodedValueType, ValuePair).

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wire::xml::XmlWriter;

/// What a message is written to.
pub(super) type Xml = XmlWriter<Vec<u8>>;

/// The code systems of this server: transactions that are none of IHE's, qualities, its own kinds of objects.
pub(super) const OWN: &str = "Dossier";
/// DICOM's own terms (PS3.16, annex D).
pub(super) const DCM: &str = "DCM";
/// Transactions of IHE.
pub(super) const IHE: &str = "IHE Transactions";
/// Kinds of ids of participant objects (RFC 3881, 5.5.4).
pub(super) const RFC_3881: &str = "RFC-3881";

/// A code of a system, and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coded<'a> {
    pub code: &'a str,
    pub system: &'a str,
    pub words: &'a str,
}

impl<'a> Coded<'a> {
    pub(super) const fn new(code: &'a str, system: &'a str, words: &'a str) -> Self {
        Self { code, system, words }
    }

    /// As an element of that name.
    pub(super) fn write(&self, xml: &mut Xml, element: &str) -> io::Result<()> {
        xml.empty(element, &[("csd-code", self.code), ("codeSystemName", self.system), ("originalText", self.words)])
    }
}

/// A `ParticipantObjectDetail`; values are base64 whatever they are.
pub(super) fn detail(xml: &mut Xml, kind: &str, value: &str) -> io::Result<()> {
    xml.empty("ParticipantObjectDetail", &[("type", kind), ("value", &base64(value))])
}

pub(super) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}
