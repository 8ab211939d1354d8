//! Short ways into a resource.

use serde_json::Value;

/// A coded value: `system` and `code`, each empty if absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coding<'v> {
    /// The code system.
    pub system: &'v str,
    /// The code.
    pub code: &'v str,
    /// What it means, in words.
    pub display: &'v str,
}

/// A business identifier: `system` and `value`, each empty if absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'v> {
    /// The namespace.
    pub system: &'v str,
    /// The value in it.
    pub value: &'v str,
}

/// What stands at a path of names and, for arrays, numbers: `content.0.attachment`.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// The text at a path.
pub fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    at(value, path)?.as_str()
}

/// The items of the repeating element at a path; none if it is absent.
pub fn items<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The `reference` of the Reference at a path.
pub fn reference<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    text(at(value, path)?, "reference")
}

/// The codings of the CodeableConcept at a path.
pub fn codings<'v>(value: &'v Value, path: &str) -> impl Iterator<Item = Coding<'v>> {
    at(value, path).map_or(&[][..], |concept| items(concept, "coding")).iter().map(coding)
}

/// One Coding.
pub fn coding(value: &Value) -> Coding<'_> {
    let part = |name| text(value, name).unwrap_or("");
    Coding { system: part("system"), code: part("code"), display: part("display") }
}

/// One Identifier.
pub fn identifier(value: &Value) -> Identifier<'_> {
    let part = |name| text(value, name).unwrap_or("");
    Identifier { system: part("system"), value: part("value") }
}

/// The value of the first extension of this URL, whatever its type.
pub fn extension<'v>(value: &'v Value, url: &str) -> Option<&'v Value> {
    let found = items(value, "extension").iter().find(|extension| text(extension, "url") == Some(url))?;
    found.as_object()?.iter().find(|(name, _)| name.starts_with("value")).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_into_a_resource() {
        let resource = json!({
            "subject": {"reference": "Patient/1"}, "type": {"coding": [{"system": "s", "code": "c"}]},
            "identifier": [{"system": "urn:oid:1.2", "value": "7"}], "extension": [{"url": "urn:x", "valueCode": "k"}],
        });
        assert_eq!(reference(&resource, "subject"), Some("Patient/1"));
        assert_eq!(codings(&resource, "type").next(), Some(Coding { system: "s", code: "c", display: "" }));
        assert_eq!(identifier(&items(&resource, "identifier")[0]), Identifier { system: "urn:oid:1.2", value: "7" });
        assert_eq!(text(&resource, "identifier.0.value"), Some("7"));
        assert_eq!(extension(&resource, "urn:x"), Some(&"k".into()));
        assert_eq!((text(&resource, "identifier.1.value"), codings(&resource, "none").count()), (None, 0));
    }
}
