//! The walk through a resource whose elements are known already.

use fhirbolt_shared::type_hints::r4::TYPE_HINTS;
use serde_json::{Map, Value};

use super::table::{Rule, rules_of};
use super::{formats, invariants};
use crate::wire::fhir::search::is_id;
use crate::wire::fhir::{Issue, IssueCode, is_resource_type};

/// More faults than anybody mends at once.
const MOST_ISSUES: usize = 20;

/// What R4 finds wrong with a resource that [`json::read`](crate::wire::fhir::json::read) let in; nothing for one that is valid as
/// far as the rules of this server go. No value is repeated.
pub fn check(resource: &Value) -> Vec<Issue> {
    let mut walk = Walk { issues: Vec::new() };
    walk.resource(resource, "");
    walk.issues.truncate(MOST_ISSUES);
    walk.issues
}

struct Walk {
    issues: Vec<Issue>,
}

impl Walk {
    fn note(&mut self, code: IssueCode, at: &str, what: &str) {
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(Issue::error(code, format!("{at}: {what}")).at(at));
        }
    }

    fn resource(&mut self, resource: &Value, at: &str) {
        let Some(fields) = resource.as_object() else { return };
        let name = fields.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let at = if at.is_empty() { name } else { at };
        if fields.get("id").and_then(Value::as_str).is_some_and(|id| !is_id(id)) {
            self.note(IssueCode::Value, &format!("{at}.id"), "expected an id of 1 to 64 letters, digits, hyphens and points");
        }
        self.fields(fields, name, at);
    }

    fn fields(&mut self, fields: &Map<String, Value>, of: &str, at: &str) {
        for rule in rules_of(of) {
            self.presence(fields, rule, at);
        }
        for (code, element, what) in invariants::broken(of, fields) {
            let place = if element.is_empty() { at.to_owned() } else { format!("{at}.{element}") };
            self.note(code, &place, &what);
        }
        for (name, value) in fields.iter().filter(|(name, _)| *name != "resourceType" && !name.starts_with('_')) {
            let place = format!("{at}.{name}");
            match value {
                Value::Array(items) => {
                    items.iter().enumerate().for_each(|(index, item)| self.element(of, name, item, &format!("{place}[{index}]")));
                }
                single => self.element(of, name, single, &place),
            }
        }
    }

    fn presence(&mut self, fields: &Map<String, Value>, rule: &Rule, at: &str) {
        if let Some(stem) = rule.name.strip_suffix("[x]") {
            let mut given: Vec<_> = fields.keys().map(|key| key.trim_start_matches('_')).filter(|key| is_choice(key, stem)).collect();
            given.sort_unstable();
            given.dedup();
            if given.len() > 1 {
                self.note(IssueCode::Structure, &format!("{at}.{stem}"), "the element has one type; give one of its forms only");
            } else if rule.is_required && given.is_empty() {
                self.note(IssueCode::Required, &format!("{at}.{stem}"), &format!("the element is required; add one of the forms {stem}…"));
            }
        } else if rule.is_required && !fields.contains_key(rule.name) && !fields.contains_key(&format!("_{}", rule.name)) {
            self.note(IssueCode::Required, &format!("{at}.{}", rule.name), "the element is required (FHIR R4); add it");
        }
    }

    fn element(&mut self, of: &str, name: &str, value: &Value, at: &str) {
        match value {
            Value::String(text) => self.text(of, name, text, at),
            Value::Object(fields) if fields.get("resourceType").and_then(Value::as_str).is_some_and(is_resource_type) => {
                self.resource(value, at);
            }
            Value::Object(fields) => self.fields(fields, &type_at(of, name), at),
            _ => {}
        }
    }

    fn text(&mut self, of: &str, name: &str, text: &str, at: &str) {
        let rule = rules_of(of).iter().find(|rule| rule.name == name);
        let kind = rule.map_or_else(|| kind_of_choice(of, name), |rule| rule.kind.to_owned());
        if let Some(expected) = formats::fault(&kind, text) {
            self.note(IssueCode::Value, at, &format!("expected {expected}"));
        }
        if let Some(rule) = rule.filter(|rule| !rule.codes.is_empty() && !rule.codes.contains(&text)) {
            self.note(IssueCode::CodeInvalid, at, &format!("expected one of the codes {}", rule.codes.join(", ")));
        }
    }
}

/// Whether a key such as `valueCode` is a form of the choice `value[x]`.
fn is_choice(key: &str, stem: &str) -> bool {
    key.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// `date` for `valueDate`, where the type has a `value[x]`.
fn kind_of_choice(of: &str, name: &str) -> String {
    let stems = rules_of(of).iter().filter_map(|rule| rule.name.strip_suffix("[x]"));
    let kind = stems.filter(|stem| is_choice(name, stem)).find_map(|stem| name.strip_prefix(stem)).unwrap_or_default();
    let mut characters = kind.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

/// The type of an element that has elements: a type of R4, or its own path.
fn type_at(of: &str, name: &str) -> String {
    let path = format!("{of}.{name}");
    match (name, is_resource_type(of)) {
        ("extension" | "modifierExtension", _) => "Extension".to_owned(),
        ("meta", true) => "Meta".to_owned(),
        ("text", true) => "Narrative".to_owned(),
        _ => {
            let known = TYPE_HINTS.type_paths.get(&path).or_else(|| TYPE_HINTS.content_reference_paths.get(&path));
            known.map_or(path, |known| (*known).to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(resource: &Value) -> Vec<(IssueCode, String)> {
        check(resource).into_iter().map(|issue| (issue.code, issue.expression.concat())).collect()
    }

    #[test]
    fn each_fault_is_told_with_its_place() {
        let document = json!({
            "resourceType": "DocumentReference", "id": "a_b", "status": "valid", "date": "2025",
            "identifier": [{ "use": "mine", "value": "1" }, { "system": "a b" }],
            "content": [{ "format": { "code": "x" } }],
            "context": { "period": { "start": "2025", "end": "2024" } },
            "extension": [{ "valueDate": "17.3.2025", "url": "urn:x" }, { "url": "urn:y", "valueString": "a", "valueCode": "b" }],
            "contained": [{ "resourceType": "Patient", "gender": "f", "link": [{ "type": "seealso" }] }],
        });
        let expected = [
            (IssueCode::Value, "DocumentReference.id"),
            (IssueCode::CodeInvalid, "DocumentReference.status"),
            (IssueCode::Value, "DocumentReference.date"),
            (IssueCode::CodeInvalid, "DocumentReference.identifier[0].use"),
            (IssueCode::Value, "DocumentReference.identifier[1].system"),
            (IssueCode::Required, "DocumentReference.content[0].attachment"),
            (IssueCode::Invariant, "DocumentReference.context.period"),
            (IssueCode::Value, "DocumentReference.extension[0].valueDate"),
            (IssueCode::Structure, "DocumentReference.extension[1].value"),
            (IssueCode::CodeInvalid, "DocumentReference.contained[0].gender"),
            (IssueCode::Required, "DocumentReference.contained[0].link[0].other"),
        ];
        assert_eq!(places(&document), expected.map(|(code, place)| (code, place.to_owned())));
    }

    #[test]
    fn a_valid_resource_has_no_fault() {
        let list = json!({
            "resourceType": "List", "status": "current", "mode": "working", "date": "2025-03-17T09:00:00Z",
            "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>" },
            "extension": [{ "url": "urn:x", "valueInstant": "2025-03-17T09:00:00Z" }],
            "entry": [{ "item": { "reference": "DocumentReference/1" } }],
        });
        assert_eq!(places(&list), []);
    }

    #[test]
    fn not_more_is_told_than_anybody_mends_at_once() {
        let entries: Vec<_> = (0..100).map(|_| json!({ "request": { "method": "GET" } })).collect();
        assert_eq!(check(&json!({ "resourceType": "Bundle", "type": "batch", "entry": entries })).len(), MOST_ISSUES);
    }
}
