//! A record with a private document, and callers over FHIR and SOAP.

use std::fs;

use dossier::wire::jwt::SigningKey;
use serde_json::{Value, json};

use crate::access::scene::{P01, Persona, Scene, assertion, letter, patient, patient_id, professional};
use crate::iua::scene::{AUDIENCE, ISSUER, new_key, payload};
use crate::support::{Database, Response, request};

pub struct Hidden {
    pub scene: Scene,
    key: SigningKey,
    _folder: tempfile::TempDir,
    /// The entryUUID of the private document, without `urn:uuid:`, and its uniqueId.
    pub entry: String,
    pub unique_id: String,
    /// The uniqueId of the document that the referring physician sent.
    pub open: String,
}

impl Hidden {
    pub fn start(database: Database) -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
        let file = folder.path().join("keys.json");
        fs::write(&file, key.key_set().to_string()).unwrap();
        let issuers = format!("{ISSUER}={}", file.display());
        let scene = Scene::start_with(database, &[("iua.mode", "required"), ("iua.issuers", &issuers), ("iua.audiences", AUDIENCE)]);
        let holder = patient(P01);
        let unique_id = scene.provide(&holder, &letter(P01, "expression-titulaire", Some("PRIVE"))).unwrap().unique_id.to_string();
        let entry = scene.entry_uuid(&holder, P01, &unique_id).to_string().replace("urn:uuid:", "");
        let open = scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", None)).unwrap().unique_id.to_string();
        Self { scene, key, _folder: folder, entry, unique_id, open }
    }

    fn token(&self, own: &Value, role: &str) -> String {
        let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
        self.key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": own }))).unwrap()
    }

    pub fn holders_token(&self) -> String {
        self.token(&json!({ "person": patient_id(P01) }), "patient")
    }

    pub fn professionals_token(&self, id: &str) -> String {
        self.token(&json!({ "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": id }] }), "professionnel")
    }

    pub fn ask(&self, token: Option<&str>, method: &str, path: &str, headers: &[&str], body: &str) -> Response {
        let authorization = token.map(|token| format!("Authorization: Bearer {token}"));
        let headers: Vec<_> = authorization.as_deref().into_iter().chain(headers.iter().copied()).collect();
        request(self.scene.server.http, method, path, &headers, body.as_bytes())
    }

    /// The logical id of the first resource that the holder finds.
    pub fn first_id(&self, path: &str) -> String {
        let response = self.ask(Some(&self.holders_token()), "GET", path, &[], "");
        let bundle: Value = serde_json::from_slice(&response.body).unwrap();
        bundle["entry"][0]["resource"]["id"].as_str().unwrap_or_else(|| panic!("{path}: {bundle}")).to_owned()
    }

    pub fn soap(&self, who: Option<&Persona>, service: &str, action: &str, body: &str) -> Response {
        let security = who.map_or_else(String::new, |who| {
            let namespace = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
            format!(r#"<w:Security xmlns:w="{namespace}">{}</w:Security>"#, assertion(who))
        });
        let envelope = format!(
            r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">{action}</a:Action><a:MessageID>urn:uuid:{}</a:MessageID>{security}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
            uuid::Uuid::new_v4()
        );
        let content_type = format!("Content-Type: application/soap+xml; charset=UTF-8; action=\"{action}\"");
        request(self.scene.server.http, "POST", &format!("/xds/{service}"), &[&content_type], envelope.as_bytes())
    }
}

/// An answer whole, without what differs from one request to the next; the id that was asked for is `ID`.
pub fn told(response: &Response, id: &str) -> String {
    let passing = ["date", "x-request-id"];
    let mut headers: Vec<_> = response.headers.iter().filter(|(name, _)| !passing.contains(&name.as_str())).collect();
    headers.sort();
    let text = format!("{} {headers:?} {}", response.status, response.text()).replace(id, "ID");
    let mut plain = String::new();
    // UUIDs, also as the ends of MIME boundaries and Content-IDs, and instants.
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !":-".contains(c)) {
        let core = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let bare = core.trim_start_matches("urn:uuid:").trim_start_matches("--").trim_start_matches("dossier-").trim_end_matches("--");
        let passing = uuid::Uuid::parse_str(bare).is_ok() || (core.len() > 18 && core.as_bytes()[10] == b'T');
        plain.push_str(&if passing { word.replace(core, "PASSING") } else { word.to_owned() });
    }
    plain
}
