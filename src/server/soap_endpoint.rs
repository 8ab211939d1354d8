//! SOAP requests over HTTP.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};

use super::fault_reply;
use super::front::{AT_ONCE, Front, OwnWords, Reply, carry_out, header};
use super::request_body::BodyReader;
use crate::transactions::{Endpoint, SoapReply, SoapRequest};

const WORDS: OwnWords = OwnWords { busy: fault_reply::busy, encoded: fault_reply::encoded, broken: fault_reply::broken };

/// Answers a POST to an endpoint.
pub(super) async fn post(front: web::Data<Front>, endpoint: Endpoint, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let content_type = header(&request, &CONTENT_TYPE).map(str::to_owned);
    let enough = enough_to_begin(content_type.as_deref(), front.soap_message_bytes);
    let job = Box::new(move |front: &Front, call: &_, body: &mut BodyReader| {
        let reply = (front.respond)(call, SoapRequest { endpoint, content_type: content_type.as_deref(), body });
        let SoapReply { status, content_type, body, transaction, outcome } = reply;
        Reply { status, headers: Vec::new(), content_type, body, transaction, outcome }
    });
    carry_out(front, &request, payload, enough, &WORDS, job).await
}

/// A message with attachments occupies a thread from its first pieces on, any other from its last. A small one is whole
/// by then and needs no thread that waits for each of its chunks.
fn enough_to_begin(content_type: Option<&str>, soap_message_bytes: u64) -> usize {
    let multipart = content_type.and_then(|text| text.trim_start().get(..10)).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    if multipart { AT_ONCE } else { usize::try_from(soap_message_bytes.saturating_add(1)).unwrap_or(usize::MAX) }
}
