//! Document Sharing metadata of ITI TF-3 4.2 and the notions of the access layer: plain values that know no XML, no SQL and no I/O.

pub mod accepted_claims;
pub mod association;
pub mod audit_event;
pub mod author;
pub mod availability_status;
pub mod callback_url;
pub mod care_record;
pub mod civil_day;
pub mod code;
pub mod connected_system;
pub mod directory;
pub mod document_entry;
pub mod document_request;
pub mod dsp;
pub mod entry_search;
pub mod folder;
pub mod hl7_types;
pub mod ids;
pub mod in_force;
pub mod matricule;
pub mod multi_patient_query;
pub mod name_words;
pub mod node;
pub mod patient_feed;
pub mod person;
pub mod registry_error;
pub mod registry_objects;
#[cfg(test)]
pub(crate) mod samples;
pub mod skewed_clock;
pub mod stored_query;
pub mod submission_request;
pub mod submission_set;
pub mod text;
pub mod timestamp;
pub mod update_request;
