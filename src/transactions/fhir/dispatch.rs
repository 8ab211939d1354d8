//! From a request to its reply: admission, the table, the person, the interaction, the audit of refusals.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::format::Format;
use super::render::Wishes;
use super::request::undecodable;
use super::routes::{Found, Params, find};
use super::{Answer, FhirRequest, Headers, Method, Refusal, Route, page_links, person};
use crate::access::Call;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::{ReplyBody, Services};
use crate::wire::fhir::{Issue, IssueCode, form};

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
        let mut request = decoded(services, received)?;
        wishes = Wishes::of(&request);
        let (route, params) = route(&request)?;
        transaction = route.transaction;
        carry_out(services, &mut call, &mut request, route, &params)
    }));
    let result = result.unwrap_or_else(|_| {
        tracing::error!(request_id = %call.request_id, "a FHIR interaction broke off in a panic");
        Err(Refusal::broken())
    });
    match result {
        Ok(answer) => wishes.answer(transaction, answer),
        Err(refusal) => refuse(services, &call, transaction, &wishes, refusal),
    }
}

fn decoded<'a>(services: &Services, received: ReceivedRequest<'a>) -> Result<FhirRequest<'a>, Refusal> {
    let unknown = || {
        Refusal::of(501, Issue::error(IssueCode::NotSupported, "this method is not one of FHIR; use GET, HEAD, POST, PUT, PATCH or DELETE"))
    };
    Ok(FhirRequest {
        method: Method::of(received.method).ok_or_else(unknown)?,
        segments: form::segments(received.path).map_err(|_| undecodable("the path"))?,
        parameters: form::pairs(received.query).map_err(|_| undecodable("the query"))?,
        headers: received.headers,
        base_url: received.base_url,
        body: received.body,
        body_limit: services.limits.fhir_body_bytes,
    })
}

fn route(request: &FhirRequest<'_>) -> Result<(&'static Route, Params), Refusal> {
    match find(request.method, &request.segments) {
        Found::Route(route, params) => Ok((route, params)),
        Found::Allowed(methods) => {
            let allowed = methods.join(", ");
            let text = format!("this address does not take {}; allowed here: {allowed}", request.method.as_str());
            Err(Refusal::of(405, Issue::error(IssueCode::NotSupported, text)).header("Allow", allowed))
        }
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
    route: &'static Route,
    params: &Params,
) -> Result<Answer, Refusal> {
    person::prove(services, call, request, route)?;
    if route.needs_person && call.person.is_none() {
        return Err(Refusal::not_proven("this interaction is for people who are known; send a token in the Authorization header"));
    }
    if !route.own_format && Format::wanted(request).is_none() {
        return Err(Format::not_acceptable());
    }
    if request.method == Method::Post && request.segments.last().is_some_and(|last| last == "_search") {
        request.take_form()?;
    }
    request.check_parameters()?;
    let page = page_links::resume(services, call, request, route)?;
    let answer = (route.perform)(services, call, request, params)?;
    page_links::seal(services, call, route, page.as_deref(), answer)
}

/// The answer to a request that was not carried out; in the audit trail when this returns.
fn refuse(services: &Services, call: &Call, transaction: Transaction, wishes: &Wishes, refusal: Refusal) -> FhirReply {
    let outcome = refusal.outcome();
    if refusal.is_audited {
        return wishes.refusal(transaction, outcome, refusal);
    }
    let errors = std::iter::once(format!("HTTP {}", refusal.status)).chain(refusal.reason.clone()).collect();
    match services.door.refuse(call, transaction, outcome, errors) {
        Ok(()) => wishes.refusal(transaction, outcome, refusal),
        Err(failure) => {
            tracing::error!(error = %failure, "the refusal of a request could not be audited");
            wishes.refusal(transaction, failure.outcome(), failure.into())
        }
    }
}
