//! What comes over FHIR is there over XDS, and the reverse.

use serde_json::{Value, json};

use super::scene::{bundle, document_reference, get, issue, post, resource, unique_ids};
use crate::on_both_databases;
use crate::support::{Database, request};
use crate::xds::retrieve::retrieve;
use crate::xds_scene::{Scene, entry, submission};

on_both_databases!(
    a_bundle_is_filed,
    a_single_document_is_filed,
    what_xds_files_is_read_over_fhir,
    a_document_is_replaced,
    a_level_is_changed
);

const CONTENT: &[u8] = b"Four score\r\nand seven \xff bytes";

fn a_bundle_is_filed(database: Database) {
    let scene = Scene::start(database, &[]);
    scene.announce("F1");
    let response = resource(&post(&scene, "", &bundle("F1", "2.999.3.1", CONTENT)));
    assert_eq!(response["type"], "transaction-response");
    let locations: Vec<_> =
        response["entry"].as_array().unwrap().iter().map(|entry| entry["response"]["location"].as_str().unwrap()).collect();
    let [set, folder, document, binary] = locations.as_slice() else { panic!("{locations:?}") };
    assert_eq!(retrieve(&scene.server, "2.999.3.1"), CONTENT);
    assert_eq!(get(&scene, binary).body, CONTENT);
    let read = resource(&get(&scene, document));
    let sent = document_reference("F1", "2.999.3.1", "");
    for element in ["masterIdentifier", "status", "type", "category", "description", "securityLabel"] {
        assert_eq!(read[element], sent[element], "{element}");
    }
    assert_eq!(read["content"][0]["attachment"]["creation"], "2025-03-17T08:00:00Z");
    assert_eq!(
        (&read["content"][0]["attachment"]["size"], read["content"][0]["attachment"]["title"].as_str()),
        (&CONTENT.len().into(), Some("Lettre"))
    );
    let members = |list: &str| -> Vec<Value> {
        let list = resource(&get(&scene, list));
        list["entry"].as_array().unwrap().iter().map(|entry| entry["item"]["reference"].clone()).collect()
    };
    let sorted = |mut members: Vec<Value>| {
        members.sort_by_key(ToString::to_string);
        members
    };
    assert_eq!(sorted(members(set)), [*document, *folder]);
    assert_eq!(members(folder), [*document]);
    // The same once more has taken ids.
    let again = post(&scene, "", &bundle("F1", "2.999.3.1", CONTENT));
    assert_eq!(again.status, 422, "{}", again.text());
}

fn a_single_document_is_filed(database: Database) {
    let scene = Scene::start(database, &[]);
    scene.announce("F1");
    let mut document = document_reference("F1", "2.999.3.1", "x");
    document["content"][0]["attachment"]["data"] = "YWJj".into();
    let created = post(&scene, "/DocumentReference", &document);
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(created.header("etag"), Some("W/\"1\""));
    assert_eq!(retrieve(&scene.server, "2.999.3.1"), b"abc");
    assert_eq!(unique_ids(&scene, "DocumentReference?patient=Patient/F1&status=current"), ["2.999.3.1"]);
}

fn what_xds_files_is_read_over_fhir(database: Database) {
    let scene = Scene::start(database, &[]);
    let patient = scene.announce("X1");
    let filed = submission(&patient, "2.999.4", vec![entry(&patient, "2.999.3.7", "c")], Vec::new(), Vec::new());
    scene.provide(&filed, CONTENT);
    let id = filed.entries[0].entry_uuid.uuid();
    let read = get(&scene, &format!("DocumentReference/{id}"));
    assert_eq!(read.header("etag"), Some("W/\"1\""));
    assert_eq!(resource(&read)["subject"]["reference"], "Patient/X1");
    let whole = get(&scene, &format!("Binary/{id}"));
    assert_eq!((whole.body.as_slice(), whole.header("content-type")), (CONTENT, Some("text/plain")));
    let etag = whole.header("etag").unwrap().to_owned();
    let of = |headers: &[&str]| request(scene.server.http, "GET", &format!("/fhir/Binary/{id}"), headers, b"");
    let part = of(&["Range: bytes=5-9"]);
    assert_eq!((part.status, part.body.as_slice(), part.header("content-range")), (206, &CONTENT[5..10], Some("bytes 5-9/29")));
    let beyond = of(&["Range: bytes=99-"]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */29")));
    for tags in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        let answer = of(&[&format!("If-None-Match: {tags}")]);
        assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some(etag.as_str())), "{tags}");
    }
    let modified = whole.header("last-modified").unwrap();
    let ranged = |condition: &str| of(&["Range: bytes=5-6,7-9", &format!("If-Range: {condition}")]).status;
    assert_eq!((ranged(&etag), ranged(modified), ranged("\"x\""), ranged("Mon, 17 Mar 2025 09:00:00 GMT")), (206, 206, 200, 200));
    let expected = |tags: &str| of(&[&format!("If-Match: {tags}"), "Range: bytes=0-1"]).status;
    assert_eq!((expected(&etag), expected("*"), expected("\"x\""), expected(&format!("W/{etag}"))), (206, 206, 412, 412));
    assert_eq!(issue(&of(&["If-Match: \"x\""])).1, "conflict");
    let binary = resource(&of(&["Accept: application/fhir+json"]));
    assert_eq!((&binary["contentType"], &binary["data"]), (&"text/plain".into(), &"Rm91ciBzY29yZQ0KYW5kIHNldmVuIP8gYnl0ZXM=".into()));
    assert_eq!(get(&scene, "Binary/2.999.3.7").body, CONTENT, "by uniqueId too");
    let list = resource(&get(&scene, &format!("List/{}", filed.submission_set.entry_uuid.uuid())));
    assert_eq!(list["entry"], json!([{ "item": { "reference": format!("DocumentReference/{id}") } }]));
}

fn a_document_is_replaced(database: Database) {
    let scene = Scene::start(database, &[]);
    scene.announce("F1");
    let first = resource(&post(&scene, "", &bundle("F1", "2.999.3.1", b"1")));
    let first = first["entry"][2]["response"]["location"].as_str().unwrap().to_owned();
    let mut later = bundle("F1", "2.999.3.2", b"2");
    later["entry"][2]["resource"]["relatesTo"] = json!([{ "code": "replaces", "target": { "reference": first } }]);
    resource(&post(&scene, "", &later));
    assert_eq!(resource(&get(&scene, &first))["status"], "superseded");
    let current = super::scene::found(&scene, "DocumentReference?patient=F1&status=current");
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["relatesTo"], json!([{ "code": "replaces", "target": { "reference": first } }]));
    later["entry"][2]["resource"]["relatesTo"][0]["target"]["reference"] = "DocumentReference/00000000-0000-4000-8000-00000000dead".into();
    later["entry"][2]["resource"]["masterIdentifier"]["value"] = "urn:oid:2.999.3.3".into();
    assert_eq!(issue(&post(&scene, "", &later)).0, 422);
}

fn a_level_is_changed(database: Database) {
    let scene = Scene::start(database, &[]);
    let patient = scene.announce("X1");
    let filed = submission(&patient, "2.999.4", vec![entry(&patient, "2.999.3.7", "c")], Vec::new(), Vec::new());
    scene.provide(&filed, CONTENT);
    let path = format!("/fhir/DocumentReference/{}", filed.entries[0].entry_uuid.uuid());
    let label = json!([{ "op": "replace", "path": "/securityLabel/0", "value": super::scene::concept("R") }]).to_string();
    let patch = |headers: &[&str], body: &str| {
        let headers = [&["Content-Type: application/json-patch+json"], headers].concat();
        request(scene.server.http, "PATCH", &path, &headers, body.as_bytes())
    };
    assert_eq!(issue(&patch(&["If-Match: W/\"2\""], &label)).0, 412);
    let changed = patch(&["If-Match: W/\"1\""], &label);
    assert_eq!((changed.status, changed.header("etag")), (200, Some("W/\"2\"")), "{}", changed.text());
    let mut read = resource(&request(scene.server.http, "GET", &path, &[], b""));
    assert_eq!((&read["securityLabel"][0]["coding"][0]["code"], &read["meta"]["versionId"]), (&"R".into(), &"2".into()));
    assert_eq!(issue(&patch(&["If-Match: W/\"1\""], &label)).0, 412);
    assert_eq!(issue(&patch(&[], r#"[{"op":"replace","path":"/masterIdentifier/value","value":"urn:oid:2.999.3.8"}]"#)).0, 422);
    assert_eq!(issue(&patch(&[], "{}")).0, 400);
    read["content"][0]["attachment"]["title"] = "Autre titre".into();
    let put = request(scene.server.http, "PUT", &path, &["Content-Type: application/fhir+json"], read.to_string().as_bytes());
    assert_eq!((put.status, put.header("etag")), (200, Some("W/\"3\"")), "{}", put.text());
    assert_eq!(unique_ids(&scene, "DocumentReference?patient=X1&status=current"), ["2.999.3.7"], "once, whatever its versions");
    assert_eq!(get(&scene, &path.replace("/fhir/DocumentReference", "Binary")).body, CONTENT);
}
