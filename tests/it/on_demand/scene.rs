//! A patient with an on-demand entry, and what can be done with it.

use dossier::model::association::Association;
use dossier::model::audit_event::AuditEvent;
use dossier::model::document_entry::{DocumentEntry, DocumentEntryType};
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::text::InternationalString;
use dossier::store::{Store, StoreError};
use dossier::wire::ebrim::write_submit_objects;
use dossier::wire::xml::XmlWriter;

use crate::support::schema_validity::{Message, assert_envelope_schema_valid};
use crate::support::{Database, REPOSITORY};
use crate::xds_scene::{FAILURE, SUCCESS, Scene, entry, query, submission};

pub const ITI42: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
pub const ITI61: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry";
pub const FIND_DOCUMENTS: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
pub const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
pub const GET_RELATED_DOCUMENTS: &str = "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6";
/// Id of the on-demand entry.
pub const LIST: &str = "2.999.61.1";

/// A server where a patient has one document and an on-demand entry of this repository; gives the patient too.
pub fn start(database: Database, changes: &[(&str, &str)]) -> (Scene, String, DocumentEntry) {
    let scene = Scene::start(database, changes);
    let patient = scene.announce("DEMAND1");
    provide(&scene, &patient, "2.999.61.100", "Compte rendu");
    let promise = on_demand(&patient, LIST);
    assert_registered(&register(&scene, ITI61, &alone(&patient, "2.999.61.2", promise.clone())));
    (scene, patient, promise)
}

/// An on-demand entry of this repository.
pub fn on_demand(patient: &str, unique_id: &str) -> DocumentEntry {
    DocumentEntry {
        object_type: DocumentEntryType::OnDemand,
        creation_time: None,
        title: InternationalString::plain("Ce qui est au dossier"),
        ..entry(patient, unique_id, "list")
    }
}

/// A stable entry of another repository, as ITI-42 brings it.
pub fn elsewhere(patient: &str, unique_id: &str) -> DocumentEntry {
    let mut entry = entry(patient, unique_id, "c");
    entry.repository_unique_id = Some("2.999.61.77".parse().unwrap());
    entry.hash = Some("68c1fef70eda4125475251c897943837a8a08b57".to_owned().try_into().unwrap());
    entry.size = Some(7);
    entry
}

/// A submission of one entry.
pub fn alone(patient: &str, unique_id: &str, entry: DocumentEntry) -> SubmissionRequest {
    linked(patient, unique_id, entry, Vec::new())
}

/// A submission of one entry with its relationships.
pub fn linked(patient: &str, unique_id: &str, entry: DocumentEntry, links: Vec<Association>) -> SubmissionRequest {
    submission(patient, unique_id, vec![entry], Vec::new(), links)
}

/// Provides a document with this title; gives its entry.
pub fn provide(scene: &Scene, patient: &str, unique_id: &str, title: &str) -> DocumentEntry {
    let entry = DocumentEntry { title: InternationalString::plain(title), ..entry(patient, unique_id, "c") };
    let request = alone(patient, &format!("{unique_id}.9"), entry.clone());
    scene.provide(&request, format!("content of {unique_id}").as_bytes());
    entry
}

/// `lcm:SubmitObjectsRequest`.
pub fn body(request: &SubmissionRequest) -> String {
    let mut xml = XmlWriter::new(Vec::new());
    write_submit_objects(&mut xml, request).unwrap();
    String::from_utf8(xml.into_inner()).unwrap()
}

/// Sends a submission to the registry; the answer is valid by the schemas.
pub fn register(scene: &Scene, action: &str, request: &SubmissionRequest) -> String {
    let answer = scene.send("registry", action, &body(request));
    assert_envelope_schema_valid(&answer, Message::RegistryResponse);
    answer
}

pub fn assert_registered(answer: &str) {
    assert!(answer.contains(SUCCESS), "{answer}");
}

/// That an answer has this one error, and says so much of it.
pub fn assert_refused(answer: &str, code: &str, says: &str) {
    assert!(answer.contains(FAILURE), "{answer}");
    assert_eq!(answer.matches("errorCode=").count(), 1, "{answer}");
    assert!(answer.contains(&format!("errorCode=\"{code}\"")) && answer.contains(says), "{answer}");
}

/// What a retrieval gave.
pub struct Given {
    /// The whole message.
    pub text: String,
    pub new_id: Option<String>,
    pub new_repository: Option<String>,
    /// The CDA document.
    pub content: Option<String>,
}

/// Asks for documents of this repository; gives the whole message.
pub fn retrieve_all(scene: &Scene, unique_ids: &[&str]) -> String {
    let request = |unique_id: &&str| {
        format!(
            "<x:DocumentRequest><x:RepositoryUniqueId>{REPOSITORY}</x:RepositoryUniqueId>\
             <x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId></x:DocumentRequest>"
        )
    };
    let requests: String = unique_ids.iter().map(request).collect();
    let body = format!("<x:RetrieveDocumentSetRequest xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</x:RetrieveDocumentSetRequest>");
    scene.send("repository", "urn:ihe:iti:2007:RetrieveDocumentSet", &body)
}

/// Retrieves one document of this repository.
pub fn retrieve(scene: &Scene, unique_id: &str) -> Given {
    let text = retrieve_all(scene, &[unique_id]);
    let envelope = between(&text, "<s:Envelope", "</s:Envelope>").or_else(|| between(&text, "<soap:Envelope", "</soap:Envelope>"));
    assert_envelope_schema_valid(&envelope.unwrap(), Message::RetrieveDocumentSetResponse);
    let element = |name: &str| {
        let found = between(&text, &format!("<xdsb:{name}>"), "</")?;
        Some(found[name.len() + 7..found.len() - 2].to_owned())
    };
    Given {
        new_id: element("NewDocumentUniqueId"),
        new_repository: element("NewRepositoryUniqueId"),
        content: between(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ClinicalDocument", "</ClinicalDocument>"),
        text,
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let from = text.find(start)?;
    let to = from + text[from..].find(end)? + end.len();
    Some(text[from..to].to_owned())
}

/// FindDocuments for approved entries, of the types named or of the default.
pub fn find(scene: &Scene, patient: &str, types: Option<&str>) -> String {
    let patient = format!("'{patient}'");
    let mut parameters = vec![
        ("$XDSDocumentEntryPatientId", patient.as_str()),
        ("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"),
    ];
    parameters.extend(types.map(|types| ("$XDSDocumentEntryType", types)));
    ask(scene, FIND_DOCUMENTS, &parameters)
}

/// A stored query for whole objects; the answer is valid by the schemas.
pub fn ask(scene: &Scene, id: &str, parameters: &[(&str, &str)]) -> String {
    let answer = scene.send("registry", "urn:ihe:iti:2007:RegistryStoredQuery", &query(id, "LeafClass", parameters));
    assert_envelope_schema_valid(&answer, Message::AdhocQueryResponse);
    assert!(answer.contains(SUCCESS), "{answer}");
    answer
}

/// The audit trail.
pub fn trail(scene: &Scene) -> Vec<AuditEvent> {
    let store = Store::open(&scene.server.database_url, 1).unwrap();
    let events = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 1000)).unwrap();
    events.into_iter().map(|(_, event)| event).filter(|event| event.system_event.is_none()).collect()
}
