//! FHIRPath Patch (FHIR R4, fhirpatch.html) with simple paths: names, and numbers in brackets, from the type of the resource on.

use fhirbolt_shared::path::ElementPath;
use serde_json::{Map, Value};

use super::fields::{items, text};
use super::{FhirFault, json, schema};

/// More operations than any change of one resource needs.
const MOST_OPERATIONS: usize = 100;

/// The resource that the operations of a Parameters make of this one.
///
/// # Errors
/// Operations that cannot be read or applied, and a result that is no resource.
pub fn path_patch(resource: &Value, parameters: &Value) -> Result<Value, FhirFault> {
    let operations = items(parameters, "parameter");
    let fault = |what: String| FhirFault::structure("Parameters.parameter", what);
    if operations.is_empty() || operations.len() > MOST_OPERATIONS {
        return Err(fault(format!("a patch has 1 to {MOST_OPERATIONS} parameters operation")));
    }
    let mut patched = resource.clone();
    for (number, operation) in operations.iter().enumerate() {
        let applied =
            if text(operation, "name") == Some("operation") { apply(&mut patched, operation) } else { Err("its name is not operation") };
        applied.map_err(|what| FhirFault::structure(&format!("Parameters.parameter[{number}]"), what))?;
    }
    json::read(&json::write(&patched, false))
}

/// A step of a path: a name, and the number of an item.
type Step<'p> = (&'p str, Option<usize>);

fn apply(resource: &mut Value, operation: &Value) -> Result<(), &'static str> {
    let part = |name: &str| items(operation, "part").iter().find(|part| text(part, "name") == Some(name));
    let word = |name: &str| part(name).and_then(value_of).and_then(|value| value.as_str().map(str::to_owned));
    let number = |name: &str| part(name).and_then(value_of).and_then(|value| usize::try_from(value.as_u64()?).ok());
    let path = word("path").ok_or("it has no part path with a valueString")?;
    let resource_type = json::resource_type(resource).to_owned();
    let (steps, mut place) = steps(&path, &resource_type)?;
    let value = |place: &mut ElementPath| part("value").ok_or("it has no part value").and_then(|part| built(part, place));
    match word("type").as_deref() {
        Some("add") => {
            let name = word("name").ok_or("it has no part name")?;
            place.push(&name);
            let value = value(&mut place)?;
            let parent = found(resource, &steps)?.as_object_mut().ok_or("its path leads to a value without elements")?;
            add(parent, name, value, place.current_element_is_sequence())
        }
        Some("insert") => {
            let index = number("index").ok_or("it has no part index with a valueInteger")?;
            let value = value(&mut place)?;
            let list = list(resource, &steps)?;
            if index > list.len() {
                return Err("its index is behind the end");
            }
            list.insert(index, value);
            Ok(())
        }
        Some("replace") => {
            let value = value(&mut place)?;
            *found(resource, &steps)? = value;
            Ok(())
        }
        Some("delete") => delete(resource, &steps),
        Some("move") => {
            let (from, to) = (number("source").ok_or("it has no part source")?, number("destination").ok_or("it has no part destination")?);
            let list = list(resource, &steps)?;
            if from >= list.len() || to >= list.len() {
                return Err("its source or destination is behind the end");
            }
            let item = list.remove(from);
            list.insert(to, item);
            Ok(())
        }
        _ => Err("its type is none of add, insert, delete, replace and move"),
    }
}

/// Adds an element, to the others of its name if it repeats.
fn add(parent: &mut Map<String, Value>, name: String, value: Value, is_list: bool) -> Result<(), &'static str> {
    if !is_list {
        parent.insert(name, value);
        return Ok(());
    }
    match parent.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(list) => list.push(value),
        _ => return Err("its path leads to a value without elements"),
    }
    Ok(())
}

/// The steps of a path and the place in the tables to which it leads.
fn steps<'p>(path: &'p str, resource_type: &str) -> Result<(Vec<Step<'p>>, ElementPath), &'static str> {
    let rest = path.strip_prefix(resource_type).ok_or("its path does not begin with the type of the resource")?;
    let mut place = schema::new_path();
    place.push(resource_type);
    let mut steps = Vec::new();
    for step in rest.split('.').skip(1) {
        let (name, index) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((name, index)) => (name, Some(index.parse().map_err(|_| "a number in its path is none")?)),
            None => (step, None),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("its path is not made of names and numbers, such as Patient.name[0].family");
        }
        place.push(name);
        steps.push((name, index));
    }
    if rest.is_empty() || rest.starts_with('.') { Ok((steps, place)) } else { Err("its path does not begin with the type of the resource") }
}

const NOWHERE: &str = "its path leads to nothing, or to more than one element";

/// The one element at a path; of a list without number, its only item.
fn found<'v>(resource: &'v mut Value, steps: &[Step<'_>]) -> Result<&'v mut Value, &'static str> {
    steps.iter().try_fold(resource, |value, (name, index)| {
        let value = value.get_mut(*name).ok_or(NOWHERE)?;
        if !value.is_array() {
            return if index.unwrap_or(0) == 0 { Ok(value) } else { Err(NOWHERE) };
        }
        let items = value.as_array_mut().ok_or(NOWHERE)?;
        if index.is_none() && items.len() != 1 {
            return Err(NOWHERE);
        }
        items.get_mut(index.unwrap_or(0)).ok_or(NOWHERE)
    })
}

/// The list at a path.
fn list<'v>(resource: &'v mut Value, steps: &[Step<'_>]) -> Result<&'v mut Vec<Value>, &'static str> {
    let Some(((name, None), before)) = steps.split_last() else { return Err("its path does not lead to a list") };
    found(resource, before)?.get_mut(*name).and_then(Value::as_array_mut).ok_or("its path does not lead to a list")
}

/// Nothing to delete is no error (FHIR R4, fhirpatch.html).
fn delete(resource: &mut Value, steps: &[Step<'_>]) -> Result<(), &'static str> {
    let Some(((name, index), before)) = steps.split_last() else { return Err("its path is the whole resource") };
    let Ok(parent) = found(resource, before) else { return Ok(()) };
    let Some(fields) = parent.as_object_mut() else { return Ok(()) };
    if let Some(Value::Array(list)) = fields.get_mut(*name) {
        match index {
            None if list.len() > 1 => return Err(NOWHERE),
            None => list.clear(),
            Some(index) if *index < list.len() => drop(list.remove(*index)),
            Some(_) => return Ok(()),
        }
        if list.is_empty() {
            fields.shift_remove(*name);
        }
        return Ok(());
    }
    fields.shift_remove(*name);
    Ok(())
}

/// `value[x]` of a parameter.
fn value_of(part: &Value) -> Option<&Value> {
    part.as_object()?.iter().find(|(name, _)| name.starts_with("value")).map(|(_, value)| value)
}

/// The value of a part: of a data type as `value[x]`, or of an element with elements as parts.
fn built(part: &Value, place: &mut ElementPath) -> Result<Value, &'static str> {
    if let Some(value) = value_of(part) {
        return Ok(value.clone());
    }
    let mut fields = Map::new();
    for part in items(part, "part") {
        let name = text(part, "name").ok_or("a part of its value has no name")?;
        place.push(name);
        let value = built(part, place)?;
        let is_list = place.current_element_is_sequence();
        place.pop();
        match fields.get_mut(name) {
            Some(Value::Array(list)) => list.push(value),
            Some(_) => return Err("an element of its value that does not repeat is there twice"),
            None => drop(fields.insert(name.to_owned(), if is_list { Value::Array(vec![value]) } else { value })),
        }
    }
    if fields.is_empty() { Err("its part value has neither a value nor parts") } else { Ok(Value::Object(fields)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(parts: &[(&str, Value)]) -> Result<Value, String> {
        let patient = json!({ "resourceType": "Patient", "birthDate": "1958-03-14", "name": [{ "family": "A" }, { "family": "B" }] });
        let written = |(name, value): &(&str, Value)| match value {
            Value::Array(parts) => json!({ "name": name, "part": parts }),
            Value::Number(_) => json!({ "name": name, "valueInteger": value }),
            _ => json!({ "name": name, "valueString": value }),
        };
        let parts: Vec<_> = parts.iter().map(written).collect();
        let parameters = json!({ "resourceType": "Parameters", "parameter": [{ "name": "operation", "part": parts }] });
        path_patch(&patient, &parameters).map_err(|fault| fault.what)
    }

    fn of(kind: &str, path: &str) -> Vec<(&'static str, Value)> {
        vec![("type", kind.into()), ("path", path.into())]
    }

    #[test]
    fn each_operation_does_what_it_says() {
        let with = |operation: Vec<(&'static str, Value)>, more: &[(&'static str, Value)]| {
            patched(&operation.into_iter().chain(more.iter().cloned()).collect::<Vec<_>>()).unwrap()
        };
        let replaced = with(of("replace", "Patient.birthDate"), &[("value", "1958-03-15".into())]);
        assert_eq!(replaced["birthDate"], "1958-03-15");
        let added = with(of("add", "Patient"), &[("name", "gender".into()), ("value", "female".into())]);
        assert_eq!(added["gender"], "female");
        let parts = json!([{ "name": "family", "valueString": "C" }, { "name": "given", "valueString": "D" }]);
        let listed = with(of("add", "Patient"), &[("name", "name".into()), ("value", parts)]);
        assert_eq!(listed["name"][2], json!({ "family": "C", "given": ["D"] }));
        let inserted =
            with(of("insert", "Patient.name"), &[("index", 1.into()), ("value", json!([{ "name": "text", "valueString": "C" }]))]);
        assert_eq!(inserted["name"][1], json!({ "text": "C" }));
        let moved = with(of("move", "Patient.name"), &[("source", 0.into()), ("destination", 1.into())]);
        assert_eq!(moved["name"][1], json!({ "family": "A" }));
        let deleted = with(of("delete", "Patient.name[0]"), &[]);
        assert_eq!(deleted["name"], json!([{ "family": "B" }]));
        assert!(with(of("delete", "Patient.birthDate"), &[]).get("birthDate").is_none());
        assert!(with(of("delete", "Patient.gender"), &[]).get("birthDate").is_some());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let value = || ("value", Value::from("x"));
        for (kind, path, more) in [
            ("replace", "Patient.gender", value()),
            ("replace", "Patient.name.family", value()),
            ("replace", "Practitioner.name", value()),
            ("replace", "Patient.name.where(use='official')", value()),
            ("delete", "Patient", value()),
            ("delete", "Patient.name", value()),
            ("add", "Patient", value()),
            ("insert", "Patient.birthDate", value()),
            ("move", "Patient.name", ("source", 0.into())),
            ("test", "Patient.name", value()),
            ("add", "Patient.name[0].nothing", value()),
        ] {
            let operation: Vec<_> = of(kind, path).into_iter().chain([more]).collect();
            assert!(patched(&operation).is_err(), "{kind} {path}");
        }
        assert!(path_patch(&json!({ "resourceType": "Patient" }), &json!({ "resourceType": "Parameters" })).is_err());
    }
}
