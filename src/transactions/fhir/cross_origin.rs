//! Pages of other origins in browsers (Fetch standard, CORS protocol), and the methods of an address (RFC 9110, 9.3.7).
//!
//! Only origins that the operator allows are answered to, and never with the permission to send along what the browser keeps, such
//! as a client certificate: a page has to have a token of its own.

use super::routes::allowed;
use super::{Answer, Headers, Refusal};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::fhir::{Issue, IssueCode, form};

/// What a page may read of an answer, beside what every page may.
const EXPOSED: &str = "Content-Range, ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Request-Id";
/// What a page may send.
const SENDABLE: &str =
    "Accept, Access-Reason, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, Range";
/// How long a browser need not ask again, in seconds.
const LASTS: &str = "600";

/// The methods of an address.
///
/// # Errors
/// 404 for one that leads nowhere.
pub(super) fn options(services: &Services, call: &Call, path: &str) -> Result<Answer, Refusal> {
    let segments = form::segments(path).unwrap_or_default();
    let methods = allowed(&segments);
    if methods.is_empty() {
        let text = "this address leads to no interaction of this server; GET metadata tells what there is";
        return Err(Refusal::of(404, Issue::error(IssueCode::NotSupported, text)));
    }
    services.door.read(call, Transaction::Capabilities, |_| Ok(()))?;
    Ok(Answer::no_content().header("Allow", format!("{}, OPTIONS", methods.join(", "))))
}

/// The headers that let a page read an answer; none for a page that the operator does not allow.
pub(super) fn permissions(services: &Services, asked: &Headers, path: &str) -> Vec<(&'static str, String)> {
    if services.origins.is_empty() {
        return Vec::new();
    }
    let mut headers = vec![("Vary", "Origin".to_owned())];
    let Some(origin) = asked.origin.as_deref().filter(|origin| services.origins.iter().any(|allowed| allowed == origin)) else {
        return headers;
    };
    headers.push(("Access-Control-Allow-Origin", origin.to_owned()));
    headers.push(("Access-Control-Expose-Headers", EXPOSED.to_owned()));
    if asked.requested_method.is_some() {
        let methods = allowed(&form::segments(path).unwrap_or_default());
        headers.push(("Access-Control-Allow-Methods", methods.join(", ")));
        headers.push(("Access-Control-Allow-Headers", SENDABLE.to_owned()));
        headers.push(("Access-Control-Max-Age", LASTS.to_owned()));
    }
    headers
}
