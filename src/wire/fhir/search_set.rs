//! The answer to a search (FHIR R4, bundle.html; http.html#search).

use serde_json::{Value, json};

use super::json::resource_type;

/// A searchset of these resources of one page. `own` is the address of the page, `next` that of the following one.
pub fn search_set(base_url: &str, resources: Vec<Value>, total: usize, own: &str, next: Option<&str>) -> Value {
    let entry = |resource: Value| {
        let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
        let url = format!("{base_url}/{}/{id}", resource_type(&resource));
        json!({ "fullUrl": url, "resource": resource, "search": { "mode": "match" } })
    };
    let mut links = vec![json!({ "relation": "self", "url": own })];
    links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "link": links });
    let entries: Vec<Value> = resources.into_iter().map(entry).collect();
    if let Some(fields) = bundle.as_object_mut().filter(|_| !entries.is_empty()) {
        fields.insert("entry".to_owned(), entries.into());
    }
    bundle
}
