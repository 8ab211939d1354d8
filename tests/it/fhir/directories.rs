//! The directories over FHIR under the access rules: PDQm (ITI-78, ITI-119), PIXm (ITI-83, ITI-104), PMIR (ITI-93), mCSD (ITI-90).

use std::fs;

use dossier::model::audit_event::Transaction;
use dossier::wire::jwt::SigningKey;
use serde_json::{Value, json};

use crate::access::scene::{P01, P02, Scene, patient_id};
use crate::iua::scene::{AUDIENCE, ISSUER, new_key, payload};
use crate::on_both_databases;
use crate::support::{Database, Response, request};

on_both_databases!(the_directories_answer_whom_they_may);

pub(super) const OWN: &str = "urn:oid:1.3.182.4.4";
const LOCAL: &str = "urn:oid:2.999.77.1";

pub(super) struct Directories {
    pub(super) scene: Scene,
    key: SigningKey,
    _folder: tempfile::TempDir,
}

impl Directories {
    pub(super) fn start(database: Database) -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), new_key());
        let file = folder.path().join("keys.json");
        fs::write(&file, key.key_set().to_string()).unwrap();
        let issuers = format!("{ISSUER}={}", file.display());
        let settings =
            [("iua.mode", "required"), ("iua.issuers", issuers.as_str()), ("iua.audiences", AUDIENCE), ("iua.admin_issuers", ISSUER)];
        Self { scene: Scene::start_with(database, &settings), key, _folder: folder }
    }

    fn token(&self, role: &str, own: Value) -> String {
        let role = json!([{ "system": "urn:oid:2.999.442.1.5", "code": role }]);
        self.key.sign(&payload(|said| said["extensions"] = json!({ "ihe_iua": { "subject_role": role }, "dossier": own }))).unwrap()
    }

    pub(super) fn professional(&self) -> String {
        self.token("professionnel", json!({ "provider_identifier": [{ "system": "urn:oid:2.999.442.2.1", "value": "D01" }] }))
    }

    pub(super) fn patient(&self, number: &str) -> String {
        self.token("patient", json!({ "person": patient_id(number) }))
    }

    pub(super) fn admin(&self) -> String {
        self.token("admin", json!({}))
    }

    pub(super) fn send(&self, token: &str, method: &str, path: &str, media_type: &str, body: &str) -> Response {
        self.send_if(token, (method, path), "*", media_type, body)
    }

    /// With an `If-Match`.
    pub(super) fn send_if(&self, token: &str, (method, path): (&str, &str), version: &str, media_type: &str, body: &str) -> Response {
        let (authorization, content) = (format!("Authorization: Bearer {token}"), format!("Content-Type: {media_type}"));
        let path = format!("/fhir/{}", path.replace('|', "%7C"));
        let if_match = format!("If-Match: {version}");
        let headers = [authorization.as_str(), &content, &if_match];
        let headers = if version == "*" { &headers[..2] } else { &headers };
        request(self.scene.server.http, method, &path, headers, body.as_bytes())
    }

    pub(super) fn get(&self, token: &str, path: &str) -> Value {
        let response = self.send(token, "GET", path, "text/plain", "");
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        serde_json::from_slice(&response.body).unwrap()
    }

    pub(super) fn status(&self, token: &str, path: &str) -> (u16, Value) {
        let response = self.send(token, "GET", path, "text/plain", "");
        let outcome: Value = serde_json::from_slice(&response.body).unwrap();
        (response.status, outcome["issue"][0]["code"].clone())
    }

    /// The ids of the matches of a search, and its total.
    pub(super) fn found(&self, token: &str, path: &str) -> Vec<String> {
        ids(&self.get(token, path), "match")
    }

    pub(super) fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let response = self.send(token, "POST", path, "application/fhir+json", &body.to_string());
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }

    pub(super) fn put(&self, token: &str, path: &str, body: &Value) -> (u16, Option<String>) {
        let response = self.send(token, "PUT", path, "application/fhir+json", &body.to_string());
        (response.status, response.header("location").map(str::to_owned))
    }
}

fn ids(bundle: &Value, mode: &str) -> Vec<String> {
    let entries = bundle["entry"].as_array().into_iter().flatten().filter(|entry| entry["search"]["mode"] == mode);
    entries.map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
}

fn the_directories_answer_whom_they_may(database: Database) {
    let directories = Directories::start(database);
    patients_are_found(&directories);
    professionals_and_establishments_are_found(&directories);
    who_is_meant_is_told_as_surely_as_it_is(&directories);
    patients_are_announced(&directories);
    identifiers_lead_to_each_other(&directories);
    patients_are_corrected_and_merged(&directories);
    a_message_is_taken_whole(&directories);
}

fn patients_are_found(directories: &Directories) {
    let (physician, daughter) = (directories.professional(), directories.patient(P02));
    for (question, expected) in [
        (format!("identifier={OWN}|{P01}"), vec![P01]),
        (format!("identifier={OWN}|{P01},{OWN}|{P02}"), vec![P01, P02]),
        (format!("_id={P01}"), vec![P01]),
        ("family=ferreira&gender=female".to_owned(), vec![P01]),
        ("family=ferreira,reding&gender=male".to_owned(), vec!["1975011898682", P02]),
        ("family:exact=ferreira".to_owned(), vec![]),
        ("family:exact=Ferreira%20Lopes&given=maria".to_owned(), vec![P01]),
        ("birthdate=1958-03-14&family=lopes".to_owned(), vec![P01]),
        ("birthdate=1995".to_owned(), vec!["1995000098999"]),
        ("family=ferreira&birthdate=lt1970".to_owned(), vec![P01]),
        ("family=ferreira&address-city=esch&address-country=lu&address-postalcode=4010".to_owned(), vec![P01, P02]),
        ("family=ferreira&address=diekirch".to_owned(), vec![]),
        ("family=ferreira&telecom=phone|1".to_owned(), vec![]),
        ("family=ferreira&active=false".to_owned(), vec![]),
        ("family=ferreira&active=true&_sort=-birthdate".to_owned(), vec![P02, P01]),
        (format!("family=ferreira&identifier={LOCAL}|"), vec![]),
    ] {
        assert_eq!(directories.found(&physician, &format!("Patient?{question}")), expected, "{question}");
    }
    assert_eq!(directories.scene.last_record().transaction, Transaction::Iti78);
    let of_domain = directories.get(&physician, &format!("Patient?family=ferreira&given=tiago&identifier={OWN}|,{LOCAL}|"));
    assert_eq!(of_domain["entry"][0]["resource"]["identifier"].as_array().unwrap().len(), 1);
    // Page by page, as a form too.
    let first = directories.get(&physician, "Patient?family=ferreira&_count=1");
    assert_eq!((ids(&first, "match"), &first["total"]), (vec![P01.to_owned()], &json!(2)));
    let next = first["link"][1]["url"].as_str().unwrap().split("/fhir/").nth(1).unwrap();
    let second = directories.get(&physician, next);
    assert_eq!((ids(&second, "match"), second["link"].as_array().unwrap().len()), (vec![P02.to_owned()], 1));
    let form = directories.send(&physician, "POST", "Patient/_search", "application/x-www-form-urlencoded", "given=tiago&gender=male");
    assert_eq!(ids(&serde_json::from_slice(&form.body).unwrap(), "match"), [P02]);
    // Nobody browses, and nobody but the operator lists.
    for question in ["", "?gender=female", "?address-city=esch", "?birthdate=gt1900"] {
        assert_eq!(directories.status(&physician, &format!("Patient{question}")), (400, json!("too-costly")), "{question}");
    }
    assert_eq!(directories.found(&directories.admin(), "Patient?gender=female&address-city=mersch").len(), 2);
    // A patient is alone in the world, whatever they ask.
    assert_eq!(directories.found(&daughter, "Patient?gender=male"), [P02]);
    for question in ["gender=female".to_owned(), "family=hoffmann".to_owned(), format!("identifier={OWN}|{P01}")] {
        assert!(directories.found(&daughter, &format!("Patient?{question}")).is_empty(), "{question}");
    }
}

fn professionals_and_establishments_are_found(directories: &Directories) {
    let physician = directories.professional();
    let found = |path: &str| directories.found(&physician, path);
    assert_eq!(found("Organization?type=laboratoire&_sort=-_id"), ["E3", "E2"]);
    assert_eq!(found("Organization?name:contains=alzette"), ["E2"]);
    assert_eq!((found("Organization").len(), found("Organization?active=false")), (7, vec!["E7".to_owned()]));
    assert_eq!(found("Organization?_count=0"), Vec::<String>::new());
    assert_eq!(found("Practitioner?family=weis,kayser"), ["D01", "D02"]);
    assert_eq!(found("Practitioner?identifier=urn:oid:2.999.442.2.1|D01"), ["D01"]);
    assert!(found("Practitioner?identifier=urn:oid:2.999.442.2.9|D01").is_empty(), "of somebody else");
    assert_eq!(found("PractitionerRole?organization=Organization/E5"), ["A01.1", "I02.1"]);
    assert_eq!(found("PractitionerRole?practitioner=D03&role=hopital"), ["D03.2"]);
    assert_eq!(found("Location?organization=Organization/E2"), ["E2"]);
    assert_eq!(found("HealthcareService?service-type=hopital"), ["E1.hopital", "E7.hopital"]);
    assert_eq!(directories.get(&physician, "HealthcareService/E1.service-urgences")["providedBy"]["reference"], "Organization/E1");
    assert_eq!(directories.get(&physician, "Location/E1")["managingOrganization"]["reference"], "Organization/E1");
    let with = "PractitionerRole?organization=E5&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization";
    let with = directories.get(&physician, with);
    assert_eq!((ids(&with, "include"), &with["total"]), (vec!["E5".to_owned(), "A01".to_owned(), "I02".to_owned()], &json!(2)));
    let with = directories.get(&physician, "Practitioner?_id=D03&_revinclude=PractitionerRole:practitioner");
    assert_eq!(ids(&with, "include"), ["D03.1", "D03.2"]);
    let with =
        directories.get(&physician, "Organization?_id=E5&_revinclude=PractitionerRole:organization&_revinclude=Location:organization");
    assert_eq!(ids(&with, "include"), ["E5", "A01.1", "I02.1"]);
    assert_eq!(directories.scene.last_record().transaction, Transaction::Iti90);
    for wrong in
        ["Patient?family=a&_include=Patient:link", "Organization?_sort=colour", "Organization?_count=x", "Practitioner?family:not=a"]
    {
        assert_eq!(directories.status(&physician, wrong).0, 400, "{wrong}");
    }
}

fn who_is_meant_is_told_as_surely_as_it_is(directories: &Directories) {
    let physician = directories.professional();
    let said = |more: Value| {
        let mut patient = json!({ "resourceType": "Patient", "gender": "female" });
        more.as_object().unwrap().iter().for_each(|(name, value)| patient[name] = value.clone());
        patient
    };
    let wanted = |patient: Value, more: Value| {
        let resource = json!({ "name": "resource", "resource": patient });
        let all: Vec<_> = [resource].into_iter().chain(more.as_array().cloned().unwrap()).collect();
        json!({ "resourceType": "Parameters", "parameter": all })
    };
    let graded = |token: &str, body: &Value| {
        let (status, bundle) = directories.post(token, "Patient/$match", body);
        assert_eq!(status, 200, "{bundle}");
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let grade = |entry: &Value| {
            let search = &entry["search"];
            (entry["resource"]["id"].as_str().unwrap().to_owned(), search["extension"][0]["valueCode"].as_str().unwrap().to_owned())
        };
        entries.iter().map(grade).collect::<Vec<_>>()
    };
    let one = |id: &str, grade: &str| (id.to_owned(), grade.to_owned());
    let identified = said(json!({ "identifier": [{ "system": OWN, "value": P01 }], "birthDate": "1958-03-14" }));
    let named = said(json!({ "name": [{ "family": "Ferreira-Lopes", "given": ["Maria Helena"] }], "birthDate": "1958-03-14" }));
    let certain = json!([{ "name": "onlyCertainMatches", "valueBoolean": true }]);
    assert_eq!(graded(&physician, &identified), [one(P01, "certain")]);
    assert_eq!(graded(&physician, &wanted(identified.clone(), certain.clone())), [one(P01, "certain")]);
    assert_eq!(graded(&physician, &named), [one(P01, "probable")]);
    assert!(graded(&physician, &wanted(named, certain)).is_empty());
    let family = said(json!({ "name": [{ "family": "Thill", "given": ["Anne-Sophie", "Lina"] }], "birthDate": "1991" }));
    let count = json!([{ "name": "count", "valueInteger": 1 }]);
    assert!(graded(&physician, &wanted(family, count)).len() <= 1);
    let (_, bundle) = directories.post(&physician, "Patient/$match", &identified);
    assert_eq!(bundle["entry"][0]["search"]["score"], json!(1.0));
    assert_eq!(directories.scene.last_record().transaction, Transaction::Iti119);
    assert!(directories.scene.last_record().patient_ids.contains(&patient_id(P01)));
    let little = directories.post(&physician, "Patient/$match", &said(json!({ "name": [{ "family": "Ferreira" }] })));
    assert_eq!(little.0, 400, "{}", little.1);
    // Whether there is such a patient does not show to who may not know.
    let nobody = said(json!({ "identifier": [{ "system": OWN, "value": "1932040399222" }] }));
    let daughter = directories.patient(P02);
    assert_eq!((graded(&daughter, &identified), graded(&daughter, &nobody)), (Vec::new(), Vec::new()));
}

/// Two patients who are announced; the second turns out to be the first.
pub(super) const FIRST: &str = "1990122499186";
pub(super) const SECOND: &str = "1998041799924";

pub(super) fn announced(own: &str, local: &str) -> Value {
    json!({ "resourceType": "Patient", "active": true, "name": [{ "family": "Neu", "given": ["Eva"] }], "birthDate": "1990-12-24",
        "identifier": [{ "system": OWN, "value": own }, { "system": LOCAL, "value": local }] })
}

pub(super) fn by_number(own: &str) -> String {
    format!("Patient?identifier={OWN}|{own}")
}

fn patients_are_announced(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    for (token, status) in [(physician.as_str(), 403), (&directories.patient(P02), 403), ("", 401)] {
        assert_eq!(directories.put(token, &by_number(FIRST), &announced(FIRST, "4711")).0, status);
    }
    assert_eq!(directories.found(&admin, &by_number(FIRST)), Vec::<String>::new());
    let (status, location) = directories.put(&admin, &by_number(FIRST), &announced(FIRST, "4711"));
    assert_eq!((status, location.map(|at| at.ends_with(&format!("/Patient/{FIRST}/_history/1")))), (201, Some(true)));
    assert_eq!(directories.scene.last_record().transaction, Transaction::Iti104);
    assert_eq!(directories.put(&admin, &by_number(FIRST), &announced(FIRST, "4711")).0, 200);
    assert_eq!(directories.put(&admin, &by_number(SECOND), &announced(SECOND, "4712")).0, 201);
    assert_eq!(directories.put(&admin, &by_number(P01), &announced(SECOND, "4712")).0, 422, "another identifier than that of the address");
}

fn identifiers_lead_to_each_other(directories: &Directories) {
    let physician = directories.professional();
    let pix = |token: &str, query: &str| {
        let response = directories.send(token, "GET", &format!("Patient/$ihe-pix?{query}"), "text/plain", "");
        let told: Value = serde_json::from_slice(&response.body).unwrap();
        let values = told["parameter"].as_array().into_iter().flatten().map(|one| match one["valueIdentifier"]["value"].as_str() {
            Some(value) => value.to_owned(),
            None => one["valueReference"]["reference"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
        });
        (response.status, values.collect::<Vec<_>>(), told["issue"][0]["diagnostics"].as_str().unwrap_or_default().to_owned())
    };
    let named = |values: &[&str]| (200, values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>(), String::new());
    assert_eq!(pix(&physician, &format!("sourceIdentifier={LOCAL}|4711")), named(&[FIRST, FIRST]));
    assert_eq!(pix(&physician, &format!("sourceIdentifier={OWN}|{FIRST}&targetSystem={LOCAL}")), named(&["4711"]));
    assert_eq!(
        pix(&physician, &format!("sourceIdentifier=http://dossier.test/fhir|Patient/{FIRST}&targetSystem={LOCAL}")),
        named(&["4711"])
    );
    assert_eq!(pix(&physician, &format!("sourceIdentifier={LOCAL}|4711&targetSystem=urn:oid:2.999.442.2.3.1")), named(&[]));
    assert_eq!(directories.scene.last_record().transaction, Transaction::Iti83);
    let refused = |status, text: &str| (status, Vec::new(), text.to_owned());
    let unknown = refused(404, "sourceIdentifier Patient Identifier not found");
    assert_eq!(pix(&physician, &format!("sourceIdentifier={OWN}|9999")), unknown);
    assert_eq!(pix(&directories.patient(P02), &format!("sourceIdentifier={OWN}|{FIRST}")), unknown);
    let source = refused(400, "sourceIdentifier Assigning Authority not found");
    assert_eq!(pix(&physician, "sourceIdentifier=urn:oid:2.999.88|4711"), source);
    let target = refused(403, "targetSystem not found");
    assert_eq!(pix(&physician, &format!("sourceIdentifier={LOCAL}|4711&targetSystem=urn:oid:2.999.88")), target);
    assert_eq!(pix(&physician, "sourceIdentifier=4711").0, 400);
}

fn patients_are_corrected_and_merged(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    // A mistyped matricule is nobody's, and the older form is a further name.
    assert_eq!(directories.put(&admin, &by_number("1990122499187"), &announced("1990122499187", "4713")).0, 422);
    let mut older = announced(FIRST, "4711");
    older["identifier"].as_array_mut().unwrap().push(json!({ "system": OWN, "value": "19901224991" }));
    assert_eq!(directories.put(&admin, &by_number(FIRST), &older).0, 200);
    assert_eq!(directories.found(&physician, &by_number("19901224991")), [FIRST]);
    // The second turns out to be the first.
    let mut merged = announced(SECOND, "4712");
    merged["active"] = json!(false);
    assert_eq!(directories.put(&admin, &by_number(SECOND), &merged).0, 422, "an identity ends by a merge only");
    merged["link"] = json!([{ "type": "replaced-by", "other": { "identifier": { "system": OWN, "value": FIRST } } }]);
    assert_eq!(directories.put(&admin, &by_number(SECOND), &merged).0, 200);
    assert_eq!(directories.found(&physician, &by_number(SECOND)), [FIRST]);
    assert_eq!(directories.send(&physician, "GET", &format!("Patient/{SECOND}"), "text/plain", "").status, 404);
    assert_eq!(directories.found(&physician, &format!("Patient?identifier={LOCAL}|4712")), [FIRST]);
}

fn a_message_is_taken_whole(directories: &Directories) {
    let admin = directories.admin();
    let entry = |value: &str| {
        json!({ "fullUrl": "urn:uuid:1", "request": { "method": "POST", "url": "Patient" }, "response": { "status": "201" },
            "resource": { "resourceType": "Patient", "identifier": [{ "system": OWN, "value": value }], "name": [{ "family": "Neuer" }] } })
    };
    let message = |event: &str, values: &[&str]| {
        let entries: Vec<_> = values.iter().map(|value| entry(value)).collect();
        let header = json!({ "resourceType": "MessageHeader", "id": "m1", "eventUri": event, "source": { "endpoint": "http://x.example" },
            "focus": [{ "reference": "urn:uuid:2" }] });
        let history = json!({ "resourceType": "Bundle", "type": "history", "entry": entries });
        json!({ "resourceType": "Bundle", "type": "message", "entry": [{ "fullUrl": "urn:uuid:1", "resource": header },
            { "fullUrl": "urn:uuid:2", "resource": history }] })
    };
    let feed = "urn:ihe:iti:pmir:2019:patient-feed";
    let (status, answer) = directories.post(&admin, "$process-message", &message(feed, &["1893120105732", "2003042581939"]));
    assert_eq!((status, &answer["entry"][0]["resource"]["response"]["identifier"]), (200, &json!("m1")), "{answer}");
    let record = directories.scene.last_record();
    assert_eq!((record.transaction, record.message_id.as_deref()), (Transaction::Iti93, Some("m1")));
    assert_eq!(directories.found(&admin, "Patient?family=neuer").len(), 2);
    assert_eq!(directories.post(&admin, "$process-message", &message("urn:other", &["1932040399222"])).0, 422);
    assert_eq!(directories.post(&directories.professional(), "$process-message", &message(feed, &["1932040399222"])).0, 403);
}
