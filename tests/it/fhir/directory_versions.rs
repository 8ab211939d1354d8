//! Earlier versions of what the directories say, and when it was changed last (FHIR R4, http.html#vread, #history, search.html#lastUpdated).

use serde_json::{Value, json};

use super::directories::{Directories, FIRST, OWN, SECOND, announced, by_number};
use crate::access::scene::{P01, P02, patient_id};
use crate::on_both_databases;
use crate::support::{Database, Response};

on_both_databases!(what_an_entry_was_stays_to_be_read);

fn what_an_entry_was_stays_to_be_read(database: Database) {
    let directories = Directories::start(database);
    entries(&directories);
    versions_are_read_as_they_were(&directories);
    who_does_not_see_the_entry_sees_no_version(&directories);
    changes_are_found_by_their_time(&directories);
    entries_come_in_the_order_of_their_changes(&directories);
    a_type_has_a_history(&directories);
    what_was_merged_has_no_versions(&directories);
    who_looks_nobody_up_finds_no_history_of_a_type(&directories);
    the_statement_tells_it(&directories);
}

/// A system, a patient with a representative, and the representative.
fn entries(directories: &Directories) {
    let admin = directories.admin();
    for number in [FIRST, SECOND] {
        assert_eq!(directories.put(&admin, &by_number(number), &announced(number, number)).0, 201);
    }
    let identifiers = json!([{ "system": "urn:dossier:connected-system", "value": "his" },
        { "system": "urn:dossier:certificate", "value": "dns:his.example" }]);
    let attestation = json!({ "url": "urn:dossier:fhir:attestation", "valuePeriod": { "start": "2020-01-01", "end": "2039-12-31" } });
    let device = json!({ "resourceType": "Device", "identifier": identifiers, "contact": [{ "system": "other", "value": "us" }],
        "deviceName": [{ "name": "HIS", "type": "user-friendly-name" }], "owner": { "reference": "Organization/E1" }, "extension": [attestation] });
    let link = json!({ "resourceType": "RelatedPerson", "patient": { "reference": format!("Patient/{FIRST}") },
        "identifier": [{ "system": OWN, "value": SECOND }], "period": { "start": "2015-04-01" } });
    for (resource_type, resource) in [("Device", device), ("RelatedPerson", link)] {
        let (status, answer) = directories.post(&admin, resource_type, &resource);
        assert_eq!((status, &answer["meta"]["versionId"]), (201, &json!("1")), "{answer}");
        assert!(answer["meta"]["lastUpdated"].is_string(), "{answer}");
    }
}

fn read(directories: &Directories, token: &str, path: &str) -> Response {
    directories.send(token, "GET", path, "text/plain", "")
}

/// Changes an entry as the operator's staff does.
fn change(directories: &Directories, path: &str, element: &str, value: &Value) {
    let admin = directories.admin();
    let present = read(directories, &admin, path);
    let mut resource: Value = serde_json::from_slice(&present.body).unwrap();
    *resource.pointer_mut(element).unwrap() = value.clone();
    let version = present.header("etag").unwrap();
    let changed = directories.send_if(&admin, ("PUT", path), version, "application/fhir+json", &resource.to_string());
    assert_eq!(changed.status, 200, "{path}: {}", changed.text());
}

fn related() -> String {
    format!("RelatedPerson/{FIRST}.{SECOND}")
}

fn versions_are_read_as_they_were(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    for (path, reader, element, values) in [
        (format!("Patient/{P01}"), &physician, "/name/0/given", [json!(["Rosa"]), json!(["Maria", "Rosa"])]),
        (related(), &physician, "/period/start", [json!("2016-04-01"), json!("2017-04-01")]),
        ("Organization/E5".to_owned(), &physician, "/name", [json!("Another"), json!("Third")]),
        ("Practitioner/D02".to_owned(), &physician, "/name/0/family", [json!("Anders"), json!("Dritt")]),
        ("PractitionerRole/D03.2".to_owned(), &physician, "/code/0/coding/0/code", [json!("cabinet"), json!("laboratoire")]),
        ("Device/his".to_owned(), &admin, "/contact/0/value", [json!("them"), json!("all")]),
    ] {
        let mut answers = vec![read(directories, reader, &path)];
        for value in &values {
            change(directories, &path, element, value);
            answers.push(read(directories, reader, &path));
        }
        let told: Vec<String> = answers.iter().map(Response::text).collect();
        assert!(told[0] != told[1] && told[1] != told[2], "{path}: {told:?}");
        for (answer, version) in answers.iter().zip(1..) {
            let again = read(directories, reader, &format!("{path}/_history/{version}"));
            assert_eq!((again.status, again.text()), (200, answer.text()), "{path} {version}");
            assert_eq!(answer.header("etag"), Some(format!("W/\"{version}\"").as_str()), "{path}");
            for header in ["etag", "last-modified"] {
                assert!(answer.header(header).is_some() && again.header(header) == answer.header(header), "{path} {version} {header}");
            }
        }
        let history = directories.get(reader, &format!("{path}/_history"));
        let listed: Vec<_> = history["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
        let expected: Vec<Value> = answers.iter().rev().map(|answer| serde_json::from_slice(&answer.body).unwrap()).collect();
        assert_eq!((&history["total"], listed), (&json!(3), expected), "{path}");
    }
    directories.get(&physician, &format!("Patient/{P01}/_history"));
    assert_eq!(directories.scene.last_record().patient_ids, [patient_id(P01)]);
}

/// What an address gives is what that of an entry that does not exist gives.
fn is_as_unknown(directories: &Directories, token: &str, path: &str, unknown: &str) {
    for rest in ["", "/_history", "/_history/1", "/_history/2", "/_history/3"] {
        let (hidden, unknown) = (read(directories, token, &format!("{path}{rest}")), read(directories, token, &format!("{unknown}{rest}")));
        assert_eq!((hidden.status, hidden.text()), (404, unknown.text()), "{path}{rest}");
    }
}

fn who_does_not_see_the_entry_sees_no_version(directories: &Directories) {
    let daughter = directories.patient(P02);
    for (token, path, unknown) in [
        (&daughter, format!("Patient/{P01}"), "Patient/4711"),
        (&daughter, related(), "RelatedPerson/4711.4712"),
        (&directories.professional(), "Device/his".to_owned(), "Device/other"),
        // What is meant is clear, but an id has one form.
        (&directories.professional(), format!("Patient/{}-{P01}", OWN.trim_start_matches("urn:oid:")), "Patient/4711"),
        (&directories.professional(), "PractitionerRole/D01.01".to_owned(), "PractitionerRole/D01.99"),
    ] {
        is_as_unknown(directories, token, &path, unknown);
    }
    assert_eq!(read(directories, &directories.professional(), "PractitionerRole/D01.1/_history").status, 200);
    let none = read(directories, &directories.admin(), "Organization/E5/_history/4");
    assert_eq!((none.status, none.text()), (404, read(directories, &directories.admin(), "Organization/E99/_history/4").text()));
}

fn changes_are_found_by_their_time(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    let at = |path: &str| directories.get(&admin, path)["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    let others = ["E1", "E2", "E3", "E4", "E6", "E7"];
    let changed = at("Organization/E5");
    for (asked, expected) in [
        (format!("ge{changed}"), vec!["E5"]),
        (changed.clone(), vec!["E5"]),
        (format!("gt{changed}"), vec![]),
        (format!("lt{changed}"), others.to_vec()),
        (format!("ne{changed}"), others.to_vec()),
        ("ge2000&_lastUpdated=lt2001".to_owned(), vec![]),
        (format!("lt2001,ge{changed}"), vec!["E5"]),
        (format!("ge{changed}&name=third"), vec!["E5"]),
        (format!("lt{changed}&name=third"), vec![]),
    ] {
        for resource_type in ["Organization", "Location"] {
            let found = directories.get(&physician, &format!("{resource_type}?_lastUpdated={asked}"));
            let ids: Vec<_> =
                found["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"]["id"].as_str().unwrap()).collect();
            assert_eq!((ids, &found["total"]), (expected.clone(), &json!(expected.len())), "{resource_type}: {asked}");
        }
    }
    let page = directories.get(&physician, &format!("Organization?_lastUpdated=lt{changed}&_count=2"));
    assert_eq!((page["entry"].as_array().unwrap().len(), &page["total"]), (2, &json!(6)));
    let (of_system, of_link, of_patient) = (at("Device/his"), at(&related()), at(&format!("Patient/{P01}")));
    for (path, expected) in [
        (format!("Device?organization=E1&_lastUpdated=ge{of_system}"), vec!["his".to_owned()]),
        (format!("Device?organization=E1&_lastUpdated=gt{of_system}"), vec![]),
        (format!("RelatedPerson?patient=Patient/{FIRST}&_lastUpdated={of_link}"), vec![format!("{FIRST}.{SECOND}")]),
        (format!("RelatedPerson?patient=Patient/{FIRST}&_lastUpdated=lt{of_link}"), vec![]),
        (format!("Patient?_lastUpdated={of_patient}"), vec![P01.to_owned()]),
        (format!("Practitioner?_lastUpdated=ge{}", at("Practitioner/D02")), vec!["D02".to_owned(), "D03".to_owned()]),
        (format!("PractitionerRole?_lastUpdated=ge{}", at("PractitionerRole/D03.2")), vec!["D03.1".to_owned(), "D03.2".to_owned()]),
    ] {
        assert_eq!(directories.found(&admin, &path), expected, "{path}");
    }
    let listing = format!("Patient?_lastUpdated={of_patient}");
    assert_eq!(directories.status(&physician, &listing), (400, json!("too-costly")), "it is no question about somebody");
    assert_eq!(directories.status(&physician, "Organization?_lastUpdated=soon").0, 400);
}

fn ids(bundle: &Value) -> Vec<String> {
    bundle["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The path of a link of a bundle, below the base.
fn link(bundle: &Value, relation: &str) -> Option<String> {
    let found = bundle["link"].as_array()?.iter().find(|link| link["relation"] == relation)?;
    Some(found["url"].as_str()?.split("/fhir/").nth(1)?.to_owned())
}

fn entries_come_in_the_order_of_their_changes(directories: &Directories) {
    let physician = directories.professional();
    change(directories, "Organization/E2", "/name", &json!("Second to last"));
    change(directories, "Organization/E6", "/name", &json!("Last"));
    let sorted = |order: &str| directories.get(&physician, &format!("Organization?_sort={order}"));
    let (up, down) = (ids(&sorted("_lastUpdated")), ids(&sorted("-_lastUpdated")));
    assert_eq!(up[4..], ["E5", "E2", "E6"]);
    assert_eq!(down[..3], ["E6", "E2", "E5"]);
    for order in ["_lastUpdated", "-_lastUpdated", "-_lastUpdated,name"] {
        let (all, mut paged, mut next) = (ids(&sorted(order)), Vec::new(), Some(format!("Organization?_sort={order}&_count=2")));
        while let Some(address) = next {
            let page = directories.get(&physician, &address);
            paged.extend(ids(&page));
            next = link(&page, "next");
        }
        assert_eq!(paged, all, "{order}");
    }
    // Whoever is on the way to the next page misses nothing because the last entry of this one has become the newest.
    let page = directories.get(&physician, "Organization?_sort=_lastUpdated&_count=6");
    assert_eq!(ids(&page)[4..], ["E5", "E2"]);
    change(directories, "Organization/E2", "/name", &json!("Newest"));
    assert_eq!(ids(&directories.get(&physician, &link(&page, "next").unwrap())), ["E6", "E2"]);
    for (asked, expected) in
        [("_lastUpdated:missing=true", 0), ("_lastUpdated:missing=false", 7), ("type:missing=false", 7), ("partof:missing=true", 7)]
    {
        assert_eq!(directories.get(&physician, &format!("Organization?{asked}"))["total"], expected, "{asked}");
    }
    assert_eq!(directories.get(&physician, &format!("Patient?identifier={OWN}%7C{P01}&telecom:missing=true"))["total"], 1);
    assert_eq!(directories.status(&physician, "Patient?telecom:missing=true"), (400, json!("too-costly")));
    assert_eq!(directories.status(&physician, "Organization?name:missing=perhaps").0, 400);
}

fn a_type_has_a_history(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    for (resource_type, reader) in
        [("Organization", &physician), ("Practitioner", &physician), ("PractitionerRole", &physician), ("Patient", &admin)]
    {
        let all = directories.get(reader, &format!("{resource_type}/_history"));
        let entries = all["entry"].as_array().unwrap();
        assert_eq!((&all["type"], &all["total"]), (&json!("history"), &json!(entries.len())), "{resource_type}");
        let times: Vec<_> = entries.iter().map(|entry| entry["resource"]["meta"]["lastUpdated"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|one, next| one >= next), "{resource_type}: {times:?}");
        let named: std::collections::BTreeSet<String> = ids(&all).into_iter().collect();
        assert!(named.len() > 2, "{resource_type}");
        for id in named {
            let own = directories.get(reader, &format!("{resource_type}/{id}/_history"));
            let listed: Vec<_> = entries.iter().filter(|entry| entry["resource"]["id"] == id.as_str()).cloned().collect();
            assert_eq!(own["entry"], json!(listed), "{resource_type}/{id}");
        }
    }
    let all = directories.get(&physician, "Organization/_history");
    let first = &all["entry"][0];
    assert_eq!((&first["resource"]["name"], &first["request"]["url"]), (&json!("Newest"), &json!("Organization/E2")));
    let mut paged = Vec::new();
    let mut next = Some("Organization/_history?_count=3".to_owned());
    while let Some(address) = next {
        let page = directories.get(&physician, &address);
        paged.extend(page["entry"].as_array().unwrap().clone());
        next = link(&page, "next");
    }
    assert_eq!(all["entry"], json!(paged));
    // Since the change before the last: that one and the last, and their entries' earlier versions are older.
    let since = all["entry"][1]["resource"]["meta"]["lastUpdated"].as_str().unwrap();
    let recent = directories.get(&physician, &format!("Organization/_history?_since={since}&_count=1"));
    assert_eq!((&recent["total"], ids(&recent)), (&json!(2), vec!["E2".to_owned()]));
    assert_eq!(ids(&directories.get(&physician, &link(&recent, "next").unwrap())), ["E6"]);
    let of_one = directories.get(&physician, &format!("Organization/E2/_history?_since={since}"));
    assert_eq!((&of_one["total"], &of_one["entry"][0]["resource"]["name"]), (&json!(1), &json!("Newest")));
    assert_eq!(directories.get(&physician, "Organization/_history?_since=2099-01-01")["total"], 0);
    assert_eq!(directories.status(&physician, "Organization/_history?_since=lately").0, 400);
    assert_eq!(directories.status(&physician, "Patient/_history"), (400, json!("too-costly")), "it is no question about somebody");
}

/// A patient has their own history there, and who may look nobody up has none.
fn who_looks_nobody_up_finds_no_history_of_a_type(directories: &Directories) {
    let own = directories.get(&directories.patient(P01), "Patient/_history");
    let found: std::collections::BTreeSet<String> = ids(&own).into_iter().collect();
    assert_eq!((found.into_iter().collect::<Vec<_>>(), &own["total"]), (vec![P01.to_owned()], &json!(3)));
    assert_eq!(directories.scene.last_record().patient_ids, [patient_id(P01)]);
    let later = directories.get(&directories.patient(P01), "Patient/_history?_since=2099-01-01");
    assert_eq!((&later["total"], later.get("entry")), (&json!(0), None));
}

fn what_was_merged_has_no_versions(directories: &Directories) {
    let (physician, admin) = (directories.professional(), directories.admin());
    change(directories, &format!("Patient/{SECOND}"), "/name/0/given", &json!(["Ava"]));
    assert_eq!(directories.get(&physician, &format!("Patient/{SECOND}/_history"))["total"], 2);
    let mut merged = announced(SECOND, SECOND);
    merged["active"] = json!(false);
    merged["link"] = json!([{ "type": "replaced-by", "other": { "identifier": { "system": OWN, "value": P01 } } }]);
    assert_eq!(directories.put(&admin, &by_number(SECOND), &merged).0, 200);
    for token in [&physician, &admin] {
        is_as_unknown(directories, token, &format!("Patient/{SECOND}"), "Patient/4711");
        is_as_unknown(directories, token, &related(), "RelatedPerson/4711.4712");
    }
    let history = directories.get(&physician, &format!("RelatedPerson/{FIRST}.{P01}/_history"));
    assert_eq!((&history["total"], &history["entry"][0]["resource"]["meta"]["versionId"]), (&json!(1), &json!("1")));
    assert_eq!(directories.get(&physician, &format!("Patient/{P01}/_history"))["total"], 3, "what the survivor was stays");
}

fn the_statement_tells_it(directories: &Directories) {
    let statement = directories.get(&directories.admin(), "metadata");
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    for name in ["Patient", "RelatedPerson", "Organization", "Practitioner", "PractitionerRole", "Device", "Location", "HealthcareService"]
    {
        let resource = resources.iter().find(|resource| resource["type"] == name).unwrap();
        let has_versions = !matches!(name, "Location" | "HealthcareService");
        assert_eq!(resource.get("readHistory"), has_versions.then_some(&json!(true)), "{name}");
        let codes: Vec<_> = resource["interaction"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        let of_type = matches!(name, "Patient" | "Organization" | "Practitioner" | "PractitionerRole");
        assert_eq!(codes.contains(&&json!("history-type")), of_type, "{name}");
        let parameters = resource["searchParam"].as_array().unwrap();
        assert!(parameters.iter().any(|parameter| parameter["name"] == "_lastUpdated" && parameter["type"] == "date"), "{name}");
    }
}
