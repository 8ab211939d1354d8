//! Requests with names in the place of ids.

use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::wire::ebrim::{ProvidedContent, write_provide_and_register, write_submit_objects};
use dossier::wire::xml::XmlWriter;

use super::ids::Ids;
use super::scene::{Caller, Scene};
use crate::support::{REPOSITORY, Response};

pub const REGISTRY: &str = "/xds/registry";
pub const STORE: &str = "/xds/repository";
pub const ITI18: &str = "urn:ihe:iti:2007:RegistryStoredQuery";
pub const ITI41: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
pub const ITI42: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
pub const ITI43: &str = "urn:ihe:iti:2007:RetrieveDocumentSet";
pub const ITI51: &str = "urn:ihe:iti:2009:MultiPatientStoredQuery";
pub const ITI57: &str = "urn:ihe:iti:2010:UpdateDocumentSet";
pub const ITI61: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry";
pub const ITI62: &str = "urn:ihe:iti:2010:DeleteDocumentSet";
pub const ITI86: &str = "urn:ihe:iti:2017:RemoveDocuments";
pub const ITI92: &str = "urn:ihe:iti:2018:RestrictedUpdateDocumentSet";
pub const JSON: &str = "Content-Type: application/fhir+json";

/// A request, and what it is called in a report.
#[derive(Clone)]
pub struct Row {
    pub name: String,
    ask: Ask,
}

#[derive(Clone)]
enum Ask {
    /// Endpoint, action, body.
    Soap(&'static str, &'static str, String),
    /// Method, path below the base, header, body.
    Fhir(&'static str, String, String, String),
}

impl Row {
    pub fn soap(name: impl ToString, endpoint: &'static str, action: &'static str, body: impl ToString) -> Self {
        Self { name: name.to_string(), ask: Ask::Soap(endpoint, action, body.to_string()) }
    }

    /// A FHIR request that is all in its address.
    pub fn get(path: impl ToString) -> Self {
        Self::fhir("GET", path, "Accept: */*", "")
    }

    pub fn fhir(method: &'static str, path: impl ToString, header: impl ToString, body: impl ToString) -> Self {
        let (path, header) = (path.to_string(), header.to_string());
        let name = format!("{method} {path} {header}");
        Self { name, ask: Ask::Fhir(method, path, header, body.to_string()) }
    }

    /// The answer that a caller gets for these ids.
    pub fn ask(&self, scene: &Scene, caller: &Caller, ids: &Ids) -> Response {
        match &self.ask {
            Ask::Soap(endpoint, action, body) => scene.soap(caller, endpoint, action, &ids.fill(body)),
            Ask::Fhir(method, path, header, body) => {
                let path = format!("/fhir/{}", ids.fill(path));
                scene.fhir(caller, method, path.trim_end_matches('/'), &[&ids.fill(header)], &ids.fill(body))
            }
        }
    }
}

/// A stored query (ITI TF-2: 3.18.4.1.2.3.7) for objects or references.
pub fn adhoc_query(id: &str, return_type: &str, parameters: &[(&str, &str)]) -> String {
    let slot = |(name, value): &(&str, &str)| format!(r#"<Slot name="{name}"><ValueList><Value>{value}</Value></ValueList></Slot>"#);
    let slots: String = parameters.iter().map(slot).collect();
    format!(
        r#"<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><q:ResponseOption returnComposedObjects="true" returnType="{return_type}"/><AdhocQuery id="urn:uuid:{id}">{slots}</AdhocQuery></q:AdhocQueryRequest>"#
    )
}

/// A request that names documents, such as a RetrieveDocumentSetRequest.
pub fn document_requests(root: &str, namespace: &str, unique_ids: &[&str]) -> String {
    let request = |id: &&str| {
        format!(
            r#"<DocumentRequest xmlns="urn:ihe:iti:xds-b:2007"><RepositoryUniqueId>{REPOSITORY}</RepositoryUniqueId><DocumentUniqueId>{id}</DocumentUniqueId></DocumentRequest>"#
        )
    };
    let requests: String = unique_ids.iter().map(request).collect();
    format!(r#"<m:{root} xmlns:m="{namespace}">{requests}</m:{root}>"#)
}

/// A SubmitObjectsRequest with further objects as XML.
pub fn submit_objects(request: &SubmissionRequest, more: &str) -> String {
    let mut xml = XmlWriter::new(Vec::new());
    write_submit_objects(&mut xml, request).unwrap();
    let end = "</rim:RegistryObjectList>";
    String::from_utf8(xml.into_inner()).unwrap().replace(end, &format!("{more}{end}"))
}

/// A ProvideAndRegisterDocumentSetRequest with a text for each entry.
pub fn provide_and_register(request: &SubmissionRequest) -> String {
    let mut xml = XmlWriter::new(Vec::new());
    let documents: Vec<_> = request.entries.iter().map(|entry| (entry.entry_uuid, ProvidedContent::Inline(b"text"))).collect();
    write_provide_and_register(&mut xml, request, &documents).unwrap();
    String::from_utf8(xml.into_inner()).unwrap()
}

/// Makes a message in which an object's id is this name.
pub fn naming(name: &str, make: impl FnOnce(EntryUuid) -> String) -> String {
    let id = EntryUuid::random();
    make(id).replace(&id.to_string(), &format!("urn:uuid:{{{name}}}"))
}
