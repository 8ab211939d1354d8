//! Document sharing metadata as FHIR resources (IHE MHD 4.2, 3:4.5): entries as `DocumentReference`, submission sets and
//! folders as `List`, both ways and without loss.
//!
//! What an element of FHIR can say is said there. What it cannot say exactly (a time to the hour, a second institution of an
//! author, a slot of a source's own) stands besides in the extension of `remainder.rs`, attribute by attribute.

mod bundle_entries;
mod codes;
mod document_reference;
mod fields;
mod generated;
mod generated_cda;
mod left_out;
mod lists;
mod people;
mod reading;
mod references;
mod relations;
mod remainder;
mod source_patient;
mod submitted;
mod submitted_links;
mod telecom;
mod times;
mod urls;

pub use codes::schemes_of_system;
pub use document_reference::{Described, read_document_reference, write_document_reference};
pub use generated::{describe_cda, describe_fhir_document};
pub use lists::{ListKind, kind_of_list, read_folder, read_submission_set, write_folder, write_submission_set};
pub use references::{Domain, Resources, people_referred_to};
pub use submitted::{Content, Effect, EntryOutcome, FolderUpdate, SubmittedBundle, envelope, read_bundle, read_description, read_single};
pub use submitted_links::folder_members;
pub use urls::{LIST_TYPES, list_type};
