//! The message addressing properties (WS-Addressing 1.0 Core, 3, and SOAP Binding, 3).

use super::endpoint_reference::EndpointReference;
use super::fault::Fault;
use crate::wire::xml::{Element, ns};

/// The address that means: answer on the same connection.
pub const ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";
/// The address that means: do not answer.
pub const NONE: &str = "http://www.w3.org/2005/08/addressing/none";

/// The addressing header blocks that are understood.
const HEADERS: [&str; 7] = ["Action", "MessageID", "To", "From", "ReplyTo", "FaultTo", "RelatesTo"];

/// What the addressing header blocks of a message say.
#[derive(Debug, Default)]
pub(super) struct Addressing {
    pub(super) action: Option<String>,
    pub(super) message_id: Option<String>,
    pub(super) to: Option<String>,
    pub(super) reply_to: Option<EndpointReference>,
    pub(super) fault_to: Option<EndpointReference>,
}

/// Whether `header` is an addressing header block that is understood.
pub(super) fn understands(header: &Element) -> bool {
    *header.name.namespace == *ns::WSA && HEADERS.contains(&header.name.local.as_str())
}

impl Addressing {
    /// Reads the header blocks that are aimed at this node.
    ///
    /// `http_action` is the action parameter of the Content-Type; it stands in for an absent `wsa:Action` and must not
    /// contradict it.
    pub(super) fn read(headers: &[&Element], http_action: Option<&str>) -> Result<Self, Fault> {
        endpoint(headers, "From")?;
        Ok(Self {
            action: action(headers, http_action)?,
            message_id: property(headers, "MessageID")?,
            to: property(headers, "To")?,
            reply_to: endpoint(headers, "ReplyTo")?,
            fault_to: endpoint(headers, "FaultTo")?,
        })
    }
}

fn action(headers: &[&Element], http_action: Option<&str>) -> Result<Option<String>, Fault> {
    let http_action = http_action.map(str::trim).filter(|action| !action.is_empty());
    let Some(action) = property(headers, "Action")? else {
        return Ok(http_action.map(str::to_owned));
    };
    match http_action {
        Some(different) if different != action => Err(Fault::action_mismatch(&action)),
        _ => Ok(Some(action)),
    }
}

/// The IRI in the only header block of that name; an empty one is not an IRI.
fn property(headers: &[&Element], local: &'static str) -> Result<Option<String>, Fault> {
    let Some(header) = only(headers, local)? else { return Ok(None) };
    let value = header.text_cow().trim().to_owned();
    match value.is_empty() {
        true if local == "Action" => Err(Fault::addressing_header_required(local)),
        true => Err(Fault::invalid_addressing_header(local, "InvalidAddress")),
        false => Ok(Some(value)),
    }
}

/// The endpoint reference in the only header block of that name.
fn endpoint(headers: &[&Element], local: &'static str) -> Result<Option<EndpointReference>, Fault> {
    let header = only(headers, local)?;
    header.map(EndpointReference::read).transpose().map_err(|invalid| invalid.in_header(local))
}

fn only<'e>(headers: &[&'e Element], local: &'static str) -> Result<Option<&'e Element>, Fault> {
    let mut named = headers.iter().filter(|header| header.is(ns::WSA, local));
    match (named.next(), named.next()) {
        (_, Some(_)) => Err(Fault::invalid_addressing_header(local, "InvalidCardinality")),
        (found, None) => Ok(found.copied()),
    }
}
