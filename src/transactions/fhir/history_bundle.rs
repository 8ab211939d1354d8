//! The history of one resource as a bundle (FHIR R4, http.html#history): its versions, the latest first, in pages.

use serde_json::{Value, json};

use super::{Answer, Content, FhirRequest, Refusal};
use crate::wire::fhir::dates;

/// How many versions one page holds at most, and without `_count`.
const MOST: usize = 100;

/// One page of the versions, each written by `write` only if it is on the page. `_count` says how many, `_offset` how many later
/// ones to pass over.
///
/// # Errors
/// 400 for a parameter that is no number, and whatever `write` refuses.
pub(super) fn history<T>(request: &FhirRequest<'_>, versions: Vec<T>, write: impl Fn(T) -> Answer) -> Result<Answer, Refusal> {
    let address = request.segments.iter().take(2).cloned().collect::<Vec<_>>().join("/");
    let (count, offset) = (number(request, "_count")?.unwrap_or(MOST).min(MOST), number(request, "_offset")?.unwrap_or(0));
    let total = versions.len();
    let page = versions.into_iter().skip(offset).take(count);
    let entries: Vec<_> = page.filter_map(|version| entry(write(version), &address, &request.base_url)).collect();
    let end = offset.saturating_add(entries.len());
    let this = format!("{}/{address}/_history", request.base_url);
    let link = |relation: &str, offset: usize| json!({ "relation": relation, "url": format!("{this}?_count={count}&_offset={offset}") });
    let mut links = vec![if request.parameters.is_empty() { json!({ "relation": "self", "url": this }) } else { link("self", offset) }];
    links.extend((!entries.is_empty() && end < total).then(|| link("next", end)));
    let mut bundle = json!({ "resourceType": "Bundle", "type": "history", "total": total, "link": links });
    if let (false, Some(fields)) = (entries.is_empty(), bundle.as_object_mut()) {
        fields.insert("entry".to_owned(), entries.into());
    }
    Ok(Answer::resource(bundle))
}

fn number(request: &FhirRequest<'_>, name: &str) -> Result<Option<usize>, Refusal> {
    let read = |sent: &str| sent.parse().map_err(|_| Refusal::invalid(&format!("http.{name}"), "it is not a number", "write a number"));
    request.parameter(name).map(read).transpose()
}

fn entry(answer: Answer, address: &str, base_url: &str) -> Option<Value> {
    let Content::Resource(resource) = answer.content else { return None };
    let version = answer.version.unwrap_or(1);
    let resource_type = address.split('/').next().unwrap_or_default();
    let (method, url, status) = if version == 1 { ("POST", resource_type, "201 Created") } else { ("PUT", address, "200 OK") };
    let mut response = json!({ "status": status, "etag": format!("W/\"{version}\"") });
    if let (Some(at), Some(fields)) = (answer.last_modified, response.as_object_mut()) {
        fields.insert("lastModified".to_owned(), dates::instant(at).into());
    }
    Some(json!({
        "fullUrl": format!("{base_url}/{address}"),
        "resource": resource,
        "request": { "method": method, "url": url },
        "response": response,
    }))
}
