//! Responses as a client reads them: RegistryResponse, AdhocQueryResponse, RetrieveDocumentSetResponse
//! (ITI TF-3: 4.2.4; ITI TF-2: 3.18.4.1.3, 3.43.4.2).
//!
//! A client meets registries of any make, so reading is lenient: what a submission must have but an answer lacks is no
//! reason to hide the rest of the answer.

use std::fmt;

use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;
use crate::model::registry_objects::RegistryObjects;
use crate::wire::mtom::{ContentId, include_of};
use crate::wire::xml::{Element, ns};

use super::object_reader::read_objects;
use super::registry_response::ResponseStatus;

/// Why an answer is not what the transaction promises. Names elements and rules, never content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnexpectedResponse(pub String);

/// An entry of a RegistryErrorList of any server. Context and location may quote the sender's input, so they are shown to
/// the user and never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedError {
    /// `errorCode`, of any vocabulary.
    pub code: String,
    /// `codeContext`.
    pub context: String,
    /// `location`, perhaps empty.
    pub location: String,
    /// Whether it is only a warning.
    pub warning: bool,
}

impl fmt::Debug for ListedError {
    /// Without context and location, which may quote patient data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

/// How a registry transaction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryOutcome {
    /// All, some or nothing was done.
    pub status: ResponseStatus,
    /// Errors and warnings.
    pub errors: Vec<ListedError>,
}

/// What a stored query found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryOutcome {
    /// Status and errors.
    pub outcome: RegistryOutcome,
    /// Whole objects, with `LeafClass`.
    pub objects: RegistryObjects,
    /// Ids alone, with `ObjectRef`.
    pub object_refs: Vec<EntryUuid>,
    /// Why objects of the answer could not be read; empty if all could.
    pub unreadable: Vec<RegistryError>,
}

/// Where the content of a retrieved document is.
#[derive(Clone, PartialEq, Eq)]
pub enum DocumentContent {
    /// In this part of the message.
    Part(ContentId),
    /// In the envelope, as base64 with white space.
    Inline(String),
}

/// One document of a RetrieveDocumentSetResponse.
#[derive(Clone, PartialEq, Eq)]
pub struct DescribedDocument {
    /// `HomeCommunityId`.
    pub home_community_id: Option<String>,
    /// `RepositoryUniqueId`.
    pub repository_unique_id: String,
    /// `DocumentUniqueId`.
    pub unique_id: String,
    /// `NewRepositoryUniqueId`, where content made on demand is kept.
    pub new_repository_unique_id: Option<String>,
    /// `NewDocumentUniqueId`, of content made on demand.
    pub new_unique_id: Option<String>,
    /// `mimeType`.
    pub mime_type: String,
    /// `Document`.
    pub content: DocumentContent,
}

/// Reads `rs:RegistryResponse`.
pub fn read_registry_response(payload: &Element) -> Result<RegistryOutcome, UnexpectedResponse> {
    expect(payload, ns::RS, "RegistryResponse")?;
    read_outcome(payload)
}

/// Reads `query:AdhocQueryResponse`.
pub fn read_adhoc_query_response(payload: &Element) -> Result<QueryOutcome, UnexpectedResponse> {
    expect(payload, ns::QUERY, "AdhocQueryResponse")?;
    let outcome = read_outcome(payload)?;
    let Some(list) = payload.child(ns::RIM, "RegistryObjectList") else {
        return Ok(QueryOutcome { outcome, objects: RegistryObjects::default(), object_refs: Vec::new(), unreadable: Vec::new() });
    };
    let (objects, unreadable) = read_objects(list);
    let refs = list.children_named(ns::RIM, "ObjectRef").filter_map(|reference| reference.attribute("id")?.trim().parse().ok());
    Ok(QueryOutcome { outcome, objects, object_refs: refs.collect(), unreadable })
}

/// Reads `xdsb:RetrieveDocumentSetResponse`.
pub fn read_retrieve_response(payload: &Element) -> Result<(RegistryOutcome, Vec<DescribedDocument>), UnexpectedResponse> {
    expect(payload, ns::XDSB, "RetrieveDocumentSetResponse")?;
    let response = payload.child(ns::RS, "RegistryResponse");
    let response = response.ok_or_else(|| UnexpectedResponse("RetrieveDocumentSetResponse has no rs:RegistryResponse".to_owned()))?;
    let outcome = read_outcome(response)?;
    let documents = payload.children_named(ns::XDSB, "DocumentResponse").enumerate();
    let documents: Result<_, _> = documents.map(|(n, element)| read_document(n + 1, element)).collect();
    Ok((outcome, documents?))
}

fn expect(payload: &Element, namespace: &str, local: &str) -> Result<(), UnexpectedResponse> {
    if payload.is(namespace, local) {
        return Ok(());
    }
    Err(UnexpectedResponse(format!(
        "the body holds {{{}}}{} instead of {{{namespace}}}{local}; is the address that of the right service?",
        payload.name.namespace, payload.name.local
    )))
}

fn read_outcome(response: &Element) -> Result<RegistryOutcome, UnexpectedResponse> {
    use ResponseStatus::{Failure, PartialSuccess, Success};
    let urn = response.attribute("status").unwrap_or("").trim();
    let status = [Success, Failure, PartialSuccess].into_iter().find(|status| status.urn() == urn);
    let status = status.ok_or_else(|| {
        UnexpectedResponse(format!("the attribute status of {} is none of Success, Failure, PartialSuccess", response.name.local))
    })?;
    let lists = response.children_named(ns::RS, "RegistryErrorList");
    let errors = lists.flat_map(|list| list.children_named(ns::RS, "RegistryError")).map(read_error).collect();
    Ok(RegistryOutcome { status, errors })
}

fn read_error(element: &Element) -> ListedError {
    let text = |name: &str| element.attribute(name).unwrap_or("").trim().to_owned();
    ListedError {
        code: text("errorCode"),
        context: text("codeContext"),
        location: text("location"),
        warning: text("severity").ends_with(":Warning"),
    }
}

fn read_document(position: usize, element: &Element) -> Result<DescribedDocument, UnexpectedResponse> {
    let text =
        |local: &str| element.child(ns::XDSB, local).map(|child| child.text_cow().trim().to_owned()).filter(|value| !value.is_empty());
    let missing = |local: &str| UnexpectedResponse(format!("DocumentResponse {position} has no {local}"));
    let document = element.child(ns::XDSB, "Document").ok_or_else(|| missing("Document"))?;
    let include = include_of(document).map_err(|error| UnexpectedResponse(format!("DocumentResponse {position}: {error}")))?;
    Ok(DescribedDocument {
        home_community_id: text("HomeCommunityId"),
        repository_unique_id: text("RepositoryUniqueId").ok_or_else(|| missing("RepositoryUniqueId"))?,
        unique_id: text("DocumentUniqueId").ok_or_else(|| missing("DocumentUniqueId"))?,
        new_repository_unique_id: text("NewRepositoryUniqueId"),
        new_unique_id: text("NewDocumentUniqueId"),
        mime_type: text("mimeType").unwrap_or_else(|| "application/octet-stream".to_owned()),
        content: include.map_or_else(|| DocumentContent::Inline(document.text()), DocumentContent::Part),
    })
}
