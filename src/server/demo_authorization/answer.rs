//! What the authorization server answers.

use serde_json::{Value, json};

use crate::model::person::Person;

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

/// An answer with what the audit trail keeps of it (ITI-71, ITI-102).
#[derive(Debug)]
pub(super) struct Told {
    /// What the caller gets, once the trail has the rest.
    pub(super) answer: Answer,
    /// The client, as it names itself.
    pub(super) client: Option<String>,
    /// Who signed in, or whom the token is about.
    pub(super) person: Option<Person>,
    /// What was granted, or the error of OAuth for which nothing was; nothing where nobody tried.
    pub(super) kept: Option<Result<&'static str, String>>,
}

impl Told {
    /// Something was granted.
    pub(super) fn granted(what: &'static str, answer: Answer) -> Self {
        Self { kept: Some(Ok(what)), ..Self::only(answer) }
    }

    /// Nothing was granted, for this error.
    pub(super) fn refused(error: &str, answer: Answer) -> Self {
        Self { kept: Some(Err(error.to_owned())), ..Self::only(answer) }
    }

    /// An error of the token endpoint.
    pub(super) fn error(error: &str, description: impl Into<String>) -> Self {
        Self::refused(error, Answer::error(error, description))
    }

    /// An answer of which the trail keeps nothing.
    pub(super) fn only(answer: Answer) -> Self {
        Self { answer, client: None, person: None, kept: None }
    }

    /// The same, said by this client.
    pub(super) fn to(self, client: Option<&str>) -> Self {
        Self { client: client.map(str::to_owned), ..self }
    }

    /// The same about this person.
    pub(super) fn about(self, person: Person) -> Self {
        Self { person: Some(person), ..self }
    }
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
