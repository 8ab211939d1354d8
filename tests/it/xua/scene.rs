//! A server that trusts one issuer.

use std::fs;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};
use openssl::nid::Nid;

use crate::support::saml_issuer::{AUDIENCE, Said, SamlIssuer};
use crate::support::{AUTHORITY, Database, Response, TestServer};
use crate::xds::envelope::{QUERY, SOAP, envelope_with};
use crate::xds::query::{APPROVED, FIND_DOCUMENTS, adhoc_query};

pub const NAME: &str = "https://idp.example/?tenant=a";

/// The trusted issuer of all scenes.
pub static ISSUER: LazyLock<SamlIssuer> = LazyLock::new(|| SamlIssuer::ec(NAME, Nid::X9_62_PRIME256V1));

/// A server, and its audit trail.
pub struct Scene {
    pub server: TestServer,
    trail: Store,
}

impl Scene {
    /// A server in this mode, with further settings.
    pub fn start(database: Database, mode: &str, changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("idp.pem");
        fs::write(&path, ISSUER.pem()).unwrap();
        let issuers = format!("{NAME}={}", path.display());
        let fixed = [("xua.mode", mode), ("xua.issuers", &issuers), ("xua.audiences", AUDIENCE)];
        let changes: Vec<_> = fixed.iter().chain(changes).copied().collect();
        // The folder may go: files that cannot be read again change nothing.
        let server = TestServer::start_with(database, &changes);
        let trail = Store::open(&server.database_url, 1).unwrap();
        Self { server, trail }
    }

    /// Asks for a patient's documents, with this in the header of the message.
    pub fn ask_with(&self, headers: &str) -> Response {
        let patient = format!("'P1^^^&{AUTHORITY}&ISO'");
        let body =
            adhoc_query(FIND_DOCUMENTS, "ObjectRef", &[("$XDSDocumentEntryPatientId", &patient), ("$XDSDocumentEntryStatus", APPROVED)]);
        self.server.registry(SOAP, envelope_with(QUERY, headers, &body).as_bytes())
    }

    /// Asks on behalf of whom the assertion is about.
    pub fn ask_for(&self, assertion: &str) -> Response {
        self.ask_with(&security(assertion))
    }

    /// Asserts that a question was answered.
    pub fn assert_answered(&self, assertion: &str) {
        let response = self.ask_for(assertion);
        assert_eq!(response.status, 200, "{}", response.text());
        assert!(response.text().contains("ResponseStatusType:Success"), "{}", response.text());
    }

    /// Asserts that a question was refused with a fault of WS-Security and that the trail says why; gives the fault.
    pub fn assert_refused(&self, assertion: &str, code: &str, why: &str) -> String {
        let response = self.ask_for(assertion);
        self.assert_was_refused(&response, code, why)
    }

    pub fn assert_was_refused(&self, response: &Response, code: &str, why: &str) -> String {
        assert_eq!(response.status, 400, "{}", response.text());
        assert!(response.text().contains(&format!("f:{code}<")), "{}", response.text());
        let record = self.last_record();
        assert!(record.errors.contains(&format!("{code}: {why}")), "{record:?}");
        assert_eq!(record.transaction.as_str(), "ITI-18");
        response.text()
    }

    /// The newest audit record.
    pub fn last_record(&self) -> AuditEvent {
        let records = self.trail.read(|tx| tx.audit_events_after(0, i64::MAX)).map_err(|error: StoreError| error.to_string());
        records.unwrap().pop().unwrap().1
    }
}

/// A security header around this.
pub fn security(content: &str) -> String {
    let namespace = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    format!("<wsse:Security xmlns:wsse=\"{namespace}\" soap:mustUnderstand=\"true\">{content}</wsse:Security>")
}

/// This second, counted from 1970.
#[allow(clippy::disallowed_methods, reason = "assertions are made for the clock of the server")]
pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A good assertion about this subject after a change.
pub fn about(subject: &str, change: impl FnOnce(&mut Said)) -> String {
    let mut said = Said::of(subject, now());
    change(&mut said);
    ISSUER.issue(&said)
}
