//! Rules between elements: those invariants of R4 whose breach this server would misread. Each is named by its key in R4.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::wire::fhir::{IssueCode, dates};

/// The kind, the element and the words of each rule that is broken in an element of a type.
pub(super) fn broken(of: &str, fields: &Map<String, Value>) -> Vec<(IssueCode, &'static str, String)> {
    let has = |name: &str| fields.contains_key(name);
    let rule = |code: IssueCode, element: &'static str, what: &str| vec![(code, element, what.to_owned())];
    let invariant = |element, what: &str| rule(IssueCode::Invariant, element, what);
    match of {
        "Period" if is_backwards(fields) => invariant("", "the start is after the end (per-1); exchange or mend them"),
        "Extension" if has("extension") == has_value(fields) => {
            invariant("", "an extension has either a value or extensions of its own (ext-1); give one of them")
        }
        "ContactPoint" if has("value") && !has("system") => invariant("system", "a value needs its system (cpt-2); add it, such as phone"),
        "Attachment" if has("data") && !has("contentType") => invariant("contentType", "data need their type (att-1); add it"),
        "Patient.contact" if !["name", "telecom", "address", "organization"].into_iter().any(has) => {
            invariant("", "a contact has a name, a telecom, an address or an organization (pat-1); add one")
        }
        "Bundle" => bundle(fields),
        _ => contained(fields),
    }
}

fn has_value(fields: &Map<String, Value>) -> bool {
    fields.keys().any(|key| key.trim_start_matches('_').starts_with("value"))
}

fn is_backwards(fields: &Map<String, Value>) -> bool {
    let time = |name: &str| dates::period(fields.get(name)?.as_str()?).ok();
    // With partial dates, 2025 may well begin after 2025-03: the end of the end counts.
    matches!((time("start"), time("end")), (Some(start), Some(end)) if start.start.0 >= end.end.0)
}

/// Nothing contained contains further resources, and none has a version (dom-2, dom-4).
fn contained(fields: &Map<String, Value>) -> Vec<(IssueCode, &'static str, String)> {
    let items = fields.get("contained").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_nested = items.iter().any(|item| item.get("contained").is_some());
    let has_version = items.iter().any(|item| item.pointer("/meta/versionId").is_some());
    let nested = is_nested.then(|| (IssueCode::Invariant, "contained", "a contained resource contains none (dom-2)".to_owned()));
    let versioned = has_version.then(|| (IssueCode::Invariant, "contained", "a contained resource has no version (dom-4)".to_owned()));
    nested.into_iter().chain(versioned).collect()
}

/// What belongs to its kind, and that each address is there once (bdl-3, bdl-7).
fn bundle(fields: &Map<String, Value>) -> Vec<(IssueCode, &'static str, String)> {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let entries = fields.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut found = Vec::new();
    if matches!(kind, "batch" | "transaction") && entries.iter().any(|entry| entry.get("request").is_none()) {
        let what = format!("each entry of a {kind} has a request (bdl-3); say what is to be done with it");
        found.push((IssueCode::Invariant, "entry", what));
    }
    let mut seen = HashSet::new();
    let address = |entry: &Value| {
        let version = entry.pointer("/resource/meta/versionId").and_then(Value::as_str).map(str::to_owned);
        Some((entry.get("fullUrl")?.as_str()?.to_owned(), version))
    };
    if kind != "history" && !entries.iter().filter_map(address).all(|address| seen.insert(address)) {
        found.push((
            IssueCode::Invariant,
            "entry",
            "a fullUrl is there twice (bdl-7); give each resource an address of its own".to_owned(),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_rule_is_found_broken_and_kept() {
        let address = "urn:uuid:00000000-0000-4000-8000-000000000001";
        for (of, good, bad) in [
            ("Period", json!({ "start": "2025-03", "end": "2025" }), json!({ "start": "2026", "end": "2025" })),
            ("Extension", json!({ "url": "u", "valueCode": "a" }), json!({ "url": "u" })),
            ("ContactPoint", json!({ "system": "phone", "value": "1" }), json!({ "value": "1" })),
            ("Attachment", json!({ "contentType": "a/b", "data": "YQ==" }), json!({ "data": "YQ==" })),
            ("Patient.contact", json!({ "name": { "text": "A" } }), json!({ "gender": "other" })),
            ("Patient", json!({ "contained": [{ "id": "a" }] }), json!({ "contained": [{ "contained": [{}] }] })),
            ("Patient", json!({}), json!({ "contained": [{ "meta": { "versionId": "1" } }] })),
            ("Bundle", json!({ "type": "batch", "entry": [{ "request": {} }] }), json!({ "type": "batch", "entry": [{}] })),
            (
                "Bundle",
                json!({ "type": "collection", "entry": [{ "fullUrl": address }, {}, {}] }),
                json!({ "type": "collection", "entry": [{ "fullUrl": address }, { "fullUrl": address }] }),
            ),
        ] {
            assert_eq!(broken(of, good.as_object().unwrap()), [], "{of}");
            assert_eq!(broken(of, bad.as_object().unwrap()).len(), 1, "{of}");
        }
    }
}
