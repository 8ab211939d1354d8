//! Value to XML: the elements in the order of the tables.

use std::io;

use fhirbolt_shared::path::ElementPath;
use serde_json::{Map, Value};

use super::FHIR;
use crate::wire::fhir::schema::{is_primitive, new_path};
use crate::wire::xml::XmlWriter;

/// A resource as XML. Of elements that R4 does not know, nothing is written.
pub fn write(resource: &Value) -> Vec<u8> {
    let mut writing = Writing { xml: XmlWriter::new(Vec::new()), elements: new_path() };
    // Writing to memory does not fail.
    let written = writing.xml.declaration().and_then(|()| writing.resource(resource, &[("xmlns", FHIR)]));
    written.map(|()| writing.xml.into_inner()).unwrap_or_default()
}

struct Writing {
    xml: XmlWriter<Vec<u8>>,
    elements: ElementPath,
}

impl Writing {
    fn resource(&mut self, resource: &Value, attributes: &[(&str, &str)]) -> io::Result<()> {
        let Some(fields) = resource.as_object() else { return Ok(()) };
        let name = fields.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        self.elements.push(name);
        self.xml.start(name, attributes)?;
        self.children(fields, true)?;
        self.xml.end(name)?;
        self.elements.pop();
        Ok(())
    }

    /// The elements of an object. The id of what is no resource is an attribute of its own element.
    fn children(&mut self, fields: &Map<String, Value>, is_resource: bool) -> io::Result<()> {
        let Some(names) = self.elements.children() else { return Ok(()) };
        // The url of an extension is an attribute, too (FHIR R4, extensibility.html#extension).
        let is_extension = self.elements.current_element_is_extension();
        for name in names {
            if (*name == "id" && !is_resource) || (*name == "url" && is_extension) {
                continue;
            }
            let (value, companion) = (fields.get(*name), fields.get(&format!("_{name}")));
            if value.is_some() || companion.is_some() {
                self.elements.push(name);
                self.element(name, value.unwrap_or(&Value::Null), companion.unwrap_or(&Value::Null))?;
                self.elements.pop();
            }
        }
        Ok(())
    }

    fn element(&mut self, name: &str, value: &Value, companion: &Value) -> io::Result<()> {
        if !value.is_array() && !companion.is_array() {
            return self.item(name, value, companion);
        }
        let items = |value: &Value| value.as_array().map_or(0, Vec::len);
        for index in 0..items(value).max(items(companion)) {
            let item = |value: &Value| value.get(index).cloned().unwrap_or(Value::Null);
            self.item(name, &item(value), &item(companion))?;
        }
        Ok(())
    }

    fn item(&mut self, name: &str, value: &Value, companion: &Value) -> io::Result<()> {
        if self.elements.current_element_is_resource() {
            self.xml.start(name, &[])?;
            self.resource(value, &[])?;
            self.xml.end(name)
        } else if self.elements.current_element() == Some("div") {
            // It was checked to be one element when it came in.
            self.xml.raw(value.as_str().unwrap_or_default().as_bytes())
        } else if is_primitive(&self.elements) {
            self.primitive(name, value, companion)
        } else {
            let Some(fields) = value.as_object() else { return Ok(()) };
            let text = |key: &'static str| Some((key, fields.get(key)?.as_str()?));
            let is_extension = self.elements.current_element_is_extension();
            let attributes: Vec<_> = text("id").into_iter().chain(text("url").filter(|_| is_extension)).collect();
            self.xml.start(name, &attributes)?;
            self.children(fields, false)?;
            self.xml.end(name)
        }
    }

    fn primitive(&mut self, name: &str, value: &Value, companion: &Value) -> io::Result<()> {
        let text = match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let id = companion.get("id").and_then(Value::as_str);
        let attributes: Vec<_> = id.map(|id| ("id", id)).into_iter().chain(text.as_deref().map(|text| ("value", text))).collect();
        let Some(extensions) = companion.get("extension").and_then(Value::as_array) else {
            return self.xml.empty(name, &attributes);
        };
        self.xml.start(name, &attributes)?;
        // An extension is the same everywhere; the tables are asked from a place of its own.
        let mut apart = new_path();
        apart.push("Element");
        apart.push("extension");
        let place = std::mem::replace(&mut self.elements, apart);
        extensions.iter().try_for_each(|extension| self.item("extension", extension, &Value::Null))?;
        self.elements = place;
        self.xml.end(name)
    }
}
