//! Conditional create and update (FHIR R4, http.html#ccreate, #cond-update): what a search finds decides.
//!
//! The search sees what its caller sees, so that a hidden resource is as good as none. Where two may not exist side by side, such as
//! two documents of one uniqueId or two entries of one identifier, the registry itself refuses the second, also if both come at once.

use std::io;

use serde_json::Value;

use super::routes::{Found, Params, find};
use super::sifting::sift;
use super::staged::Staged;
use super::{Answer, FhirRequest, Headers, Interaction, Method, Refusal, Route, person};
use crate::access::Call;
use crate::transactions::Services;
use crate::wire::fhir::fields::{items, text};
use crate::wire::fhir::{Issue, IssueCode, form};

/// The resource that is there already, if the create is conditional and one fits.
///
/// # Errors
/// 412 if several fit, 400 for a search that cannot be answered, and what the search is refused with.
pub(super) fn existing(services: &Services, call: &Call, request: &FhirRequest<'_>, route: &Route) -> Result<Option<Answer>, Refusal> {
    let Some(header) = request.headers.if_none_exist.as_deref().filter(|_| route.interaction == Interaction::Create) else {
        return Ok(None);
    };
    let query = header.split_once('?').map_or(header, |(_, query)| query);
    let unreadable = |_| Refusal::invalid("http.If-None-Exist", "it is no query", "write search parameters, such as identifier=urn:x|1");
    let parameters = form::pairs(query.trim()).map_err(unreadable)?;
    let resource_type = route.resource_type().unwrap_or_default();
    let Some(id) = only_match(services, call, request, resource_type, parameters, "http.If-None-Exist")? else { return Ok(None) };
    let mut answer = read(services, call, request, resource_type, &id)?;
    answer.location = Some(match answer.version {
        Some(version) => format!("{resource_type}/{id}/_history/{version}"),
        None => format!("{resource_type}/{id}"),
    });
    Ok(Some(answer))
}

/// Whether a request is an update of whatever its parameters find, and then the update of one resource.
pub(super) fn updated_route(request: &FhirRequest<'_>) -> Option<&'static Route> {
    let [resource_type] = request.segments.as_slice() else { return None };
    let address = [resource_type.clone(), "0".to_owned()];
    match find(Method::Put, &address) {
        Found::Route(route, _) if request.method == Method::Put && !request.parameters.is_empty() => Some(route),
        _ => None,
    }
}

/// Updates the one resource that the parameters find, or creates one.
///
/// # Errors
/// Those of [`existing`], of an update and of a create.
pub(super) fn update(services: &Services, call: &Call, request: &mut FhirRequest<'_>, route: &Route) -> Result<Answer, Refusal> {
    let resource_type = route.resource_type().unwrap_or_default();
    let mut resource = request.resource_of_type(resource_type)?;
    let parameters = std::mem::take(&mut request.parameters);
    let found = only_match(services, call, request, resource_type, parameters, "http.query")?;
    let given = resource.get("id").and_then(Value::as_str).map(str::to_owned);
    let Some(id) = found else {
        if given.is_some() {
            let mend = "leave the id out, and the server gives one";
            return Err(Refusal::invalid(
                &format!("{resource_type}.id"),
                "nothing fits the search, and ids are the server's to give",
                mend,
            ));
        }
        request.given = Some(resource);
        request.method = Method::Post;
        let (create, params) = routed(Method::Post, &[resource_type])?;
        person::check_scope(request, create)?;
        return (create.perform)(services, call, request, &params);
    };
    if given.is_some_and(|given| given != id) {
        return Err(Refusal::invalid(
            &format!("{resource_type}.id"),
            "it is not the id of the resource that fits the search",
            "leave the id out",
        ));
    }
    if let Some(fields) = resource.as_object_mut() {
        fields.shift_insert(1, "id".to_owned(), id.as_str().into());
    }
    if request.headers.if_match.is_none() {
        let version = read(services, call, request, resource_type, &id)?.version;
        request.headers.if_match = version.map(|version| format!("W/\"{version}\""));
    }
    request.given = Some(resource);
    (route.perform)(services, call, request, &Params::of_id(&id))
}

/// The id of the one resource that a search finds; nothing, if it finds none.
fn only_match(
    services: &Services,
    call: &Call,
    request: &FhirRequest<'_>,
    resource_type: &str,
    parameters: Vec<(String, String)>,
    place: &str,
) -> Result<Option<String>, Refusal> {
    let (route, params) = routed(Method::Get, &[resource_type])?;
    person::check_scope(request, route)?;
    let nothing = &mut io::empty();
    let mut search = within(request, &[resource_type], nothing);
    search.parameters = parameters;
    // A parameter that is left aside would make everything fit.
    sift(&mut search, route, true)?;
    if search.parameters.iter().all(|(name, _)| name.starts_with('_') && name != "_id") {
        return Err(Refusal::invalid(
            place,
            "the search asks for nothing in particular",
            "write search parameters, such as identifier=urn:x|1",
        ));
    }
    let Answer { content: super::Content::Resource(bundle), .. } = (route.perform)(services, call, &mut search, &params)? else {
        return Err(Refusal::broken());
    };
    let found = items(&bundle, "entry").iter().filter(|entry| text(entry, "search.mode") == Some("match"));
    let ids: Vec<_> = found.filter_map(|entry| text(entry, "resource.id")).collect();
    match ids.as_slice() {
        [] => Ok(None),
        [id] => Ok(Some((*id).to_owned())),
        _ => {
            let what = format!("{place}: several resources fit the search; say more, so that one does");
            Err(Refusal::of(412, Issue::error(IssueCode::MultipleMatches, what).at(place)).audited())
        }
    }
}

fn read(services: &Services, call: &Call, request: &FhirRequest<'_>, resource_type: &str, id: &str) -> Result<Answer, Refusal> {
    let (route, params) = routed(Method::Get, &[resource_type, id])?;
    person::check_scope(request, route)?;
    (route.perform)(services, call, &mut within(request, &[resource_type, id], &mut io::empty()), &params)
}

fn routed(method: Method, segments: &[&str]) -> Result<(&'static Route, Params), Refusal> {
    let segments: Vec<_> = segments.iter().map(|segment| (*segment).to_owned()).collect();
    match find(method, &segments) {
        Found::Route(route, params) => Ok((route, params)),
        _ => Err(Refusal::of(
            412,
            Issue::error(IssueCode::NotSupported, "this resource type cannot be searched, so nothing here is conditional"),
        )),
    }
}

/// A read or search on behalf of a request.
fn within<'b>(request: &FhirRequest<'_>, segments: &[&str], nothing: &'b mut io::Empty) -> FhirRequest<'b> {
    let Headers { access_reason, authorization, .. } = &request.headers;
    FhirRequest {
        method: Method::Get,
        segments: segments.iter().map(|segment| (*segment).to_owned()).collect(),
        received: format!("/{}", segments.join("/")),
        parameters: Vec::new(),
        headers: Headers { access_reason: access_reason.clone(), authorization: authorization.clone(), ..Headers::default() },
        base_url: request.base_url.clone(),
        counts_only: false,
        given: None,
        staged: Staged::default(),
        bearer: request.bearer.clone(),
        body: nothing,
        body_limit: request.body_limit,
    }
}
