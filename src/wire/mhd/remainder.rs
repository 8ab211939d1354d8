//! What the elements of FHIR cannot say of an object, in an extension: `{ url, extension: [{ url: attribute, valueString }] }`
//! with each attribute as JSON, `null` for one that the object lacks.
//!
//! An attribute of the extension counts only as long as it means the same as the element beside it: who changes the element
//! and leaves the extension alone has changed the attribute.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The extension.
const URL: &str = "urn:dossier:fhir:document-sharing-attributes";

/// The extension that makes of what the elements say (`natural`) what the object is; nothing if they say it all.
pub(super) fn remainder<T: Serialize>(object: &T, natural: Option<&T>) -> Option<Value> {
    let (object, natural) = (fields(object)?, natural.and_then(fields).unwrap_or_default());
    let names = object.keys().chain(natural.keys().filter(|name| !object.contains_key(*name)));
    let differing = names.filter(|name| object.get(*name) != natural.get(*name));
    let parts: Vec<_> =
        differing.map(|name| json!({ "url": name, "valueString": object.get(name).unwrap_or(&Value::Null).to_string() })).collect();
    (!parts.is_empty()).then(|| json!({ "url": URL, "extension": parts }))
}

/// What the elements say, with what the extension of the resource adds. `through_fhir` gives what is left of an object
/// whose extension is lost.
pub(super) fn completed<T>(natural: T, resource: &Value, through_fhir: impl Fn(&T) -> Option<T>) -> T
where
    T: Serialize + DeserializeOwned,
{
    let Some(said) = fields(&natural) else { return natural };
    let parts = attributes(resource);
    if parts.is_empty() {
        return natural;
    }
    let Some(candidate) = with_attributes(&said, &parts, |_| true) else { return natural };
    let meant = through_fhir(&candidate).as_ref().and_then(fields).unwrap_or_default();
    with_attributes(&said, &parts, |name| meant.get(name) == said.get(name)).unwrap_or(natural)
}

/// The attributes of the extension.
fn attributes(resource: &Value) -> Vec<(&str, Value)> {
    let extensions = resource.get("extension").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let ours = extensions.iter().find(|extension| extension.get("url").and_then(Value::as_str) == Some(URL));
    let parts = ours.and_then(|extension| extension.get("extension")).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let part = |part: &'_ Value| -> Option<Value> { serde_json::from_str(part.get("valueString")?.as_str()?).ok() };
    parts.iter().filter_map(|value| Some((value.get("url")?.as_str()?, part(value)?))).collect()
}

fn with_attributes<T: DeserializeOwned>(said: &Map<String, Value>, parts: &[(&str, Value)], counts: impl Fn(&str) -> bool) -> Option<T> {
    let mut fields = said.clone();
    for (name, value) in parts.iter().filter(|(name, _)| counts(name)) {
        match value {
            Value::Null => drop(fields.shift_remove(*name)),
            value => drop(fields.insert((*name).to_owned(), value.clone())),
        }
    }
    serde_json::from_value(Value::Object(fields)).ok()
}

fn fields<T: Serialize>(object: &T) -> Option<Map<String, Value>> {
    match serde_json::to_value(object) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}
