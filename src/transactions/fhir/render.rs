//! Answers and refusals to status, headers and bytes.

use serde_json::Value;

use super::dispatch::FhirReply;
use super::format::Format;
use super::preferences::{Preferences, Returned};
use super::request::versions_of;
use super::{Answer, Content, FhirRequest, Headers, Method, Refusal, Route};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::timestamp::Instant;
use crate::transactions::ReplyBody;
use crate::wire::coding::ContentCoding;
use crate::wire::fhir::{Issue, IssueCode, Severity, dates, operation_outcome};

/// How the caller wants to be answered.
pub(super) struct Wishes {
    format: Format,
    is_pretty: bool,
    is_head: bool,
    /// What a change is answered with (FHIR R4, http.html#ops).
    returned: Returned,
    known: Known,
    /// The coding that the caller takes, and whether the answer may be in it.
    coding: Option<ContentCoding>,
    may_compress: bool,
    base_url: String,
}

/// What the caller of a read has already (RFC 9110, 13.1).
#[derive(Default)]
pub(super) struct Known {
    /// `If-None-Match: *`.
    any: bool,
    versions: Vec<u64>,
    /// Looked at only without `If-None-Match`.
    modified: Option<Instant>,
}

/// Shorter answers are sent as they are.
const WORTH_COMPRESSING: usize = 1024;

impl Wishes {
    /// Those of a request.
    pub(super) fn of(request: &FhirRequest<'_>) -> Self {
        let is_change = !matches!(request.method, Method::Get | Method::Head);
        let headers = &request.headers;
        Self {
            format: Format::wanted(request).unwrap_or(Format::Json),
            is_pretty: request.parameter("_pretty") == Some("true"),
            is_head: request.method == Method::Head,
            returned: if is_change { Preferences::of(headers.prefer.as_deref()).returned } else { Returned::Representation },
            known: if is_change { Known::default() } else { Known::of(headers) },
            coding: headers.accept_encoding.as_deref().and_then(ContentCoding::wanted),
            may_compress: false,
            base_url: request.base_url.clone(),
        }
    }

    /// Takes up the format that the form of a search by POST names.
    pub(super) fn take_format(&mut self, request: &FhirRequest<'_>) {
        self.format = Format::wanted(request).unwrap_or(self.format);
        self.is_pretty |= request.parameter("_pretty") == Some("true");
    }

    /// Decides whether the answer may be compressed. How long a compressed answer is tells something of what is in it to whoever
    /// can have words of theirs put into it and sees its length (BREACH). A page in a browser can make the browser ask on behalf of
    /// its user, with their client certificate, but not with a token. So what is public may be compressed, and what a token asks for.
    pub(super) fn let_compress(&mut self, request: &FhirRequest<'_>, route: &Route) {
        self.may_compress = route.transaction == Transaction::Capabilities || request.bearer.is_some();
    }

    /// For what could not even be decoded.
    pub(super) fn unknown(is_head: bool) -> Self {
        let (returned, known) = (Returned::Representation, Known::default());
        let (format, is_pretty, coding, may_compress) = (Format::Json, false, None, false);
        Self { format, is_pretty, is_head, returned, known, coding, may_compress, base_url: String::new() }
    }

    /// An answer as the caller wants it.
    pub(super) fn answer(&self, transaction: Transaction, answer: Answer) -> FhirReply {
        let is_known = self.known.is(&answer);
        let mut headers = answer.headers;
        headers.extend(answer.version.map(|version| ("ETag", format!("W/\"{version}\""))));
        headers.extend(answer.last_modified.map(|at| ("Last-Modified", dates::http_date(at))));
        headers.extend(answer.location.map(|location| ("Location", format!("{}/{location}", self.base_url))));
        let status = if is_known { 304 } else { answer.status };
        let (content_type, body) = match answer.content {
            _ if is_known => (String::new(), nothing()),
            Content::Nothing => (String::new(), nothing()),
            Content::Bytes { content_type, .. } if self.is_head => (content_type, nothing()),
            Content::Bytes { content_type, write } => (content_type, ReplyBody::Stream(write)),
            Content::Resource(resource) => self.preferred(resource, status),
        };
        let body = self.compressed(body, &mut headers);
        headers.extend(self.headers());
        FhirReply { status, headers, content_type, body, transaction, outcome: answer.outcome }
    }

    /// What is streamed, such as a document, goes out as it is: its bytes are those that its hash and its ranges are of.
    fn compressed(&self, body: ReplyBody, headers: &mut Vec<(&'static str, String)>) -> ReplyBody {
        if !self.may_compress {
            return body;
        }
        let ReplyBody::Whole(bytes) = body else { return body };
        headers.push(("Vary", "Accept-Encoding".to_owned()));
        let Some(coding) = self.coding.filter(|_| bytes.len() >= WORTH_COMPRESSING) else { return ReplyBody::Whole(bytes) };
        match coding.encode(&bytes) {
            Ok(encoded) => {
                headers.push(("Content-Encoding", coding.as_str().to_owned()));
                ReplyBody::Whole(encoded)
            }
            Err(_) => ReplyBody::Whole(bytes),
        }
    }

    fn preferred(&self, resource: Value, status: u16) -> (String, ReplyBody) {
        // A search by POST or an operation answers with what was asked for, whatever is preferred.
        let is_stored = status == 201 || !matches!(resource.get("resourceType").and_then(Value::as_str), Some("Bundle" | "Parameters"));
        match self.returned {
            Returned::Minimal if is_stored => (String::new(), nothing()),
            Returned::OperationOutcome if is_stored => {
                let done = Issue { severity: Severity::Information, ..Issue::error(IssueCode::Informational, "done as asked") };
                self.written(&operation_outcome(&[done]), status)
            }
            _ => self.written(&resource, status),
        }
    }

    /// A refusal as the caller wants it.
    pub(super) fn refusal(&self, transaction: Transaction, outcome: AuditOutcome, refusal: Refusal) -> FhirReply {
        let (content_type, body) = self.written(&refusal.operation_outcome(), refusal.status);
        let headers = refusal.headers.into_iter().chain(self.headers()).collect();
        FhirReply { status: refusal.status, headers, content_type, body, transaction, outcome }
    }

    /// What every answer says. No cache but the caller's own keeps it, and that one asks each time whether it still holds.
    fn headers(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let always = [("Cache-Control", "private, no-cache"), ("Vary", "Accept, Authorization"), ("X-Content-Type-Options", "nosniff")];
        always.into_iter().chain(self.format.headers().iter().copied()).map(|(name, value)| (name, value.to_owned()))
    }

    fn written(&self, resource: &Value, status: u16) -> (String, ReplyBody) {
        let write = || self.format.write(resource, self.is_pretty, status, &self.base_url);
        let body = if self.is_head { nothing() } else { ReplyBody::Whole(write()) };
        (self.format.content_type().to_owned(), body)
    }
}

impl Known {
    /// What the headers of a read tell.
    pub(super) fn of(headers: &Headers) -> Self {
        match headers.if_none_match.as_deref().map(str::trim) {
            Some("*") => Self { any: true, ..Self::default() },
            Some(etags) => Self { versions: versions_of(etags), ..Self::default() },
            None => Self { modified: headers.if_modified_since.as_deref().and_then(dates::of_http), ..Self::default() },
        }
    }

    /// Whether that is the answer to the read.
    pub(super) fn is(&self, answer: &Answer) -> bool {
        let Answer { status: 200, version, last_modified, .. } = *answer else { return false };
        // HTTP knows whole seconds only.
        let second = |at: Instant| at.0.div_euclid(1_000_000);
        let is_unmodified = last_modified.zip(self.modified).is_some_and(|(at, since)| second(at) <= second(since));
        version.is_some_and(|version| self.any || self.versions.contains(&version)) || is_unmodified
    }
}

fn nothing() -> ReplyBody {
    ReplyBody::Whole(Vec::new())
}
