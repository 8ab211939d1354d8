//! The requests, made before the clock runs.

use dossier::model::document_request::DocumentRequest;
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::wire::ebrim::{
    FIND_DOCUMENTS, ProvidedContent, ReturnType, write_adhoc_query_request, write_provide_and_register, write_retrieve_request,
};
use dossier::wire::mtom::{ContentId, MtomWriter, response_content_type};
use dossier::wire::soap;
use dossier::wire::xml::XmlWriter;

use crate::submissions::submission;

const BOUNDARY: &str = "bench-boundary";
const SIMPLE: &str = "application/soap+xml; charset=UTF-8";

/// A request as it goes over the wire.
#[derive(Clone)]
pub struct Message {
    pub path: &'static str,
    pub content_type: String,
    /// The bytes, but for a document.
    pub before: Vec<u8>,
    /// What follows the document.
    pub after: Vec<u8>,
}

/// ITI-41 with one document, which goes between the two pieces.
pub fn provide_and_register(patient_id: &str, unique_id: &str) -> Message {
    let action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
    let request: SubmissionRequest = submission(patient_id, &[unique_id]);
    let (root, part) = (content_id("root@bench"), content_id("document@bench"));
    let entry: EntryUuid = request.entries[0].entry_uuid;
    let mut writer = MtomWriter::new(Vec::new(), BOUNDARY).unwrap();
    let body = |xml: &mut XmlWriter<&mut Vec<u8>>| write_provide_and_register(xml, &request, &[(entry, ProvidedContent::Part(&part))]);
    writer.root(&root, |out| soap::write_request(out, "/xds/repository", action, "urn:uuid:bench", body)).unwrap();
    let mut cut = 0;
    writer
        .part(&part, "application/octet-stream", |out| {
            cut = out.len();
            Ok(())
        })
        .unwrap();
    let mut before = writer.finish().unwrap();
    let after = before.split_off(cut);
    Message { path: "/xds/repository", content_type: response_content_type(BOUNDARY, &root, action), before, after }
}

/// ITI-18 FindDocuments for the approved entries of a patient, whole.
pub fn find_documents(patient_id: &str) -> Message {
    let approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";
    let parameters =
        [("$XDSDocumentEntryPatientId", vec![format!("'{patient_id}'")]), ("$XDSDocumentEntryStatus", vec![approved.to_owned()])];
    stored_query(FIND_DOCUMENTS, &parameters)
}

/// ITI-18 for whole objects.
pub fn stored_query(id: &str, parameters: &[(&str, Vec<String>)]) -> Message {
    simple("/xds/registry", "urn:ihe:iti:2007:RegistryStoredQuery", |xml| {
        write_adhoc_query_request(xml, id, ReturnType::LeafClass, parameters)
    })
}

/// [`find_documents`] on behalf of a user.
pub fn find_documents_for(patient_id: &str, assertion: &str) -> Message {
    for_user(&find_documents(patient_id), assertion)
}

/// A message on behalf of a user.
pub fn for_user(message: &Message, assertion: &str) -> Message {
    let header = format!(
        "<wsse:Security xmlns:wsse=\"{}\" soap:mustUnderstand=\"1\">{assertion}</wsse:Security></soap:Header>",
        dossier::wire::xml::ns::WSSE
    );
    let before = std::str::from_utf8(&message.before).unwrap().replacen("</soap:Header>", &header, 1).into_bytes();
    Message { before, path: message.path, content_type: message.content_type.clone(), after: message.after.clone() }
}

/// ITI-43 for one document.
pub fn retrieve(repository: &str, unique_id: &str) -> Message {
    let request =
        DocumentRequest { home_community_id: None, repository_unique_id: repository.to_owned(), unique_id: unique_id.parse().unwrap() };
    simple("/xds/repository", "urn:ihe:iti:2007:RetrieveDocumentSet", |xml| write_retrieve_request(xml, &[request]))
}

fn simple(path: &'static str, action: &str, body: impl FnOnce(&mut XmlWriter<&mut Vec<u8>>) -> std::io::Result<()>) -> Message {
    let mut before = Vec::new();
    soap::write_request(&mut before, path, action, "urn:uuid:bench", body).unwrap();
    Message { path, content_type: SIMPLE.to_owned(), before, after: Vec::new() }
}

fn content_id(text: &str) -> ContentId {
    ContentId::parse(text).unwrap()
}
