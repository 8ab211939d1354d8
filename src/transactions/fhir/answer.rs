//! What an interaction answers when it did what it was asked.

use serde_json::Value;

use crate::model::audit_event::AuditOutcome;
use crate::model::timestamp::Instant;
use crate::transactions::WriteReply;

/// An answer, before it is written in the format that the caller wants.
pub struct Answer {
    /// HTTP status, 2xx or 304.
    pub status: u16,
    /// What it says.
    pub content: Content,
    /// The version of the resource, for `ETag`.
    pub version: Option<u64>,
    /// When the resource was changed last, for `Last-Modified`.
    pub last_modified: Option<Instant>,
    /// Where the resource is, for `Location`: relative to the base, such as `Consent/1/_history/2`.
    pub location: Option<String>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// For the operator's metrics.
    pub outcome: AuditOutcome,
}

/// The body of an answer.
pub enum Content {
    /// A resource, in the format that the caller wants.
    Resource(Value),
    /// Nothing.
    Nothing,
    /// Bytes in a format of their own, such as a document.
    Bytes {
        /// `Content-Type`.
        content_type: String,
        /// Writes them.
        write: WriteReply,
    },
}

impl Answer {
    fn new(status: u16, content: Content) -> Self {
        Self { status, content, version: None, last_modified: None, location: None, headers: Vec::new(), outcome: AuditOutcome::Success }
    }

    /// 200 with a resource.
    pub fn resource(resource: Value) -> Self {
        Self::new(200, Content::Resource(resource))
    }

    /// 201 with the resource that was created, at this address relative to the base.
    pub fn created(resource: Value, location: impl Into<String>) -> Self {
        Self { location: Some(location.into()), ..Self::new(201, Content::Resource(resource)) }
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::new(204, Content::Nothing)
    }

    /// 200 with bytes of a format of their own.
    pub fn bytes(content_type: impl Into<String>, write: WriteReply) -> Self {
        Self::new(200, Content::Bytes { content_type: content_type.into(), write })
    }

    /// The same with the version of the resource.
    #[must_use]
    pub fn version(self, version: u64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// The same with the time of the last change.
    #[must_use]
    pub fn modified(self, at: Instant) -> Self {
        Self { last_modified: Some(at), ..self }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
