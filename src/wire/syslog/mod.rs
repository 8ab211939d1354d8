//! Syslog as ITI-20 uses it: messages of RFC 5424, framed for TLS as RFC 5425 says.

mod framing;
mod message;

pub use framing::frame;
pub use message::AuditMessage;
