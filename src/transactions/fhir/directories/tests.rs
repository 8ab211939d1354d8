//! The directories over FHIR, from a request's bytes to its reply's.

use serde_json::{Value, json};

use crate::access::Call;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::person::{CodedClaim, Person, SubjectClaims};
use crate::transactions::fhir::{Headers, ReceivedRequest, respond};
use crate::transactions::test_services::test_services;
use crate::transactions::{ReplyBody, Services};

/// A call in this quality.
fn as_role(role: &str) -> Call {
    let role = CodedClaim { code: role.to_owned(), system: "2.999.442.1.5".to_owned(), display: None };
    let claims = SubjectClaims { roles: vec![role], ..SubjectClaims::default() };
    let person = Person { issuer: "urn:issuer".to_owned(), name_id: "ada".to_owned(), alias: None, token: None, claims };
    Call { person: Some(person), ..call() }
}

struct Reply {
    status: u16,
    etag: Option<String>,
    location: Option<String>,
    body: Value,
}

fn send(services: &Services, call: &Call, method: &str, path: &str, if_match: Option<&str>, body: Option<&Value>) -> Reply {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let headers = Headers {
        content_type: body.map(|_| "application/fhir+json".to_owned()),
        if_match: if_match.map(str::to_owned),
        ..Headers::default()
    };
    let base_url = "https://us.example/fhir".to_owned();
    let received = ReceivedRequest { method, path, query, headers, base_url, body: &mut bytes.as_slice() };
    let reply = respond(services, call, received);
    let header = |name: &str| reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let (etag, location) = (header("ETag"), header("Location"));
    let ReplyBody::Whole(bytes) = reply.body else { panic!("a resource is written whole") };
    Reply { status: reply.status, etag, location, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

fn get(services: &Services, path: &str) -> Reply {
    send(services, &call(), "GET", path, None, None)
}

fn found(services: &Services, path: &str) -> Vec<String> {
    let reply = get(services, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    let ids = reply.body["entry"].as_array().into_iter().flatten();
    let ids: Vec<_> = ids.map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(reply.body["total"], ids.len());
    ids
}

fn clinic() -> Value {
    json!({ "resourceType": "Organization", "name": "Clinique d'Été", "active": true,
        "identifier": [{ "system": "urn:oid:2.999.5", "value": "E8" }, { "system": "urn:ietf:rfc:3986", "value": "urn:oid:2.999.5.8" }],
        "type": [{ "coding": [{ "system": "urn:oid:2.999.442.1.4", "code": "hopital" }] }] })
}

fn doctor() -> Value {
    json!({ "resourceType": "Practitioner", "name": [{ "family": "Müller", "given": ["Zoé"] }],
        "identifier": [{ "system": "urn:oid:2.999.6", "value": "D8" }],
        "qualification": [{ "code": { "text": "Cardiologue" }, "period": { "start": "2020-01-01", "end": "2029-12-31" } }] })
}

fn patient(id: &str) -> Value {
    json!({ "resourceType": "Patient", "name": [{ "family": "Weber", "given": ["Luc"] }], "birthDate": "2015-04",
        "identifier": [{ "system": "urn:oid:1.2.3", "value": id }, { "system": "urn:oid:1.2.9", "value": format!("K{id}") }] })
}

fn kept() -> (Services, TestRegistry) {
    let (services, behind) = test_services();
    let operator = as_role("admin");
    let child = json!({ "resourceType": "RelatedPerson", "patient": { "reference": "Patient/C1" },
        "identifier": [{ "system": "urn:oid:1.2.3", "value": "M1" }], "period": { "start": "2015-04-01" } });
    let place = json!({ "resourceType": "PractitionerRole", "practitioner": { "reference": "Practitioner/D8" },
        "organization": { "reference": "Organization/E8" }, "code": [{ "coding": [{ "code": "hopital" }] }] });
    for (path, resource, location) in [
        ("Organization", clinic(), "Organization/E8/_history/1"),
        ("Practitioner", doctor(), "Practitioner/D8/_history/1"),
        ("PractitionerRole", place, "PractitionerRole/D8.1/_history/2"),
        ("Patient", patient("C1"), "Patient/C1/_history/1"),
        ("Patient", patient("M1"), "Patient/M1/_history/1"),
        ("RelatedPerson", child, "RelatedPerson/C1.M1/_history/1"),
    ] {
        let reply = send(&services, &operator, "POST", path, None, Some(&resource));
        assert_eq!((reply.status, reply.location), (201, Some(format!("https://us.example/fhir/{location}"))), "{path}: {}", reply.body);
        let again = send(&services, &operator, "POST", path, None, Some(&resource));
        assert_eq!(again.status, if path == "PractitionerRole" { 201 } else { 409 }, "{path}: {}", again.body);
    }
    (services, behind)
}

#[test]
fn what_the_operator_keeps_is_read_and_found() {
    let (services, _behind) = kept();
    let read = |path: &str| get(&services, path);
    let clinic = read("Organization/E8");
    assert_eq!((clinic.status, clinic.etag.as_deref(), &clinic.body["active"]), (200, Some("W/\"1\""), &json!(true)));
    assert_eq!(read("Practitioner/D8").body["qualification"][0]["code"]["coding"][0]["code"], "medecin");
    assert_eq!(read("PractitionerRole/D8.1").body["organization"]["reference"], "Organization/E8");
    assert_eq!(read("Patient/C1").body["birthDate"], "2015-04");
    assert_eq!(read("RelatedPerson/C1.M1").body["patient"]["reference"], "Patient/C1");
    for (path, ids) in [
        ("Organization?name=ete", vec!["E8"]),
        ("Organization?name=ete&name=clin", vec!["E8"]),
        ("Organization?identifier=urn:ietf:rfc:3986%7Curn:oid:2.999.5.8", vec!["E8"]),
        ("Organization?_id=E9", vec![]),
        ("Practitioner?family=mull&given=ZO", vec!["D8"]),
        ("Practitioner?family=zo", vec![]),
        ("Practitioner?name=zo&identifier=D8", vec!["D8"]),
        ("PractitionerRole?practitioner=Practitioner/D8", vec!["D8.1", "D8.2"]),
        ("Patient?family=web&birthdate=2015", vec!["C1", "M1"]),
        ("Patient?family=web&birthdate=2015-05", vec![]),
        ("Patient?identifier=urn:oid:1.2.9%7CKM1", vec!["M1"]),
        ("Patient?_id=C1", vec!["C1"]),
        ("RelatedPerson?patient=Patient/M1", vec!["C1.M1"]),
    ] {
        assert_eq!(found(&services, path), ids, "{path}");
    }
    for path in ["Organization/E9", "Practitioner/D9", "PractitionerRole/D8.3", "PractitionerRole/D8", "Patient/C2", "RelatedPerson/M1.C1"]
    {
        assert_eq!(get(&services, path).status, 404, "{path}");
    }
    assert_eq!(get(&services, "Patient?colour=red&family=web").body["entry"][2]["search"]["mode"], "outcome", "left aside with a warning");
    for path in ["Patient?birthdate=ap2015", "Practitioner?name:not=zo"] {
        assert_eq!(get(&services, path).status, 400, "{path}");
    }
}

#[test]
fn a_change_names_the_version_that_was_seen() {
    let (services, behind) = kept();
    let put = |path: &str, if_match: Option<&str>, body: &Value| send(&services, &as_role("admin"), "PUT", path, if_match, Some(body));
    let mut renamed = clinic();
    renamed["name"] = "Clinique d'Hiver".into();
    assert_eq!(put("Organization/E8", None, &renamed).status, 428);
    assert_eq!(put("Organization/E8", Some("W/\"2\""), &renamed).status, 412);
    let changed = put("Organization/E8", Some("W/\"1\""), &renamed);
    assert_eq!((changed.status, changed.etag.as_deref()), (200, Some("W/\"2\"")), "{}", changed.body);
    assert_eq!(found(&services, "Organization?name=hiver"), ["E8"]);
    assert!(found(&services, "Organization?name=ete").is_empty());
    assert_eq!(put("Organization/E9", Some("W/\"2\""), &renamed).status, 400, "the identifier is that of another");
    let mut suspended = doctor();
    suspended["active"] = false.into();
    let version = get(&services, "Practitioner/D8").etag;
    assert_eq!(put("Practitioner/D8", version.as_deref(), &suspended).status, 200);
    assert_eq!(get(&services, "Practitioner/D8").body["active"], false);
    assert_eq!(found(&services, "PractitionerRole?practitioner=D8").len(), 2, "the workplaces stay");
    let mut nameless = patient("C1");
    nameless.as_object_mut().unwrap().remove("name");
    assert_eq!(put("Patient/C1", Some("W/\"1\""), &nameless).status, 200);
    assert!(behind.patient("C1^^^&1.2.3&ISO").unwrap().name.is_none(), "what is not said is gone");
    let mut faulty = clinic();
    faulty.as_object_mut().unwrap().remove("type");
    let refused = put("Organization/E8", Some("W/\"2\""), &faulty);
    assert_eq!((refused.status, &refused.body["issue"][0]["expression"][0]), (422, &json!("Organization.type")));
}

#[test]
fn only_the_operator_changes_anything() {
    let (services, behind) = kept();
    for caller in [call(), as_role("medecin"), as_role("patient"), as_role("cns")] {
        let reply = send(&services, &caller, "PUT", "Organization/E8", Some("W/\"1\""), Some(&clinic()));
        assert_eq!(reply.status, 403, "{}", reply.body);
        assert_eq!(behind.last_event().errors, ["HTTP 403"]);
    }
    assert_eq!(get(&services, "Organization/E8").etag.as_deref(), Some("W/\"1\""));
}

#[test]
fn connected_systems_are_kept_and_seen_by_the_operator_only() {
    let (services, _) = kept();
    let admin = as_role("admin");
    let device = |key: &str, more: Value| {
        let identifiers = json!([{ "system": "urn:dossier:connected-system", "value": key },
            { "system": "urn:dossier:certificate", "value": "dns:his.example" }]);
        let attestation = json!({ "url": "urn:dossier:fhir:attestation", "valuePeriod": { "start": "2020-01-01", "end": "2029-12-31" } });
        json!({ "resourceType": "Device", "identifier": identifiers, "deviceName": [{ "name": "HIS", "type": "user-friendly-name" }], "contact": [{ "system": "other", "value": "us" }],
            "owner": { "reference": "Organization/E8" }, "extension": [attestation, more] })
    };
    let suspended = json!({ "url": "urn:dossier:fhir:suspended-from", "valueDate": "2025-03-01" });
    let none = json!({ "url": "urn:elsewhere", "valueBoolean": true });
    let made = send(&services, &admin, "POST", "Device", None, Some(&device("his", none.clone())));
    assert_eq!(
        (made.status, made.location.as_deref().map(|at| at.ends_with("/Device/his/_history/1"))),
        (201, Some(true)),
        "{}",
        made.body
    );
    let again = send(&services, &admin, "POST", "Device", None, Some(&device("his", none.clone())));
    assert_eq!(again.status, 409);
    let thief = send(&services, &admin, "POST", "Device", None, Some(&device("thief", none)));
    assert_eq!(thief.status, 422, "a certificate names one system");
    let put = |if_match: Option<&str>| send(&services, &admin, "PUT", "Device/his", if_match, Some(&device("his", suspended.clone())));
    assert_eq!(put(None).status, 428);
    let changed = put(Some("W/\"1\""));
    assert_eq!((changed.status, changed.etag.as_deref()), (200, Some("W/\"2\"")), "{}", changed.body);
    assert_eq!(put(Some("W/\"1\"")).status, 412);
    let read = send(&services, &admin, "GET", "Device/his", None, None);
    assert_eq!((read.status, &read.body["extension"][1]["valueDate"]), (200, &json!("2025-03-01")));
    assert_eq!(found(&services, "Device?organization=Organization/E8"), ["his"]);
    assert!(found(&services, "Device?organization=Organization/E9").is_empty());
    assert_eq!(send(&services, &admin, "GET", "Device/thief", None, None).status, 404);
    let refused = send(&services, &as_role("medecin"), "PUT", "Device/his", Some("W/\"2\""), Some(&device("his", suspended.clone())));
    assert_eq!(refused.status, 403);
}
