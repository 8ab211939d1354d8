//! What one sees of management from outside: versions of what is changed, the lockout of presence codes, visits over FHIR, the clock.

use std::process::Command;

use serde_json::{Value, json};

use super::acts::{code, consent, grant, sees};
use super::people::{Who, at, connector, number, patient, professional, staff, system};
use super::server::Story;
use crate::on_both_databases;
use crate::support::{Database, TestServer, get, request};
use crate::tls::pki;

on_both_databases!(management_shows_its_rules);

fn management_shows_its_rules(database: Database) {
    let story = Story::start(database);
    story.at(super::telling::NOW);
    changes_name_a_version(&story);
    consents_name_a_version(&story);
    wrong_codes_lock(&story);
    visits_over_fhir(&story);
    the_clock_is_only_on_the_listener_of_the_operator(&story);
}

/// A change without `If-Match`, with the version before, and with the right one.
fn conditions(story: &Story, who: &Who, method: &str, path: &str, content_type: &str, body: &Value) -> [u16; 3] {
    let content_type = format!("Content-Type: {content_type}");
    let version = || story.fhir(who, "GET", path, &[], &Value::Null).etag.unwrap_or_else(|| panic!("{path} has no ETag"));
    let number: u64 = version().trim_start_matches("W/\"").trim_end_matches('"').parse().unwrap();
    let send = |condition: Option<String>| {
        let headers: Vec<_> = [Some(content_type.clone()), condition].into_iter().flatten().collect();
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        story.fhir(who, method, path, &headers, body).status
    };
    [None, Some(format!("If-Match: W/\"{}\"", number + 7)), Some(format!("If-Match: {}", version()))].map(send)
}

const FHIR: &str = "application/fhir+json";

fn changes_name_a_version(story: &Story) {
    let admin = staff();
    let paths = [
        "Organization/E1".to_owned(),
        "Practitioner/X03".to_owned(),
        "PractitionerRole/X03.1".to_owned(),
        format!("Patient/{}", number("P06")),
        format!("Device/{}", connector("E5")),
        format!("RelatedPerson/{}.{}", number("P05"), number("P04")),
    ];
    for path in paths {
        let path = format!("/fhir/{path}");
        let resource = story.fhir(&admin, "GET", &path, &[], &Value::Null);
        assert_eq!(resource.status, 200, "{path}: {}", resource.body);
        assert_eq!(conditions(story, &admin, "PUT", &path, FHIR, &resource.body), [428, 412, 200], "{path}");
    }
}

fn consents_name_a_version(story: &Story) {
    let p01 = patient("P01");
    let made = grant(story, &p01, "trusted-circle", "P01", "X02");
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/fhir/Consent/{}", made.body["id"].as_str().unwrap());
    let shorter = json!([{ "op": "add", "path": "/provision/period/end", "value": "2025-12-31" }]);
    assert_eq!(conditions(story, &p01, "PATCH", &path, "application/json-patch+json", &shorter), [428, 412, 200]);
    assert_eq!(conditions(story, &p01, "DELETE", &path, FHIR, &Value::Null), [428, 412, 204]);
    let again = story.fhir(&p01, "POST", "/fhir/Consent", &[], &consent("trusted-circle", "P01", "D03"));
    assert_eq!(again.status, 409, "in force already: {}", again.body);
}

fn wrong_codes_lock(story: &Story) {
    let (x03, p06) = (professional("X03"), patient("P06"));
    let path = |operation: &str| format!("/fhir/Patient/{}/{operation}", number("P06"));
    assert_eq!(story.fhir(&p06, "POST", &path("$presence-code"), &[], &code("X8B5QT4M")).status, 204);
    let enter = |who: &Who, text: &str| story.fhir(who, "POST", &path("$open-consultation"), &[], &code(text));
    for text in ["AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "EEEEEEEE"] {
        assert_eq!(enter(&x03, text).status, 403, "{text}");
    }
    let locked = enter(&x03, "X8B5QT4M");
    assert_eq!(locked.status, 429, "the right code too: {}", locked.body);
    let seconds: u64 = locked.retry_after.unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    assert_eq!(enter(&professional("X01"), "X8B5QT4M").status, 200, "another professional");
    story.at("2025-03-17T09:16:00+01:00");
    assert_eq!(enter(&x03, "X8B5QT4M").status, 200, "when the time is over");
}

fn encounter(visit: &str, status: &str, of: &str, establishment: &str) -> Value {
    json!({
        "resourceType": "Encounter", "status": status, "identifier": [{ "value": visit }],
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" },
        "subject": { "reference": format!("Patient/{}", number(of)) }, "serviceProvider": { "reference": format!("Organization/{establishment}") },
    })
}

fn visits_over_fhir(story: &Story) {
    let (e1, ward) = (system("E1"), at("E1", "I01"));
    let declare = |who: &Who, establishment: &str| {
        story.fhir(who, "POST", "/fhir/Encounter", &[], &encounter("F1", "in-progress", "P02", establishment))
    };
    let words = super::submissions::letter("P02", "expression-titulaire", "STANDARD");
    assert_eq!(story.provide(&patient("P02"), &words, b"text"), Ok(()));
    let sees_words = |who: &Who| {
        !story.fhir(who, "GET", &format!("/fhir/DocumentReference?patient=Patient/{}", number("P02")), &[], &Value::Null).body["entry"]
            .is_null()
    };
    for (who, named, why) in [
        (system("E2"), "E1", "in the name of another"),
        (system("E1").elsewhere(), "E1", "from nowhere"),
        (system("E7"), "E7", "not attested"),
        (system("E6"), "E6", "a pharmacy has no visits"),
        (ward.clone(), "E2", "a professional for another establishment"),
        (patient("P02"), "E1", "the patient"),
    ] {
        let refused = declare(&who, named);
        assert!((400..500).contains(&refused.status), "{why}: {} {}", refused.status, refused.body);
    }
    assert!(!sees_words(&ward));
    let begun = declare(&e1, "E1");
    assert_eq!(begun.status, 201, "{}", begun.body);
    assert!(sees_words(&ward));
    let path = format!("/fhir/Encounter/{}", begun.body["id"].as_str().unwrap());
    let finished = encounter("F1", "finished", "P02", "E1");
    let by_another = story.fhir(&system("E2"), "PUT", &path, &["If-Match: W/\"1\""], &finished).status;
    assert_eq!(by_another, 404, "as good as not there");
    assert_eq!(conditions(story, &e1, "PUT", &path, FHIR, &finished), [428, 412, 200]);
    let version = |who: &Who, number: &str| story.fhir(who, "GET", &format!("{path}/_history/{number}"), &[], &Value::Null);
    assert_eq!((&version(&e1, "1").body["status"], &version(&e1, "2").body["status"]), (&json!("in-progress"), &json!("finished")));
    assert_eq!((version(&e1, "3").status, version(&system("E2"), "1").status), (404, 404));
    let history = story.fhir(&e1, "GET", &format!("{path}/_history"), &[], &Value::Null).body;
    let told = |number: usize| (&history["entry"][number]["resource"]["status"], &history["entry"][number]["request"]["method"]);
    assert_eq!((told(0), told(1)), ((&json!("finished"), &json!("PUT")), (&json!("in-progress"), &json!("POST"))));
    assert!([0, 1].iter().all(|number| history["entry"][number]["response"]["lastModified"].is_string()), "{history}");
    story.at("2025-04-18T12:00:00+02:00");
    assert!(!sees_words(&ward), "the follow-up is over");
    assert!(sees(story, &ward, "P02").is_empty());
}

fn the_clock_is_only_on_the_listener_of_the_operator(story: &Story) {
    const PATH: &str = "/fhir/$set-clock";
    let (back, never) = ("2025-03-01T00:00:00Z", "2025-02-30T00:00:00Z");
    let body = |at: &str| json!({ "resourceType": "Parameters", "parameter": [{ "name": "instant", "valueInstant": at }] });
    assert_eq!(story.fhir(&staff(), "POST", PATH, &[], &body(back)).status, 404, "not where people call");
    let headers = ["Content-Type: application/fhir+json"];
    let refused = request(story.server.operations, "POST", PATH, &headers, body(never).to_string().as_bytes());
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("valueInstant"), "{}", refused.text());
    assert_eq!(request(story.server.operations, "POST", PATH, &headers, &[b'x'; 70_000]).status, 413);
    story.at(back);
    assert!(get(story.server.operations, PATH).text().contains("2025-03-01T00:00:0"), "back as well as forth");
    let program = Command::new(env!("CARGO_BIN_EXE_dossier"))
        .args(["serve", "--test-clock", "--set", "environment=production", "--set", "http.listen=127.0.0.1:0"])
        .current_dir(pki::pki())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&program.stderr);
    assert_eq!(program.status.code(), Some(3), "{told}");
    assert!(told.contains("clock.settable"), "{told}");
}

#[test]
fn a_server_without_the_flag_has_no_clock_to_set() {
    let server = TestServer::start(Database::Sqlite);
    for method in ["GET", "POST"] {
        for address in [server.operations, server.http] {
            let answer = request(address, method, "/fhir/$set-clock", &["Content-Type: application/fhir+json"], b"{}");
            assert_eq!(answer.status, 404, "{method} {address}: {}", answer.text());
        }
    }
}
