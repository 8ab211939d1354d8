//! JSON Patch (RFC 6902), as FHIR uses it (FHIR R4, http.html#patch): `add`, `replace`, `remove` and `test`.

use serde_json::Value;

use super::{FhirFault, json};

/// More operations than any change of one resource needs.
const MOST_OPERATIONS: usize = 100;

/// The operations of a patch.
///
/// # Errors
/// Anything that is no array of operations, or too long.
pub fn read_json_patch(patch: &[u8]) -> Result<Vec<Value>, FhirFault> {
    let fault = |what: String| FhirFault::structure("", what);
    let operations: Vec<Value> =
        serde_json::from_slice(patch).map_err(|_| fault("a JSON Patch is an array of operations (RFC 6902)".to_owned()))?;
    if operations.len() > MOST_OPERATIONS {
        return Err(fault(format!("a patch has at most {MOST_OPERATIONS} operations")));
    }
    Ok(operations)
}

/// The resource that the operations make of this one.
///
/// # Errors
/// Operations that cannot be applied, and a result that is no resource.
pub fn json_patch(resource: &Value, operations: &[Value]) -> Result<Value, FhirFault> {
    let fault = |what: String| FhirFault::structure("", what);
    let mut patched = resource.clone();
    for (number, operation) in operations.iter().enumerate() {
        apply(&mut patched, operation).map_err(|what| fault(format!("operation {number} of the patch: {what}")))?;
    }
    json::read(&json::write(&patched, false))
}

fn apply(target: &mut Value, operation: &Value) -> Result<(), &'static str> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str);
    let path = text("path").ok_or("it has no path")?;
    let value = operation.get("value").cloned();
    match text("op") {
        Some("test") => match target.pointer(path) == value.as_ref() {
            true => Ok(()),
            false => Err("the test does not hold"),
        },
        Some("replace") => {
            let present = target.pointer_mut(path).ok_or("there is nothing to replace at its path")?;
            *present = value.ok_or("it has no value")?;
            Ok(())
        }
        Some("add") => add(target, path, value.ok_or("it has no value")?),
        Some("remove") => remove(target, path),
        _ => Err("it is none of add, replace, remove and test"),
    }
}

/// The parent of what a path names, and its last token unescaped (RFC 6901, 4).
fn parent<'v>(target: &'v mut Value, path: &str) -> Result<(&'v mut Value, String), &'static str> {
    let (parent, last) = path.rsplit_once('/').ok_or("its path names the whole resource")?;
    let found = target.pointer_mut(parent).ok_or("there is nothing at the parent of its path")?;
    Ok((found, last.replace("~1", "/").replace("~0", "~")))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), &'static str> {
    match parent(target, path)? {
        (Value::Object(fields), name) => {
            fields.insert(name, value);
            Ok(())
        }
        (Value::Array(items), index) => {
            let index = if index == "-" { items.len() } else { index.parse().map_err(|_| "its index is no number")? };
            if index > items.len() {
                return Err("its index is beyond the end");
            }
            items.insert(index, value);
            Ok(())
        }
        _ => Err("the parent of its path holds nothing"),
    }
}

fn remove(target: &mut Value, path: &str) -> Result<(), &'static str> {
    const NOTHING: &str = "there is nothing to remove at its path";
    match parent(target, path)? {
        (Value::Object(fields), name) => fields.shift_remove(&name).map(drop).ok_or(NOTHING),
        (Value::Array(items), index) => {
            let index: usize = index.parse().map_err(|_| "its index is no number")?;
            if index >= items.len() {
                return Err(NOTHING);
            }
            items.remove(index);
            Ok(())
        }
        _ => Err(NOTHING),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(operations: &Value) -> Result<Value, String> {
        let consent = json!({ "resourceType": "Consent", "status": "active", "provision": { "period": { "start": "2025" } } });
        let operations = read_json_patch(operations.to_string().as_bytes());
        operations.and_then(|operations| json_patch(&consent, &operations)).map_err(|fault| fault.what)
    }

    #[test]
    fn operations_change_the_resource_one_after_the_other() {
        let all = json!([
            { "op": "test", "path": "/status", "value": "active" },
            { "op": "add", "path": "/provision/period/end", "value": "2026" },
            { "op": "replace", "path": "/status", "value": "inactive" },
            { "op": "remove", "path": "/provision/period/start" },
            { "op": "add", "path": "/category", "value": [{ "text": "a" }] },
            { "op": "add", "path": "/category/-", "value": { "text": "b" } },
            { "op": "remove", "path": "/category/0" },
        ]);
        let expected = json!({ "resourceType": "Consent", "status": "inactive", "provision": { "period": { "end": "2026" } },
            "category": [{ "text": "b" }] });
        assert_eq!(patched(&all).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bad in [
            json!({}),
            json!([{ "op": "test", "path": "/status", "value": "draft" }]),
            json!([{ "op": "replace", "path": "/dateTime", "value": "2025" }]),
            json!([{ "op": "remove", "path": "/category/0" }]),
            json!([{ "op": "move", "from": "/status", "path": "/id" }]),
            json!([{ "op": "add", "path": "/nothing", "value": "x" }]),
            json!([{ "op": "add", "path": "", "value": {} }]),
        ] {
            assert!(patched(&bad).is_err(), "{bad}");
        }
    }
}
