//! The activity history over FHIR (access rules, 8; ITI-81) and on the command line.

use std::fs;
use std::process::Command;

use dossier::wire::jwt::SigningKey;
use serde_json::{Value, json};

use super::scene::{P01, Scene, letter, patient_id, professional};
use crate::iua::scene::{AUDIENCE, ISSUER, new_key, payload};
use crate::on_both_databases;
use crate::support::{Database, Response, request};

on_both_databases!(each_reads_their_part_of_the_history);

fn ask(scene: &Scene, key: &SigningKey, own: &Value, role: &str, path: &str) -> Response {
    let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
    let token = key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": own }))).unwrap();
    request(scene.server.http, "GET", path, &[&format!("Authorization: Bearer {token}")], b"")
}

fn as_patient(scene: &Scene, key: &SigningKey, path: &str) -> Response {
    ask(scene, key, &json!({ "person": patient_id(P01) }), "patient", path)
}

fn as_professional(scene: &Scene, key: &SigningKey, id: &str, path: &str) -> Response {
    let identifier = json!([{ "system": "urn:oid:2.999.442.2.1", "value": id }]);
    ask(scene, key, &json!({ "provider_identifier": identifier }), "professionnel", path)
}

fn bundle(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_slice(&response.body).unwrap()
}

/// The action of each entry, and the documents that it names.
fn told(response: &Response) -> Vec<(String, usize)> {
    let bundle = bundle(response);
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let tell = |entry: &Value| {
        let subtypes = entry["resource"]["subtype"].as_array().unwrap().last().unwrap()["code"].as_str().unwrap().to_owned();
        let documents = entry["resource"]["entity"].as_array().unwrap().iter().filter(|entity| entity["type"]["code"] == "2");
        (subtypes, documents.filter(|entity| entity["role"]["code"] == "3").count())
    };
    entries.iter().map(tell).collect()
}

fn each_reads_their_part_of_the_history(database: Database) {
    let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
    let file = folder.path().join("keys.json");
    fs::write(&file, key.key_set().to_string()).unwrap();
    let issuers = format!("{ISSUER}={}", file.display());
    let scene = Scene::start_with(database, &[("iua.mode", "required"), ("iua.issuers", &issuers), ("iua.audiences", AUDIENCE)]);
    scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", None)).unwrap();
    scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", Some("ANNONCE"))).unwrap();
    assert!(scene.find(&professional("D02"), P01).is_empty());
    let path = format!("/fhir/AuditEvent?patient=Patient/{P01}&subtype=ITI-41,ITI-18");
    let entry = |action: &str, documents| (action.to_owned(), documents);
    let holders = as_patient(&scene, &key, &path);
    assert_eq!(told(&holders), [entry("list", 0), entry("submit", 1)]);
    let newest = &bundle(&holders)["entry"][1]["resource"];
    assert!(newest["agent"][0]["name"].is_string() && newest["agent"][0]["role"][0]["text"].is_string(), "{newest}");
    assert_eq!(newest["extension"][0]["valueCoding"]["code"], "MEDECIN-REFERENT");
    let physicians = as_professional(&scene, &key, "D01", &path);
    assert_eq!(told(&physicians), [entry("list", 0), entry("submit", 1), entry("submit", 1)]);
    let strangers = as_professional(&scene, &key, "D02", &path);
    assert_eq!(told(&strangers), [entry("list", 0)], "the own refused attempt");
    // Page by page, and one by one: what is hidden is as good as not there.
    let first = bundle(&as_patient(&scene, &key, &format!("{path}&_count=1")));
    let next = first["link"][1]["url"].as_str().unwrap().strip_prefix("http://dossier.test").unwrap();
    let second = as_patient(&scene, &key, next);
    assert_eq!((told(&second), bundle(&second)["link"].as_array().unwrap().len()), (vec![entry("submit", 1)], 1));
    let hidden = bundle(&physicians)["entry"][1]["resource"]["id"].as_str().unwrap().to_owned();
    let read = |id: &str| as_patient(&scene, &key, &format!("/fhir/AuditEvent/{id}"));
    let (of_hidden, of_nothing) = (read(&hidden), read("00000000-0000-4000-8000-000000000000"));
    assert_eq!((of_hidden.status, of_hidden.text()), (404, of_nothing.text()));
    assert_eq!(as_professional(&scene, &key, "D01", &format!("/fhir/AuditEvent/{hidden}")).status, 200);
    assert_eq!(as_patient(&scene, &key, "/fhir/AuditEvent").status, 400, "whose history has to be said");
    printed(&scene);
}

/// The operator prints what the patient reads, and that is an entry too.
fn printed(scene: &Scene) {
    let settings = [
        "profile=ihe-connectathon".to_owned(),
        "environment=test".to_owned(),
        "domain.assigning_authorities=1.3.182.4.4".to_owned(),
        format!("data.directory={}", scene.server.folder.path().join("data").display()),
        format!("database.url={}", scene.server.database_url),
    ];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.args(["history", P01, "--language", "en"]).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.matches("sent a document (referring physician)").count(), 1, "{text}");
    assert_eq!(scene.last_record().decision.as_deref(), Some("EXPLOITANT"));
}
