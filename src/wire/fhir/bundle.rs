//! Bundles that answer searches (FHIR R4, bundle.html#searchset).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Issue, operation_outcome};

/// One resource in the answer to a search.
pub struct Entry {
    /// Its absolute address.
    pub full_url: String,
    /// The resource.
    pub resource: Value,
    /// `match`, or `include` for what belongs to a match, or `outcome`.
    pub mode: &'static str,
}

impl Entry {
    /// A match: the address is made of the base, the type and the id.
    pub fn found(base_url: &str, resource: Value) -> Self {
        let part = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or("");
        Self { full_url: format!("{base_url}/{}/{}", part("resourceType"), part("id")), mode: "match", resource }
    }
}

/// The answer to a search: `total` matches in all, if that is told, of which these are a page; the address of the page and of the next.
pub fn searchset(total: impl Into<Option<u64>>, entries: Vec<Entry>, this: &str, next: Option<&str>) -> Value {
    let link = |relation: &str, url: &str| json!({ "relation": relation, "url": url });
    let links: Vec<_> = [link("self", this)].into_iter().chain(next.map(|url| link("next", url))).collect();
    let mut bundle = Map::new();
    bundle.insert("resourceType".to_owned(), "Bundle".into());
    bundle.insert("type".to_owned(), "searchset".into());
    if let Some(total) = total.into() {
        bundle.insert("total".to_owned(), total.into());
    }
    bundle.insert("link".to_owned(), links.into());
    if !entries.is_empty() {
        // FHIR knows no empty array.
        bundle.insert("entry".to_owned(), entries.into_iter().map(written).collect());
    }
    Value::Object(bundle)
}

/// Warnings about a search among what it found (search.html#mode).
pub fn outcome_entry(warnings: &[Issue]) -> Value {
    let full_url = format!("urn:uuid:{}", Uuid::new_v4());
    written(Entry { full_url, resource: operation_outcome(warnings), mode: "outcome" })
}

fn written(entry: Entry) -> Value {
    // The resource goes in as it is; `json!` would make a copy of all of it.
    let fields = [("fullUrl", entry.full_url.into()), ("resource", entry.resource), ("search", json!({ "mode": entry.mode }))];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fhir::json;

    #[test]
    fn a_searchset_is_a_bundle_of_r4() {
        let patient = json!({ "resourceType": "Patient", "id": "1" });
        for entries in [Vec::new(), vec![Entry::found("http://x/fhir", patient)]] {
            let bundle = searchset(1, entries, "http://x/fhir/Patient", Some("http://x/fhir/Patient?page=2"));
            assert_eq!(json::read(bundle.to_string().as_bytes()).unwrap(), bundle);
        }
    }
}
