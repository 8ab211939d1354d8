//! Bundles at the base (FHIR R4, http.html#transaction): a batch, whose entries are requests of their own, and the transaction
//! that provides documents.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::dispatch::{interact_anywhere, told_and_audited};
use super::render::Known;
use super::staged::{self, Staged};
use super::{Answer, Content, FhirRequest, Headers, Interaction, Method, Params, Refusal, Route, mhd, person};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::fhir::fields::{items, text};
use crate::wire::fhir::{dates, form};
use crate::wire::jwt::Permission;

/// Requests in one batch at most.
const MOST_ENTRIES: usize = 100;

pub(super) const ROUTES: &[Route] = &[Route::new(
    Method::Post,
    "",
    Interaction::Batch,
    Transaction::Iti65,
    "Provide Document Bundle [ITI-65] as a transaction; any interactions of this interface as a batch.",
    perform,
)];

/// A transaction, as what it does is asked about.
const PROVIDING: Route =
    Route::new(Method::Post, "DocumentReference", Interaction::Create, Transaction::Iti65, "Provide Document Bundle.", perform);

fn perform(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    staged::read(services, request)?;
    let bundle = request.resource_of_type("Bundle")?;
    if text(&bundle, "type") == Some("batch") && !request.staged.is_empty() {
        return Err(Refusal::too_large(
            "a document in the batch is longer than is taken there; send it in a transaction (ITI-65) or by itself",
        ));
    }
    if text(&bundle, "type") == Some("batch") {
        return batch(services, call, request, &bundle);
    }
    // Documents are provided with the right to create them.
    person::check_known(services, call, &PROVIDING)?;
    person::check(request, "DocumentReference", Permission::Create, Transaction::Iti65)?;
    request.given = Some(bundle);
    mhd::provide_bundle(services, call, request, params)
}

/// Each entry is decided and audited as if it had come alone. What one is refused changes nothing for the others.
fn batch(services: &Services, call: &Call, request: &FhirRequest<'_>, bundle: &Value) -> Result<Answer, Refusal> {
    let entries = items(bundle, "entry");
    if entries.is_empty() {
        return Err(Refusal::invalid("Bundle.entry", "the batch asks for nothing", "send at least one entry"));
    }
    if entries.len() > MOST_ENTRIES {
        return Err(Refusal::too_large(&format!("Bundle.entry: a batch has at most {MOST_ENTRIES} entries here; send several batches")));
    }
    let answers: Vec<_> = (entries.iter().enumerate()).map(|(number, entry)| one(services, call, request, (number, entry))).collect();
    Ok(Answer::resource(json!({ "resourceType": "Bundle", "type": "batch-response", "entry": answers })))
}

fn one(services: &Services, call: &Call, outer: &FhirRequest<'_>, (number, entry): (usize, &Value)) -> Value {
    let mut transaction = Transaction::Unknown;
    let patch = patch_of(entry);
    let (mut bytes, mut nothing) = (patch.as_deref().unwrap_or_default(), io::empty());
    let body: &mut dyn io::Read = if patch.is_some() { &mut bytes } else { &mut nothing };
    let answered = request_of(outer, (number, entry), body).and_then(|mut request| {
        let mut answer = interact_anywhere(services, call, &mut request, &mut transaction)?;
        let is_read = matches!(request.method, Method::Get | Method::Head);
        if is_read && Known::of(&request.headers).is(&answer) {
            answer.status = 304;
        }
        Ok(answer)
    });
    match answered.and_then(|answer| written(&answer, outer)) {
        Ok(written) => written,
        Err(refusal) => {
            let refusal = told_and_audited(services, call, transaction, refusal);
            json!({ "response": { "status": status_line(refusal.status), "outcome": refusal.operation_outcome() } })
        }
    }
}

/// A JSON Patch comes within a Binary (FHIR R4, http.html#patch).
fn patch_of(entry: &Value) -> Option<Vec<u8>> {
    let is_patch = text(entry, "request.method") == Some("PATCH") && text(entry, "resource.resourceType") == Some("Binary");
    is_patch.then(|| STANDARD.decode(text(entry, "resource.data").unwrap_or_default()).unwrap_or_default())
}

fn request_of<'b>(
    outer: &FhirRequest<'_>,
    (number, entry): (usize, &Value),
    body: &'b mut dyn io::Read,
) -> Result<FhirRequest<'b>, Refusal> {
    let at = |name: &str| format!("Bundle.entry[{number}].request.{name}");
    let said = |name: &str| text(entry, &format!("request.{name}")).map(str::to_owned);
    let method = said("method").as_deref().and_then(Method::of);
    let method =
        method.ok_or_else(|| Refusal::invalid(&at("method"), "it is no method of FHIR", "use GET, HEAD, POST, PUT, PATCH or DELETE"))?;
    let url = said("url").unwrap_or_default();
    let relative = url.strip_prefix(&outer.base_url).unwrap_or(&url);
    let (path, query) = relative.split_once('?').unwrap_or((relative, ""));
    let undecodable = |_| Refusal::invalid(&at("url"), "it is not percent-encoded UTF-8", "encode it by RFC 3986, 2.1");
    let segments = form::segments(path).map_err(undecodable)?;
    if segments.is_empty() {
        return Err(Refusal::invalid(&at("url"), "a batch is not within a batch", "name a resource or a type of resource"));
    }
    let is_patch = patch_of(entry).is_some();
    let headers = Headers {
        accept: Some("application/fhir+json".to_owned()),
        content_type: is_patch.then(|| text(entry, "resource.contentType").unwrap_or_default().to_owned()),
        if_match: said("ifMatch"),
        if_none_match: said("ifNoneMatch"),
        if_none_exist: said("ifNoneExist"),
        prefer: outer.headers.prefer.clone(),
        authorization: outer.headers.authorization.clone(),
        access_reason: outer.headers.access_reason.clone(),
        ..Headers::default()
    };
    Ok(FhirRequest {
        method,
        segments,
        received: format!("/{}", relative.trim_start_matches('/')),
        parameters: form::pairs(query).map_err(undecodable)?,
        headers,
        base_url: outer.base_url.clone(),
        counts_only: false,
        given: if is_patch { None } else { entry.get("resource").cloned() },
        staged: Staged::default(),
        bearer: outer.bearer.clone(),
        body,
        body_limit: outer.body_limit,
    })
}

fn written(answer: &Answer, outer: &FhirRequest<'_>) -> Result<Value, Refusal> {
    let mut response = Map::new();
    response.insert("status".to_owned(), status_line(answer.status).into());
    if let Some(location) = &answer.location {
        response.insert("location".to_owned(), format!("{}/{location}", outer.base_url).into());
    }
    if let Some(version) = answer.version {
        response.insert("etag".to_owned(), format!("W/\"{version}\"").into());
    }
    if let Some(at) = answer.last_modified {
        response.insert("lastModified".to_owned(), dates::instant(at).into());
    }
    let mut entry = Map::new();
    match &answer.content {
        Content::Resource(resource) if answer.status != 304 => drop(entry.insert("resource".to_owned(), resource.clone())),
        Content::Resource(_) | Content::Nothing => {}
        Content::Bytes { .. } => {
            return Err(Refusal::invalid("http", "this answer is no resource", "ask for it outside of a batch").audited());
        }
    }
    entry.insert("response".to_owned(), Value::Object(response));
    Ok(Value::Object(entry))
}

fn status_line(status: u16) -> String {
    let words = match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        412 => "Precondition Failed",
        422 => "Unprocessable Entity",
        _ => return status.to_string(),
    };
    format!("{status} {words}")
}
