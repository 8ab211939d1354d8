//! The answer of a server: an envelope, perhaps with parts behind it.

use std::io::Read;

use crate::client::ClientError;
use crate::client::http::HttpResponse;
use crate::wire::mtom::{ContentType, MtomError, Multipart, MultipartLimits};
use crate::wire::xml::{Element, Node, XmlLimits, ns, parse};

use ureq::BodyReader;

/// The longest envelope taken, in bytes; documents inline as base64 count.
const ENVELOPE_BYTES: usize = 64 * 1024 * 1024;

/// An answer that is no fault.
pub(super) struct Answer {
    /// The first element of the body.
    pub(super) payload: Element,
    /// What comes after the envelope.
    pub(super) parts: Option<Multipart<BodyReader<'static>>>,
}

/// Reads the envelope of an answer. Header blocks are not looked at: servers of all makes answer the request of the same
/// connection, and a tester wants to see what they say.
pub(super) fn open(url: &str, response: HttpResponse) -> Result<Answer, ClientError> {
    let header = response.content_type.as_deref().unwrap_or("");
    let not_soap = |status: u16| ClientError::NotSoap {
        url: url.to_owned(),
        status,
        content_type: if header.is_empty() { "no Content-Type".to_owned() } else { header.chars().take(80).collect() },
    };
    let content_type = ContentType::parse(header).map_err(|_| not_soap(response.status))?;
    let (bytes, parts) = match content_type.media_type() {
        "multipart/related" => {
            let mut parts = Multipart::open(&content_type, response.body, limits())?;
            (root_part(&mut parts)?, Some(parts))
        }
        "application/soap+xml" | "text/xml" | "application/xml" => (whole(response.body)?, None),
        _ => return Err(not_soap(response.status)),
    };
    let xml_limits = XmlLimits { bytes: ENVELOPE_BYTES, ..XmlLimits::default() };
    let envelope = match parse(&bytes, &xml_limits) {
        Ok(envelope) => envelope,
        Err(_) if !(200..300).contains(&response.status) => return Err(not_soap(response.status)),
        Err(error) => return Err(error.into()),
    };
    match payload(envelope)? {
        fault if fault.name.local == "Fault" && is_envelope_namespace(&fault) => Err(read_fault(&fault)),
        _ if !(200..300).contains(&response.status) => Err(not_soap(response.status)),
        payload => Ok(Answer { payload, parts }),
    }
}

/// As large as documents are; the caller decides where they go.
fn limits() -> MultipartLimits {
    MultipartLimits { part_bytes: u64::MAX, total_bytes: u64::MAX, ..MultipartLimits::default() }
}

/// The envelope, which has to come before the documents it speaks of.
fn root_part(parts: &mut Multipart<BodyReader<'static>>) -> Result<Vec<u8>, ClientError> {
    match parts.next_part()? {
        Some(headers) if headers.is_root() => Ok(parts.part_body().into_bytes(ENVELOPE_BYTES)?),
        Some(_) => Err(ClientError::unexpected("a document comes before the envelope; the root part has to be the first")),
        None => Err(MtomError::NoRoot.into()),
    }
}

fn whole(body: BodyReader<'static>) -> Result<Vec<u8>, ClientError> {
    let mut bytes = Vec::new();
    let just_too_much = u64::try_from(ENVELOPE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    // One byte too many is refused by the XML reader, which has the same limit.
    body.take(just_too_much).read_to_end(&mut bytes).map_err(MtomError::Io)?;
    Ok(bytes)
}

/// The first element of the body of a SOAP 1.2 envelope, or of a SOAP 1.1 one, in which some servers refuse.
fn payload(envelope: Element) -> Result<Element, ClientError> {
    if !(envelope.name.local == "Envelope" && is_envelope_namespace(&envelope)) {
        return Err(ClientError::unexpected(format!("the root element is {}, not a SOAP Envelope", envelope.name.local)));
    }
    let namespace = envelope.name.namespace.clone();
    let body = elements(envelope).find(|element| element.is(&namespace, "Body"));
    body.and_then(|body| elements(body).next()).ok_or_else(|| ClientError::unexpected("the SOAP Body is missing or empty"))
}

fn elements(parent: Element) -> impl Iterator<Item = Element> {
    parent.children.into_iter().filter_map(|node| match node {
        Node::Element(element) => Some(*element),
        Node::Text(_) => None,
    })
}

fn is_envelope_namespace(element: &Element) -> bool {
    [ns::SOAP, ns::SOAP11].contains(&element.name.namespace.as_ref())
}

/// A fault of SOAP 1.2 (part 1, 5.4) or 1.1 (4.4).
fn read_fault(fault: &Element) -> ClientError {
    let (code, reason) = if fault.is(ns::SOAP, "Fault") {
        let reason = fault.child(ns::SOAP, "Reason").and_then(english);
        (codes(fault.child(ns::SOAP, "Code")), reason.map(Element::text))
    } else {
        let code = fault.child("", "faultcode").map(|code| local_part(&code.text())).unwrap_or_default();
        (code, fault.child("", "faultstring").map(Element::text))
    };
    let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    ClientError::Fault { code, reason: reason.unwrap_or_else(|| "no reason given".to_owned()) }
}

/// The wording in English, else the first.
fn english(reason: &Element) -> Option<&Element> {
    let texts = || reason.children_named(ns::SOAP, "Text");
    let in_english = texts().find(|text| text.attribute_ns(ns::XML, "lang").is_some_and(|language| language.starts_with("en")));
    in_english.or_else(|| texts().next())
}

/// `Sender/InvalidAddressingHeader/…`.
fn codes(code: Option<&Element>) -> String {
    let mut names = Vec::new();
    let mut next = code;
    while let Some(code) = next {
        names.extend(code.child(ns::SOAP, "Value").map(|value| local_part(&value.text())));
        next = code.child(ns::SOAP, "Subcode");
    }
    names.join("/")
}

fn local_part(qname: &str) -> String {
    let qname = qname.trim();
    qname.rsplit_once(':').map_or(qname, |(_, local)| local).to_owned()
}
