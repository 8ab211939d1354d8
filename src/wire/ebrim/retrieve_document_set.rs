//! Requests for documents: RetrieveDocumentSet with its response (ITI TF-2: 3.43.4), and RemoveDocuments (3.86.4), which
//! names documents in the same way.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::model::document_request::DocumentRequest;
use crate::model::ids::{HomeCommunityId, InvalidIdentifier, RepositoryUniqueId, UniqueId};
use crate::model::registry_error::RegistryError;
use crate::wire::mtom::ContentId;
use crate::wire::soap::Fault;
use crate::wire::xml::{Element, XmlWriter, ns};

use super::registry_response::{ResponseStatus, write_registry_response};

/// One document of an answer; its content is another part of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResponse<'a> {
    /// What was asked.
    pub request: &'a DocumentRequest,
    /// The id of content that was made for this answer.
    pub new_unique_id: Option<&'a UniqueId>,
    /// Where such content is kept, if it is.
    pub new_repository: Option<&'a RepositoryUniqueId>,
    /// MIME type of the content.
    pub mime_type: &'a str,
    /// The part that holds the content.
    pub content_id: &'a ContentId,
}

/// Reads `xdsb:RetrieveDocumentSetRequest`.
pub fn read_retrieve_request(payload: &Element) -> Result<Vec<DocumentRequest>, Fault> {
    read_document_requests(payload, "RetrieveDocumentSetRequest", "ITI TF-2: 3.43.4.1.2")
}

/// Reads `rmd:RemoveDocumentsRequest`: the documents to remove, each once.
pub fn read_remove_documents(payload: &Element) -> Result<Vec<DocumentRequest>, Fault> {
    let requests = read_document_requests(payload, "RemoveDocumentsRequest", "ITI TF-2: 3.86.4.1.2")?;
    let mut named = HashSet::new();
    let first = |request: &DocumentRequest| named.insert((request.repository_unique_id.clone(), request.unique_id.clone()));
    Ok(requests.into_iter().filter(first).collect())
}

fn read_document_requests(payload: &Element, message: &str, section: &str) -> Result<Vec<DocumentRequest>, Fault> {
    let requests: Vec<_> = payload.children_named(ns::XDSB, "DocumentRequest").collect();
    if requests.is_empty() {
        return Err(Fault::sender(format!("the {message} has no DocumentRequest; it has at least one ({section})")));
    }
    requests.into_iter().enumerate().map(|(n, request)| read_document_request(n + 1, request, section)).collect()
}

fn read_document_request(position: usize, request: &Element, section: &str) -> Result<DocumentRequest, Fault> {
    let text = |local: &str| request.child(ns::XDSB, local).map(|element| element.text().trim().to_owned()).filter(|text| !text.is_empty());
    let missing = |local: &str| Fault::sender(format!("DocumentRequest {position} has no {local}, which is required ({section})"));
    let malformed = |local: &str, expected: &str| Fault::sender(format!("{local} of DocumentRequest {position} is not {expected}"));
    let home: Option<Result<HomeCommunityId, InvalidIdentifier>> = text("HomeCommunityId").map(|home| home.parse());
    Ok(DocumentRequest {
        home_community_id: home.transpose().map_err(|e| malformed("HomeCommunityId", e.expected))?,
        repository_unique_id: text("RepositoryUniqueId").ok_or_else(|| missing("RepositoryUniqueId"))?,
        unique_id: text("DocumentUniqueId")
            .ok_or_else(|| missing("DocumentUniqueId"))?
            .parse()
            .map_err(|e: InvalidIdentifier| malformed("DocumentUniqueId", e.expected))?,
    })
}

/// Writes `xdsb:RetrieveDocumentSetRequest`, declaring the namespaces it uses.
pub fn write_retrieve_request<W: Write>(xml: &mut XmlWriter<W>, requests: &[DocumentRequest]) -> io::Result<()> {
    xml.start("xdsb:RetrieveDocumentSetRequest", &[("xmlns:xdsb", ns::XDSB)])?;
    for request in requests {
        xml.start("xdsb:DocumentRequest", &[])?;
        write_document_request(xml, request)?;
        xml.end("xdsb:DocumentRequest")?;
    }
    xml.end("xdsb:RetrieveDocumentSetRequest")
}

fn write_document_request<W: Write>(xml: &mut XmlWriter<W>, request: &DocumentRequest) -> io::Result<()> {
    if let Some(home) = &request.home_community_id {
        xml.leaf("xdsb:HomeCommunityId", &[], home.as_str())?;
    }
    xml.leaf("xdsb:RepositoryUniqueId", &[], &request.repository_unique_id)?;
    xml.leaf("xdsb:DocumentUniqueId", &[], request.unique_id.as_str())
}

/// Writes `xdsb:RetrieveDocumentSetResponse` with references to the parts that hold the contents.
pub fn write_retrieve_response<W: Write>(
    xml: &mut XmlWriter<W>,
    documents: &[DocumentResponse<'_>],
    errors: &[RegistryError],
) -> io::Result<()> {
    let status = match (documents.is_empty(), errors.is_empty()) {
        (_, true) => ResponseStatus::Success,
        (true, false) => ResponseStatus::Failure,
        (false, false) => ResponseStatus::PartialSuccess,
    };
    xml.start("xdsb:RetrieveDocumentSetResponse", &[("xmlns:xdsb", ns::XDSB)])?;
    write_registry_response(xml, status, errors)?;
    for document in documents {
        xml.start("xdsb:DocumentResponse", &[])?;
        write_document_request(xml, document.request)?;
        if let Some(repository) = document.new_repository {
            xml.leaf("xdsb:NewRepositoryUniqueId", &[], repository.as_str())?;
        }
        if let Some(unique_id) = document.new_unique_id {
            xml.leaf("xdsb:NewDocumentUniqueId", &[], unique_id.as_str())?;
        }
        xml.leaf("xdsb:mimeType", &[], document.mime_type)?;
        xml.start("xdsb:Document", &[])?;
        xml.empty("xop:Include", &[("xmlns:xop", ns::XOP), ("href", &document.content_id.cid_url())])?;
        xml.end("xdsb:Document")?;
        xml.end("xdsb:DocumentResponse")?;
    }
    xml.end("xdsb:RetrieveDocumentSetResponse")
}
