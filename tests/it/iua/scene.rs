//! A server that trusts one issuer of tokens.

use std::fs;
use std::path::PathBuf;

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};
use dossier::wire::jwt::SigningKey;
use serde_json::{Value, json};

use crate::support::{Database, Response, TestServer, request};
use crate::xua::scene::now;

pub const ISSUER: &str = "https://as.example/realm?a=b";
pub const AUDIENCE: &str = "https://dossier.example/fhir";

/// A server, its trail, and the issuer's key.
pub struct Scene {
    pub server: TestServer,
    pub key: SigningKey,
    pub key_file: PathBuf,
    trail: Store,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// A server in this mode, with further settings.
    pub fn start(database: Database, mode: &str, changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("keys.json");
        let key = new_key();
        fs::write(&key_file, key.key_set().to_string()).unwrap();
        let issuers = format!("{ISSUER}={}", key_file.display());
        let fixed = [("iua.mode", mode), ("iua.issuers", &issuers), ("iua.audiences", AUDIENCE)];
        let changes: Vec<_> = fixed.iter().chain(changes).copied().collect();
        let server = TestServer::start_with(database, &changes);
        let trail = Store::open(&server.database_url, 1).unwrap();
        Self { server, key, key_file, trail, _folder: folder }
    }

    /// Asks for the capability statement, which anybody may have, with this token.
    pub fn ask_with(&self, token: &str) -> Response {
        ask_with(&self.server, token)
    }

    /// Asserts that a token was refused, that the caller learns nothing of why and the trail does.
    pub fn assert_refused(&self, token: &str, why: &str) {
        let response = self.ask_with(token);
        assert_eq!(response.status, 401, "{}", response.text());
        assert_eq!(response.header("www-authenticate"), Some("Bearer realm=\"dossier\", error=\"invalid_token\""));
        let told = "the access token is not accepted; get a new one for this service from the authorization server";
        let outcome: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!((&outcome["issue"][0]["code"], &outcome["issue"][0]["diagnostics"]), (&json!("login"), &json!(told)));
        let record = self.last_record();
        assert_eq!(record.errors, ["HTTP 401", why]);
    }

    /// The newest audit record.
    pub fn last_record(&self) -> AuditEvent {
        let records = self.trail.read(|tx| tx.audit_events_after(0, i64::MAX)).map_err(|error: StoreError| error.to_string());
        records.unwrap().pop().unwrap().1
    }
}

pub fn ask_with(server: &TestServer, token: &str) -> Response {
    request(server.http, "GET", "/fhir/metadata", &[&format!("Authorization: Bearer {token}")], b"")
}

pub fn new_key() -> SigningKey {
    SigningKey::from_pem(&SigningKey::generate_pem().unwrap()).unwrap()
}

/// What a good token says, after a change.
pub fn payload(change: impl FnOnce(&mut Value)) -> Value {
    let now = now();
    let mut said = json!({
        "iss": ISSUER, "sub": "joan", "aud": AUDIENCE, "jti": "1", "iat": now, "exp": now + 300, "client_id": "app",
        "scope": "user/*.cruds",
    });
    change(&mut said);
    said
}
