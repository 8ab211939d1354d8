//! One file per IHE transaction: `perform(context, request) -> outcome`, synchronous and free of sockets.
//!
//! [`respond`] takes a SOAP request as bytes and gives the reply; it finds the transaction by its WS-Addressing action.

pub mod iti8;
mod services;
mod soap_reply;

pub use services::{Limits, Services};
pub use soap_reply::{ReplyBody, SoapReply};
