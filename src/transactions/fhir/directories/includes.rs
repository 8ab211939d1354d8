//! What belongs to the entries of a page and is told with them (FHIR R4, search.html#include). It is looked up for the same caller in
//! the same view, so that nothing is included that a read would not give.

use std::collections::BTreeSet;

use serde_json::Value;

use super::source::{Found, Source};
use crate::access::{DirectoryQuery, Failure};
use crate::model::directory::Stamp;
use crate::transactions::fhir::{FhirRequest, Refusal};

/// Entries that one answer includes at most.
const MOST: usize = 1000;

/// `_include`: the type with the reference, its parameter, the element, the type to which it leads.
const FORWARD: [(&str, &str, &str, &str); 6] = [
    ("PractitionerRole", "practitioner", "practitioner", "Practitioner"),
    ("PractitionerRole", "organization", "organization", "Organization"),
    ("PractitionerRole", "location", "location", "Location"),
    ("Location", "organization", "managingOrganization", "Organization"),
    ("HealthcareService", "organization", "providedBy", "Organization"),
    ("HealthcareService", "location", "location", "Location"),
];

/// What is asked to be included.
pub(super) struct Includes {
    forward: Vec<(&'static str, &'static str)>,
    reverse: Vec<(&'static str, &'static str)>,
}

impl Includes {
    /// What a search of this type asks for.
    ///
    /// # Errors
    /// 400 for what cannot be included.
    pub(super) fn of(request: &FhirRequest<'_>, resource_type: &str) -> Result<Self, Refusal> {
        let asked = |name: &'static str| {
            let values = request.parameters.iter().filter(move |(known, _)| known.split(':').next() == Some(name));
            values.map(move |(_, value)| value.as_str())
        };
        let named = |value: &str, row: &(&str, &str, &str, &str)| {
            let mut words = value.split(':');
            words.next() == Some(row.0) && words.next() == Some(row.1) && words.next().is_none_or(|target| target == row.3)
        };
        let (mut forward, mut reverse) = (Vec::new(), Vec::new());
        for value in asked("_include") {
            let row = FORWARD.iter().find(|row| row.0 == resource_type && named(value, row));
            let row = row.ok_or_else(|| refused("_include", FORWARD.iter().filter(|row| row.0 == resource_type)))?;
            forward.push((row.2, row.3));
        }
        for value in asked("_revinclude") {
            let row = FORWARD.iter().find(|row| row.3 == resource_type && named(value, row));
            let row = row.ok_or_else(|| refused("_revinclude", FORWARD.iter().filter(|row| row.3 == resource_type)))?;
            reverse.push((row.0, row.2));
        }
        Ok(Self { forward, reverse })
    }

    /// What belongs to these entries, each once; nothing where it is too much.
    pub(super) fn of_all(&self, source: &mut Source<'_, '_>, entries: &[(Value, Stamp)]) -> Result<Found, Failure> {
        let mut included = Vec::new();
        for (element, resource_type) in &self.forward {
            let leads = |value: &Value| Some(value.get("reference")?.as_str()?.strip_prefix(&format!("{resource_type}/"))?.to_owned());
            let references = entries.iter().flat_map(|(resource, _)| references(resource, element));
            let ids: BTreeSet<String> = references.filter_map(leads).collect();
            for id in ids {
                included.extend(source.by_id(resource_type, &id)?.unwrap_or_default());
            }
        }
        for (resource_type, element) in &self.reverse {
            let ids: Vec<String> = entries.iter().filter_map(|(resource, _)| Some(resource.get("id")?.as_str()?.to_owned())).collect();
            if ids.is_empty() {
                continue;
            }
            // Workplaces are found by professional only: those at an establishment are among all.
            let narrowed = !(*resource_type == "PractitionerRole" && *element != "practitioner");
            let query = DirectoryQuery { ids: narrowed.then(|| ids.clone()), ..DirectoryQuery::default() };
            let Some(found) = source.entries(resource_type, &query)? else { return Ok(None) };
            let leads = |value: &&Value| {
                let id = value.get("reference").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
                id.is_some_and(|id| ids.iter().any(|known| known == id))
            };
            included.extend(found.into_iter().filter(|(resource, _)| references(resource, element).iter().any(leads)));
        }
        let name = |(resource, _): &(Value, Stamp)| {
            let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("resourceType"), text("id"))
        };
        included.sort_by_cached_key(name);
        included.dedup_by_key(|one| name(one));
        Ok((included.len() <= MOST).then_some(included))
    }
}

fn references<'v>(resource: &'v Value, element: &str) -> Vec<&'v Value> {
    match resource.get(element) {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn refused<'a>(name: &str, allowed: impl Iterator<Item = &'a (&'a str, &'a str, &'a str, &'a str)>) -> Refusal {
    let allowed: Vec<_> = allowed.map(|row| format!("{}:{}", row.0, row.1)).collect();
    let mend = if allowed.is_empty() { "leave it out".to_owned() } else { format!("use {}", allowed.join(", ")) };
    Refusal::invalid(&format!("http.{name}"), "this cannot be included here", &mend)
}
