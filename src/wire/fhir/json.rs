//! Resources in JSON (FHIR R4, json.html).

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{FhirFault, schema};

/// Objects and arrays inside one another.
pub(super) const DEEPEST: usize = 64;

/// How a number of any length comes out of serde_json: as a map of this one key.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads one resource: well-formed, no key twice, nothing empty, nothing behind it, and made of elements of R4 only.
///
/// # Errors
/// [`FhirFault`] with the line and column, or the FHIRPath of the element.
pub fn read(bytes: &[u8]) -> Result<Value, FhirFault> {
    let resource = parse(bytes)?;
    schema::check(&resource)?;
    Ok(resource)
}

/// A resource as bytes.
pub fn write(resource: &Value, is_pretty: bool) -> Vec<u8> {
    let written = if is_pretty { serde_json::to_vec_pretty(resource) } else { serde_json::to_vec(resource) };
    // A value with keys of text always has a form in JSON.
    written.unwrap_or_default()
}

/// The type of a resource; empty if it has none, which no resource that was read is.
pub fn resource_type(resource: &Value) -> &str {
    resource.get("resourceType").and_then(Value::as_str).unwrap_or("")
}

fn parse(bytes: &[u8]) -> Result<Value, FhirFault> {
    let path = RefCell::new(Vec::new());
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let parsed = Guarded { path: &path, depth: 0 }.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    parsed.map_err(|error| {
        let expression = path.borrow().concat().trim_start_matches('.').to_owned();
        FhirFault::structure(&expression, format!("not JSON as FHIR writes it: {error}"))
    })
}

/// One value at a place.
#[derive(Clone, Copy)]
struct Guarded<'p> {
    path: &'p RefCell<Vec<String>>,
    depth: usize,
}

impl Guarded<'_> {
    /// What is one level down. The step stays in the path if reading it fails.
    fn inside<T, E: serde::de::Error>(self, step: String, read: impl FnOnce(Self) -> Result<T, E>) -> Result<T, E> {
        if self.depth == DEEPEST {
            return Err(E::custom(format!("more than {DEEPEST} objects and arrays inside one another")));
        }
        self.path.borrow_mut().push(step);
        let read = read(Self { depth: self.depth + 1, ..self })?;
        self.path.borrow_mut().pop();
        Ok(read)
    }
}

impl<'de> DeserializeSeed<'de> for Guarded<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Guarded<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    // Whole numbers that are not long come as they are; all others as a map of their digits.
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        if value.is_empty() { Err(E::custom("an empty string; leave the element out")) } else { Ok(Value::String(value.to_owned())) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = self.inside(format!("[{}]", values.len()), |inside| items.next_element_seed(inside))? {
            values.push(value);
        }
        if values.is_empty() { Err(A::Error::custom("an empty array; leave the element out")) } else { Ok(Value::Array(values)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if key == NUMBER && values.is_empty() {
                let digits: String = fields.next_value()?;
                return digits.parse::<Number>().map(Value::Number).map_err(A::Error::custom);
            }
            if values.contains_key(&key) {
                self.path.borrow_mut().push(format!(".{key}"));
                return Err(A::Error::custom("the same key twice in one object"));
            }
            let value = self.inside(format!(".{key}"), |inside| fields.next_value_seed(inside))?;
            values.insert(key, value);
        }
        if values.is_empty() { Err(A::Error::custom("an empty object; leave the element out")) } else { Ok(Value::Object(values)) }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
