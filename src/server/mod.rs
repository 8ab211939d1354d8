//! Sockets, limits and asynchrony; nothing else.
//!
//! [`run`] is the life of the process. [`Listeners`] takes the ports, [`Backend`] opens the store, and an [`Application`]
//! answers on the one from the other: SOAP over HTTP, the HL7 v2 feed over MLLP, and the operator's health and metrics.
//! A request's body is read, and an answer's written, by a blocking thread that runs its transaction; a few chunks lie
//! between that thread and the socket, so memory stays small whatever the documents' size.

mod access_tokens;
mod application;
mod audit_delivery;
mod audit_lags;
mod audit_repository;
mod back_off;
mod backend;
mod callback_delivery;
mod callback_sender;
pub mod clock;
mod clock_operation;
mod clock_watch;
mod demo_authorization;
mod endpoints;
mod exchange;
mod explain;
mod fault_reply;
mod fhir_endpoint;
mod fhir_feed_sender;
mod front;
mod history;
mod http_listeners;
mod https_listener;
mod import;
mod issuer_files;
mod leaving;
#[cfg(test)]
mod leaving_tests;
mod listeners;
pub mod metrics;
pub mod mllp_listener;
mod notify;
mod operations;
mod outgoing;
mod patient_feed;
mod persons;
mod process_memory;
mod profile;
mod readiness;
mod refusals;
mod reply_body;
mod repository_sender;
mod request_body;
mod request_id;
mod retention;
mod soap_endpoint;
#[cfg(test)]
mod soap_endpoint_tests;
mod start_error;
mod startup;
mod sweep;
mod syslog_sender;
mod system_events;
mod tls;
mod trail;
mod watched_files;
mod wsdl;

pub use application::Application;
pub use backend::{Backend, open_database, open_existing_database, pending_migrations};
pub use demo_authorization::{AssertionIssuer, AssertionKeyError, DemoDirectory, DemoIssuer, DemoKeyError, Issued, TokenWish, WishError};
pub use explain::{ExplainError, ImaginedCaller};
pub use import::ImportCounts;
pub use listeners::{Addresses, Listeners};
pub use profile::{ProfileError, read_profile, with_profile};
pub use readiness::{Readiness, Report};
pub use request_body::BodyError;
pub use retention::{DueRecord, Outlived, Retained};
pub use start_error::StartError;
pub use startup::run;
pub use sweep::{SweepError, Swept, sweep};
pub use tls::TlsError;
