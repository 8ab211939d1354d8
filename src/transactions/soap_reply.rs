//! The reply to a SOAP request, ready to be sent.

use std::io::{self, Write};

use crate::model::audit_event::{AuditOutcome, Transaction};

/// What the server sends back. Its audit record is committed before this value exists.
pub struct SoapReply {
    /// HTTP status: 200, or that of a fault.
    pub status: u16,
    /// HTTP `Content-Type`.
    pub content_type: String,
    /// Which transaction it was, for the operator's metrics.
    pub transaction: Transaction,
    /// How it ended, for the operator's metrics.
    pub outcome: AuditOutcome,
    /// The message.
    pub body: ReplyBody,
}

/// The bytes of a reply.
pub enum ReplyBody {
    /// All at hand.
    Whole(Vec<u8>),
    /// Written as it goes, for documents that do not fit memory. An error while writing ends the connection: the
    /// receiver sees a message without its closing boundary.
    Stream(WriteReply),
}

/// Writes a reply to wherever it goes.
pub type WriteReply = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;
