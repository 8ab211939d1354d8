//! What the authorization server answers.

use serde_json::{Value, json};

/// An answer, before HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// A JSON object with this status.
    Json(u16, Value),
    /// A page with this status. Its form may lead to this address.
    Page {
        /// HTTP status.
        status: u16,
        /// HTML.
        html: String,
        /// Where the browser may be sent afterwards.
        leads_to: Option<String>,
    },
    /// The browser is sent there.
    Redirect(String),
}

impl Answer {
    /// An error of the token endpoint (RFC 6749, 5.2).
    pub(super) fn error(error: &str, description: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self::Json(status, json!({ "error": error, "error_description": description.into() }))
    }

    /// Too many requests, or something failed.
    pub(super) fn unavailable(why: &str) -> Self {
        Self::Json(503, json!({ "error": "temporarily_unavailable", "error_description": why }))
    }
}
