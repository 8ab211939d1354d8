//! From a request to its reply: admission, the table, the person, the interaction, the audit of refusals.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cross_origin::{options, permissions};
use super::format::Format;
use super::preferences::Preferences;
use super::presentation::Presentation;
use super::render::Wishes;
use super::request::undecodable;
use super::routes::{Found, Params, allowed, find};
use super::sifting::sift;
use super::staged::Staged;
use super::{Answer, FhirRequest, Headers, Interaction, Method, Refusal, Route, conditional, page_links, person};
use crate::access::Call;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::{ReplyBody, Services};
use crate::wire::fhir::{Issue, IssueCode, Selection, form};

/// A request as the server got it, nothing decoded.
pub struct ReceivedRequest<'a> {
    /// The method's name.
    pub method: &'a str,
    /// The path below `/fhir`.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// The headers.
    pub headers: Headers,
    /// Where the interface is for the caller, without a slash at the end.
    pub base_url: String,
    /// The body. An error of kind `TimedOut` or `FileTooLarge` tells which of the server's limits was reached.
    pub body: &'a mut dyn Read,
}

/// What the server sends back. Its audit record is committed before this value exists.
pub struct FhirReply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// `Content-Type`; empty without a body.
    pub content_type: String,
    /// The body.
    pub body: ReplyBody,
    /// Which transaction it was, for the operator's metrics.
    pub transaction: Transaction,
    /// How it ended, for the operator's metrics.
    pub outcome: AuditOutcome,
}

/// Carries out one request. Blocks; whatever happens, there is a reply, and its audit record is committed.
pub fn respond(services: &Services, call: &Call, received: ReceivedRequest<'_>) -> FhirReply {
    let permissions = permissions(services, &received.headers, received.path);
    let mut reply = replied(services, call, received);
    reply.headers.extend(permissions);
    reply
}

fn replied(services: &Services, call: &Call, received: ReceivedRequest<'_>) -> FhirReply {
    let is_head = received.method == "HEAD";
    let mut call = match services.door.admit(call, Transaction::Unknown) {
        Ok(call) => call,
        Err(failure) => {
            let outcome = failure.outcome();
            return Wishes::unknown(is_head).refusal(Transaction::Unknown, outcome, failure.into());
        }
    };
    let (mut wishes, mut transaction) = (Wishes::unknown(is_head), Transaction::Unknown);
    // What a panic leaves behind is dropped here: an open database transaction rolls back by itself.
    let result = catch_unwind(AssertUnwindSafe(|| {
        if received.method == "OPTIONS" {
            transaction = Transaction::Capabilities;
            return options(services, &call, received.path);
        }
        let mut request = decoded(services, received)?;
        wishes = Wishes::of(&request);
        carry_out(services, &mut call, &mut request, &mut wishes, &mut transaction)
    }));
    let result = result.unwrap_or_else(|_| {
        tracing::error!(request_id = %call.request_id, "a FHIR interaction broke off in a panic");
        Err(Refusal::broken())
    });
    match result {
        Ok(answer) => wishes.answer(transaction, answer),
        Err(refusal) => {
            let refusal = told_and_audited(services, &call, transaction, refusal);
            wishes.refusal(transaction, refusal.outcome(), refusal)
        }
    }
}

fn decoded<'a>(services: &Services, received: ReceivedRequest<'a>) -> Result<FhirRequest<'a>, Refusal> {
    let unknown = || {
        if received.method == "TRACE" {
            let allowed = allowed(&form::segments(received.path).unwrap_or_default()).join(", ");
            return Refusal::of(405, Issue::error(IssueCode::NotSupported, "requests are not sent back here")).header("Allow", allowed);
        }
        let text = "this method is not one of FHIR; use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS";
        Refusal::of(501, Issue::error(IssueCode::NotSupported, text))
    };
    Ok(FhirRequest {
        method: Method::of(received.method).ok_or_else(unknown)?,
        segments: form::segments(received.path).map_err(|_| undecodable("the path"))?,
        parameters: form::pairs(received.query).map_err(|_| undecodable("the query"))?,
        received: format!("{}{}{}", received.path, if received.query.is_empty() { "" } else { "?" }, received.query),
        headers: received.headers,
        base_url: received.base_url,
        counts_only: false,
        given: None,
        staged: Staged::default(),
        bearer: None,
        body: received.body,
        body_limit: services.limits.fhir_body_bytes,
    })
}

/// Where a request leads; a conditional update, to the update of a resource that is still to be found.
fn route(request: &FhirRequest<'_>) -> Result<(&'static Route, Params), Refusal> {
    match find(request.method, &request.segments) {
        Found::Route(route, params) => Ok((route, params)),
        Found::Allowed(methods) => match conditional::updated_route(request) {
            Some(route) => Ok((route, Params::default())),
            None => {
                let allowed = methods.join(", ");
                let text = format!("this address does not take {}; allowed here: {allowed}", request.method.as_str());
                Err(Refusal::of(405, Issue::error(IssueCode::NotSupported, text)).header("Allow", allowed))
            }
        },
        Found::Nothing => {
            let text = "this address leads to no interaction of this server; GET metadata tells what there is";
            Err(Refusal::of(404, Issue::error(IssueCode::NotSupported, text)))
        }
    }
}

/// Notes in `call` who the person behind the request is, as soon as that is proven.
fn carry_out(
    services: &Services,
    call: &mut Call,
    request: &mut FhirRequest<'_>,
    wishes: &mut Wishes,
    transaction: &mut Transaction,
) -> Result<Answer, Refusal> {
    let (route, params) = route(request)?;
    *transaction = route.transaction;
    call.asked = Some(request.asked(route.interaction));
    person::prove(services, call, request, route)?;
    wishes.let_compress(request, route);
    if !route.own_format && Format::wanted(request).is_none() {
        return Err(Format::not_acceptable());
    }
    if request.method == Method::Post && request.segments.last().is_some_and(|last| last == "_search") {
        request.take_form()?;
        call.asked = Some(request.asked(route.interaction));
        wishes.take_format(request);
    }
    interact(services, call, request, route, &params)
}

/// Carries out an interaction for whoever is noted in `call`, wherever the request leads.
pub(super) fn interact_anywhere(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    transaction: &mut Transaction,
) -> Result<Answer, Refusal> {
    let (route, params) = route(request)?;
    *transaction = route.transaction;
    let call = &Call { asked: Some(request.asked(route.interaction)), ..call.clone() };
    interact(services, call, request, route, &params)
}

fn interact(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    route: &'static Route,
    params: &Params,
) -> Result<Answer, Refusal> {
    if route.needs_person && call.person.is_none() {
        return Err(Refusal::not_proven("this interaction is for people who are known; send a token in the Authorization header"));
    }
    person::check_known(services, call, route)?;
    person::check_scope(request, route)?;
    // What has formats of its own looks at `_format` itself.
    if route.own_format {
        return (route.perform)(services, call, request, params);
    }
    request.check_parameters()?;
    let page = page_links::resume(services, call, request, route)?;
    let presentation = Presentation::take(request)?;
    request.counts_only = presentation.selection == Selection::Count;
    if route.interaction == Interaction::Update && params == &Params::default() {
        return conditional::update(services, call, request, route);
    }
    if let Some(existing) = conditional::existing(services, call, request, route)? {
        return Ok(existing);
    }
    let is_strict = Preferences::of(request.headers.prefer.as_deref()).is_strict;
    let is_search = route.interaction == Interaction::SearchType;
    let warnings = if is_search { sift(request, route, is_strict)? } else { Vec::new() };
    let answer = (route.perform)(services, call, request, params)?;
    let is_presented = is_search || matches!(request.method, Method::Get | Method::Head);
    let answer = if is_presented { presentation.of(answer, &warnings)? } else { answer };
    page_links::seal(services, call, route, page.as_deref(), answer)
}

/// A refusal that the audit trail has when this returns.
pub(super) fn told_and_audited(services: &Services, call: &Call, transaction: Transaction, refusal: Refusal) -> Refusal {
    if refusal.is_audited {
        return refusal;
    }
    let errors = std::iter::once(format!("HTTP {}", refusal.status)).chain(refusal.reason.clone()).collect();
    match services.door.refuse(call, transaction, refusal.outcome(), errors) {
        Ok(()) => refusal,
        Err(failure) => {
            tracing::error!(error = %failure, "the refusal of a request could not be audited");
            failure.into()
        }
    }
}
