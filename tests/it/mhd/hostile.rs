//! What is wrong is told with its place, and nothing of it stays.

use serde_json::{Value, json};

use super::scene::{bundle, found, get, issue, post, resource};
use crate::support::{Database, request};
use crate::xds_scene::Scene;

#[test]
fn wrong_searches_are_told_so() {
    let scene = Scene::start(Database::Sqlite, &[]);
    scene.announce("H1");
    let cases = [
        ("DocumentReference", "http.patient"),
        ("DocumentReference?patient=Practitioner/1", "http.patient"),
        ("DocumentReference?patient=http://elsewhere/fhir/Patient/1", "http.patient"),
        ("DocumentReference?patient=H1&patient=H2", "http.patient"),
        ("DocumentReference?patient=H1&type=|", "http.type"),
        ("DocumentReference?patient=H1&type:above=urn:x|y", "http.type:above"),
        ("DocumentReference?patient=H1&creation=2025-13", "http.creation"),
        ("DocumentReference?patient=H1&_sort=type", "http._sort"),
        ("DocumentReference?patient=H1&_count=-1", "http._count"),
        ("DocumentReference?patient=H1&_cursor=%27%3B--", "http._cursor"),
        ("DocumentReference?_page=AAAA", "http._page"),
        ("DocumentReference?_page=AAAA&patient=H1", "http._page"),
        ("DocumentReference?patient=H1&author.family=%25", "http.author.family"),
        ("DocumentReference?patient=H1&status=x", "http.status"),
        ("List?code=folder", "http.patient"),
        ("List?patient=H1&code=x", "http.code"),
    ];
    for (path, place) in cases {
        assert_eq!(issue(&get(&scene, path)), (400, "invalid".to_owned(), place.to_owned()), "{path}");
    }
    let many = issue(&get(&scene, &format!("DocumentReference?patient=H1{}", "&status=current".repeat(100))));
    assert_eq!((many.0, many.1.as_str()), (400, "too-costly"));
    let strict = request(scene.server.http, "GET", "/fhir/DocumentReference?patient=H1&colour=red", &["Prefer: handling=strict"], b"");
    assert_eq!(issue(&strict).2, "http.colour");
    let lenient = resource(&get(&scene, "DocumentReference?patient=H1&colour=red"));
    assert_eq!(lenient["entry"][0]["search"]["mode"], "outcome");
    assert!(!lenient["link"][0]["url"].as_str().unwrap().contains("colour"));
}

#[test]
fn what_is_not_there_looks_like_what_is_hidden() {
    let scene = Scene::start(Database::Sqlite, &[]);
    let answers: Vec<_> = ["DocumentReference", "List", "Binary"]
        .iter()
        .flat_map(|kind| {
            ["00000000-0000-4000-8000-00000000dead", "x", "2.999.3", "..%2f..", "urn:uuid:1"].map(|id| get(&scene, &format!("{kind}/{id}")))
        })
        .collect();
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (404, &answers[0].body));
    }
    scene.server.assert_alive();
}

#[test]
fn wrong_bundles_are_told_so_and_leave_nothing() {
    let scene = Scene::start(Database::Sqlite, &[]);
    scene.announce("H1");
    let changed = |pointer: &str, value: Value| {
        let mut bundle = bundle("H1", "2.999.3.1", b"abc");
        *bundle.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        bundle
    };
    let document = "Bundle.entry[2].resource";
    let cases = [
        (changed("/type", "collection".into()), 400, "Bundle.type".to_owned()),
        (changed("/entry/0/resource/code/coding/0/code", "folder".into()), 400, "Bundle.entry".to_owned()),
        (changed("/entry/0/resource/extension/1/valueIdentifier/value", "x".into()), 400, "Bundle.entry[0].resource.extension".to_owned()),
        (changed("/entry/2/resource/masterIdentifier/value", "x".into()), 400, format!("{document}.masterIdentifier")),
        (changed("/entry/2/resource/subject/reference", "Patient/../x".into()), 400, format!("{document}.subject")),
        (changed("/entry/2/resource/status", "entered-in-error".into()), 400, format!("{document}.status")),
        (changed("/entry/2/resource/content/0/attachment/url", "urn:uuid:x".into()), 400, format!("{document}.content[0].attachment.url")),
        (changed("/entry/2/request/method", "DELETE".into()), 400, "Bundle.entry[2].request.method".to_owned()),
        (changed("/entry/3/resource", json!({ "resourceType": "Basic" })), 400, "Bundle.entry[3].resource".to_owned()),
        (changed("/entry/3/resource/data", "%%%".into()), 400, "Bundle.entry[3].resource.data".to_owned()),
        (
            changed("/entry/2/resource/content/0/attachment/creation", "soon".into()),
            400,
            format!("{document}.content[0].attachment.creation"),
        ),
        (changed("/entry/2/resource/content/0/attachment/title", "x".repeat(1025).into()), 422, "title".to_owned()),
        (
            changed("/entry/1/resource/entry/0/item/reference", "DocumentReference/x".into()),
            400,
            "Bundle.entry[1].resource.entry[0].item".to_owned(),
        ),
        (changed("/entry/0/resource/subject/identifier/value", "H2".into()), 422, String::new()),
    ];
    for (bundle, status, place) in cases {
        let (told, _, at) = issue(&post(&scene, "", &bundle));
        assert_eq!((told, at.as_str()), (status, place.as_str()));
    }
    let mut lying = bundle("H1", "2.999.3.1", b"abc");
    lying["entry"][2]["resource"]["content"][0]["attachment"]["size"] = 7.into();
    assert_eq!(issue(&post(&scene, "", &lying)).0, 422);
    assert_eq!(found(&scene, "DocumentReference?patient=H1").len(), 0);
    assert_eq!(found(&scene, "List?patient=H1").len(), 0);
}

/// An extension of ours in the hand of a source decides on nothing that is the registry's.
#[test]
fn a_forged_extension_decides_on_nothing() {
    let scene = Scene::start(Database::Sqlite, &[]);
    scene.announce("H1");
    let mut forged = bundle("H1", "2.999.3.1", b"abc");
    let part = |name: &str, value: &str| json!({ "url": name, "valueString": value });
    forged["entry"][2]["resource"]["extension"] = json!([{ "url": "urn:dossier:fhir:document-sharing-attributes", "extension": [
        part("version", "9"), part("patient_id", "\"H9^^^&2.999&ISO\""), part("availability_status", "\"Deprecated\""),
        part("object_type", "\"OnDemand\""), part("repository_unique_id", "\"2.999.66\""), part("nonsense", "["),
    ] }]);
    resource(&post(&scene, "", &forged));
    let filed = found(&scene, "DocumentReference?patient=H1&status=current");
    assert_eq!((filed.len(), filed[0]["meta"]["versionId"].as_str()), (1, Some("1")));
    assert_eq!(filed[0]["subject"]["reference"], "Patient/H1");
}
