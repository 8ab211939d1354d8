//! A JSON object with a list to entries.

use serde_json::{Map, Value};

use super::Fault;
use super::fault::Place;
use super::fields::Item;

/// The entries under `list`, each with the `assigning_authority` that the file states for all.
pub(super) fn items(bytes: &[u8], list: &'static str) -> Result<Vec<Item>, Vec<Fault>> {
    let one = |place: &str, text: String| vec![Fault::new(place, text)];
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, character {}", error.line(), error.column());
        one(&place, "the file is not JSON from here on".to_owned())
    })?;
    let Value::Object(mut file) = value else {
        return Err(one("the file", format!("an object with assigning_authority and {list} is expected")));
    };
    let authority = file.remove("assigning_authority");
    let Some(Value::Array(entries)) = file.remove(list) else { return Err(one(list, "a list of entries is required".to_owned())) };
    // A note on the moment that the file describes is taken, and left aside.
    file.remove("reference_time");
    if let Some(unknown) = file.keys().next() {
        return Err(one(unknown, format!("this name is not known here; known are assigning_authority and {list}")));
    }
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        let place = Place::Element(list, index);
        match entry {
            Value::Object(object) => items.push(Item { place, object: with_authority(object, authority.as_ref()) }),
            _ => faults.push(Fault::new(place, "an object is expected")),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

fn with_authority(mut object: Map<String, Value>, authority: Option<&Value>) -> Map<String, Value> {
    if let Some(authority) = authority {
        object.entry("assigning_authority").or_insert_with(|| authority.clone());
    }
    object
}
