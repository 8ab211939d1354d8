//! ebRIM 3.0 as ITI TF-3 4.2.3 uses it: metadata, stored queries and registry responses in XML.
//!
//! One file per metadata object, with its reader and its writer side by side. Reading never stops at the first fault:
//! all of a submission's faults are reported together.

mod adhoc_query;
mod association;
mod attributes;
mod document_entry;
mod folder;
mod lengths;
mod limited;
mod multi_patient_query;
mod named_patient;
mod object_reader;
mod provide_and_register;
mod query_parameters;
mod raw_object;
mod registry_response;
mod remove_objects;
mod response_reader;
mod retrieve_document_set;
mod schemes;
mod stored_query;
mod submission_set;
mod submit_objects;
mod update_links;
mod update_objects;
mod write_object;

pub use adhoc_query::{
    AdhocQueryRequest, ReturnType, WrittenParameter, read_adhoc_query, read_multi_patient_query, write_adhoc_query_request,
    write_adhoc_query_response, write_object_refs, write_registry_objects,
};
pub use document_entry::ContentRule;
pub use named_patient::named_patient;
pub use provide_and_register::{ProvidedContent, write_provide_and_register};
pub use registry_response::{ResponseStatus, write_registry_response};
pub use remove_objects::read_remove_objects;
pub use response_reader::{
    DescribedDocument, DocumentContent, ListedError, QueryOutcome, RegistryOutcome, UnexpectedResponse, read_adhoc_query_response,
    read_registry_response, read_retrieve_response,
};
pub use retrieve_document_set::{
    DocumentResponse, read_remove_documents, read_retrieve_request, write_retrieve_request, write_retrieve_response,
};
pub use stored_query::{FIND_DOCUMENTS, GET_ALL, GET_DOCUMENTS, GET_SUBMISSION_SET_AND_CONTENTS};
pub use submit_objects::{SubmittedObjects, read_received_objects, read_submit_objects, write_submit_objects};
pub use update_objects::read_update_objects;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod update_tests;
