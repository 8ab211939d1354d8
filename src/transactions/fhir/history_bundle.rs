//! A history as a bundle (FHIR R4, http.html#history): versions of one resource or of a type, the latest first, in pages.

use serde_json::{Value, json};

use super::{Answer, Content, FhirRequest, Refusal};
use crate::model::timestamp::Instant;
use crate::wire::fhir::{dates, form};

/// How many versions one page holds at most, and without `_count`.
const MOST: usize = 100;

/// Since when versions are asked for (`_since`), if that is said.
///
/// # Errors
/// 400 for what is no time.
pub(super) fn since(request: &FhirRequest<'_>) -> Result<Option<Instant>, Refusal> {
    let read = |sent: &str| match dates::period(sent) {
        Ok(period) => Ok(period.start),
        Err(fault) => Err(Refusal::invalid("http._since", &fault.to_string(), "write a time with its offset: 2025-03-17T09:00:00Z")),
    };
    request.parameter("_since").map(read).transpose()
}

/// One page of the versions, each written by `write` only if it is on the page. `_since` leaves those that are from then or later, by
/// the time that `entered` tells, `_count` says how many there may be on the page, `_offset` how many later ones to pass over.
///
/// # Errors
/// 400 for a parameter that is no number or no time.
pub(super) fn history<T>(
    request: &FhirRequest<'_>,
    mut versions: Vec<T>,
    entered: impl Fn(&T) -> Option<Instant>,
    write: impl Fn(T) -> Answer,
) -> Result<Answer, Refusal> {
    if let Some(since) = since(request)? {
        versions.retain(|version| entered(version).is_some_and(|at| at >= since));
    }
    let (count, offset) = (number(request, "_count")?.unwrap_or(MOST).min(MOST), number(request, "_offset")?.unwrap_or(0));
    let total = versions.len();
    let page = versions.into_iter().skip(offset).take(count);
    let entries: Vec<_> = page.filter_map(|version| entry(write(version), &request.base_url)).collect();
    let end = offset.saturating_add(entries.len());
    let this = format!("{}/{}", request.base_url, request.segments.join("/"));
    let asked = request.parameter("_since").map(|since| format!("_since={}&", form::encoded(since))).unwrap_or_default();
    let link =
        |relation: &str, offset: usize| json!({ "relation": relation, "url": format!("{this}?{asked}_count={count}&_offset={offset}") });
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

fn entry(answer: Answer, base_url: &str) -> Option<Value> {
    let Content::Resource(resource) = answer.content else { return None };
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let (resource_type, id) = (text("resourceType")?.to_owned(), text("id")?);
    let address = format!("{resource_type}/{id}");
    let version = answer.version.unwrap_or(1);
    let (method, url, status) = if version == 1 { ("POST", &resource_type, "201 Created") } else { ("PUT", &address, "200 OK") };
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
