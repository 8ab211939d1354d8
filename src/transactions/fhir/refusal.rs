//! Why an interaction did not do what it was asked, as the caller is told.

use serde_json::Value;

use super::act_refusals::of_act;
use crate::access::{ContentError, DirectoryRefusal, EpisodeRefusal, Failure};
use crate::model::audit_event::AuditOutcome;
use crate::wire::fhir::{Issue, IssueCode, Severity, operation_outcome};

/// A status and the issues of an OperationOutcome. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("HTTP {status}: {}", .issues.first().map_or("", |issue| issue.diagnostics.as_str()))]
pub struct Refusal {
    /// HTTP status, 4xx or 5xx.
    pub status: u16,
    /// What the caller is told.
    pub issues: Vec<Issue>,
    /// Further headers of the answer.
    pub headers: Vec<(&'static str, String)>,
    /// Why, for the audit trail, where that is more than the answer tells.
    pub reason: Option<String>,
    /// Whether the audit trail has this refusal already, because a [`crate::access::Door`] call ended with it.
    pub is_audited: bool,
}

impl Refusal {
    /// A refusal for one reason.
    pub fn of(status: u16, issue: Issue) -> Self {
        Self { status, issues: vec![issue], headers: Vec::new(), reason: None, is_audited: false }
    }

    /// A refusal for several reasons, at least one.
    pub fn of_issues(status: u16, issues: Vec<Issue>) -> Self {
        Self { issues, ..Self::of(status, Issue::error(IssueCode::Invalid, "")) }
    }

    /// 404: there is no such resource, or the caller may not know of it. Both give the same bytes, so it takes no text.
    pub fn not_found() -> Self {
        Self::of(404, Issue::error(IssueCode::NotFound, "there is no such resource, or you have no access to it"))
    }

    /// 403 by the rule that these words name; they must not tell what the caller may not know.
    pub fn forbidden(rule: &str) -> Self {
        Self::of(403, Issue::error(IssueCode::Forbidden, rule))
    }

    /// 401: who calls is not proven.
    pub fn not_proven(why: &str) -> Self {
        Self::of(401, Issue::error(IssueCode::Login, why)).header("WWW-Authenticate", "Bearer")
    }

    /// 400: what is at `path` (FHIRPath, or `http.NAME` for a parameter or header) is wrong, and how to mend it.
    pub fn invalid(path: &str, what: &str, mend: &str) -> Self {
        Self::of(400, Issue::error(IssueCode::Invalid, format!("{path}: {what}; {mend}")).at(path))
    }

    /// 422: understood, but against a rule of the domain.
    pub fn unprocessable(path: &str, what: &str, mend: &str) -> Self {
        Self::of(422, Issue::error(IssueCode::BusinessRule, format!("{path}: {what}; {mend}")).at(path))
    }

    /// 409.
    pub fn conflict(why: &str) -> Self {
        Self::of(409, Issue::error(IssueCode::Conflict, why))
    }

    /// 412: the version of `If-Match`, or the search of a conditional interaction, does not fit.
    pub fn precondition_failed(why: &str) -> Self {
        Self::of(412, Issue::error(IssueCode::Conflict, why))
    }

    /// 415.
    pub fn unsupported_media_type(mend: &str) -> Self {
        Self::of(415, Issue::error(IssueCode::NotSupported, mend))
    }

    /// 413.
    pub fn too_large(why: &str) -> Self {
        Self::of(413, Issue::error(IssueCode::TooLong, why))
    }

    /// 500, without what failed inside.
    pub fn broken() -> Self {
        let text = "the server failed on this request; its operator finds the X-Request-Id of this answer in the log";
        Self::of(500, Issue { severity: Severity::Fatal, ..Issue::error(IssueCode::Exception, text) })
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with what only the audit trail is told.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    /// The same, of which the audit trail knows: it follows from what an audited call gave.
    #[must_use]
    pub fn audited(self) -> Self {
        Self { is_audited: true, ..self }
    }

    /// How the audit trail judges it.
    pub fn outcome(&self) -> AuditOutcome {
        if self.status >= 500 { AuditOutcome::SeriousFailure } else { AuditOutcome::MinorFailure }
    }

    /// The resource that tells it.
    pub fn operation_outcome(&self) -> Value {
        operation_outcome(&self.issues)
    }
}

/// A call through the door that failed; its record is written.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        if let Failure::Act(refusal) = &failure {
            return of_act(refusal);
        }
        let status = status_of(&failure);
        if failure.outcome() == AuditOutcome::SeriousFailure {
            tracing::error!(error = %failure, "a FHIR interaction failed");
        }
        let (severity, code) = match status {
            403 => (Severity::Error, IssueCode::Forbidden),
            404 => (Severity::Error, IssueCode::NotFound),
            409 | 412 => (Severity::Error, IssueCode::Conflict),
            413 => (Severity::Error, IssueCode::TooLong),
            422 => (Severity::Error, IssueCode::BusinessRule),
            428 => (Severity::Error, IssueCode::Required),
            503 => (Severity::Error, IssueCode::Transient),
            507 => (Severity::Error, IssueCode::Exception),
            _ => (Severity::Fatal, IssueCode::Exception),
        };
        let issue = |diagnostics| Issue { severity, code, diagnostics, expression: Vec::new() };
        let issues = failure.errors().into_iter().map(|error| issue(error.context)).collect();
        let refusal = Self { status, issues, headers: Vec::new(), reason: None, is_audited: true };
        if status == 503 { refusal.header("Retry-After", "5") } else { refusal }
    }
}

fn status_of(failure: &Failure) -> u16 {
    match failure {
        Failure::NotAdmitted(_)
        | Failure::Episode(EpisodeRefusal::NotAnEstablishment | EpisodeRefusal::NotAttested | EpisodeRefusal::NotCleared) => 403,
        Failure::Content(ContentError::TooLarge { .. }) => 413,
        Failure::Directory(DirectoryRefusal::NotOperator) => 403,
        Failure::Directory(DirectoryRefusal::UnknownEntry) => 404,
        Failure::Directory(DirectoryRefusal::Exists) => 409,
        Failure::Directory(DirectoryRefusal::VersionChanged) => 412,
        Failure::Directory(DirectoryRefusal::VersionRequired) => 428,
        Failure::Refused(_) | Failure::Identity(_) | Failure::Directory(_) | Failure::Episode(_) => 422,
        Failure::Content(ContentError::NoSpace { .. }) => 507,
        // Nothing is wrong with the request: it may be sent again when the trail can be written.
        Failure::Audit(_) => 503,
        other if other.is_transient() => 503,
        _ => 500,
    }
}
