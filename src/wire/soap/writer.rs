//! Envelopes written as a stream.

use std::io::{self, Write};

use super::addressing::ANONYMOUS;
use super::endpoint_reference::EndpointReference;
use super::fault::{Fault, FaultCode, FaultDetail};
use crate::wire::saml::WrittenAssertion;
use crate::wire::xml::{XmlWriter, ns};

/// The action of the faults that WS-Addressing defines (WS-Addressing 1.0 SOAP Binding, 6).
const ADDRESSING_FAULT: &str = "http://www.w3.org/2005/08/addressing/fault";
/// The recommended action of all other faults.
const SOAP_FAULT: &str = "http://www.w3.org/2005/08/addressing/soap/fault";

const MANDATORY: &[(&str, &str)] = &[("soap:mustUnderstand", "1")];

/// What an answer says of the message that it answers, and where it goes (WS-Addressing 1.0 Core, 3.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyAddressing {
    /// The `wsa:MessageID` of the request.
    pub relates_to: Option<String>,
    /// The endpoint it is sent to; without one, it goes back on the connection of the request.
    pub to: Option<EndpointReference>,
}

/// Writes a response; `body` writes the one element in the body and declares the namespaces it uses, except `soap`.
///
/// `message_id` is a fresh IRI such as `urn:uuid:…`.
pub fn write_response<W: Write>(
    w: W,
    action: &str,
    addressing: &ReplyAddressing,
    message_id: &str,
    body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    envelope(w, |xml| response_headers(xml, action, addressing, message_id), body)
}

/// Writes a request of ours that wants its answer on the same connection.
pub fn write_request<W: Write>(
    w: W,
    to: &str,
    action: &str,
    message_id: &str,
    body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    write_request_for(w, to, action, message_id, None, body)
}

/// [`write_request`] on behalf of the person that an assertion is about (ITI TF-2: 3.40).
pub fn write_request_for<W: Write>(
    w: W,
    to: &str,
    action: &str,
    message_id: &str,
    assertion: Option<&WrittenAssertion>,
    body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    let headers = |xml: &mut XmlWriter<W>| {
        xml.leaf("wsa:Action", MANDATORY, action)?;
        xml.leaf("wsa:MessageID", &[], message_id)?;
        xml.start("wsa:ReplyTo", &[])?;
        xml.leaf("wsa:Address", &[], ANONYMOUS)?;
        xml.end("wsa:ReplyTo")?;
        xml.leaf("wsa:To", MANDATORY, to)?;
        assertion.map_or(Ok(()), |assertion| assertion.write_header(xml))
    };
    envelope(w, headers, body)
}

/// Writes a fault as the answer to the message that `addressing` names, or else the one that the fault itself names.
pub fn write_fault<W: Write>(w: W, fault: &Fault, addressing: &ReplyAddressing, message_id: &str) -> io::Result<()> {
    let of_addressing = fault.subcodes.first().is_some_and(|subcode| subcode.namespace == ns::WSA);
    let action = if of_addressing { ADDRESSING_FAULT } else { SOAP_FAULT };
    let headers = |xml: &mut XmlWriter<W>| {
        let relates_to = addressing.relates_to.clone().or_else(|| fault.relates_to.as_deref().map(str::to_owned));
        response_headers(xml, action, &ReplyAddressing { relates_to, ..addressing.clone() }, message_id)?;
        fault_headers(xml, fault)
    };
    envelope(w, headers, |xml| fault_body(xml, fault))
}

fn envelope<W: Write>(
    w: W,
    headers: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
    body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    let mut xml = XmlWriter::new(w);
    xml.declaration()?;
    xml.start("soap:Envelope", &[("xmlns:soap", ns::SOAP)])?;
    xml.start("soap:Header", &[("xmlns:wsa", ns::WSA)])?;
    headers(&mut xml)?;
    xml.end("soap:Header")?;
    xml.start("soap:Body", &[])?;
    body(&mut xml)?;
    xml.end("soap:Body")?;
    xml.end("soap:Envelope")
}

fn response_headers<W: Write>(xml: &mut XmlWriter<W>, action: &str, addressing: &ReplyAddressing, message_id: &str) -> io::Result<()> {
    xml.leaf("wsa:Action", MANDATORY, action)?;
    xml.leaf("wsa:MessageID", &[], message_id)?;
    if let Some(request) = &addressing.relates_to {
        xml.leaf("wsa:RelatesTo", &[], request)?;
    }
    match &addressing.to {
        Some(endpoint) => endpoint.write(xml),
        None => xml.leaf("wsa:To", &[], ANONYMOUS),
    }
}

/// `Upgrade` (SOAP 1.2 part 1, 5.4.7) and `NotUnderstood` (5.4.8).
fn fault_headers<W: Write>(xml: &mut XmlWriter<W>, fault: &Fault) -> io::Result<()> {
    if fault.code == FaultCode::VersionMismatch {
        xml.start("soap:Upgrade", &[])?;
        xml.empty("soap:SupportedEnvelope", &[("qname", "soap:Envelope")])?;
        xml.end("soap:Upgrade")?;
    }
    for header in &fault.not_understood {
        if header.namespace.is_empty() {
            xml.empty("soap:NotUnderstood", &[("qname", &header.local)])?;
        } else {
            let qname = format!("h:{}", header.local);
            xml.empty("soap:NotUnderstood", &[("qname", &qname), ("xmlns:h", &header.namespace)])?;
        }
    }
    Ok(())
}

fn fault_body<W: Write>(xml: &mut XmlWriter<W>, fault: &Fault) -> io::Result<()> {
    xml.start("soap:Fault", &[])?;
    xml.start("soap:Code", &[])?;
    xml.leaf("soap:Value", &[], code(fault.code))?;
    for subcode in &fault.subcodes {
        xml.start("soap:Subcode", &[])?;
        xml.leaf("soap:Value", &[("xmlns:f", subcode.namespace)], &format!("f:{}", subcode.local))?;
    }
    for _ in &fault.subcodes {
        xml.end("soap:Subcode")?;
    }
    xml.end("soap:Code")?;
    xml.start("soap:Reason", &[])?;
    xml.leaf("soap:Text", &[("xml:lang", "en")], &fault.reason)?;
    xml.end("soap:Reason")?;
    if !fault.detail.is_empty() {
        xml.start("soap:Detail", &[("xmlns:wsa", ns::WSA)])?;
        fault.detail.iter().try_for_each(|detail| fault_detail(xml, detail))?;
        xml.end("soap:Detail")?;
    }
    xml.end("soap:Fault")
}

fn fault_detail<W: Write>(xml: &mut XmlWriter<W>, detail: &FaultDetail) -> io::Result<()> {
    match detail {
        FaultDetail::ProblemHeader(local) => xml.leaf("wsa:ProblemHeaderQName", &[], &format!("wsa:{local}")),
        FaultDetail::ProblemAction(action) => {
            xml.start("wsa:ProblemAction", &[])?;
            xml.leaf("wsa:Action", &[], action)?;
            xml.end("wsa:ProblemAction")
        }
    }
}

fn code(code: FaultCode) -> &'static str {
    match code {
        FaultCode::VersionMismatch => "soap:VersionMismatch",
        FaultCode::MustUnderstand => "soap:MustUnderstand",
        FaultCode::Sender => "soap:Sender",
        FaultCode::Receiver => "soap:Receiver",
    }
}

#[cfg(test)]
mod tests;
