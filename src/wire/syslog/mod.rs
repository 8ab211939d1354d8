//! Syslog (RFC 5424), as audit messages travel in it (ITI TF-2: 3.20), towards repositories and from other systems.

mod framing;
mod message;
mod reading;
mod search;

pub use framing::{FramingError, frame, next_frame};
pub use message::AuditMessage;
pub use reading::SyslogMessage;
pub use search::{SyslogSearch, syslog_event};
