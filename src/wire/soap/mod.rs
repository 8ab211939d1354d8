//! SOAP 1.2 messages with WS-Addressing 1.0 over HTTP, as IHE ITI TF-2: Appendix V asks for.
//!
//! [`read`] takes an envelope apart or says with a [`Fault`] what its sender should change;
//! [`write_response`], [`write_fault`] and [`write_request`] write envelopes.

mod addressing;
mod endpoint_reference;
mod envelope;
mod fault;
mod writer;

pub use addressing::{ANONYMOUS, NONE};
pub use endpoint_reference::EndpointReference;
pub use envelope::{Envelope, read};
pub use fault::{Fault, FaultCode, FaultDetail, HeaderName, Subcode};
pub use writer::{ReplyAddressing, write_fault, write_request, write_request_for, write_response};
