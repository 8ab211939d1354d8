//! What FHIR's REST interface asks of every interaction: parts of resources, conditions, versions, patches, batches.

use serde_json::{Value, json};

use crate::mhd::scene::{document_reference, found, get, issue, post, resource};
use crate::on_both_databases;
use crate::support::{Database, Response, request};
use crate::xds_scene::Scene;

on_both_databases!(parts_conditions_versions_and_batches);

const JSON: &str = "Content-Type: application/fhir+json";

fn send(scene: &Scene, method: &str, path: &str, headers: &[&str], body: &Value) -> Response {
    let headers = [&[JSON], headers].concat();
    request(scene.server.http, method, &format!("/fhir/{path}"), &headers, body.to_string().as_bytes())
}

fn ask(scene: &Scene, path: &str, headers: &[&str]) -> Response {
    request(scene.server.http, "GET", &format!("/fhir/{path}"), headers, b"")
}

fn a_document(unique_id: &str) -> Value {
    let mut document = document_reference("F1", unique_id, "x");
    document["content"][0]["attachment"]["data"] = "YWJj".into();
    document
}

/// One scene for all, for each takes a server.
fn parts_conditions_versions_and_batches(database: Database) {
    let scene = Scene::start(database, &[("http.cors_origins", "https://app.example")]);
    scene.announce("F1");
    let created = post(&scene, "/DocumentReference", &a_document("2.999.3.1"));
    let address = created.header("location").unwrap().split("/fhir/").nth(1).unwrap().split("/_history").next().unwrap().to_owned();
    parts(&scene, &address);
    unknown_parameters(&scene);
    conditions(&scene, &address);
    versions(&scene, &address);
    batches(&scene, &address);
    invalid_resources(&scene);
    other_origins(&scene);
    scene.server.assert_alive();
}

fn parts(scene: &Scene, address: &str) {
    let names = |part: &Value| -> Vec<String> { part.as_object().unwrap().keys().cloned().collect() };
    let part = resource(&get(scene, &format!("{address}?_elements=description")));
    assert_eq!(names(&part), ["resourceType", "id", "meta", "status", "description", "content"]);
    assert_eq!(part["meta"]["tag"][0]["code"], "SUBSETTED");
    assert!(resource(&get(scene, &format!("{address}?_summary=true"))).get("context").is_some());
    let search = "DocumentReference?patient=F1";
    let counted = resource(&get(scene, &format!("{search}&_summary=count")));
    assert_eq!((&counted["total"], counted.get("entry")), (&1.into(), None));
    let uncounted = resource(&get(scene, &format!("{search}&_total=none&_elements=status")));
    assert!(uncounted.get("total").is_none() && uncounted["entry"][0]["resource"].get("description").is_none());
    assert!(uncounted["link"][0]["url"].as_str().unwrap().ends_with("&_total=none&_elements=status"), "{}", uncounted["link"]);
    for wrong in ["_summary=most", "_total=some", "_elements=%3Cb%3E", "_summary=text&_elements=status"] {
        assert_eq!(issue(&get(scene, &format!("{search}&{wrong}"))).0, 400, "{wrong}");
    }
}

fn unknown_parameters(scene: &Scene) {
    let search = "DocumentReference?patient=F1&colour=red&_tag=x";
    let lenient = resource(&get(scene, search));
    let modes: Vec<_> = lenient["entry"].as_array().unwrap().iter().map(|entry| entry["search"]["mode"].as_str().unwrap()).collect();
    assert_eq!(modes, ["match", "outcome"]);
    assert_eq!(lenient["entry"][1]["resource"]["issue"].as_array().unwrap().len(), 2);
    assert!(!lenient["link"][0]["url"].as_str().unwrap().contains("colour"));
    let strict = ask(scene, search, &["Prefer: handling=strict"]);
    assert_eq!(issue(&strict), (400, "not-supported".to_owned(), "http.colour".to_owned()));
}

fn conditions(scene: &Scene, address: &str) {
    let etag = get(scene, address).header("etag").unwrap().to_owned();
    for header in [
        format!("If-None-Match: \"9\", {etag}"),
        "If-None-Match: *".to_owned(),
        "If-Modified-Since: Mon, 01 Jan 2125 00:00:00 GMT".to_owned(),
    ] {
        let unchanged = ask(scene, address, &[&header]);
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{header}");
    }
    assert_eq!(ask(scene, address, &["If-None-Match: W/\"9\"", "If-Modified-Since: Mon, 01 Jan 2125 00:00:00 GMT"]).status, 200);
    let head = request(scene.server.http, "HEAD", &format!("/fhir/{address}"), &[], b"");
    assert_eq!((head.status, head.header("etag"), head.body.len()), (200, Some(etag.as_str()), 0));
    let if_none = |search: &str| send(scene, "POST", "DocumentReference", &[&format!("If-None-Exist: {search}")], &a_document("2.999.3.2"));
    let there = if_none("patient=F1&identifier=urn:oid:2.999.3.1");
    assert_eq!((there.status, there.header("etag")), (200, Some(etag.as_str())), "{}", there.text());
    assert!(there.header("location").unwrap().contains(address));
    assert_eq!(if_none("patient=F1&identifier=urn:oid:2.999.3.2").status, 201);
    assert_eq!(issue(&if_none("patient=F1")).0, 412);
    for wrong in ["patient=F1&colour=red", "_count=1", "%zz"] {
        assert_eq!(issue(&if_none(wrong)).0, 400, "{wrong}");
    }
    let updated = send(scene, "PUT", "DocumentReference?patient=F1&colour=red", &[], &a_document("2.999.3.2"));
    assert_eq!(issue(&updated).0, 400);
    assert_eq!(issue(&send(scene, "PUT", "DocumentReference?patient=F1", &[], &a_document("2.999.3.2"))).0, 412);
    let mut second = found(scene, "DocumentReference?patient=F1&identifier=urn:oid:2.999.3.2").remove(0);
    second.as_object_mut().unwrap().remove("id");
    second["description"] = "Autre".into();
    let updated = send(scene, "PUT", "DocumentReference?patient=F1&identifier=urn:oid:2.999.3.2", &[], &second);
    assert_eq!((updated.status, updated.header("etag")), (200, Some("W/\"2\"")), "{}", updated.text());
    assert_eq!(send(scene, "PUT", "DocumentReference?patient=F1&identifier=urn:oid:2.999.3.3", &[], &a_document("2.999.3.3")).status, 201);
}

fn versions(scene: &Scene, address: &str) {
    let operation = json!({ "resourceType": "Parameters", "parameter": [{ "name": "operation", "part": [
        { "name": "type", "valueCode": "replace" }, { "name": "path", "valueString": "DocumentReference.description" },
        { "name": "value", "valueString": "Corrected" },
    ] }] });
    let patched = send(scene, "PATCH", address, &["If-Match: W/\"1\"", "Prefer: return=minimal"], &operation);
    assert_eq!((patched.status, patched.header("etag"), patched.body.len()), (200, Some("W/\"2\""), 0), "{}", patched.text());
    let mut wrong = operation;
    wrong["parameter"][0]["part"][1]["valueString"] = "Patient.name".into();
    assert_eq!(issue(&send(scene, "PATCH", address, &[], &wrong)).0, 422);
    let history = resource(&get(scene, &format!("{address}/_history")));
    let told: Vec<_> = history["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]["description"]).collect();
    assert_eq!(told, ["Corrected", "Bilan"]);
    let first = get(scene, &format!("{address}/_history/1"));
    assert_eq!((first.header("etag"), &resource(&first)["description"]), (Some("W/\"1\""), &"Bilan".into()));
    let unknown = get(scene, "DocumentReference/00000000-0000-4000-9000-000000000099/_history");
    for path in [format!("{address}/_history/9"), format!("{address}/_history/x")] {
        let none = get(scene, &path);
        assert_eq!((none.status, none.text()), (404, unknown.text()), "{path}");
    }
}

fn batches(scene: &Scene, address: &str) {
    let entry = |method: &str, url: &str| json!({ "request": { "method": method, "url": url } });
    let batch = |entries: Vec<Value>| post(scene, "", &json!({ "resourceType": "Bundle", "type": "batch", "entry": entries }));
    let mut created = entry("POST", "DocumentReference");
    created["resource"] = a_document("2.999.3.4");
    let mut known = entry("GET", address);
    known["request"]["ifNoneMatch"] = "W/\"2\"".into();
    let answer = resource(&batch(vec![
        entry("GET", address),
        entry("GET", "DocumentReference?patient=F1&_summary=count"),
        created,
        entry("GET", "Patient/nobody"),
        entry("DELETE", address),
        entry("POST", "/"),
        known,
    ]));
    assert_eq!(answer["type"], "batch-response");
    let statuses: Vec<_> = answer["entry"].as_array().unwrap().iter().map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["200 OK", "200 OK", "201 Created", "404 Not Found", "405", "400 Bad Request", "304 Not Modified"]);
    assert_eq!(
        (&answer["entry"][0]["resource"]["description"], &answer["entry"][1]["resource"]["total"]),
        (&"Corrected".into(), &3.into())
    );
    assert_eq!(answer["entry"][3]["response"]["outcome"]["issue"][0]["code"], "not-found");
    assert_eq!(issue(&post(scene, "", &json!({ "resourceType": "Bundle", "type": "batch" }))).0, 400);
    assert_eq!(issue(&batch((0..101).map(|_| entry("GET", address)).collect())).0, 413);
}

fn invalid_resources(scene: &Scene) {
    let mut document = a_document("2.999.3.5");
    document["status"] = "valid".into();
    document.as_object_mut().unwrap().remove("content");
    document["context"]["period"]["start"] = "2026".into();
    let refused = post(scene, "/DocumentReference", &document);
    let outcome: Value = serde_json::from_slice(&refused.body).unwrap();
    let issues = outcome["issue"].as_array().unwrap();
    let told: Vec<_> = issues.iter().map(|issue| (issue["code"].as_str().unwrap(), issue["expression"][0].as_str().unwrap())).collect();
    let expected = [
        ("required", "DocumentReference.content"),
        ("code-invalid", "DocumentReference.status"),
        ("invariant", "DocumentReference.context.period"),
    ];
    assert_eq!((refused.status, told), (400, expected.to_vec()));
}

fn other_origins(scene: &Scene) {
    let options = |origin: &str| {
        let headers = [&format!("Origin: {origin}"), "Access-Control-Request-Method: PATCH"].map(|header: &str| header.to_owned());
        request(scene.server.http, "OPTIONS", "/fhir/Consent/1", &[&headers[0], &headers[1]], b"")
    };
    let allowed = options("https://app.example");
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (204, Some("https://app.example")));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    assert!(allowed.header("allow").unwrap().contains("DELETE"));
    assert_eq!(options("https://evil.example").header("access-control-allow-origin"), None);
    let read = ask(scene, "metadata", &["Origin: https://app.example"]);
    assert!(read.header("access-control-expose-headers").unwrap().contains("ETag"));
    assert_eq!(request(scene.server.http, "OPTIONS", "/fhir/Nothing", &[], b"").status, 404);
}
