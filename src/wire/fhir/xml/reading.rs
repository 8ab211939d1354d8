//! XML to value: the structure is that of the tables, so what comes out is what JSON would have held.

use fhirbolt_shared::path::ElementPath;
use serde_json::{Map, Number, Value};

use super::FHIR;
use crate::wire::fhir::json::DEEPEST;
use crate::wire::fhir::narrative::XHTML;
use crate::wire::fhir::schema::{is_primitive, new_path, whole_numbers};
use crate::wire::fhir::{FhirFault, schema};
use crate::wire::xml::{Element, Node, XmlLimits, XmlWriter, parse};

/// Reads one resource, as strictly as [`crate::wire::fhir::json::read`].
///
/// # Errors
/// [`FhirFault`] with the line and column, or the FHIRPath of the element.
pub fn read(bytes: &[u8]) -> Result<Value, FhirFault> {
    let limits = XmlLimits { depth: DEEPEST, bytes: usize::MAX, ..XmlLimits::default() };
    let root = parse(bytes, &limits).map_err(|error| FhirFault::structure("", error.to_string()))?;
    let resource = Reading { elements: new_path() }.resource(&root, "")?;
    schema::check(&resource)?;
    Ok(resource)
}

struct Reading {
    elements: ElementPath,
}

impl Reading {
    fn resource(&mut self, element: &Element, at: &str) -> Result<Value, FhirFault> {
        expect_fhir(element, at)?;
        let name = element.name.local.as_str();
        if !schema::is_resource_type(name) {
            return Err(FhirFault::structure(at, "the element is no resource of R4 (4.0.1)"));
        }
        let mut fields = Map::new();
        fields.insert("resourceType".to_owned(), name.into());
        self.elements.push(name);
        self.children(element, if at.is_empty() { name } else { at }, &mut fields)?;
        self.elements.pop();
        Ok(Value::Object(fields))
    }

    fn children(&mut self, element: &Element, at: &str, fields: &mut Map<String, Value>) -> Result<(), FhirFault> {
        no_text(element, at)?;
        for child in element.elements() {
            let name = child.name.local.as_str();
            let place = format!("{at}.{name}");
            if !self.elements.children().is_some_and(|children| children.contains(name)) {
                return Err(FhirFault::structure(at, "it has an element that R4 does not know here; leave it out or use an extension"));
            }
            self.elements.push(name);
            let repeats = self.elements.current_element_is_sequence();
            let (value, companion) = self.item(child, &place)?;
            if repeats {
                append(fields, name, value, companion);
            } else if fields.contains_key(name) || fields.contains_key(&format!("_{name}")) {
                return Err(FhirFault::structure(&place, "the element does not repeat; give it once"));
            } else {
                put(fields, name.to_owned(), value);
                put(fields, format!("_{name}"), companion);
            }
            self.elements.pop();
        }
        Ok(())
    }

    /// The value of an element and, of a primitive one, its companion; each null if there is none.
    fn item(&mut self, element: &Element, at: &str) -> Result<(Value, Value), FhirFault> {
        if self.elements.current_element() == Some("div") {
            return Ok((narrative(element, at)?.into(), Value::Null));
        }
        expect_fhir(element, at)?;
        if self.elements.current_element_is_resource() {
            no_text(element, at)?;
            let mut inside = element.elements();
            return match (inside.next(), inside.next()) {
                (Some(resource), None) => Ok((self.resource(resource, at)?, Value::Null)),
                _ => Err(FhirFault::structure(at, "the element holds exactly one resource")),
            };
        }
        if is_primitive(&self.elements) { self.primitive(element, at) } else { Ok((self.complex(element, at)?, Value::Null)) }
    }

    fn complex(&mut self, element: &Element, at: &str) -> Result<Value, FhirFault> {
        let mut fields = Map::new();
        let allowed: &[&str] = if self.elements.current_element_is_extension() { &["id", "url"] } else { &["id"] };
        attributes(element, at, allowed, &mut fields)?;
        self.children(element, at, &mut fields)?;
        if fields.is_empty() { Err(FhirFault::structure(at, "an empty element; leave it out")) } else { Ok(Value::Object(fields)) }
    }

    fn primitive(&mut self, element: &Element, at: &str) -> Result<(Value, Value), FhirFault> {
        no_text(element, at)?;
        let mut found = Map::new();
        attributes(element, at, &["id", "value"], &mut found)?;
        let text = found.remove("value");
        let value = match &text {
            Some(Value::String(text)) => typed(&self.elements, text, at)?,
            _ => Value::Null,
        };
        let mut extensions = Vec::new();
        for (index, child) in element.elements().enumerate() {
            let at = format!("{at}.extension[{index}]");
            if !child.is(FHIR, "extension") {
                return Err(FhirFault::structure(&at, "a primitive element holds extensions only"));
            }
            let mut apart = Self { elements: new_path() };
            apart.elements.push("Element");
            apart.elements.push("extension");
            extensions.push(apart.complex(child, &at)?);
        }
        if !extensions.is_empty() {
            found.insert("extension".to_owned(), extensions.into());
        }
        if value.is_null() && found.is_empty() {
            return Err(FhirFault::structure(at, "an element without value and extension; leave it out"));
        }
        Ok((value, if found.is_empty() { Value::Null } else { Value::Object(found) }))
    }
}

fn put(fields: &mut Map<String, Value>, name: String, value: Value) {
    if !value.is_null() {
        fields.insert(name, value);
    }
}

/// Adds an item to a repeating element, and fills its array and its companion's up with null where only one has something.
fn append(fields: &mut Map<String, Value>, name: &str, value: Value, companion: Value) {
    let companions = format!("_{name}");
    let length = |fields: &Map<String, Value>, name: &str| fields.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let before = length(fields, name).max(length(fields, &companions));
    for (name, item) in [(name.to_owned(), value), (companions, companion)] {
        if item.is_null() && !fields.contains_key(&name) {
            continue;
        }
        let items = fields.entry(name).or_insert_with(|| vec![Value::Null; before].into());
        if let Value::Array(items) = items {
            items.push(item);
        }
    }
}

/// The attributes of an element, of which only some are allowed.
fn attributes(element: &Element, at: &str, allowed: &[&str], fields: &mut Map<String, Value>) -> Result<(), FhirFault> {
    for attribute in &element.attributes {
        let name = attribute.name.local.as_str();
        // Where schemas are is a hint to tools (FHIR R4, xml.html).
        if &*attribute.name.namespace == "http://www.w3.org/2001/XMLSchema-instance" && name == "schemaLocation" {
            continue;
        }
        if !attribute.name.namespace.is_empty() || !allowed.contains(&name) {
            return Err(FhirFault::structure(at, format!("an attribute that is not allowed here; expected {}", allowed.join(" or "))));
        }
        if attribute.value.is_empty() {
            return Err(FhirFault::value(at, "an empty attribute; leave it out"));
        }
        fields.insert(name.to_owned(), attribute.value.clone().into());
    }
    Ok(())
}

/// The value that the text of an attribute stands for; decimals keep their digits.
fn typed(elements: &ElementPath, text: &str, at: &str) -> Result<Value, FhirFault> {
    if elements.current_element_is_boolean() {
        return match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(FhirFault::value(at, "true or false is expected")),
        };
    }
    if whole_numbers(elements).is_some() || elements.current_element_is_decimal() {
        let number: Result<Number, _> = text.parse();
        return number.map(Value::Number).map_err(|_| FhirFault::value(at, "a number is expected"));
    }
    Ok(text.into())
}

fn expect_fhir(element: &Element, at: &str) -> Result<(), FhirFault> {
    if *element.name.namespace == *FHIR { Ok(()) } else { Err(FhirFault::structure(at, format!("the element is not of namespace {FHIR}"))) }
}

/// Only white space may stand between elements.
fn no_text(element: &Element, at: &str) -> Result<(), FhirFault> {
    if element.text_cow().trim().is_empty() {
        Ok(())
    } else {
        Err(FhirFault::structure(at, "text between elements; values are attributes"))
    }
}

/// The `div` of a narrative as text of its own (FHIR R4, narrative.html), its words and white space as they were.
fn narrative(element: &Element, at: &str) -> Result<String, FhirFault> {
    if !element.is(XHTML, "div") {
        return Err(FhirFault::structure(at, format!("the div of a narrative is of namespace {XHTML}")));
    }
    let mut xml = XmlWriter::new(Vec::new());
    write_html(&mut xml, element, true).map_err(|_| FhirFault::structure(at, "the narrative cannot be written"))?;
    String::from_utf8(xml.into_inner()).map_err(|_| FhirFault::structure(at, "the narrative is not UTF-8"))
}

/// XHTML without prefixes: the namespace stands on the div alone.
fn write_html(xml: &mut XmlWriter<Vec<u8>>, element: &Element, is_root: bool) -> std::io::Result<()> {
    let name = element.name.local.as_str();
    let qualified = |attribute: &crate::wire::xml::Attribute| match &*attribute.name.prefix {
        "" => attribute.name.local.clone(),
        prefix => format!("{prefix}:{}", attribute.name.local),
    };
    let names: Vec<_> = element.attributes.iter().map(|attribute| (qualified(attribute), attribute.value.as_str())).collect();
    let own = names.iter().map(|(name, value)| (name.as_str(), *value));
    let attributes: Vec<_> = is_root.then_some(("xmlns", XHTML)).into_iter().chain(own).collect();
    if element.children.is_empty() {
        return xml.empty(name, &attributes);
    }
    xml.start(name, &attributes)?;
    for child in &element.children {
        match child {
            Node::Element(child) => write_html(xml, child, false)?,
            Node::Text(text) => xml.text(text)?,
        }
    }
    xml.end(name)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
