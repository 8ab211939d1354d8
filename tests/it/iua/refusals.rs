//! What a token does not allow, over a socket: interactions beyond its scope, another connection than the one to which it is bound,
//! one that is over, and a person who has lost what they had.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use openssl::x509::X509;
use serde_json::{Value, json};

use super::scene::{AUDIENCE, ISSUER, Scene, ask_with, new_key, payload};
use crate::access::scene::{P01, Scene as Record, letter, patient_id, professional};
use crate::mhd::scene::bundle;
use crate::support::{Database, Response, TestServer, request};
use crate::tls::client::Secure;
use crate::tls::pki::{connector, pki, tls_settings};

const INSUFFICIENT: &str = "Bearer realm=\"dossier\", error=\"insufficient_scope\"";

fn send(server: &TestServer, method: &str, path: &str, token: &str, more: &[&str], body: &[u8]) -> Response {
    let authorization = format!("Authorization: Bearer {token}");
    let headers: Vec<&str> = [authorization.as_str()].into_iter().chain(more.iter().copied()).collect();
    request(server.http, method, path, &headers, body)
}

/// For each family of scopes: what is near and does not suffice, and what does.
#[test]
fn a_scope_opens_what_it_names_and_nothing_else() {
    let scene = Scene::start(Database::Sqlite, "required", &[]);
    let consent = "/fhir/Consent/00000000-0000-4000-8000-000000000000";
    let patient = format!("patient.identifier=urn:oid:1.3.182.4.4%7C{P01}");
    let find = format!("/fhir/DocumentReference?{patient}");
    for (method, path, too_little, enough) in [
        ("GET", "/fhir/Patient/1", "user/Patient.s", "user/Patient.r"),
        ("GET", "/fhir/Patient?_id=1", "user/Patient.r", "user/Patient.s"),
        ("GET", "/fhir/Patient?_id=1", "user/Practitioner.cruds ITI-90", "ITI-78"),
        ("POST", "/fhir/Organization", "system/Organization.u", "system/Organization.c"),
        ("PUT", "/fhir/Organization/E1", "system/Organization.crds", "system/Organization.u"),
        ("GET", &find, "ITI-65 ITI-68", "ITI-67"),
        ("GET", &find, "user/DocumentReference.write", "user/DocumentReference.read"),
        ("GET", &format!("/fhir/AuditEvent?patient=Patient/{P01}"), "user/DocumentReference.*", "user/*.s"),
        ("GET", &format!("/fhir/Consent?patient=Patient/{P01}"), "patient/*.cruds", "user/Consent.s"),
        ("DELETE", consent, "user/Consent.crus", "user/Consent.d"),
        ("POST", &format!("/fhir/Patient/{P01}/$dsp-activate"), "user/Patient.r openid", "user/Patient.u"),
    ] {
        let token = |scope: &str| scene.key.sign(&payload(|said| said["scope"] = json!(scope))).unwrap();
        let refused = send(&scene.server, method, path, &token(too_little), &[], b"");
        assert_eq!((refused.status, refused.header("www-authenticate")), (403, Some(INSUFFICIENT)), "{method} {path} {too_little}");
        let outcome: Value = serde_json::from_slice(&refused.body).unwrap();
        assert_eq!(outcome["issue"][0]["code"], "forbidden");
        let record = scene.last_record();
        assert_eq!((record.errors, record.user.is_some()), (vec!["HTTP 403".to_owned(), "insufficient_scope".to_owned()], true), "{path}");
        let let_in = send(&scene.server, method, path, &token(enough), &[], b"");
        assert_eq!(let_in.header("www-authenticate"), None, "{method} {path} {enough}: {}", let_in.text());
    }
    // What a bundle asks for is known when it is read.
    let bundle = bundle(P01, "2.999.3.77", b"text").to_string();
    let provide = |scope: &str| {
        let token = scene.key.sign(&payload(|said| said["scope"] = json!(scope))).unwrap();
        send(&scene.server, "POST", "/fhir", &token, &["Content-Type: application/fhir+json"], bundle.as_bytes())
    };
    let refused = provide("user/DocumentReference.rs");
    assert_eq!((refused.status, refused.header("www-authenticate")), (403, Some(INSUFFICIENT)), "{}", refused.text());
    assert_eq!(provide("user/DocumentReference.c").header("www-authenticate"), None);
}

/// A scope of a patient opens nothing to whom the token does not say to be a patient, and what it names to those who are.
#[test]
fn a_scope_of_a_patient_counts_in_the_account_of_one() {
    let scene = Scene::start(Database::Sqlite, "required", &[]);
    let ask = |role: &str, person: Value| {
        let token = scene.key.sign(&payload(|said| {
            said["scope"] = json!("patient/Patient.r");
            let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
            said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": person });
        }));
        send(&scene.server, "GET", "/fhir/Patient/1", &token.unwrap(), &[], b"").status
    };
    let own = json!({ "person": patient_id(P01) });
    assert_eq!((ask("patient", json!({})), ask("medecin", own.clone()), ask("patient", own)), (403, 403, 404));
}

/// RFC 8705, 3: the token is worth nothing on another connection.
#[test]
fn a_bound_token_counts_on_its_own_connection_only() {
    let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
    let keys = folder.path().join("keys.json");
    fs::write(&keys, key.key_set().to_string()).unwrap();
    let issuers = format!("{ISSUER}={}", keys.display());
    let mut settings = tls_settings(pki());
    settings.extend([
        ("https.client_certificate", "optional".to_owned()),
        ("nodes.attestation", "off".to_owned()),
        ("iua.mode", "required".to_owned()),
        ("iua.issuers", issuers),
        ("iua.audiences", AUDIENCE.to_owned()),
    ]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = TestServer::start_with(Database::Sqlite, &settings);
    let thumbprint = |name: &str| {
        let certificate = X509::from_pem(&fs::read(connector(pki(), name).0).unwrap()).unwrap();
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, openssl::sha::sha256(&certificate.to_der().unwrap()))
    };
    let token = key.sign(&payload(|said| said["cnf"] = json!({ "x5t#S256": thumbprint("hopital-1") }))).unwrap();
    let status = |name: Option<&str>, token: &str| Secure::open(&server, name).unwrap().get("/fhir/metadata", token).unwrap().status;
    assert_eq!(status(Some("hopital-1"), &token), 200);
    assert_eq!(status(Some("hopital-2"), &token), 401);
    assert_eq!(status(None, &token), 401);
    assert_eq!(ask_with(&server, &token).status, 401, "without TLS");
    let free = key.sign(&payload(|_| ())).unwrap();
    assert_eq!(status(Some("hopital-2"), &free), 200, "a token that is bound to nothing counts on any");
}

/// An authorization server that says of every token but one that it is not active.
fn authorization_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            let (mut request, mut length) = (vec![0; 8192], 0);
            while !String::from_utf8_lossy(&request[..length]).ends_with("access_token") {
                length += stream.read(&mut request[length..]).unwrap();
            }
            let active = String::from_utf8_lossy(&request[..length]).contains("token=in-force&");
            let said = payload(|said| said["active"] = json!(true));
            let body = if active { said.to_string() } else { json!({ "active": false }).to_string() };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    format!("http://{address}/introspect")
}

#[test]
fn a_token_that_its_issuer_says_to_be_inactive_is_refused() {
    let asked = authorization_server();
    let introspection = [
        ("iua.introspection_url", asked.as_str()),
        ("iua.introspection_issuer", ISSUER),
        ("iua.introspection_client", "dossier"),
        ("iua.introspection_secret", "hush"),
    ];
    let scene = Scene::start(Database::Sqlite, "required", &introspection);
    assert_eq!(scene.ask_with("in-force").status, 200);
    scene.assert_refused("revoked", "introspection says that the token is not active");
}

/// The operator's staff suspends a professional over FHIR; whoever may vouch for the staff is named in the settings.
#[test]
fn a_suspension_holds_from_the_next_request_on() {
    let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
    let keys = folder.path().join("keys.json");
    fs::write(&keys, key.key_set().to_string()).unwrap();
    let issuers = format!("{ISSUER}={}", keys.display());
    let settings =
        [("iua.mode", "required"), ("iua.issuers", issuers.as_str()), ("iua.audiences", AUDIENCE), ("iua.admin_issuers", ISSUER)];
    let record = Record::start_with(Database::Sqlite, &settings);
    let token = |role: &str, own: Value| {
        let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
        key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": own }))).unwrap()
    };
    let physician = token("professionnel", json!({ "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": "D01" }] }));
    let admin = token("admin", json!({}));
    let entry = "/fhir/Practitioner/D01";
    let read = |token: &str| send(&record.server, "GET", entry, token, &[], b"");
    assert_eq!(read(&physician).status, 200);
    let found = read(&admin);
    let (version, mut resource) = (found.header("etag").unwrap().to_owned(), serde_json::from_slice::<Value>(&found.body).unwrap());
    resource["active"] = json!(false);
    let headers = ["Content-Type: application/fhir+json", &format!("If-Match: {version}")];
    let suspended = send(&record.server, "PUT", entry, &admin, &headers, resource.to_string().as_bytes());
    assert_eq!(suspended.status, 200, "{}", suspended.text());
    assert_eq!(read(&physician).status, 401);
    assert_eq!(record.last_record().errors, ["HTTP 401", "the subject's account is suspended or closed"]);
    let letter = record.provide(&professional("D01"), &letter(P01, "rapports-medicaux", None));
    assert!(letter.is_err(), "over SOAP too");
}

/// Deny by default: no issuer may say of anybody that they are the operator's staff.
#[test]
fn who_may_vouch_for_the_operators_staff_is_named_by_the_operator() {
    let admin = |said: &mut Value| {
        said["extensions"] = json!({ "ihe_iua": { "subject_role": [{ "system": "urn:oid:2.999.442.1.5", "code": "admin" }] } });
    };
    let scene = Scene::start(Database::Sqlite, "required", &[]);
    let why = "the issuer is none of iua.admin_issuers, who may vouch for the role admin";
    scene.assert_refused(&scene.key.sign(&payload(admin)).unwrap(), why);
    let scene = Scene::start(Database::Sqlite, "required", &[("iua.admin_issuers", ISSUER)]);
    assert_eq!(scene.ask_with(&scene.key.sign(&payload(admin)).unwrap()).status, 200);
}
