//! What a document consumer sees of a patient.

use std::collections::HashMap;
use std::net::SocketAddr;

use dossier::client::ClientError;
use dossier::client::soap::{Timeouts, XdsClient, quoted, quoted_list};
use dossier::model::document_request::DocumentRequest;
use dossier::model::registry_objects::RegistryObjects;
use dossier::wire::ebrim::{FIND_DOCUMENTS, GET_ALL, ListedError, ReturnType};

/// More than this many documents are asked for in several requests (`limits.parts`).
const DOCUMENTS_OF_ONE_REQUEST: usize = 99;

const APPROVED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
const DEPRECATED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated";

/// A consumer of one server.
pub struct Consumer {
    /// The client, for what else is asked.
    pub client: XdsClient,
    repository: &'static str,
}

impl Consumer {
    /// A consumer of the server at this address, whose repository has this id.
    pub fn new(http: SocketAddr, repository: &'static str) -> Self {
        let (registry_url, repository_url) = (format!("http://{http}/xds/registry"), format!("http://{http}/xds/repository"));
        Self { client: XdsClient::new(&registry_url, &repository_url, Timeouts::default()), repository }
    }

    /// FindDocuments, current and obsolete.
    pub fn find(&self, patient_id: &str) -> RegistryObjects {
        let statuses = quoted_list([APPROVED, DEPRECATED]);
        self.query(FIND_DOCUMENTS, &[("$XDSDocumentEntryPatientId", vec![quoted(patient_id)]), ("$XDSDocumentEntryStatus", statuses)])
    }

    /// GetAll.
    pub fn everything(&self, patient_id: &str) -> RegistryObjects {
        let statuses = || quoted_list([APPROVED, DEPRECATED]);
        let parameters = [
            ("$patientId", vec![quoted(patient_id)]),
            ("$XDSDocumentEntryStatus", statuses()),
            ("$XDSSubmissionSetStatus", statuses()),
            ("$XDSFolderStatus", statuses()),
        ];
        self.query(GET_ALL, &parameters)
    }

    fn query(&self, query_id: &str, parameters: &[(&str, Vec<String>)]) -> RegistryObjects {
        let found = self.client.stored_query(query_id, ReturnType::LeafClass, parameters).unwrap();
        assert!(found.outcome.errors.is_empty() && found.unreadable.is_empty(), "{:?}", found.outcome);
        found.objects
    }

    /// The documents by their uniqueIds, and the errors for those that are not given.
    pub fn retrieve(&self, unique_ids: &[&str]) -> (HashMap<String, Vec<u8>>, Vec<ListedError>) {
        let (mut documents, mut errors) = (HashMap::new(), Vec::new());
        for ids in unique_ids.chunks(DOCUMENTS_OF_ONE_REQUEST) {
            match self.client.retrieve(&self.requests(ids), |_| Ok(Vec::new())) {
                Ok(retrieval) => {
                    errors.extend(retrieval.outcome.errors);
                    documents.extend(retrieval.documents.into_iter().map(|document| (document.described.unique_id, document.sink)));
                }
                Err(ClientError::Refused { errors: refusal }) => errors.extend(refusal),
                Err(error) => panic!("{error:?}"),
            }
        }
        (documents, errors)
    }

    fn requests(&self, unique_ids: &[&str]) -> Vec<DocumentRequest> {
        let request = |id: &&str| DocumentRequest {
            home_community_id: None,
            repository_unique_id: self.repository.to_owned(),
            unique_id: id.parse().unwrap(),
        };
        unique_ids.iter().map(request).collect()
    }
}
