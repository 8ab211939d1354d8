//! A server with submissions made in memory, for the tests of single transactions.

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::association::{Association, AssociationType, SubmissionSetStatus};
use dossier::model::document_entry::DocumentEntry;
use dossier::model::folder::Folder;
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use serde_json::{Value, json};

use crate::support::{AUTHORITY, Database, REPOSITORY, Response, TestServer, send_hl7};

pub const SUCCESS: &str = "ResponseStatusType:Success";
pub const PARTIAL: &str = "ResponseStatusType:PartialSuccess";
pub const FAILURE: &str = "ResponseStatusType:Failure";

pub struct Scene {
    pub server: TestServer,
    client: XdsClient,
}

impl Scene {
    pub fn start(database: Database, changes: &[(&str, &str)]) -> Self {
        let server = TestServer::start_with(database, changes);
        let url = |service: &str| format!("http://{}/xds/{service}", server.http);
        let client = XdsClient::new(&url("registry"), &url("repository"), Timeouts::default());
        Self { server, client }
    }

    /// Announces a patient; gives the id.
    pub fn announce(&self, number: &str) -> String {
        let id = format!("{number}^^^&{AUTHORITY}&ISO");
        let message = format!("MSH|^~\\&|A|B|C|D|20250101||ADT^A01|{number}|P|2.3.1\rEVN||20250101\rPID|||{id}||Exemple^Un\rPV1||E\r");
        let answer = send_hl7(self.server.mllp, &message);
        assert!(answer.contains("MSA|AA"), "{answer}");
        id
    }

    /// Provides a submission with this content for each entry.
    pub fn provide(&self, request: &SubmissionRequest, content: &[u8]) {
        let documents = request.entries.iter().map(|entry| OutgoingDocument::bytes(entry.entry_uuid, content)).collect();
        self.client.provide_and_register(request, documents).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Sends a body to `/xds/{service}` with an action; gives the text of the answer, which is no fault.
    pub fn send(&self, service: &str, action: &str, body: &str) -> String {
        let response = self.post(service, action, body);
        assert_eq!(response.status, 200, "{}", response.text());
        response.text()
    }

    pub fn post(&self, service: &str, action: &str, body: &str) -> Response {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\">\
             <s:Header><a:Action>{action}</a:Action><a:MessageID>urn:uuid:00000000-0000-4000-8000-00000000000a</a:MessageID></s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>"
        );
        match service {
            "registry" => self.server.registry("application/soap+xml", envelope.as_bytes()),
            _ => self.server.repository("application/soap+xml", envelope.as_bytes()),
        }
    }

    /// What the registry says of these objects: those that GetAll of the patient names.
    pub fn filed(&self, patient: &str, ids: &[EntryUuid]) -> usize {
        let approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')";
        let patient = format!("'{patient}'");
        let parameters = [
            ("$patientId", patient.as_str()),
            ("$XDSDocumentEntryStatus", approved),
            ("$XDSSubmissionSetStatus", approved),
            ("$XDSFolderStatus", approved),
        ];
        let body = query("urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3", "ObjectRef", &parameters);
        let answer = self.send("registry", "urn:ihe:iti:2007:RegistryStoredQuery", &body);
        assert!(answer.contains(SUCCESS), "{answer}");
        ids.iter().filter(|id| answer.contains(&id.to_string())).count()
    }
}

/// `query:AdhocQueryRequest`.
pub fn query(id: &str, return_type: &str, parameters: &[(&str, &str)]) -> String {
    let slots: String = parameters
        .iter()
        .map(|(name, value)| {
            let value = value.replace('&', "&amp;");
            format!("<r:Slot name=\"{name}\"><r:ValueList><r:Value>{value}</r:Value></r:ValueList></r:Slot>")
        })
        .collect();
    format!(
        "<q:AdhocQueryRequest xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\" xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <q:ResponseOption returnComposedObjects=\"true\" returnType=\"{return_type}\"/>\
         <r:AdhocQuery id=\"{id}\">{slots}</r:AdhocQuery></q:AdhocQueryRequest>"
    )
}

fn named(code: &str) -> Value {
    json!({ "code": code, "scheme": "2.999.1", "display": [{ "value": code }] })
}

/// An entry of a class.
pub fn entry(patient: &str, unique_id: &str, class: &str) -> DocumentEntry {
    let id = EntryUuid::random();
    let value = json!({ "entry_uuid": id, "logical_id": id, "version": 1, "object_type": "Stable", "availability_status": "Approved",
        "patient_id": patient, "source_patient_id": patient, "unique_id": unique_id, "class_code": named(class), "type_code": named("t"),
        "format_code": named("f"), "healthcare_facility_type_code": named("h"), "practice_setting_code": named("p"),
        "confidentiality_codes": [named("N")], "creation_time": "2025", "language_code": "fr-LU", "mime_type": "text/plain",
        "repository_unique_id": REPOSITORY });
    serde_json::from_value(value).unwrap()
}

/// A folder with a code.
pub fn folder(patient: &str, unique_id: &str, kind: &str) -> Folder {
    let id = EntryUuid::random();
    let value = json!({ "entry_uuid": id, "logical_id": id, "version": 1, "availability_status": "Approved", "patient_id": patient,
        "unique_id": unique_id, "codes": [named(kind)], "last_update_time": "2025", "title": [{ "value": "Exemple" }] });
    serde_json::from_value(value).unwrap()
}

/// A submission of these objects and links, each a member of its set.
pub fn submission(
    patient: &str,
    unique_id: &str,
    entries: Vec<DocumentEntry>,
    folders: Vec<Folder>,
    links: Vec<Association>,
) -> SubmissionRequest {
    let set = EntryUuid::random();
    let value = json!({ "entry_uuid": set, "availability_status": "Approved", "patient_id": patient, "unique_id": unique_id,
        "source_id": "2.999.2", "submission_time": "2025", "content_type_code": named("c") });
    let submitted = entries.iter().map(|e| e.entry_uuid).chain(folders.iter().map(|f| f.entry_uuid));
    let folder_links = links.iter().filter(|link| link.association_type == AssociationType::HasMember).map(|link| link.entry_uuid);
    let members = submitted.chain(folder_links).map(|member| {
        let mut link = Association::new(EntryUuid::random(), AssociationType::HasMember, set, member);
        link.submission_set_status = Some(SubmissionSetStatus::Original);
        link
    });
    let associations = members.collect::<Vec<_>>().into_iter().chain(links).collect();
    SubmissionRequest { submission_set: serde_json::from_value(value).unwrap(), entries, folders, associations }
}

/// A link between objects.
pub fn link(kind: AssociationType, source: EntryUuid, target: EntryUuid) -> Association {
    Association::new(EntryUuid::random(), kind, source, target)
}
