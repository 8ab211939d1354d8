//! HL7 FHIR R4 (4.0.1) on the wire: resources as JSON values behind a guard, and what searches and errors are written as.
//!
//! A resource is a [`serde_json::Value`] everywhere in the server. [`json`] lets in only what the standard's own tables of
//! elements know, so that whoever reads a value need not ask whether it is well-formed.

pub mod bundle;
pub mod dates;
mod fault;
pub mod fields;
pub mod form;
mod issue;
pub mod json;
mod narrative;
mod schema;
pub mod search;
pub mod xml;

pub use fault::FhirFault;
pub use issue::{Issue, IssueCode, Severity, operation_outcome};
pub use schema::is_resource_type;
