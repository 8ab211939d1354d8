//! FHIR requests over HTTP.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};

use super::fault_reply::LATER;
use super::front::{Front, OwnWords, Reply, carry_out, header as text_of};
use super::reply_body::ReplyBody;
use super::request_body::{BodyReader, BodySource};
use crate::transactions::fhir::{FhirReply, Headers, ReceivedRequest, Refusal};
use crate::wire::fhir::{Issue, IssueCode, json};

const WORDS: OwnWords = OwnWords { busy, encoded, broken };

/// Where FHIR is.
const BASE: &str = "/fhir";

const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
const PREFER: HeaderName = HeaderName::from_static("prefer");
const ACCESS_REASON: HeaderName = HeaderName::from_static("access-reason");

/// Answers a request below `/fhir`. `base_url` is where that is for the caller.
pub(super) async fn answer(front: web::Data<Front>, base_url: String, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let headers = headers(&request);
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().strip_prefix(BASE).unwrap_or("").to_owned();
    let query = request.query_string().to_owned();
    let enough = usize::try_from(front.fhir_body_bytes.saturating_add(1)).unwrap_or(usize::MAX);
    let job = Box::new(move |front: &Front, call: &_, body: &mut BodyReader| {
        let received = ReceivedRequest { method: &method, path: &path, query: &query, headers, base_url, body };
        let FhirReply { status, headers, content_type, body, transaction, outcome } = (front.respond_fhir)(call, received);
        Reply { status, headers, content_type, body, transaction, outcome }
    });
    carry_out(front, &request, payload, enough, &WORDS, job).await
}

fn headers(request: &HttpRequest) -> Headers {
    let text = |name: &HeaderName| text_of(request, name).map(str::to_owned);
    Headers {
        accept: text(&header::ACCEPT),
        content_type: text(&CONTENT_TYPE),
        if_match: text(&header::IF_MATCH),
        if_none_match: text(&header::IF_NONE_MATCH),
        if_none_exist: text(&IF_NONE_EXIST),
        prefer: text(&PREFER),
        authorization: text(&header::AUTHORIZATION),
        range: text(&header::RANGE),
        if_range: text(&header::IF_RANGE),
        access_reason: text(&ACCESS_REASON),
        if_modified_since: text(&header::IF_MODIFIED_SINCE),
        accept_encoding: text(&ACCEPT_ENCODING),
        origin: text(&header::ORIGIN),
        requested_method: text(&header::ACCESS_CONTROL_REQUEST_METHOD),
    }
}

fn busy(unread: BodySource) -> HttpResponse {
    let text = "the server works on as many requests as it may (limits.concurrent_requests); send this one again later";
    let mut response = of_refusal(&Refusal::of(503, Issue::error(IssueCode::Throttled, text)), Some(unread));
    response.headers_mut().insert(RETRY_AFTER, LATER.as_secs().into());
    response
}

fn encoded(unread: BodySource) -> HttpResponse {
    let refusal = Refusal::unsupported_media_type("the body has a Content-Encoding; expected identity or none, send it as it is");
    let mut response = of_refusal(&refusal, Some(unread));
    response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    response
}

fn broken(unread: Option<BodySource>) -> HttpResponse {
    of_refusal(&Refusal::broken(), unread)
}

fn of_refusal(refusal: &Refusal, unread: Option<BodySource>) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "application/fhir+json; charset=utf-8"))
        .body(ReplyBody::whole(json::write(&refusal.operation_outcome(), false), unread))
}
