//! One file per IHE transaction: `perform(context, request) -> outcome`, synchronous and free of sockets.
//!
//! [`respond`] takes a SOAP request as bytes and gives the reply; it finds the transaction by its WS-Addressing action.

mod async_exchange;
mod audit_feed;
mod directory_check;
#[cfg(test)]
mod faithful_metadata_tests;
mod feed_steps;
pub mod fhir;
mod iti18;
mod iti41;
mod iti42;
mod iti43;
mod iti44;
mod iti51;
mod iti57;
mod iti61;
mod iti62;
mod iti64;
pub mod iti71;
pub mod iti8;
mod iti86;
mod iti92;
pub mod iua;
#[cfg(test)]
mod object_limits_tests;
pub mod on_demand;
mod places;
mod query_answer;
mod services;
mod soap_dispatch;
mod soap_message;
mod soap_reply;
#[cfg(test)]
mod test_services;
mod xua;

pub use async_exchange::CallbackRules;
pub use audit_feed::receive_syslog;
pub use iua::TokenRules;
pub use places::{Place, Places};
pub use services::{Limits, Services};
pub use soap_dispatch::{actions, respond};
pub use soap_message::{Endpoint, SoapRequest};
pub use soap_reply::{ReplyBody, SoapReply, WriteReply};
pub use xua::{AssertionMode, PersonRules};
