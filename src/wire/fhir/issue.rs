//! OperationOutcome: what went wrong, and how to mend it (FHIR R4, operationoutcome.html).

use serde_json::{Value, json};

/// How grave it is (value set issue-severity).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The server failed.
    Fatal,
    /// The request was not carried out.
    Error,
    /// It was carried out, but look at this.
    Warning,
    /// For information only.
    Information,
}

impl Severity {
    /// The code in the resource.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// What kind it is: the codes of the value set issue-type that this server uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueCode {
    /// Not the structure of the standard.
    Structure,
    /// A required element is missing.
    Required,
    /// The value of an element is not allowed.
    Value,
    /// A code that is not one of the value set.
    CodeInvalid,
    /// A rule between elements is broken.
    Invariant,
    /// Content that is not valid in another way.
    Invalid,
    /// Who calls has to be known, and is not.
    Login,
    /// The token of the caller is not in force any more.
    Expired,
    /// Who calls may not do this.
    Forbidden,
    /// The interaction, or something of it, does not exist here.
    NotSupported,
    /// No such resource, as far as the caller may know.
    NotFound,
    /// The resource was deleted.
    Deleted,
    /// There is one already.
    Duplicate,
    /// The request matches several.
    MultipleMatches,
    /// More than may be asked of the server.
    TooCostly,
    /// Too long.
    TooLong,
    /// A rule of the domain is broken.
    BusinessRule,
    /// Another change was quicker.
    Conflict,
    /// It may succeed a little later.
    Transient,
    /// It took too long.
    Timeout,
    /// So many requests at a time are too many.
    Throttled,
    /// The server failed.
    Exception,
    /// For information.
    Informational,
}

impl IssueCode {
    /// The code in the resource.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::CodeInvalid => "code-invalid",
            Self::Invariant => "invariant",
            Self::Invalid => "invalid",
            Self::Login => "login",
            Self::Expired => "expired",
            Self::Forbidden => "forbidden",
            Self::NotSupported => "not-supported",
            Self::NotFound => "not-found",
            Self::Deleted => "deleted",
            Self::Duplicate => "duplicate",
            Self::MultipleMatches => "multiple-matches",
            Self::TooCostly => "too-costly",
            Self::TooLong => "too-long",
            Self::BusinessRule => "business-rule",
            Self::Conflict => "conflict",
            Self::Transient => "transient",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::Exception => "exception",
            Self::Informational => "informational",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How grave.
    pub severity: Severity,
    /// What kind.
    pub code: IssueCode,
    /// Element, value, rule and remedy, in words.
    pub diagnostics: String,
    /// Where, as FHIRPath such as `Patient.name[0].family`, or `http.PARAMETER` for parameters and headers.
    pub expression: Vec<String>,
}

impl Issue {
    /// An error without a place.
    pub fn error(code: IssueCode, diagnostics: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, diagnostics: diagnostics.into(), expression: Vec::new() }
    }

    /// The same at this place.
    #[must_use]
    pub fn at(mut self, expression: impl Into<String>) -> Self {
        self.expression.push(expression.into());
        self
    }
}

/// The resource that tells these issues.
pub fn operation_outcome(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = issues.iter().map(written).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

fn written(issue: &Issue) -> Value {
    let mut written = json!({ "severity": issue.severity.as_str(), "code": issue.code.as_str() });
    if let Some(fields) = written.as_object_mut() {
        if !issue.diagnostics.is_empty() {
            fields.insert("diagnostics".to_owned(), issue.diagnostics.clone().into());
        }
        if !issue.expression.is_empty() {
            fields.insert("expression".to_owned(), issue.expression.clone().into());
        }
    }
    written
}
