//! Parts of resources: `_summary` and `_elements` (FHIR R4, search.html#summary, #elements).

use serde_json::{Map, Value, json};

use super::rules::{mandatory_elements, summary_elements};

/// Which part of a resource is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of it.
    #[default]
    Whole,
    /// The elements of a summary.
    Summary,
    /// The narrative, and what every resource of the type has to have.
    Text,
    /// All but the narrative.
    Data,
    /// Nothing of the resources, only how many there are.
    Count,
    /// These elements, and what every resource of the type has to have.
    Elements(Vec<String>),
}

/// Marks a resource that is not whole (FHIR R4, search.html#summary).
const SUBSETTED: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED");

impl Selection {
    /// That part of a resource, marked as a part; of a bundle, the parts of what was found in it.
    pub fn of(&self, mut resource: Value) -> Value {
        if matches!(resource.get("resourceType").and_then(Value::as_str), Some("OperationOutcome" | "Parameters")) {
            return resource;
        }
        if resource.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
            return self.part(resource);
        }
        let is_answer = matches!(resource.get("type").and_then(Value::as_str), Some("searchset" | "history"));
        if let Some(bundle) = resource.as_object_mut().filter(|_| is_answer) {
            self.entries(bundle);
        }
        resource
    }

    fn entries(&self, bundle: &mut Map<String, Value>) {
        if *self == Self::Count {
            bundle.shift_remove("entry");
            return;
        }
        for entry in bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(resource) = entry.get_mut("resource") {
                *resource = self.of(resource.take());
            }
        }
    }

    fn part(&self, resource: Value) -> Value {
        let Value::Object(mut fields) = resource else { return resource };
        let resource_type = fields.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mandatory = || mandatory_elements(&resource_type);
        let kept: Vec<String> = match self {
            Self::Whole | Self::Count => return Value::Object(fields),
            Self::Data => {
                if fields.shift_remove("text").is_none() {
                    return Value::Object(fields);
                }
                fields.keys().cloned().collect()
            }
            Self::Summary => summary_elements(&resource_type).map(str::to_owned).collect(),
            Self::Text => mandatory().chain(["text"]).map(str::to_owned).collect(),
            Self::Elements(names) => mandatory().map(str::to_owned).chain(names.iter().cloned()).collect(),
        };
        // A summary of a type that is not in the table is all of it: too much is better than a part that says nothing.
        if kept.is_empty() {
            return Value::Object(fields);
        }
        let before = fields.len();
        fields.retain(|name, _| is_kept(name, &kept));
        if fields.len() < before || *self == Self::Data {
            mark(&mut fields);
        }
        Value::Object(fields)
    }
}

/// What every part has, and the elements named, `value` standing for each of its forms.
fn is_kept(name: &str, kept: &[String]) -> bool {
    let name = name.trim_start_matches('_');
    let is_form = |stem: &str| name.strip_prefix(stem).is_some_and(|form| form.is_empty() || form.starts_with(|c: char| c.is_uppercase()));
    matches!(name, "resourceType" | "id" | "meta" | "implicitRules" | "modifierExtension") || kept.iter().any(|stem| is_form(stem))
}

fn mark(fields: &mut Map<String, Value>) {
    let tag = json!({ "system": SUBSETTED.0, "code": SUBSETTED.1 });
    let Some(meta) = fields.get_mut("meta").and_then(Value::as_object_mut) else {
        // After the id, where the standard has it.
        let place = fields.keys().take_while(|name| matches!(name.as_str(), "resourceType" | "id")).count();
        fields.shift_insert(place, "meta".to_owned(), json!({ "tag": [tag] }));
        return;
    };
    match meta.get_mut("tag").and_then(Value::as_array_mut) {
        Some(tags) => tags.push(tag),
        None => drop(meta.insert("tag".to_owned(), json!([tag]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fhir::json::read;

    fn patient() -> Value {
        json!({
            "resourceType": "Patient", "id": "1", "text": { "status": "empty", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>" },
            "name": [{ "text": "A" }], "gender": "other", "deceasedBoolean": false, "maritalStatus": { "text": "M" },
        })
    }

    fn names(selection: &Selection, resource: Value) -> Vec<String> {
        selection.of(resource).as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn each_part_has_its_elements_and_says_that_it_is_one() {
        let elements = |names: &[&str]| Selection::Elements(names.iter().map(|name| (*name).to_owned()).collect());
        for (selection, expected) in [
            (Selection::Whole, vec!["resourceType", "id", "text", "name", "gender", "deceasedBoolean", "maritalStatus"]),
            (Selection::Summary, vec!["resourceType", "id", "meta", "name", "gender", "deceasedBoolean"]),
            (Selection::Text, vec!["resourceType", "id", "meta", "text"]),
            (Selection::Data, vec!["resourceType", "id", "meta", "name", "gender", "deceasedBoolean", "maritalStatus"]),
            (elements(&["gender"]), vec!["resourceType", "id", "meta", "gender"]),
        ] {
            assert_eq!(names(&selection, patient()), expected, "{selection:?}");
            let part = selection.of(patient());
            assert_eq!(read(part.to_string().as_bytes()).unwrap(), part);
            assert_eq!(part.pointer("/meta/tag/0/code").is_some(), selection != Selection::Whole);
        }
    }

    #[test]
    fn of_a_bundle_what_was_found_is_reduced() {
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [
            { "resource": patient(), "search": { "mode": "match" } },
            { "resource": { "resourceType": "OperationOutcome", "issue": [{ "severity": "warning", "code": "invalid" }] } },
        ] });
        let reduced = Selection::Elements(vec!["name".to_owned()]).of(bundle.clone());
        assert!(reduced.pointer("/entry/0/resource/gender").is_none() && reduced.pointer("/entry/1/resource/issue").is_some());
        assert_eq!(Selection::Count.of(bundle), json!({ "resourceType": "Bundle", "type": "searchset", "total": 1 }));
    }
}
