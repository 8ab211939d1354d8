//! The text of a resource for people: XHTML that does nothing but show (FHIR R4, narrative.html).

use super::FhirFault;
use super::json::DEEPEST;
use crate::wire::xml::{Element, XmlLimits, parse};

/// The namespace of narrative.
pub(super) const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements that do something or bring in something else.
const ACTIVE: [&str; 13] =
    ["script", "form", "iframe", "frame", "object", "embed", "applet", "base", "link", "head", "body", "input", "button"];

/// Checks the `div` of a narrative.
pub(super) fn check(text: &str, at: &str) -> Result<(), FhirFault> {
    let limits = XmlLimits { depth: DEEPEST, bytes: usize::MAX, ..XmlLimits::default() };
    // A declaration before the element would stand in the middle of a resource in XML.
    if !text.starts_with("<div") {
        return Err(FhirFault::value(at, "the narrative is one XHTML element that begins with <div"));
    }
    let div = parse(text.as_bytes(), &limits).map_err(|error| FhirFault::value(at, error.to_string()))?;
    if !div.is(XHTML, "div") {
        return Err(FhirFault::value(at, format!("the div of a narrative is of namespace {XHTML}")));
    }
    if is_active(&div) {
        Err(FhirFault::value(at, "the narrative has active content; leave out scripts, forms and event attributes"))
    } else {
        Ok(())
    }
}

fn is_active(element: &Element) -> bool {
    let name = element.name.local.to_ascii_lowercase();
    let runs = |value: &str| value.trim_start().to_ascii_lowercase().starts_with("javascript:");
    let by_attribute =
        element.attributes.iter().any(|attribute| attribute.name.local.to_ascii_lowercase().starts_with("on") || runs(&attribute.value));
    ACTIVE.contains(&name.as_str()) || by_attribute || element.elements().any(is_active)
}
