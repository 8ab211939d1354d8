//! Answers that the server itself gives, before or instead of a transaction.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, RETRY_AFTER};
use uuid::Uuid;

use super::reply_body::ReplyBody;
use super::request_body::BodySource;
use crate::wire::soap::{Fault, ReplyAddressing, write_fault};

/// When a sender that was turned away may try again.
pub(super) const LATER: Duration = Duration::from_secs(5);

/// Too many requests at a time.
pub(super) fn busy(unread: BodySource) -> HttpResponse {
    let fault = Fault::receiver("the server works on as many requests as it may (limits.concurrent_requests); send this one again later");
    let mut response = of_fault(StatusCode::SERVICE_UNAVAILABLE, &fault, Some(unread));
    response.headers_mut().insert(RETRY_AFTER, LATER.as_secs().into());
    response
}

/// A body in an encoding that is not read here.
pub(super) fn encoded(unread: BodySource) -> HttpResponse {
    let fault = Fault::sender("the body has a Content-Encoding; expected identity or none, send it as it is");
    let mut response = of_fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, &fault, Some(unread));
    response.headers_mut().insert(ACCEPT_ENCODING, actix_web::http::header::HeaderValue::from_static("identity"));
    response
}

/// The transaction broke off.
pub(super) fn broken(unread: Option<BodySource>) -> HttpResponse {
    let fault = Fault::receiver("the server failed on this request; its operator finds the X-Request-Id of this answer in the log");
    of_fault(StatusCode::INTERNAL_SERVER_ERROR, &fault, unread)
}

/// A method that the resource does not know.
pub(super) fn method_not_allowed(allowed: &'static str) -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((ALLOW, allowed))
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(format!("allowed here: {allowed}\n"))
}

/// Nothing is here.
pub(super) async fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("nothing is here; the endpoints are /xds/registry, /xds/repository, /xds/recipient, /hl7v3/patient-feed and /fhir\n")
}

fn of_fault(status: StatusCode, fault: &Fault, unread: Option<BodySource>) -> HttpResponse {
    let mut envelope = Vec::new();
    if write_fault(&mut envelope, fault, &ReplyAddressing::default(), &Uuid::new_v4().urn().to_string()).is_err() {
        // Writing to memory does not fail; the status alone would still tell.
        envelope.clear();
    }
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "application/soap+xml; charset=utf-8"))
        .body(ReplyBody::whole(envelope, unread))
}
