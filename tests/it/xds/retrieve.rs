//! Retrievals as consumers write them.

use super::answer::Answer;
use super::envelope::{RETRIEVE, SOAP, envelope};
use crate::support::{REPOSITORY, TestServer};

/// A RetrieveDocumentSetRequest for (repository, document).
pub fn retrieve_request(wanted: &[(&str, &str)]) -> String {
    let request = |(repository, document): &(&str, &str)| {
        format!(
            "<xds:DocumentRequest><xds:RepositoryUniqueId>{repository}</xds:RepositoryUniqueId>\
             <xds:DocumentUniqueId>{document}</xds:DocumentUniqueId></xds:DocumentRequest>"
        )
    };
    let requests: String = wanted.iter().map(request).collect();
    format!("<xds:RetrieveDocumentSetRequest xmlns:xds=\"urn:ihe:iti:xds-b:2007\">{requests}</xds:RetrieveDocumentSetRequest>")
}

/// Asks the repository for (repository, document).
pub fn retrieve_from(server: &TestServer, wanted: &[(&str, &str)]) -> Answer {
    Answer::read(&server.repository(SOAP, envelope(RETRIEVE, &retrieve_request(wanted)).as_bytes()))
}

/// The bytes of one document.
pub fn retrieve(server: &TestServer, unique_id: &str) -> Vec<u8> {
    let answer = retrieve_from(server, &[(REPOSITORY, unique_id)]);
    assert!(answer.succeeded(), "{answer}");
    assert_eq!(answer.parts.len(), 1, "{answer}");
    answer.parts.into_iter().next().unwrap().1
}
