//! An envelope taken apart (SOAP 1.2 part 1, 2.6 and 5).

use std::sync::Arc;

use super::addressing::{Addressing, understands};
use super::endpoint_reference::EndpointReference;
use super::fault::{Fault, HeaderName};
use crate::wire::saml::SecurityHeader;
use crate::wire::xml::{Element, Node, XmlLimits, ns, parse};

const ROLE_NEXT: &str = "http://www.w3.org/2003/05/soap-envelope/role/next";
const ROLE_ULTIMATE_RECEIVER: &str = "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

/// A SOAP message: what is asked for, and how to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `wsa:Action`, or the action of the Content-Type if there is no such header.
    pub action: String,
    /// `wsa:MessageID`, to be repeated as `wsa:RelatesTo`.
    pub message_id: Option<String>,
    /// `wsa:To`.
    pub to: Option<String>,
    /// `wsa:ReplyTo`: where answers go.
    pub reply_to: Option<EndpointReference>,
    /// `wsa:FaultTo`: where faults go; where it is absent, they go with the answers (WS-Addressing 1.0 Core, 3.4).
    pub fault_to: Option<EndpointReference>,
    /// `wsse:Security` as it came, not checked.
    pub security: Option<SecurityHeader>,
    /// The only child element of the body.
    pub payload: Element,
}

/// Reads a message as its ultimate receiver.
///
/// `http_action` is the action parameter of the Content-Type, if it has one.
/// Header blocks that are not understood are ignored, unless they must be understood by this node.
/// A fault names the message it is about, if that has a `wsa:MessageID`.
pub fn read(bytes: &[u8], limits: &XmlLimits, http_action: Option<&str>) -> Result<Envelope, Fault> {
    let root = parse(bytes, limits)?;
    check_version(&root)?;
    let message_id = root.child(ns::SOAP, "Header").and_then(|header| header.child(ns::WSA, "MessageID"));
    let message_id = message_id.map(|id| Box::from(id.text_cow().trim()));
    open(root, http_action).map_err(|fault| Fault { relates_to: message_id, ..fault })
}

fn open(envelope: Element, http_action: Option<&str>) -> Result<Envelope, Fault> {
    let mut scope = envelope.namespaces.clone();
    let (header, body) = header_and_body(envelope)?;
    let headers = header.as_ref().map(aimed_at_us).unwrap_or_default();
    check_understood(&headers)?;
    let addressing = Addressing::read(&headers, http_action)?;
    scope.extend(header.iter().flat_map(|header| header.namespaces.iter().cloned()));
    let security = security(&headers, scope)?;
    let action = addressing.action.ok_or_else(|| Fault::addressing_header_required("Action"))?;
    let Addressing { message_id, to, reply_to, fault_to, .. } = addressing;
    Ok(Envelope { action, message_id, to, reply_to, fault_to, security, payload: payload(body)? })
}

/// The only security header block for this node (WS-Security: SOAP Message Security 1.1, 5).
fn security(headers: &[&Element], scope: Vec<(Arc<str>, Arc<str>)>) -> Result<Option<SecurityHeader>, Fault> {
    let mut blocks = headers.iter().filter(|block| block.is(ns::WSSE, "Security"));
    match (blocks.next(), blocks.next()) {
        (None, _) => Ok(None),
        (Some(block), None) => {
            let must_understand = must_understand(block)?;
            Ok(Some(SecurityHeader { element: Element::clone(block), scope, must_understand }))
        }
        (Some(_), Some(_)) => Err(Fault::security("InvalidSecurity", "there is more than one wsse:Security header; send exactly one")),
    }
}

fn check_version(root: &Element) -> Result<(), Fault> {
    if root.is(ns::SOAP, "Envelope") {
        return Ok(());
    }
    Err(Fault::version_mismatch(if root.is(ns::SOAP11, "Envelope") {
        "this is a SOAP 1.1 envelope; send SOAP 1.2 (application/soap+xml)"
    } else {
        "the root element is not the Envelope of SOAP 1.2"
    }))
}

/// The optional `Header` and the `Body`, which must be all there is (SOAP 1.2 part 1, 5.1).
fn header_and_body(envelope: Element) -> Result<(Option<Element>, Element), Fault> {
    let mut children = only_elements(envelope, "the Envelope contains text")?.into_iter();
    let mut next = children.next();
    let header = next.take_if(|element| element.is(ns::SOAP, "Header"));
    if header.is_some() {
        next = children.next();
    }
    match (next, children.next()) {
        (Some(body), None) if body.is(ns::SOAP, "Body") => Ok((header, body)),
        _ => Err(Fault::sender("the Envelope must contain an optional Header, then one Body, and nothing else")),
    }
}

fn payload(body: Element) -> Result<Element, Fault> {
    let mut elements = only_elements(body, "the Body contains text")?.into_iter();
    match (elements.next(), elements.next()) {
        (Some(payload), None) => Ok(payload),
        _ => Err(Fault::sender("the Body must contain exactly one element")),
    }
}

fn only_elements(parent: Element, complaint: &str) -> Result<Vec<Element>, Fault> {
    let mut elements = Vec::new();
    for node in parent.children {
        match node {
            Node::Element(element) => elements.push(*element),
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) => return Err(Fault::sender(complaint)),
        }
    }
    Ok(elements)
}

/// The header blocks whose role this node plays (SOAP 1.2 part 1, 2.2).
fn aimed_at_us(header: &Element) -> Vec<&Element> {
    let roles = ["", ROLE_NEXT, ROLE_ULTIMATE_RECEIVER];
    header.elements().filter(|block| roles.contains(&block.attribute_ns(ns::SOAP, "role").unwrap_or_default().trim())).collect()
}

/// How many header blocks a fault names: the names would make the fault much longer than the message.
const MOST_NAMED: usize = 16;

/// Refuses header blocks that must be understood and are not, in one fault that names them (SOAP 1.2 part 1, 2.4).
fn check_understood(headers: &[&Element]) -> Result<(), Fault> {
    let mut not_understood = Vec::new();
    for block in headers {
        if must_understand(block)? && !understands(block) && !block.is(ns::WSSE, "Security") {
            let name = HeaderName { namespace: block.name.namespace.to_string(), local: block.name.local.clone() };
            not_understood.push(name);
        }
        if not_understood.len() == MOST_NAMED {
            break;
        }
    }
    if not_understood.is_empty() { Ok(()) } else { Err(Fault::must_understand(not_understood)) }
}

/// The attribute `mustUnderstand`, an `xs:boolean`.
fn must_understand(block: &Element) -> Result<bool, Fault> {
    match block.attribute_ns(ns::SOAP, "mustUnderstand").map(str::trim) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(Fault::sender("the attribute mustUnderstand of a header block must be true, false, 1 or 0")),
    }
}

#[cfg(test)]
mod tests;
