//! What each rule should give: acts over FHIR, and what they change over both protocols.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::people::{Who, administrator, health_fund, number, patient, professional};
use super::server::{Answer, Story};
use super::telling::{NOW, told, try_level};
use crate::on_both_databases;
use crate::support::Database;

on_both_databases!(acts_have_their_effect_at_once);

pub(super) fn consent(category: &str, of: &str, professional: &str) -> Value {
    let file = format!("{}/profiles/luxembourg-dsp/fhir/examples/Consent-{category}.json", env!("CARGO_MANIFEST_DIR"));
    let mut consent: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    consent["patient"]["reference"] = json!(format!("Patient/{}", number(of)));
    consent["provision"]["actor"][0]["reference"]["reference"] = json!(format!("Practitioner/{professional}"));
    consent
}

pub(super) fn grant(story: &Story, who: &Who, category: &str, of: &str, to: &str) -> Answer {
    story.fhir(who, "POST", "/fhir/Consent", &[], &consent(category, of, to))
}

pub(super) fn end(story: &Story, who: &Who, granted: &Answer) -> u16 {
    let path = format!("/fhir/Consent/{}", granted.body["id"].as_str().unwrap());
    story.fhir(who, "DELETE", &path, &[&format!("If-Match: {}", granted.etag.as_deref().unwrap())], &Value::Null).status
}

pub(super) fn sees(story: &Story, who: &Who, patient: &str) -> BTreeSet<String> {
    let (soap, fhir) = (story.found_over_soap(who, patient), story.found_over_fhir(who, patient));
    assert_eq!(soap, fhir);
    soap
}

fn acts_have_their_effect_at_once(database: Database) {
    let story = told(database);
    levels(&story);
    blacklist(&story);
    versions(&story);
    presence_codes(&story);
    deactivation(&story);
    closing(&story);
    moving(&story);
}

fn levels(story: &Story) {
    let (p01, d01, d06) = (patient("P01"), professional("D01"), professional("D06"));
    assert_eq!(try_level(story, &p01, "K02", "PRIVE"), 200);
    assert!(!sees(story, &d01, "P01").contains("K02"), "the MR does not read privé");
    assert_eq!(try_level(story, &d01, "K02", "STANDARD"), 404, "who does not see it does not lift it");
    assert!(sees(story, &p01, "P01").contains("K02"));
    assert_ne!(try_level(story, &d06, "K12", "PRIVE"), 200, "the trusted circle does not make private");
    assert_eq!(try_level(story, &d06, "K11", "STANDARD"), 200, "annonce is lifted by a professional who reads it");
    assert!(sees(story, &patient("P03"), "P03").contains("K11"));
    assert_ne!(try_level(story, &d06, "K11", "ANNONCE"), 200, "annonce is chosen at submission only");
}

fn blacklist(story: &Story) {
    let (p01, d01) = (patient("P01"), professional("D01"));
    let refused = grant(story, &p01, "blacklist", "P01", "D01");
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body["issue"][0]["diagnostics"].as_str().unwrap().contains("referring physician"), "{}", refused.body);
    let d03 = professional("D03");
    assert!(!sees(story, &d03, "P01").is_empty());
    let listed = grant(story, &p01, "blacklist", "P01", "D03");
    assert_eq!(listed.status, 201, "{}", listed.body);
    assert_eq!(sees(story, &d03, "P01"), ["K03".to_owned()].into(), "shut out, but for what they wrote");
    assert_eq!(end(story, &p01, &listed), 204);
    assert!(sees(story, &d03, "P01").len() > 1, "let in again");
    // The CNS revokes the declaration; then D01 can be shut out.
    let path = format!("/fhir/Consent?patient={}&category=referring-physician&status=active", number("P01"));
    let declared = story.fhir(&health_fund(), "GET", &path, &[], &Value::Null);
    let declared = &declared.body["entry"][0]["resource"];
    let version = declared["meta"]["versionId"].as_str().unwrap().to_owned();
    let declaration = Answer { status: 200, body: declared.clone(), etag: Some(format!("W/\"{version}\"")), retry_after: None };
    assert_eq!(end(story, &health_fund(), &declaration), 204);
    assert_eq!(grant(story, &p01, "blacklist", "P01", "D01").status, 201);
    assert_eq!(sees(story, &d01, "P01"), ["K01".to_owned(), "K29".to_owned()].into());
}

/// What a consent was before can be read by whoever reads what it is, and for all others does not exist.
fn versions(story: &Story) {
    let (p01, stranger) = (patient("P01"), professional("D04"));
    let granted = grant(story, &p01, "trusted-circle", "P01", "D05");
    assert_eq!((granted.status, end(story, &p01, &granted)), (201, 204), "{}", granted.body);
    let read = |who: &Who, path: &str| story.fhir(who, "GET", &format!("/fhir/Consent/{path}"), &[], &Value::Null);
    let id = granted.body["id"].as_str().unwrap();
    for (version, status) in [("1", "active"), ("2", "inactive")] {
        let found = read(&p01, &format!("{id}/_history/{version}"));
        assert_eq!((found.status, &found.body["status"]), (200, &json!(status)), "{}", found.body);
        assert_eq!(found.body["meta"]["versionId"], version);
    }
    assert_eq!(read(&p01, &format!("{id}/_history/1")).body, granted.body);
    assert_eq!(read(&p01, &format!("{id}/_history/3")).status, 404);
    let history = read(&p01, &format!("{id}/_history")).body;
    let listed: Vec<_> = history["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]["meta"]["versionId"]).collect();
    assert_eq!((&history["total"], listed), (&json!(2), vec![&json!("2"), &json!("1")]));
    let told = |number: usize| (&history["entry"][number]["request"]["method"], &history["entry"][number]["response"]["status"]);
    assert_eq!((told(0), told(1)), ((&json!("PUT"), &json!("200 OK")), (&json!("POST"), &json!("201 Created"))));
    assert!(history["entry"][1]["response"]["lastModified"].is_string());
    let page = read(&p01, &format!("{id}/_history?_count=1")).body;
    let next = page["link"][1]["url"].as_str().unwrap().split_once("/Consent/").unwrap().1.to_owned();
    let rest = read(&p01, &next).body;
    assert_eq!((&page["total"], &page["entry"][0], &rest["entry"][0]), (&json!(2), &history["entry"][0], &history["entry"][1]));
    assert_eq!((&rest["link"][0]["relation"], rest["link"].as_array().unwrap().len()), (&json!("self"), 1), "the last page");
    assert_eq!(read(&p01, &format!("{id}/_history?_count=many")).status, 400);
    for rest in ["/_history", "/_history/1", "/_history/2"] {
        let (hidden, unknown) =
            (read(&stranger, &format!("{id}{rest}")), read(&stranger, &format!("00000000-0000-4000-8000-000000000000{rest}")));
        assert_eq!((hidden.status, hidden.body), (404, unknown.body), "{rest}");
    }
}

pub(super) fn code(text: &str) -> Value {
    json!({ "resourceType": "Parameters", "parameter": [{ "name": "code", "valueString": text }] })
}

fn presence_codes(story: &Story) {
    let (x01, p02) = (professional("X01"), patient("P02"));
    let path = |operation: &str| format!("/fhir/Patient/{}/{operation}", number("P02"));
    let set = story.fhir(&p02, "POST", &path("$presence-code"), &[], &code("R9T3HB6N"));
    assert!(set.status < 300, "{}", set.body);
    assert_eq!(story.fhir(&x01, "POST", &path("$open-consultation"), &[], &code("K7M4Q2WX")).status, 403, "the code of another patient");
    assert!(sees(story, &x01, "P02").is_empty());
    let opened = story.fhir(&x01, "POST", &path("$open-consultation"), &[], &code("R9T3HB6N"));
    assert!(opened.status < 300, "{}", opened.body);
    assert!(sees(story, &x01, "P02").contains("K09"));
    // The blacklisted get what a wrong code gets.
    assert_eq!(story.fhir(&professional("D04"), "POST", &path("$open-consultation"), &[], &code("R9T3HB6N")).status, 403);
}

fn deactivation(story: &Story) {
    let (z01, d02) = (administrator(Some("mauvais patient")), professional("D02"));
    let id = story.document("K15").unique_id().unwrap();
    let found = story.fhir(&d02, "GET", &format!("/fhir/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:{id}"), &[], &Value::Null);
    let path = |act: &str| format!("/fhir/DocumentReference/{}/{act}", found.body["entry"][0]["resource"]["id"].as_str().unwrap());
    let reason = json!({ "resourceType": "Parameters", "parameter": [{ "name": "reason", "valueString": "mauvais patient" }] });
    assert!(story.fhir(&d02, "POST", &path("$deactivate"), &[], &reason).status >= 400);
    assert!(story.fhir(&z01, "POST", &path("$deactivate"), &[], &reason).status < 300);
    assert_eq!(sees(story, &d02, "P05"), ["K16".to_owned()].into(), "its author included");
    assert!(sees(story, &z01, "P05").contains("K15"));
    assert!(story.fhir(&z01, "POST", &path("$restore"), &[], &reason).status < 300);
    assert_eq!(sees(story, &d02, "P05").len(), 2);
}

fn closing(story: &Story) {
    let (p08, d01, i02) = (patient("P08"), professional("D01"), professional("I02"));
    let act = |operation: &str| story.fhir(&p08, "POST", &format!("/fhir/Patient/{}/{operation}", number("P08")), &[], &Value::Null).status;
    assert_eq!(act("$dsp-close"), 200);
    assert_eq!(sees(story, &d01, "P08"), ["K20".to_owned()].into(), "author access alone");
    story.at("2025-03-17T10:00:00+01:00");
    assert_eq!(act("$dsp-reopen"), 200);
    assert_eq!(sees(story, &d01, "P08"), ["K20".to_owned()].into(), "the declaration does not come back");
    assert!(sees(story, &i02, "P08").len() > 3, "the trusted circle counts again");
    story.at(NOW);
}

/// K01, which replaced K01v1, was sent for the wrong patient.
fn moving(story: &Story) {
    let (z01, p01, p06) = (administrator(Some("mauvais patient")), patient("P01"), patient("P06"));
    let id = story.document("K01").unique_id().unwrap();
    let found = story.fhir(&p01, "GET", &format!("/fhir/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:{id}"), &[], &Value::Null);
    let path = format!("/fhir/DocumentReference/{}/$move-patient", found.body["entry"][0]["resource"]["id"].as_str().unwrap());
    let to = |patient: &str| {
        let patient = json!({ "name": "patient", "valueReference": { "reference": format!("Patient/{}", number(patient)) } });
        json!({ "resourceType": "Parameters", "parameter": [patient, { "name": "reason", "valueString": "mauvais patient" }] })
    };
    let superseded = |who: &Who, patient: &str| {
        let path = format!("/fhir/DocumentReference?patient=Patient/{}&status=superseded", number(patient));
        story.fhir(who, "GET", &path, &[], &Value::Null).body["total"].as_u64().unwrap()
    };
    let (of_p01, of_p06) = (superseded(&p01, "P01"), superseded(&p06, "P06"));
    let refused = story.fhir(&p01, "POST", &path, &[], &to("P06"));
    let why = refused.body["issue"][0]["diagnostics"].as_str().unwrap_or_default();
    assert!(refused.status == 403 && why.contains("identito-vigilance"), "{} {}", refused.status, refused.body);
    assert_eq!(story.fhir(&professional("X03"), "POST", &path, &[], &to("P06")).status, 404, "who does not see it");
    assert_eq!(story.fhir(&administrator(None), "POST", &path, &[], &to("P06")).status, 403, "without a reason for the access");
    assert_eq!(story.fhir(&z01, "POST", &path, &["If-Match: W/\"7\""], &to("P06")).status, 412);
    assert_eq!(story.fhir(&z01, "POST", &path, &[], &to("P01")).status, 422, "it is there already");
    let moved = story.fhir(&z01, "POST", &path, &["If-Match: W/\"1\""], &to("P06"));
    assert_eq!((moved.status, moved.etag.as_deref()), (200, Some("W/\"2\"")), "{}", moved.body);
    assert!(!sees(story, &p01, "P01").contains("K01") && sees(story, &p06, "P06").contains("K01"));
    assert!(sees(story, &professional("D01"), "P06").contains("K01"), "its author reads it where it is");
    assert_eq!(
        (superseded(&p01, "P01"), superseded(&p06, "P06")),
        (of_p01 - 1, of_p06 + 1),
        "what it replaced goes along, and the version before"
    );
    // Both patients read that it was done; whose document it was before, neither does.
    for (who, patient) in [(&p01, "P01"), (&p06, "P06")] {
        let path = format!("/fhir/AuditEvent?patient=Patient/{}&agent=Practitioner/Z01", number(patient));
        let history = story.fhir(who, "GET", &path, &[], &Value::Null).body.to_string();
        assert!(history.contains("Z01") && history.contains("mauvais patient"), "{patient}: {history}");
    }
}
