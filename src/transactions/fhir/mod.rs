//! FHIR R4 over HTTP, without the HTTP: [`respond`] takes a request as values and gives the reply.
//!
//! [`routes`] lists every interaction; each family of interactions has a file with its rows and what they do. A row's
//! function gives an [`Answer`] or a [`Refusal`]; format, status line, headers and audit of refusals are made in one place.

mod act_refusals;
mod answer;
mod audit_events;
mod audit_repository;
mod batch;
mod capabilities;
mod communications;
mod conditional;
mod consents;
mod cross_origin;
mod definitions;
mod directories;
mod dispatch;
mod encounters;
mod format;
mod history_bundle;
mod history_sheet;
#[cfg(test)]
mod management_tests;
mod mhd;
mod open_api;
mod package;
mod page_links;
mod patching;
mod person;
mod preferences;
mod presentation;
mod record_names;
mod record_operations;
mod refusal;
mod render;
mod request;
mod routes;
mod sifting;
mod staged;
mod times;
mod versions;

pub use answer::{Answer, Content};
use format::Format;

pub use dispatch::{FhirReply, ReceivedRequest, respond};
pub use refusal::Refusal;
pub use request::{FhirRequest, Headers, Method};
pub use routes::{Interaction, Params, Perform, Route, SearchParameter, routes};
