//! Parameters of operations (FHIR R4, parameters.html).

use serde_json::{Value, json};

/// A Parameters resource of these parameters, each a name with the element of its value, such as `("valueCode", "active")`.
/// Without any it has no array at all, for FHIR knows no empty one.
pub fn parameters(values: &[(&str, &str, Value)]) -> Value {
    let written: Vec<Value> = values.iter().map(|(name, element, value)| json!({ "name": name, *element: value })).collect();
    if written.is_empty() {
        return json!({ "resourceType": "Parameters" });
    }
    json!({ "resourceType": "Parameters", "parameter": written })
}

/// The text of a parameter, whose value is of this element.
pub fn parameter<'v>(parameters: &'v Value, name: &str, element: &str) -> Option<&'v str> {
    let all = parameters.get("parameter")?.as_array()?;
    all.iter().find(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))?.get(element)?.as_str()
}
