//! One file per IHE transaction: `perform(context, request) -> outcome`, synchronous and free of sockets.
//!
//! [`respond`] takes a SOAP request as bytes and gives the reply; it finds the transaction by its WS-Addressing action.

#[cfg(test)]
mod faithful_metadata_tests;
mod iti18;
mod iti41;
mod iti42;
mod iti43;
mod iti51;
mod iti57;
mod iti62;
mod iti64;
pub mod iti8;
mod iti86;
mod iti92;
mod places;
mod query_answer;
mod services;
mod soap_dispatch;
mod soap_message;
mod soap_reply;

pub use places::{Place, Places};
pub use services::{Limits, Services};
pub use soap_dispatch::respond;
pub use soap_message::{Endpoint, SoapRequest};
pub use soap_reply::{ReplyBody, SoapReply, WriteReply};
