//! TLS of the listeners: keys, trust, and the proof of who is at the other end (ITI TF-2: 3.19 Authenticate Node).
//!
//! [`Credentials`] holds what the files of the settings say and takes up changed ones; each handshake uses the newest.
//! A [`TlsPeer`] is a client whose certificate was verified, and is asked at each request whether it still holds.

mod context;
mod credentials;
mod error;
mod files;
mod handshake_refusal;
mod material;
mod node_reader;
mod ocsp;
mod outgoing_tls;
mod peer;
mod pem;
mod staple;
mod stream;
mod syslog_tls;

pub(super) use credentials::Credentials;
pub use error::TlsError;
pub(super) use handshake_refusal::HandshakeRefusal;
pub(super) use outgoing_tls::OutgoingTls;
pub(super) use peer::TlsPeer;
pub(super) use stream::Handshake;
pub(super) use syslog_tls::SyslogTls;
