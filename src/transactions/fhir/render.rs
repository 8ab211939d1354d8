//! Answers and refusals to status, headers and bytes.

use serde_json::Value;

use super::dispatch::FhirReply;
use super::format::Format;
use super::request::version_of;
use super::{Answer, Content, FhirRequest, Method, Refusal};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::ReplyBody;
use crate::wire::fhir::{Issue, IssueCode, Severity, dates, operation_outcome};

/// How the caller wants to be answered.
pub(super) struct Wishes {
    format: Format,
    is_pretty: bool,
    is_head: bool,
    /// What a change is answered with (FHIR R4, http.html#ops).
    preference: Preference,
    has_version: Option<u64>,
    base_url: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Preference {
    Representation,
    Minimal,
    OperationOutcome,
}

impl Wishes {
    /// Those of a request.
    pub(super) fn of(request: &FhirRequest<'_>) -> Self {
        let is_change = !matches!(request.method, Method::Get | Method::Head);
        let prefers = |word: &str| is_change && request.headers.prefer.as_deref().is_some_and(|prefer| prefer.contains(word));
        Self {
            format: Format::wanted(request).unwrap_or(Format::Json),
            is_pretty: request.parameter("_pretty") == Some("true"),
            is_head: request.method == Method::Head,
            preference: match () {
                () if prefers("return=minimal") => Preference::Minimal,
                () if prefers("return=OperationOutcome") => Preference::OperationOutcome,
                () => Preference::Representation,
            },
            has_version: (!is_change).then(|| request.headers.if_none_match.as_deref().and_then(version_of)).flatten(),
            base_url: request.base_url.clone(),
        }
    }

    /// For what could not even be decoded.
    pub(super) fn unknown(is_head: bool) -> Self {
        let (base_url, preference) = (String::new(), Preference::Representation);
        Self { format: Format::Json, is_pretty: false, is_head, preference, has_version: None, base_url }
    }

    /// An answer as the caller wants it.
    pub(super) fn answer(&self, transaction: Transaction, answer: Answer) -> FhirReply {
        let mut headers = answer.headers;
        headers.extend(answer.version.map(|version| ("ETag", format!("W/\"{version}\""))));
        headers.extend(answer.last_modified.map(|at| ("Last-Modified", dates::http_date(at))));
        headers.extend(answer.location.map(|location| ("Location", format!("{}/{location}", self.base_url))));
        let is_known = answer.version.is_some() && answer.version == self.has_version;
        let status = if is_known { 304 } else { answer.status };
        let (content_type, body) = match answer.content {
            _ if is_known => (String::new(), nothing()),
            Content::Nothing => (String::new(), nothing()),
            Content::Bytes { content_type, .. } if self.is_head => (content_type, nothing()),
            Content::Bytes { content_type, write } => (content_type, ReplyBody::Stream(write)),
            Content::Resource(resource) => self.preferred(resource, status),
        };
        FhirReply { status, headers, content_type, body, transaction, outcome: answer.outcome }
    }

    fn preferred(&self, resource: Value, status: u16) -> (String, ReplyBody) {
        // A search by POST or an operation answers with what was asked for, whatever is preferred.
        let is_stored = status == 201 || !matches!(resource.get("resourceType").and_then(Value::as_str), Some("Bundle" | "Parameters"));
        match self.preference {
            Preference::Minimal if is_stored => (String::new(), nothing()),
            Preference::OperationOutcome if is_stored => {
                let done = Issue { severity: Severity::Information, ..Issue::error(IssueCode::Informational, "done as asked") };
                self.written(&operation_outcome(&[done]))
            }
            _ => self.written(&resource),
        }
    }

    /// A refusal as the caller wants it.
    pub(super) fn refusal(&self, transaction: Transaction, outcome: AuditOutcome, refusal: Refusal) -> FhirReply {
        let (content_type, body) = self.written(&refusal.operation_outcome());
        FhirReply { status: refusal.status, headers: refusal.headers, content_type, body, transaction, outcome }
    }

    fn written(&self, resource: &Value) -> (String, ReplyBody) {
        let body = if self.is_head { nothing() } else { ReplyBody::Whole(self.format.write(resource, self.is_pretty)) };
        (self.format.content_type().to_owned(), body)
    }
}

fn nothing() -> ReplyBody {
    ReplyBody::Whole(Vec::new())
}
