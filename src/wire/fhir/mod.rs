//! HL7 FHIR R4 (4.0.1) on the wire: resources as JSON values behind a guard, and what searches and errors are written as.
//!
//! A resource is a [`serde_json::Value`] everywhere in the server. [`json`] lets in only what the standard's own tables of
//! elements know, so that whoever reads a value need not ask whether it is well-formed.

mod audit_event;
mod audit_event_search;
mod audit_record_search;
mod balp;
pub mod bundle;
mod communication;
mod consent;
mod consent_change;
mod consent_search;
pub mod dates;
mod dicom_mapping;
mod encounter;
mod fault;
pub mod fields;
pub mod form;
pub mod html;
mod issue;
pub mod json;
mod json_patch;
mod long_data;
mod narrative;
mod package;
mod parameters;
mod path_patch;
mod received_audit_event;
mod references;
mod rules;
mod schema;
pub mod search;
mod selection;
pub mod xml;

pub use audit_event::audit_event;
pub use audit_event_search::HistorySearch;
pub use audit_record_search::{AuditRecordSearch, narrowed};
pub use balp::audit_records;
pub use communication::communication;
pub use consent::{CANONICAL, CONSENT_CATEGORIES, consent};
pub use consent_change::{ConsentChange, ConsentRequest, NewConsent, consent_change, consent_request};
pub use consent_search::{ConsentSearch, SearchFault};
pub use dicom_mapping::audit_event_of_dicom;
pub use encounter::{EncounterRequest, encounter, encounter_request};
pub use fault::FhirFault;
pub use issue::{Issue, IssueCode, Severity, operation_outcome};
pub use json_patch::{json_patch, read_json_patch};
pub use long_data::{WithoutSpace, without_long_data};
pub use package::{PackageManifest, package};
pub use parameters::{parameter, parameters};
pub use path_patch::path_patch;
pub use received_audit_event::{incoming_audit_event, incoming_syslog, received_audit_event};
pub use references::{RecordNames, patient_of_reference};
pub use rules::check as broken_rules;
pub use schema::is_resource_type;
pub use selection::Selection;
