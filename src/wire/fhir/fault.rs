//! Why bytes are no resource of R4.

use super::{Issue, IssueCode};

/// What is wrong, and where. Names and places only: no value is ever repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", if expression.is_empty() { String::new() } else { format!("{expression}: ") })]
pub struct FhirFault {
    /// The kind.
    pub code: IssueCode,
    /// The rule and the remedy.
    pub what: String,
    /// FHIRPath such as `Patient.name[0].family`; empty at the root.
    pub expression: String,
}

impl FhirFault {
    /// Not the structure of the standard.
    pub(super) fn structure(expression: &str, what: impl Into<String>) -> Self {
        Self { code: IssueCode::Structure, what: what.into(), expression: expression.to_owned() }
    }

    /// A value that is not of its type.
    pub(super) fn value(expression: &str, what: impl Into<String>) -> Self {
        Self { code: IssueCode::Value, ..Self::structure(expression, what) }
    }

    /// The same for an OperationOutcome.
    pub fn issue(&self) -> Issue {
        let issue = Issue::error(self.code, self.to_string());
        if self.expression.is_empty() { issue } else { issue.at(self.expression.clone()) }
    }
}
