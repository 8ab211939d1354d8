//! Managing a record as its people do it over FHIR, with the examples that come with the profile.

use serde_json::{Value, json};

use super::{FhirReply, Headers, ReceivedRequest, respond};
use crate::access::Call;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::directory::{Directory, Professional};
use crate::model::ids::Oid;
use crate::model::node::{Node, NodeProof};
use crate::model::person::{CodedClaim, InstanceIdentifier, Person, SubjectClaims};
use crate::model::timestamp::Instant;
use crate::transactions::test_services::test_services;
use crate::transactions::{AssertionMode, ReplyBody, Services};

const MATRICULES: &str = "1.3.182.4.4";
const HOLDER: &str = "1958031498124";
const ASSISTANT: &str = "1986070298269";

macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("../../../profiles/luxembourg-dsp/fhir/examples/", $name, ".json"))
    };
}

/// The patients of the examples, three physicians, a pharmacist and the CNS.
fn scene() -> (Services, TestRegistry) {
    let (mut services, behind) = test_services();
    services.assigning_authorities = vec![MATRICULES.parse::<Oid>().unwrap()];
    [HOLDER, ASSISTANT].iter().for_each(|patient| TestRegistry::announce(&services.door, &cx(patient)));
    let professional = |key: &str, profile: &str| -> Professional {
        let entry = json!({ "id": key, "assigning_authority": "2.999.442.2.1", "family": key, "profession": profile, "usage_profile": profile,
            "licence": { "valid_from": "2000-01-01" }, "workplaces": [{ "kind": "cabinet" }] });
        serde_json::from_value(entry).unwrap()
    };
    let all = [("D01", "medecin"), ("D03", "medecin"), ("D04", "medecin"), ("F01", "pharmacien"), ("SYS", "cns")];
    let all = all.into_iter().map(|(key, profile)| professional(key, profile)).collect();
    services.door.import(&call(), &Directory::Professionals(all)).unwrap();
    (services, behind)
}

fn cx(matricule: &str) -> crate::model::hl7_types::PatientId {
    format!("{matricule}^^^&{MATRICULES}&ISO").parse().unwrap()
}

/// Somebody in a quality: a patient by matricule, anybody else by their key in the directory.
fn person(role: &str, name: &str) -> Call {
    let role_claim = CodedClaim { code: role.to_owned(), system: "2.999.442.1.5".to_owned(), display: None };
    let mut claims = SubjectClaims { roles: vec![role_claim], ..SubjectClaims::default() };
    match role {
        "patient" => claims.person = Some(cx(name)),
        _ => claims.provider_identifiers = vec![InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: name.to_owned() }],
    }
    let person = Person { issuer: "urn:issuer".to_owned(), name_id: name.to_owned(), alias: None, token: None, claims };
    Call { person: Some(person), ..call() }
}

fn holder() -> Call {
    person("patient", HOLDER)
}

fn doctor(key: &str) -> Call {
    person("medecin", key)
}

struct Got {
    status: u16,
    body: Value,
    etag: Option<String>,
    text: String,
}

fn send(services: &Services, call: &Call, method: &str, path: &str, if_match: Option<&str>, body: &str) -> Got {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let content_type = match method {
        "PATCH" => Some("application/json-patch+json".to_owned()),
        _ => (!body.is_empty()).then(|| "application/fhir+json".to_owned()),
    };
    let headers = Headers { content_type, if_match: if_match.map(str::to_owned), ..Headers::default() };
    let mut bytes = body.as_bytes();
    let received = ReceivedRequest { method, path, query, headers, base_url: "https://a.example/fhir".to_owned(), body: &mut bytes };
    let FhirReply { status, headers, body, .. } = respond(services, call, received);
    let ReplyBody::Whole(bytes) = body else { panic!("a resource is sent as a whole") };
    let etag = headers.iter().find(|(name, _)| *name == "ETag").map(|(_, value)| value.clone());
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Got { status, body, etag, text: String::from_utf8(bytes).unwrap() }
}

fn get(services: &Services, call: &Call, path: &str) -> Got {
    send(services, call, "GET", path, None, "")
}

fn post(services: &Services, call: &Call, path: &str, body: &str) -> Got {
    send(services, call, "POST", path, None, body)
}

fn total(services: &Services, call: &Call, query: &str) -> u64 {
    let found = get(services, call, &format!("Consent?patient=Patient/{HOLDER}{query}"));
    assert_eq!(found.status, 200, "{}", found.text);
    found.body["total"].as_u64().unwrap()
}

/// A record for both patients, made on their request.
fn with_records() -> (Services, TestRegistry) {
    let (services, behind) = scene();
    for patient in [HOLDER, ASSISTANT] {
        let created = post(&services, &person("admin", ""), &format!("Patient/{patient}/$dsp-create"), example!("Parameters-dsp-create"));
        assert_eq!(created.status, 200, "{}", created.text);
    }
    (services, behind)
}

fn status(services: &Services, call: &Call) -> String {
    let got = get(services, call, &format!("Patient/{HOLDER}/$dsp-status"));
    let parameter = |parameter: &Value| {
        let value = parameter.as_object().unwrap().values().nth(1).unwrap();
        format!("{}={}", parameter["name"].as_str().unwrap(), value.to_string().trim_matches('"'))
    };
    let Some(parameters) = got.body["parameter"].as_array() else { return got.status.to_string() };
    parameters.iter().map(parameter).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_record_lives_as_its_holder_says() {
    let (services, _behind) = scene();
    let act = |call: &Call, name: &str| post(&services, call, &format!("Patient/{HOLDER}/$dsp-{name}"), "").status;
    assert_eq!(status(&services, &holder()), "status=none open=false");
    assert_eq!(status(&services, &doctor("D01")), "open=false");
    assert_eq!(act(&doctor("D01"), "create"), 404);
    assert_eq!(act(&person("cns", "SYS"), "create"), 200);
    assert_eq!(act(&person("cns", "SYS"), "create"), 409);
    // Thirty calendar days of Luxembourg, over the change of the clocks.
    assert_eq!(status(&services, &holder()), "status=inactive open=false activates-at=2025-04-16T08:00:00.000Z");
    assert_eq!(status(&services, &doctor("D01")), "open=false");
    let later = Call { now: Instant(1_744_790_400_000_000), ..holder() };
    assert_eq!(status(&services, &later), "status=active open=true");
    assert_eq!(act(&holder(), "activate"), 200);
    assert_eq!(act(&holder(), "activate"), 422);
    assert_eq!(status(&services, &doctor("D01")), "open=true");
    assert_eq!(status(&services, &person("patient", ASSISTANT)), "404");
    assert_eq!(act(&person("patient", ASSISTANT), "close"), 404);
    assert_eq!(act(&holder(), "close"), 200);
    assert_eq!(status(&services, &holder()), "status=closed open=false closed-at=2025-03-17T09:00:00.000Z");
    assert_eq!(act(&holder(), "reopen"), 200);
}

#[test]
fn each_example_is_taken() {
    let (services, _behind) = with_records();
    for (call, text) in [
        (person("cns", "SYS"), example!("Consent-referring-physician")),
        (holder(), example!("Consent-trusted-circle")),
        (holder(), example!("Consent-assistant")),
        (holder(), example!("Consent-blacklist")),
        (holder(), example!("Consent-emergency-access")),
    ] {
        let created = post(&services, &call, "Consent", text);
        assert_eq!(created.status, 201, "{}", created.text);
        // What was sent comes back, with what the server adds to it.
        let sent: Value = serde_json::from_str(text).unwrap();
        for name in ["status", "scope", "category", "patient", "policyRule"] {
            assert_eq!(created.body[name], sent[name], "{name}");
        }
        for name in ["type", "actor", "code"] {
            assert_eq!(created.body["provision"][name], sent["provision"][name], "{name}");
        }
        let id = created.body["id"].as_str().unwrap();
        let read = get(&services, &call, &format!("Consent/{id}"));
        assert_eq!((read.status, read.etag, read.body), (200, created.etag, created.body.clone()));
    }
    assert_eq!(total(&services, &holder(), ""), 5);
    let setting = get(&services, &holder(), &format!("Consent?patient={HOLDER}&category=emergency-access")).body;
    let path = format!("Consent/{}", path_id(&setting["entry"][0]["resource"]));
    assert_eq!(send(&services, &holder(), "DELETE", &path, Some("W/\"2\""), "").status, 204);
    let reset = get(&services, &holder(), &path);
    assert_eq!((reset.etag.as_deref(), &reset.body["provision"]["code"][0]["coding"][0]["code"]), (Some("W/\"3\""), &json!("standard")));
    assert_eq!(total(&services, &person("patient", ASSISTANT), ""), 5);
    assert_eq!(total(&services, &person("cns", "SYS"), ""), 1);
    assert_eq!(total(&services, &doctor("D03"), ""), 1);
    assert_eq!(total(&services, &doctor("D04"), ""), 0, "nobody sees that they are on the blacklist");
    assert_eq!(total(&services, &holder(), "&category=blacklist,assistant&status=active"), 2);
    assert_eq!(total(&services, &holder(), "&actor=Practitioner/D01"), 1);
    assert_eq!(total(&services, &holder(), "&period=ge2030"), 5);
    assert_eq!(total(&services, &holder(), "&period=lt2025"), 0);
    let page = get(&services, &holder(), &format!("Consent?patient={HOLDER}&_count=2"));
    let next = page.body["link"][1]["url"].as_str().unwrap().replace("https://a.example/fhir/", "");
    assert_eq!(get(&services, &holder(), &next).body["entry"].as_array().unwrap().len(), 2);

    let set = post(&services, &holder(), &format!("Patient/{HOLDER}/$presence-code"), example!("Parameters-presence-code"));
    assert_eq!((set.status, set.text.as_str()), (204, ""));
    let open = |key: &str, text: &str| post(&services, &doctor(key), &format!("Patient/{HOLDER}/$open-consultation"), text);
    let opened = open("F01", example!("Parameters-open-consultation"));
    assert_eq!((opened.status, opened.etag.as_deref()), (200, Some("W/\"1\"")), "{}", opened.text);
    let path = format!("Consent/{}", opened.body["id"].as_str().unwrap());
    let cut = send(&services, &holder(), "PATCH", &path, Some("W/\"1\""), example!("JsonPatch-shorten-mandate"));
    assert_eq!((cut.status, cut.etag.as_deref()), (200, Some("W/\"2\"")), "{}", cut.text);
    assert_eq!(cut.body["provision"]["period"]["end"], "2025-03-20T23:00:00.000Z", "the whole day");
    // The blacklisted professional with the right code gets what a wrong code gets.
    let (blacklisted, wrong) = (open("D04", example!("Parameters-open-consultation")), open("F01", &code("wrong-code")));
    assert_eq!((blacklisted.status, &blacklisted.text), (403, &wrong.text));
}

fn code(text: &str) -> String {
    json!({ "resourceType": "Parameters", "parameter": [{ "name": "code", "valueString": text }] }).to_string()
}

#[test]
fn a_change_says_which_version_it_changes() {
    let (services, _behind) = with_records();
    let created = post(&services, &holder(), "Consent", example!("Consent-trusted-circle"));
    let path = format!("Consent/{}", created.body["id"].as_str().unwrap());
    let mut ended = created.body.clone();
    ended["status"] = "inactive".into();
    let ended = ended.to_string();
    let put = |if_match: Option<&str>, body: &str| send(&services, &holder(), "PUT", &path, if_match, body);
    assert_eq!(put(None, &ended).status, 428);
    assert_eq!(put(Some("3"), &ended).status, 400);
    assert_eq!(put(Some("W/\"2\""), &ended).status, 412);
    assert_eq!(put(Some("W/\"2\""), &created.text).status, 412, "though nothing would change");
    let same = put(Some("W/\"1\""), &created.text);
    assert_eq!((same.status, same.etag.as_deref()), (200, Some("W/\"1\"")));
    let mut other = created.body.clone();
    other["provision"]["actor"][0]["reference"]["reference"] = "Practitioner/D01".into();
    let refused = put(Some("W/\"1\""), &other.to_string());
    assert_eq!((refused.status, refused.body["issue"][0]["expression"][0].as_str()), (422, Some("Consent.provision.actor")));
    // Others get the same as for a consent that does not exist.
    let nowhere = "Consent/00000000-0000-4000-8000-000000000000";
    for (method, body) in [("PUT", ended.clone()), ("DELETE", String::new()), ("PATCH", "[]".to_owned()), ("GET", String::new())] {
        let body_for = |path: &str| {
            if method == "PUT" { body.replace(&path_id(&created.body), path.rsplit('/').next().unwrap()) } else { body.clone() }
        };
        let [there, not] =
            [path.as_str(), nowhere].map(|path| send(&services, &doctor("D04"), method, path, Some("W/\"1\""), &body_for(path)));
        assert_eq!((there.status, &there.text), (404, &not.text), "{method}");
    }
    let gone = put(Some("W/\"1\""), &ended);
    assert_eq!(
        (gone.status, gone.body["status"].as_str(), gone.etag.as_deref()),
        (200, Some("inactive"), Some("W/\"2\"")),
        "{}",
        gone.text
    );
    assert_eq!(send(&services, &holder(), "DELETE", &path, Some("W/\"2\""), "").status, 422, "it has ended");
    assert_eq!(get(&services, &doctor("D03"), &path).status, 200, "it stays in the list of past ones");
}

fn path_id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_refusal_says_which_rule_forbids_it_to_those_who_may_know() {
    let (services, _behind) = with_records();
    assert_eq!(post(&services, &person("cns", "SYS"), "Consent", example!("Consent-referring-physician")).status, 201);
    let blacklist = example!("Consent-blacklist").replace("D04", "D01");
    let refused = post(&services, &holder(), "Consent", &blacklist);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("referring physician cannot be blacklisted"), "{}", refused.text);
    let forbidden = post(&services, &holder(), "Consent", example!("Consent-referring-physician"));
    assert_eq!(forbidden.status, 403);
    assert!(forbidden.text.contains("access rules, 9"), "{}", forbidden.text);
    let unknown = example!("Consent-trusted-circle").replace(HOLDER, "1958031498999");
    let hidden = post(&services, &doctor("D01"), "Consent", example!("Consent-trusted-circle"));
    assert_eq!((hidden.status, hidden.text), (404, post(&services, &doctor("D01"), "Consent", &unknown).text));
    assert_eq!(get(&services, &call(), &format!("Consent?patient={HOLDER}")).status, 401);
}

#[test]
fn those_concerned_read_that_the_record_was_closed() {
    let (services, _behind) = with_records();
    assert_eq!(post(&services, &person("cns", "SYS"), "Consent", example!("Consent-referring-physician")).status, 201);
    assert_eq!(post(&services, &holder(), &format!("Patient/{HOLDER}/$dsp-close"), "").status, 200);
    let reasons = |call: &Call, query: &str| {
        let found = get(&services, call, &format!("Communication{query}"));
        let entries = found.body["entry"].as_array().cloned().unwrap_or_default();
        let reason = |entry: &Value| entry["resource"]["reasonCode"][0]["coding"][0]["code"].as_str().unwrap().to_owned();
        entries.iter().map(reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&holder(), &format!("?recipient=Patient/{HOLDER}")), ["record-closed"]);
    assert_eq!(reasons(&doctor("D01"), "?recipient=Practitioner/D01"), ["declaration-ended-by-closing"]);
    assert_eq!(reasons(&person("cns", "SYS"), ""), ["declaration-ended-by-closing"]);
    assert_eq!(reasons(&doctor("D03"), "?recipient=Practitioner/D01"), Vec::<String>::new());
    let found = get(&services, &holder(), "Communication");
    let path = format!("Communication/{}", path_id(&found.body["entry"][0]["resource"]));
    assert_eq!(get(&services, &doctor("D01"), &path).status, 404);
    let read = post(&services, &holder(), &format!("{path}/$dsp-acknowledge"), "");
    assert_eq!((read.status, read.body["received"].as_str()), (200, Some("2025-03-17T09:00:00.000Z")), "{}", read.text);
}

#[test]
fn everything_sent_is_a_resource_of_r4() {
    let (services, _behind) = with_records();
    post(&services, &holder(), "Consent", example!("Consent-emergency-access"));
    post(&services, &holder(), "Consent", example!("Consent-assistant"));
    let search = get(&services, &holder(), &format!("Consent?patient={HOLDER}"));
    post(&services, &holder(), &format!("Patient/{HOLDER}/$dsp-close"), "");
    for got in [search, get(&services, &holder(), "Communication"), get(&services, &holder(), &format!("Patient/{HOLDER}/$dsp-status"))] {
        crate::wire::fhir::json::read(got.text.as_bytes()).unwrap();
    }
    let profile = get(&services, &call(), "StructureDefinition/dsp-blacklist");
    assert_eq!((profile.status, profile.body["type"].as_str()), (200, Some("Consent")));
    assert_eq!(get(&services, &call(), "StructureDefinition/other").status, 404);
}

/// Where a token is required, nothing that is about patients is answered without one, whatever else the rules would say.
#[test]
fn where_tokens_are_required_only_systems_and_readers_of_definitions_go_without() {
    let (mut services, _behind) = scene();
    services.tokens.mode = AssertionMode::Required;
    let node = Node {
        fingerprint: "0".repeat(64),
        subject: "CN=his".to_owned(),
        issuer: "CN=ca".to_owned(),
        serial: "01".to_owned(),
        dns_names: vec!["his.example".to_owned()],
        uris: Vec::new(),
    };
    let system = Call { node: NodeProof::Proven(node), ..call() };
    for (path, alone, by_system) in [
        ("metadata".to_owned(), 200, 200),
        ("StructureDefinition/dsp-blacklist".to_owned(), 200, 200),
        (format!("DocumentReference?patient={HOLDER}"), 401, 401),
        (format!("List?patient={HOLDER}"), 401, 401),
        ("Binary/2.999.1".to_owned(), 401, 401),
        (format!("Consent?patient={HOLDER}"), 401, 401),
        ("Practitioner/D01".to_owned(), 401, 200),
    ] {
        assert_eq!((get(&services, &call(), &path).status, get(&services, &system, &path).status), (alone, by_system), "{path}");
    }
    services.tokens.mode = AssertionMode::Optional;
    assert_eq!(get(&services, &call(), "Binary/2.999.1").status, 404);
}
