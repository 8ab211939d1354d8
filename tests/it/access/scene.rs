//! A server under the access rules with the sample population, and people who call.

use std::fs;
use std::process::Command;

use dossier::client::ClientError;
use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient, quoted, quoted_list};
use dossier::model::audit_event::AuditEvent;
use dossier::model::code::Code;
use dossier::model::document_entry::DocumentEntry;
use dossier::model::document_request::DocumentRequest;
use dossier::model::ids::EntryUuid;
use dossier::model::registry_objects::RegistryObjects;
use dossier::model::submission_request::SubmissionRequest;
use dossier::store::{Store, StoreError};
use dossier::wire::ebrim::{FIND_DOCUMENTS, ReturnType};
use dossier::wire::saml::WrittenAssertion;

use crate::support::saml_issuer::{AUDIENCE, Said, attribute};
use crate::support::submissions::{fresh_oid, submission};
use crate::support::{Database, REPOSITORY, TestServer};
use crate::xua::{ISSUER, NAME, now};

/// The authority of the matricule.
const MATRICULE: &str = "1.3.182.4.4";
const TYPES: &str = "2.999.442.1.1";
const LEVELS: &str = "2.999.442.1.3";

/// P01: D01 is the referring physician; D03 and I02 are the trusted circle, P02 the assistant.
pub const P01: &str = "1958031498124";
pub const P02: &str = "1986070298269";

pub struct Scene {
    pub server: TestServer,
    trail: Store,
}

/// A person in one quality: the role, and what the issuer says besides.
pub struct Persona(Said);

pub fn professional(id: &str) -> Persona {
    persona(id, "professionnel", &identifier(id))
}

pub fn patient(number: &str) -> Persona {
    persona(number, "patient", &attribute("urn:dossier:person", &patient_id(number).replace('&', "&amp;")))
}

pub fn record_administrator(id: &str, reason: &str) -> Persona {
    let reason = attribute("urn:dossier:access-reason", reason);
    persona(id, "administrateur-dossier", &(identifier(id) + &reason))
}

fn identifier(id: &str) -> String {
    let value = format!(r#"<id xmlns="urn:hl7-org:v3" extension="{id}" root="2.999.442.2.1"></id>"#);
    attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &value)
}

fn persona(subject: &str, role: &str, attributes: &str) -> Persona {
    let mut said = Said::of(subject, now());
    said.role = (role.to_owned(), "2.999.442.1.5".to_owned());
    said.organization_id = None;
    said.attributes = attributes.to_owned();
    Persona(said)
}

/// A fresh signed assertion about a person.
pub fn assertion(who: &Persona) -> String {
    let mut said = who.0.clone();
    said.id = format!("_{}", uuid::Uuid::new_v4().simple());
    ISSUER.issue(&said)
}

pub fn patient_id(number: &str) -> String {
    format!("{number}^^^&{MATRICULE}&ISO")
}

/// A submission of one document in text; the registry is told type and level.
pub fn letter(patient: &str, document_type: &str, level: Option<&str>) -> SubmissionRequest {
    let mut request = submission(&patient_id(patient), &[fresh_oid()]);
    let entry = &mut request.entries[0];
    entry.type_code = Code::new(document_type, TYPES, document_type);
    entry.mime_type = "text/plain".to_owned();
    entry.confidentiality_codes = vec![Code::new("N", "2.16.840.1.113883.5.25", "normal")];
    entry.confidentiality_codes.extend(level.map(|level| Code::new(level, LEVELS, level)));
    request
}

impl Scene {
    pub fn start(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// The same with further settings.
    pub fn start_with(database: Database, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("idp.pem");
        fs::write(&path, ISSUER.pem()).unwrap();
        let issuers = format!("{NAME}={}", path.display());
        let changes = [
            ("profile", "luxembourg-dsp"),
            ("xua.issuers", issuers.as_str()),
            ("xua.audiences", AUDIENCE),
            ("domain.assigning_authorities", MATRICULE),
        ];
        let changes: Vec<_> = changes.iter().chain(more).copied().collect();
        let server = TestServer::start_with(database, &changes);
        let trail = Store::open(&server.database_url, 1).unwrap();
        let scene = Self { server, trail };
        for kind in ["patients", "establishments", "professionals", "records"] {
            scene.import(kind);
        }
        scene
    }

    fn import(&self, kind: &str) {
        self.run(&["import", kind, &format!("{}/fixtures/population/{kind}.json", env!("CARGO_MANIFEST_DIR"))]);
    }

    /// What the operator's program says on the data of the server.
    pub fn run(&self, command: &[&str]) -> String {
        let settings = [
            "profile=ihe-connectathon".to_owned(),
            "environment=test".to_owned(),
            format!("domain.assigning_authorities={MATRICULE}"),
            format!("data.directory={}", self.server.folder.path().join("data").display()),
            format!("database.url={}", self.server.database_url),
        ];
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.args(command).args(settings.iter().flat_map(|setting| ["--set", setting]));
        let output = program.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{command:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
        said
    }

    fn client(&self, who: &Persona) -> XdsClient {
        let url = |service: &str| format!("http://{}/xds/{service}", self.server.http);
        let assertion = WrittenAssertion::new(assertion(who).as_bytes()).unwrap();
        XdsClient::new(&url("registry"), &url("repository"), Timeouts::default()).for_user(Some(assertion))
    }

    /// Sends documents of text (ITI-41); gives the first entry.
    pub fn provide(&self, who: &Persona, request: &SubmissionRequest) -> Result<DocumentEntry, String> {
        self.provide_with(who, request, b"text")
    }

    pub fn provide_with(&self, who: &Persona, request: &SubmissionRequest, content: &[u8]) -> Result<DocumentEntry, String> {
        let documents = request.entries.iter().map(|entry| OutgoingDocument::bytes(entry.entry_uuid, content)).collect();
        self.client(who).provide_and_register(request, documents).map_err(told)?;
        Ok(request.entries[0].clone())
    }

    /// The uniqueIds of the approved documents that somebody finds, in order (ITI-18).
    pub fn find(&self, who: &Persona, patient: &str) -> Vec<String> {
        let found = self.query(who, FIND_DOCUMENTS, patient);
        found.entries.iter().map(|entry| entry.unique_id.to_string()).collect()
    }

    /// The id that an entry has in the registry.
    pub fn entry_uuid(&self, who: &Persona, patient: &str, unique_id: &str) -> EntryUuid {
        let found = self.query(who, FIND_DOCUMENTS, patient);
        found.entries.iter().find(|entry| entry.unique_id.as_str() == unique_id).unwrap().entry_uuid
    }

    fn query(&self, who: &Persona, id: &str, patient: &str) -> RegistryObjects {
        let patient = quoted(&patient_id(patient));
        let approved = quoted_list(["urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"]);
        let parameters = [("$XDSDocumentEntryPatientId", vec![patient]), ("$XDSDocumentEntryStatus", approved)];
        self.client(who).stored_query(id, ReturnType::LeafClass, &parameters).unwrap().objects
    }

    /// What the repository gives, or says (ITI-43).
    pub fn retrieve(&self, who: &Persona, unique_id: &str) -> Result<Vec<u8>, String> {
        let request =
            DocumentRequest { home_community_id: None, repository_unique_id: REPOSITORY.to_owned(), unique_id: unique_id.parse().unwrap() };
        let mut given = self.client(who).retrieve(&[request], |_| Ok(Vec::new())).map_err(told)?;
        Ok(given.documents.remove(0).sink)
    }

    /// The newest audit record.
    pub fn last_record(&self) -> AuditEvent {
        let records = self.trail.read(|tx| tx.audit_events_after(0, i64::MAX)).map_err(|error: StoreError| error.to_string());
        records.unwrap().pop().unwrap().1
    }
}

/// What a refusal says.
fn told(error: ClientError) -> String {
    match error {
        ClientError::Refused { errors } => {
            errors.iter().map(|error| format!("{}: {}", error.code, error.context)).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
