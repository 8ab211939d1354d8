//! Why a SOAP transaction did not come to a good end.

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::wire::ebrim::{ListedError, UnexpectedResponse};
use crate::wire::mtom::MtomError;
use crate::wire::xml::XmlError;

/// Why a transaction failed: before it reached the server, on the way, or because the server refused.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The address is not that of an HTTP service.
    #[error("'{url}' is not the address of a service; write it as http://host:port/path or https://…")]
    Url {
        /// The address as given.
        url: String,
    },
    /// Nobody answers at the address, or its certificate is not trusted.
    #[error(
        "cannot connect to {url}: {reason}; check the address, that the server runs and, with https, that its certificate is trusted (SSL_CERT_FILE names a file of trusted ones)"
    )]
    Connect {
        /// The address.
        url: String,
        /// What the system says.
        reason: String,
    },
    /// The connection broke. Whether the transaction had an effect is unknown.
    #[error("the connection to {url} broke: {reason}; ask the registry whether the transaction had an effect before repeating it")]
    Broken {
        /// The address.
        url: String,
        /// What the system says.
        reason: String,
    },
    /// Connecting, or the next piece of the answer, took too long. Whether the transaction had an effect is unknown.
    #[error("{url} gave no answer within {waited:?}; allow more time, or look why the server is slow")]
    Timeout {
        /// The address.
        url: String,
        /// The time allowed.
        waited: Duration,
    },
    /// The answer is no SOAP message.
    #[error(
        "{url} answers with HTTP status {status} and {content_type} instead of a SOAP message; is it the address of the right service?"
    )]
    NotSoap {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
        /// The media type, or that there is none.
        content_type: String,
    },
    /// The server answers with a SOAP fault.
    #[error("the server refuses with the SOAP fault {code}: {reason}")]
    Fault {
        /// Code and subcodes without prefixes, as in `Sender/ActionNotSupported`.
        code: String,
        /// The reason in the server's words.
        reason: String,
    },
    /// The server answers with a RegistryErrorList and has done nothing. The errors may quote the request, so that only
    /// their codes are part of this message.
    #[error("the server refuses: {}", codes(errors))]
    Refused {
        /// Errors and warnings.
        errors: Vec<ListedError>,
    },
    /// The answer is XML that breaks a rule.
    #[error("the answer cannot be read: {0}")]
    Xml(#[from] XmlError),
    /// The answer is MIME that breaks a rule, or ends too early.
    #[error("the answer cannot be read: {0}")]
    Mtom(#[from] MtomError),
    /// The answer is a SOAP message, but not the one the transaction promises.
    #[error("the answer is not the one expected: {0}")]
    Unexpected(#[from] UnexpectedResponse),
    /// The client's own certificates cannot be used.
    #[error("the certificates of this client cannot be used: {0}")]
    Identity(#[source] io::Error),
    /// A document to be sent cannot be read, or changed while it was read.
    #[error("a document to be sent cannot be read: {0}")]
    Source(#[source] io::Error),
    /// A retrieved document cannot be written.
    #[error("a retrieved document cannot be written: {0}")]
    Sink(#[source] io::Error),
}

impl ClientError {
    /// Whether the server understood and refused, rather than that it could not be asked or not be understood.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Fault { .. } | Self::Refused { .. })
    }

    /// An answer that is not the one the transaction promises.
    pub(super) fn unexpected(what: impl Into<String>) -> Self {
        Self::Unexpected(UnexpectedResponse(what.into()))
    }
}

fn codes(errors: &[ListedError]) -> String {
    let codes: Vec<&str> = errors.iter().filter(|error| !error.warning).map(|error| error.code.as_str()).collect();
    if codes.is_empty() { "without saying why".to_owned() } else { codes.join(", ") }
}
