//! The server of the story, and the two ways in which people ask it.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient, quoted, quoted_list};
use dossier::client::{ClientError, ClientTls};
use dossier::demo::SampleDocument;
use dossier::model::document_entry::DocumentEntry;
use dossier::model::document_request::DocumentRequest;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::timestamp::Instant;
use dossier::wire::ebrim::{FIND_DOCUMENTS, ReturnType};
use dossier::wire::jwt::SigningKey;
use dossier::wire::saml::WrittenAssertion;
use serde_json::{Value, json};

use super::connection::{Connections, Received};
use super::people::{MATRICULE, Who, connector, cx};
use crate::iua::scene as tokens;
use crate::support::saml_issuer::AUDIENCE;
use crate::support::{Database, REPOSITORY, TestServer, request};
use crate::tls::pki;
use crate::xua::{ISSUER, NAME};

const SECURITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const APPROVED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";

/// A server under the access rules whose clock is set.
pub struct Story {
    pub server: TestServer,
    key: SigningKey,
    /// The second at which it is, since 1970.
    now: AtomicI64,
    pub documents: Vec<SampleDocument>,
    connections: Connections,
    /// Tokens that were signed, by what they say, and the second from which each is valid.
    tokens: Mutex<HashMap<String, (i64, String)>>,
}

/// How long a token is valid: a year has its days with one.
pub const TOKEN_SECONDS: i64 = 400 * 86_400;

/// A status and a body over FHIR.
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub etag: Option<String>,
    pub retry_after: Option<String>,
}

impl Story {
    /// An empty server with its directories, and the records as they were handed over.
    pub fn start(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (issuer, keys, key) = (folder.path().join("idp.pem"), folder.path().join("keys.json"), tokens::new_key());
        fs::write(&issuer, ISSUER.pem()).unwrap();
        fs::write(&keys, key.key_set().to_string()).unwrap();
        let mut settings = pki::tls_settings(pki::pki());
        settings.extend([
            ("profile", "luxembourg-dsp".to_owned()),
            ("clock.settable", "true".to_owned()),
            ("https.client_certificate", "optional".to_owned()),
            ("domain.assigning_authorities", MATRICULE.to_owned()),
            ("xua.issuers", format!("{NAME}={}", issuer.display())),
            ("xua.audiences", AUDIENCE.to_owned()),
            ("iua.issuers", format!("{}={}", tokens::ISSUER, keys.display())),
            ("xua.admin_issuers", NAME.to_owned()),
            ("iua.admin_issuers", tokens::ISSUER.to_owned()),
            ("iua.audiences", tokens::AUDIENCE.to_owned()),
            ("iua.maximum_lifetime", format!("{TOKEN_SECONDS}s")),
        ]);
        let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let server = TestServer::start_with(database, &settings);
        let documents = dossier::demo::documents(&dossier::demo::patients().unwrap()).unwrap();
        let story = Self { server, key, now: AtomicI64::new(0), documents, connections: Connections::default(), tokens: Mutex::default() };
        story.import_all(folder.path());
        story
    }

    /// P10's record is still open when the story begins.
    fn import_all(&self, folder: &std::path::Path) {
        let population = format!("{}/fixtures/population", env!("CARGO_MANIFEST_DIR"));
        let open = folder.join("records.json");
        fs::write(&open, dossier::demo::records_before_the_story().unwrap()).unwrap();
        let listed = |kind: &str| format!("{population}/{kind}.json");
        self.import("patients", &listed("patients"));
        self.import("establishments", &listed("establishments"));
        self.import("professionals", &listed("professionals"));
        self.import("representatives", &listed("representatives"));
        self.import("systems", &pki::pki().join("systems.csv").display().to_string());
        self.import("records", &open.display().to_string());
    }

    fn import(&self, kind: &str, file: &str) {
        let settings = [
            "profile=ihe-connectathon".to_owned(),
            "environment=test".to_owned(),
            format!("domain.assigning_authorities={MATRICULE}"),
            format!("data.directory={}", self.server.folder.path().join("data").display()),
            format!("database.url={}", self.server.database_url),
        ];
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.args(["import", kind, file]).args(settings.iter().flat_map(|setting| ["--set", setting]));
        let output = program.output().unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Sets the clock.
    pub fn set_clock(&self, to: Instant) {
        self.now.store(to.0.div_euclid(1_000_000), Ordering::Relaxed);
        let at = dossier::wire::fhir::dates::instant(to);
        let body = json!({ "resourceType": "Parameters", "parameter": [{ "name": "instant", "valueInstant": at }] }).to_string();
        let answer = request(self.server.operations, "POST", "/fhir/$set-clock", &["Content-Type: application/fhir+json"], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The same, written with its zone.
    pub fn at(&self, time: &str) {
        self.set_clock(time.parse().unwrap());
    }

    fn soap(&self, who: &Who) -> XdsClient {
        let url = |service: &str| format!("https://localhost:{}/xds/{service}", self.server.https.unwrap().port());
        let paths = who.at.map(|establishment| pki::connector(pki::pki(), connector(establishment)));
        let identity = paths.as_ref().map(|(certificate, key)| (certificate.as_path(), key.as_path()));
        let tls = ClientTls::load(Some(&pki::pki().join("ca/chain.pem")), identity).unwrap();
        let assertion = self.assertion(who, 0);
        let client = XdsClient::new(&url("registry"), &url("repository"), Timeouts::default());
        client.secured(Timeouts::default(), &tls).unwrap().for_user(Some(WrittenAssertion::new(assertion.as_bytes()).unwrap()))
    }

    /// An assertion about them, made so many seconds ago.
    pub fn assertion(&self, who: &Who, ago: i64) -> String {
        ISSUER.issue(&who.said(self.now.load(Ordering::Relaxed) - ago))
    }

    /// A token about them, made so many seconds ago.
    pub fn token(&self, who: &Who, ago: i64) -> String {
        let made = self.now.load(Ordering::Relaxed) - ago;
        let said = tokens::payload(|said| {
            said["extensions"] = who.extensions();
            (said["iat"], said["exp"]) = (json!(made), json!(made + TOKEN_SECONDS));
            said["jti"] = json!(uuid::Uuid::new_v4().to_string());
        });
        self.key.sign(&said).unwrap()
    }

    /// Sends a document (ITI-41).
    pub fn provide(&self, who: &Who, request: &SubmissionRequest, content: &[u8]) -> Result<(), String> {
        let documents = request.entries.iter().map(|entry| OutgoingDocument::bytes(entry.entry_uuid, content)).collect();
        self.soap(who).provide_and_register(request, documents).map(drop).map_err(told)
    }

    /// The names of the documents in force that somebody finds over SOAP (ITI-18); none if they are refused.
    pub fn found_over_soap(&self, who: &Who, patient: &str) -> BTreeSet<String> {
        let parameters = [("$XDSDocumentEntryPatientId", vec![quoted(&cx(patient))]), ("$XDSDocumentEntryStatus", quoted_list([APPROVED]))];
        let Ok(found) = self.soap(who).stored_query(FIND_DOCUMENTS, ReturnType::LeafClass, &parameters) else { return BTreeSet::new() };
        found.objects.entries.iter().map(|entry| self.name(entry.unique_id.as_str())).collect()
    }

    /// Whether the repository gives it (ITI-43).
    pub fn retrieved_over_soap(&self, who: &Who, document: &str) -> bool {
        let unique_id = self.document(document).unique_id().unwrap().clone();
        let asked = DocumentRequest { home_community_id: None, repository_unique_id: REPOSITORY.to_owned(), unique_id };
        let given = self.soap(who).retrieve(&[asked], |_| Ok(Vec::new()));
        given.is_ok_and(|given| given.documents[0].sink == self.document(document).content)
    }

    /// The metadata of a document in force as somebody finds it (ITI-18).
    pub fn entry_over_soap(&self, who: &Who, patient: &str, document: &str) -> DocumentEntry {
        let parameters = [("$XDSDocumentEntryPatientId", vec![quoted(&cx(patient))]), ("$XDSDocumentEntryStatus", quoted_list([APPROVED]))];
        let found = self.soap(who).stored_query(FIND_DOCUMENTS, ReturnType::LeafClass, &parameters).unwrap().objects.entries;
        let id = self.document(document).unique_id().unwrap().clone();
        found.into_iter().find(|entry| entry.unique_id == id).unwrap_or_else(|| panic!("{document} of {patient}"))
    }

    /// The answer to a request of that action, sent by somebody with their assertion.
    pub fn soap_action(&self, who: &Who, path: &str, action: &str, body: &str) -> String {
        let envelope = format!(
            r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">{action}</a:Action><a:MessageID>urn:uuid:{}</a:MessageID><w:Security xmlns:w="{SECURITY}">{}</w:Security></s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
            uuid::Uuid::new_v4(),
            self.assertion(who, 0)
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml; charset=UTF-8; action=\"{action}\"\r\nContent-Length: {}\r\n\r\n{envelope}",
            envelope.len()
        );
        let received = self.connections.exchange(self.server.https.unwrap(), who.at, head.as_bytes());
        String::from_utf8_lossy(&received.body).into_owned()
    }

    /// The same over FHIR (ITI-67).
    pub fn found_over_fhir(&self, who: &Who, patient: &str) -> BTreeSet<String> {
        let path = format!("/fhir/DocumentReference?patient=Patient/{}&status=current&_count=200", super::people::number(patient));
        let answer = self.fhir(who, "GET", &path, &[], &Value::Null);
        let entries = answer.body["entry"].as_array().cloned().unwrap_or_default();
        let id = |entry: &Value| entry["resource"]["masterIdentifier"]["value"].as_str().unwrap().trim_start_matches("urn:oid:").to_owned();
        entries.iter().map(|entry| self.name(&id(entry))).collect()
    }

    /// How many those are; none if they are refused.
    pub fn counted_over_fhir(&self, who: &Who, patient: &str) -> usize {
        let path = format!("/fhir/DocumentReference?patient=Patient/{}&status=current&_count=0", super::people::number(patient));
        let total = self.fhir(who, "GET", &path, &[], &Value::Null).body["total"].as_u64().unwrap_or(0);
        usize::try_from(total).unwrap()
    }

    /// One request over FHIR, through the establishment's connection if they name one.
    pub fn fhir(&self, who: &Who, method: &str, path: &str, headers: &[&str], body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n", self.kept_token(who));
        if !headers.iter().any(|header| header.starts_with("Content-Type")) {
            head.push_str("Content-Type: application/fhir+json\r\n");
        }
        headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
        head.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        answer_of(&self.connections.exchange(self.server.https.unwrap(), who.at, head.as_bytes()))
    }

    /// A file that a GET answers with.
    pub fn bytes(&self, who: &Who, path: &str) -> Vec<u8> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", self.kept_token(who));
        let received = self.connections.exchange(self.server.https.unwrap(), who.at, head.as_bytes());
        assert_eq!(received.status, 200, "{path}");
        received.body
    }

    /// A token about them that is used for a while.
    fn kept_token(&self, who: &Who) -> String {
        let now = self.now.load(Ordering::Relaxed);
        let about = who.extensions().to_string();
        let mut tokens = self.tokens.lock().unwrap();
        if let Some((_, token)) = tokens.get(&about).filter(|(from, _)| (*from..*from + TOKEN_SECONDS).contains(&now)) {
            return token.clone();
        }
        let token = self.token(who, 0);
        tokens.insert(about, (now, token.clone()));
        token
    }

    /// The sample document of that name, such as `K05`.
    pub fn document(&self, name: &str) -> &SampleDocument {
        self.documents.iter().find(|document| document.file_name.split('.').next() == Some(name)).unwrap()
    }

    fn name(&self, unique_id: &str) -> String {
        let is_it = |document: &&SampleDocument| document.unique_id().is_some_and(|id| id.as_str() == unique_id);
        let document = self.documents.iter().find(is_it);
        document.map_or(unique_id, |document| document.file_name.split('.').next().unwrap()).to_owned()
    }
}

fn answer_of(received: &Received) -> Answer {
    let header = |name: &str| received.header(name).map(str::to_owned);
    let body = serde_json::from_slice(&received.body).unwrap_or_default();
    Answer { status: received.status, body, etag: header("etag"), retry_after: header("retry-after") }
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
