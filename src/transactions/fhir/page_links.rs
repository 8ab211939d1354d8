//! Links to further pages name nobody: what was searched for stands in them sealed, so that no patient's id comes into the
//! addresses that proxies and browsers keep (ITI TF-2x: Z.8, the patient id in URLs; RFC 9110, 17.9).

use serde_json::Value;

use super::{Answer, Content, FhirRequest, Interaction, Refusal, Route};
use crate::access::Call;
use crate::transactions::Services;
use crate::wire::fhir::form;

/// The parameter that stands for all others.
const PAGE: &str = "_page";
/// What may be said beside it: how to write the answer.
const BESIDE: [&str; 2] = ["_format", "_pretty"];

/// Puts what a sealed link stands for in the place of the link; gives the link.
///
/// # Errors
/// 400 for what is not from a link of this server to this caller, and for other parameters beside it.
pub(super) fn resume(services: &Services, call: &Call, request: &mut FhirRequest<'_>, route: &Route) -> Result<Option<String>, Refusal> {
    if route.interaction != Interaction::SearchType {
        return Ok(None);
    }
    let Some(link) = request.parameter(PAGE).map(str::to_owned) else { return Ok(None) };
    let refused = |what: &str| Refusal::invalid("http._page", what, "follow the link next as it is, or search again");
    if request.parameters.iter().any(|(name, value)| !BESIDE.contains(&name.as_str()) && (name, value) != (&PAGE.to_owned(), &link)) {
        return Err(refused("it stands beside other parameters"));
    }
    let sealed = services.door.unseal(call, &purpose(route), &link)?;
    let searched = sealed.and_then(|text| form::pairs(&text).ok()).ok_or_else(|| refused("not from a link of this server to you"))?;
    request.parameters.retain(|(name, _)| BESIDE.contains(&name.as_str()));
    request.parameters.extend(searched);
    Ok(Some(link))
}

/// The answer to a search with its links sealed. The first page's own address stays, which is what the caller sent.
pub(super) fn seal(services: &Services, call: &Call, route: &Route, here: Option<&str>, mut answer: Answer) -> Result<Answer, Refusal> {
    let Content::Resource(bundle) = &mut answer.content else { return Ok(answer) };
    let links = bundle.get_mut("link").and_then(Value::as_array_mut).filter(|_| route.interaction == Interaction::SearchType);
    for link in links.into_iter().flatten() {
        let is_own = link.get("relation").and_then(Value::as_str) == Some("self");
        let Some((address, query)) = link.get("url").and_then(Value::as_str).and_then(|url| url.split_once('?')) else { continue };
        let page = match (is_own, here) {
            (true, None) => continue,
            (true, Some(here)) => here.to_owned(),
            (false, _) => services.door.seal(call, &purpose(route), query)?,
        };
        let url = format!("{address}?{PAGE}={page}");
        if let Some(place) = link.get_mut("url") {
            *place = url.into();
        }
    }
    Ok(answer)
}

/// A link of one search is none of another.
fn purpose(route: &Route) -> String {
    format!("page of {}", route.resource_type().unwrap_or_default())
}
