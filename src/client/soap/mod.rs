//! XDS.b over SOAP 1.2 as document source and document consumer (ITI TF-2: 3.18, 3.41, 3.42, 3.43), against any server.
//!
//! [`XdsClient`] has one method for each transaction. Documents stream both ways: none is ever whole in memory, except
//! where a message carries it inline as base64.

mod answer;
mod digest;
mod document;
mod query_value;
mod retrieval;
mod upload;
mod xds_client;

pub use super::http::Timeouts;
pub use digest::digest;
pub use document::OutgoingDocument;
pub use query_value::{quoted, quoted_list};
pub use retrieval::{Retrieval, RetrievedDocument};
pub use xds_client::XdsClient;

pub use crate::wire::ebrim::{
    DescribedDocument, FIND_DOCUMENTS, GET_ALL, GET_DOCUMENTS, GET_SUBMISSION_SET_AND_CONTENTS, ListedError, QueryOutcome, RegistryOutcome,
    ResponseStatus, ReturnType, WrittenParameter,
};

pub use crate::wire::saml::WrittenAssertion;

#[cfg(test)]
mod tests;
