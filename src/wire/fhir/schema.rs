//! Whether a value is made of the elements of R4: which there are, which repeat, and what kind of value they hold.

use fhirbolt_shared::FhirReleases;
use fhirbolt_shared::element_map::r4::ELEMENT_MAP;
use fhirbolt_shared::path::ElementPath;
use serde_json::{Map, Value};

use super::{FhirFault, narrative};

/// Checks a resource with all it contains.
///
/// # Errors
/// [`FhirFault`] of the first element that breaks a rule.
pub(super) fn check(resource: &Value) -> Result<(), FhirFault> {
    Walk { elements: new_path() }.resource(resource, "")
}

/// A place before any resource.
pub(super) fn new_path() -> ElementPath {
    ElementPath::new(FhirReleases::R4)
}

/// Whether R4 has a resource of this type.
pub fn is_resource_type(name: &str) -> bool {
    // Of all types, resources alone have implicit rules.
    ELEMENT_MAP.get(name).is_some_and(|elements| elements.contains("implicitRules"))
}

struct Walk {
    elements: ElementPath,
}

impl Walk {
    fn resource(&mut self, value: &Value, at: &str) -> Result<(), FhirFault> {
        let fields = object(value, at)?;
        let Some(name) = fields.get("resourceType").and_then(Value::as_str) else {
            return Err(FhirFault::structure(at, "a resource has a resourceType, a string; add it"));
        };
        if !is_resource_type(name) {
            return Err(FhirFault::structure(at, "the resourceType is none of R4 (4.0.1)"));
        }
        self.elements.push(name);
        let place = if at.is_empty() { name } else { at };
        self.fields(fields, place, true)?;
        self.elements.pop();
        Ok(())
    }

    fn fields(&mut self, fields: &Map<String, Value>, at: &str, is_resource: bool) -> Result<(), FhirFault> {
        for (key, value) in fields {
            if is_resource && key == "resourceType" {
                continue;
            }
            let (name, is_companion) = key.strip_prefix('_').map_or((key.as_str(), false), |name| (name, true));
            let place = format!("{at}.{name}");
            if !self.elements.children().is_some_and(|children| children.contains(name)) {
                // The name is the sender's, but only its place is told if it could be anything.
                let is_word = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let place = if is_word { place.as_str() } else { at };
                return Err(FhirFault::structure(place, "R4 has no such element here; leave it out or use an extension"));
            }
            self.elements.push(name);
            if is_companion {
                self.companion(fields.get(name), value, &place)?;
            } else {
                self.element(value, &place)?;
            }
            self.elements.pop();
        }
        Ok(())
    }

    fn element(&mut self, value: &Value, at: &str) -> Result<(), FhirFault> {
        match (self.elements.current_element_is_sequence(), value) {
            (true, Value::Array(items)) => {
                items.iter().enumerate().try_for_each(|(index, item)| self.item(item, &format!("{at}[{index}]"), true))
            }
            (true, _) => Err(FhirFault::structure(at, "the element may repeat, so it is an array; put the value into [ ]")),
            (false, Value::Array(_)) => Err(FhirFault::structure(at, "the element does not repeat; give one value without [ ]")),
            (false, _) => self.item(value, at, false),
        }
    }

    fn item(&mut self, value: &Value, at: &str, in_array: bool) -> Result<(), FhirFault> {
        if self.elements.current_element_is_resource() {
            self.resource(value, at)
        } else if is_primitive(&self.elements) {
            // A null keeps the place of an item that has only extensions.
            if in_array && value.is_null() { Ok(()) } else { primitive(&self.elements, value, at) }
        } else {
            let fields = object(value, at)?;
            self.fields(fields, at, false)
        }
    }

    /// `_x`: id and extensions of the primitive element `x` (FHIR R4, json.html#primitive).
    fn companion(&mut self, value: Option<&Value>, companion: &Value, at: &str) -> Result<(), FhirFault> {
        if !is_primitive(&self.elements) {
            return Err(FhirFault::structure(at, "only a primitive element has a companion with an underscore"));
        }
        if !self.elements.current_element_is_sequence() {
            return self.extensions(companion, at);
        }
        let Value::Array(items) = companion else {
            return Err(FhirFault::structure(at, "the element may repeat, so its companion with an underscore is an array"));
        };
        if value.and_then(Value::as_array).is_some_and(|values| values.len() != items.len()) {
            return Err(FhirFault::structure(at, "the array and its companion with an underscore differ in length; fill up with null"));
        }
        let given = items.iter().enumerate().filter(|(_, item)| !item.is_null());
        given.into_iter().try_for_each(|(index, item)| self.extensions(item, &format!("{at}[{index}]")))
    }

    fn extensions(&mut self, companion: &Value, at: &str) -> Result<(), FhirFault> {
        let fields = object(companion, at)?;
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("id", Value::String(_)) => {}
                ("extension", Value::Array(items)) => {
                    // An extension is the same everywhere, so it is looked at from a place of its own.
                    let mut apart = Self { elements: new_path() };
                    apart.elements.push("Extension");
                    let each = |(index, item): (usize, &Value)| {
                        let at = format!("{at}.extension[{index}]");
                        apart.fields(object(item, &at)?, &at, false)
                    };
                    items.iter().enumerate().try_for_each(each)?;
                }
                _ => return Err(FhirFault::structure(at, "a companion with an underscore has an id and extensions only")),
            }
        }
        Ok(())
    }
}

/// Whether a place holds text, a number or a boolean. The tables leave out narrative and the url of an extension; every
/// other url of R4 is primitive, too.
pub(super) fn is_primitive(elements: &ElementPath) -> bool {
    elements.current_element_is_primitive() || matches!(elements.current_element(), Some("div" | "url"))
}

fn object<'v>(value: &'v Value, at: &str) -> Result<&'v Map<String, Value>, FhirFault> {
    value.as_object().ok_or_else(|| FhirFault::structure(at, "the element has elements of its own, so it is an object"))
}

fn primitive(elements: &ElementPath, value: &Value, at: &str) -> Result<(), FhirFault> {
    let range = whole_numbers(elements);
    match value {
        Value::Bool(_) if elements.current_element_is_boolean() => Ok(()),
        Value::Number(_) if elements.current_element_is_decimal() => Ok(()),
        Value::Number(number) if let Some((least, most)) = range => match number.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(()),
            _ => Err(FhirFault::value(at, format!("a whole number from {least} to {most} is expected"))),
        },
        Value::String(text) if elements.current_element() == Some("div") => narrative::check(text, at),
        Value::String(_) if range.is_none() && !elements.current_element_is_boolean() && !elements.current_element_is_decimal() => Ok(()),
        _ if elements.current_element_is_boolean() => Err(FhirFault::value(at, "true or false is expected, without quotes")),
        _ if range.is_some() || elements.current_element_is_decimal() => Err(FhirFault::value(at, "a number is expected, without quotes")),
        _ => Err(FhirFault::value(at, "a string is expected")),
    }
}

/// The range of the whole numbers at a place, if it holds one (FHIR R4, datatypes.html).
pub(super) fn whole_numbers(elements: &ElementPath) -> Option<(i64, i64)> {
    let most = i64::from(i32::MAX);
    match () {
        () if elements.current_element_is_positive_integer() => Some((1, most)),
        () if elements.current_element_is_unsigned_integer() => Some((0, most)),
        () if elements.current_element_is_integer() => Some((i64::from(i32::MIN), most)),
        () => None,
    }
}
