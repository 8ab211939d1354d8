//! Find Document References and Find Document Lists.

use dossier::model::document_entry::DocumentEntry;
use serde_json::Value;

use super::scene::{bundle, found, get, issue, post, resource, unique_ids};
use crate::on_both_databases;
use crate::support::{AUTHORITY, Database, request};
use crate::xds_scene::{Scene, entry, submission};

on_both_databases!(each_condition_counts, pages_hold_each_document_once, lists_are_found);

fn filed(scene: &Scene, patient: &str, change: impl Fn(usize, &mut DocumentEntry)) {
    let mut entries: Vec<_> = (0..5).map(|n| entry(patient, &format!("2.999.3.{}", n + 1), &format!("class-{n}"))).collect();
    entries.iter_mut().enumerate().for_each(|(n, entry)| change(n, entry));
    scene.provide(&submission(patient, "2.999.4", entries, Vec::new(), Vec::new()), b"x");
}

/// Five documents, the third of which has more to be found by.
fn filed_to_be_found(scene: &Scene) {
    let patient = scene.announce("S1");
    scene.announce("S2");
    filed(scene, &patient, |n, entry| {
        let set = |value: Value| serde_json::from_value(value).unwrap();
        entry.creation_time = set(format!("202{n}").into());
        entry.service_start_time = set(format!("202{n}0601").into());
        entry.service_stop_time = set(format!("202{n}0701").into());
        if n == 2 {
            entry.authors = serde_json::from_value(serde_json::json!([{ "person": "^Weis^Claude" }])).unwrap();
            entry.reference_ids = vec!["o-1^^^&2.999.8&ISO^urn:ihe:iti:xds:2013:order".to_owned()];
            entry.event_codes = vec![dossier::model::code::Code::new("e", "2.999.1", "E")];
        }
    });
}

/// What is asked for beside the patient, and the documents that fit.
const CONDITIONS: &[(&str, &[usize])] = &[
    ("", &[1, 2, 3, 4, 5]),
    ("&status=current", &[1, 2, 3, 4, 5]),
    ("&status=superseded", &[]),
    ("&category=urn:oid:2.999.1|class-1,urn:oid:2.999.1|class-3", &[2, 4]),
    ("&category=urn:oid:2.999.1|class-1&category=urn:oid:2.999.1|class-3", &[]),
    ("&type=urn:oid:2.999.1|t&setting=urn:oid:2.999.1|p&facility=urn:oid:2.999.1|h&format=urn:oid:2.999.1|f", &[1, 2, 3, 4, 5]),
    ("&type=urn:oid:2.999.2|t", &[]),
    ("&security-label=urn:oid:2.999.1|N", &[1, 2, 3, 4, 5]),
    ("&event=urn:oid:2.999.1|e", &[3]),
    ("&creation=ge2021&creation=lt2023", &[2, 3]),
    ("&creation=2022", &[3]),
    ("&period=2022-06-15", &[]),
    ("&period=ge2023-06-15", &[4, 5]),
    ("&period=le2021", &[1, 2]),
    ("&date=ge2000&_lastUpdated=lt2100", &[1, 2, 3, 4, 5]),
    ("&date=lt2000", &[]),
    ("&author.family=Wei", &[3]),
    ("&author.family=Wei&author.given=Clau", &[3]),
    ("&author.given=Anna", &[]),
    ("&author.family:exact=Weis", &[3]),
    ("&author.family:exact=Wei", &[]),
    ("&author.family:contains=ei&author.given:contains=aud", &[3]),
    ("&author.given:exact=Claude", &[3]),
    ("&author.given:exact=Claud", &[]),
    ("&related:identifier=urn:oid:2.999.8|o-1", &[3]),
    ("&related:identifier=urn:oid:2.999.9|o-1", &[]),
    ("&identifier=urn:ietf:rfc:3986|urn:oid:2.999.3.4", &[4]),
    ("&_sort=-creation", &[5, 4, 3, 2, 1]),
    // Codes of whatever system, of none, and whatever code of a system.
    ("&category=class-1,class-3", &[2, 4]),
    ("&category=class_1", &[]),
    ("&category=|class-1", &[]),
    ("&category=urn:oid:2.999.1|", &[1, 2, 3, 4, 5]),
    ("&category=urn:oid:2.999.2|", &[]),
    ("&category=class-1,urn:oid:2.999.1|class-4&category=urn:oid:2.999.1|class-1", &[2]),
    ("&event=e", &[3]),
    ("&event=urn:oid:2.999.1|", &[3]),
    // What has no value is not like it.
    ("&category:not=urn:oid:2.999.1|class-0,class-1", &[3, 4, 5]),
    ("&event:not=urn:oid:2.999.1|e", &[1, 2, 4, 5]),
    ("&event:not=other", &[1, 2, 3, 4, 5]),
    ("&status:not=superseded", &[1, 2, 3, 4, 5]),
    ("&status:not=current", &[]),
    ("&identifier:not=urn:oid:2.999.3.4,urn:oid:2.999.3.5", &[1, 2, 3]),
    ("&event:missing=true", &[1, 2, 4, 5]),
    ("&event:missing=false", &[3]),
    ("&related:missing=false", &[3]),
    ("&type:missing=true", &[]),
    ("&security-label:missing=false&period:missing=false", &[1, 2, 3, 4, 5]),
    ("&creation:missing=true", &[]),
    ("&status:missing=false", &[1, 2, 3, 4, 5]),
    ("&date:missing=true", &[]),
    // Times that are another, and several.
    ("&creation=ne2022", &[1, 2, 4, 5]),
    ("&creation=2021,2023", &[2, 4]),
    ("&creation=lt2021,ge2024", &[1, 5]),
    ("&creation=ne2021&creation=ne2022", &[1, 4, 5]),
    ("&period=2022-05,2022", &[3]),
    ("&period=ne2022", &[1, 2, 4, 5]),
    ("&date=lt2000,ge2000", &[1, 2, 3, 4, 5]),
    ("&date=ne2000&_lastUpdated=ne2100", &[1, 2, 3, 4, 5]),
    ("&related:identifier=other,urn:oid:2.999.8|o-1", &[3]),
    ("&related:identifier=other&related:identifier=urn:oid:2.999.8|o-1", &[]),
    ("&author.family=Anna,Wei", &[3]),
    ("&author.family=Wei&author.family=W&author.given=Claude", &[3]),
    ("&author.family=Wei&author.family=Anna", &[]),
];

/// What is told to be no search, by the place that it names.
const REFUSED: &[(&str, &str)] = &[
    ("type:missing=perhaps", "http.type:missing"),
    ("type=|", "http.type"),
    ("type=a%00", "http.type"),
    ("date=2025,soon", "http.date"),
    ("type:above=x", "http.type:above"),
    ("_id:not=x", "http._id:not"),
    ("patient:missing=true", "http.patient:missing"),
    ("author.family:exact=a%01", "http.author.family"),
];

fn each_condition_counts(database: Database) {
    let scene = Scene::start(database, &[]);
    filed_to_be_found(&scene);
    for (query, expected) in CONDITIONS {
        let mut expected: Vec<_> = expected.iter().map(|n| format!("2.999.3.{n}")).collect();
        let mut ids = unique_ids(&scene, &format!("DocumentReference?patient=Patient/S1{query}"));
        if !query.contains("_sort") {
            expected.sort();
            ids.sort();
        }
        assert_eq!(ids, expected, "{query}");
    }
    for (query, place) in REFUSED {
        assert_eq!(issue(&get(&scene, &format!("DocumentReference?patient=S1&{query}"))), (400, "invalid".to_owned(), (*place).to_owned()));
    }
    assert_eq!(unique_ids(&scene, &format!("DocumentReference?patient.identifier=urn:oid:{AUTHORITY}|S1")).len(), 5);
    assert_eq!(unique_ids(&scene, "DocumentReference?patient=S2"), Vec::<String>::new());
    assert_eq!(unique_ids(&scene, "DocumentReference?identifier=urn:oid:2.999.3.4"), ["2.999.3.4"]);
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let posted =
        request(scene.server.http, "POST", "/fhir/DocumentReference/_search", &form, b"patient=S1&category=urn:oid:2.999.1%7Cclass-1");
    assert_eq!(resource(&posted)["total"], 1);
    let counted = resource(&get(&scene, "DocumentReference?patient=S1&_summary=count"));
    assert_eq!((&counted["total"], counted.get("entry"), counted["link"].as_array().unwrap().len()), (&5.into(), None, 1));
    let few = found(&scene, "DocumentReference?patient=S1&_count=1&_elements=type");
    assert_eq!((few.len(), few[0].get("type").is_some(), few[0].get("category").is_some()), (1, true, false));
}

fn pages_hold_each_document_once(database: Database) {
    let scene = Scene::start(database, &[]);
    let patient = scene.announce("S1");
    filed(&scene, &patient, |n, entry| {
        entry.creation_time = serde_json::from_value(if n < 3 { "2024".into() } else { "2023".into() }).unwrap()
    });
    for sort in ["", "&_sort=-date", "&_sort=creation", "&_sort=-creation"] {
        let (mut path, mut all, mut pages) = (format!("DocumentReference?patient=S1&_count=2{sort}"), Vec::new(), 0);
        loop {
            let bundle = resource(&get(&scene, &path));
            assert_eq!(bundle["total"], 5);
            all.extend(unique_ids(&scene, &path));
            pages += 1;
            let next = bundle["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next");
            let Some(next) = next else { break };
            path = next["url"].as_str().unwrap().split_once("/fhir/").unwrap().1.to_owned();
            assert!(path.starts_with("DocumentReference?_page=") && !path.contains('&'), "a link names nobody: {path}");
        }
        all.sort();
        assert_eq!((pages, all), (3, (1..6).map(|n| format!("2.999.3.{n}")).collect()), "{sort}");
    }
}

fn lists_are_found(database: Database) {
    let scene = Scene::start(database, &[]);
    scene.announce("S1");
    resource(&post(&scene, "", &bundle("S1", "2.999.3.1", b"x")));
    what_is_included(&scene);
    lists_match(&scene);
    long_ids(&scene);
    lists_are_sorted(&scene);
}

fn what_is_included(scene: &Scene) {
    let included = |query: &str| -> Vec<String> {
        let bundle = resource(&get(scene, query));
        let entries = bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["search"]["mode"] == "include");
        entries.map(|entry| entry["resource"]["resourceType"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(included("DocumentReference?patient=S1&_revinclude=List:item"), ["List", "List"]);
    assert_eq!(included("List?patient=S1&code=folder&_include=List:item"), ["DocumentReference"]);
    assert!(included("List?patient=S1&code=folder").is_empty());
    let strict = request(scene.server.http, "GET", "/fhir/List?patient=S1&_include=List:source", &["Prefer: handling=strict"], b"");
    assert_eq!(strict.status, 400, "{}", strict.text());
}

/// Each condition of the search for lists, and how many of the two lists it finds.
fn lists_match(scene: &Scene) {
    let count = |query: &str| found(scene, &format!("List?patient=S1{query}")).len();
    let system = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes";
    let cases = [
        ("", 2),
        (&format!("&code={system}|submissionset"), 1),
        ("&code=folder", 1),
        ("&code=http://x|folder", 0),
        ("&status=current", 2),
        ("&status=superseded", 0),
        ("&status=current,superseded", 2),
        ("&designationType=urn:oid:2.999.1|c", 2),
        ("&designationType=urn:oid:2.999.1|d", 0),
        ("&sourceId=urn:oid:2.999.2", 1),
        ("&sourceId=urn:oid:2.999.5", 0),
        ("&date=2025-03-17&code=submissionset", 1),
        ("&date=lt2025&code=submissionset", 0),
        ("&identifier=urn:oid:2.999.3.1.2", 1),
        ("&_count=1", 1),
        ("&designationType=c", 2),
        ("&designationType=|c", 0),
        ("&designationType=urn:oid:2.999.1|", 2),
        ("&designationType:not=urn:oid:2.999.1|c", 0),
        ("&designationType:not=d&designationType:missing=false", 2),
        ("&code:not=folder", 1),
        (&format!("&code={system}|"), 2),
        ("&status:not=current", 0),
        ("&sourceId:not=urn:oid:2.999.2&code=submissionset", 0),
        ("&sourceId=urn:oid:2.999.2,urn:oid:2.999.5", 1),
        ("&sourceId=urn:oid:2.999.2&sourceId=urn:oid:2.999.5", 0),
        ("&sourceId=nonsense", 0),
        // What is said of submission sets is left aside in a search for folders.
        ("&sourceId=urn:oid:2.999.5&code=folder", 1),
        ("&_id=nonsense", 0),
        ("&identifier=nonsense", 0),
        ("&identifier:not=urn:oid:2.999.3.1.2", 1),
        ("&identifier=urn:oid:2.999.3.1.1&identifier=urn:oid:2.999.3.1.2", 0),
        ("&date=ne2025-03-17&code=submissionset", 0),
        ("&date=2024,2025&code=submissionset", 1),
        ("&date:missing=true", 0),
    ];
    for (query, expected) in cases {
        assert_eq!(count(query), expected, "{query}");
    }
}

/// An OID of MHD may be longer than one of XDS.
fn long_ids(scene: &Scene) {
    let long = format!("2.999.{}5", "1234567.".repeat(8));
    scene.announce("S2");
    let told = resource(&post(scene, "", &bundle("S2", &long, b"y")));
    assert_eq!(told["entry"][1]["response"]["outcome"]["issue"][0]["expression"][0], "Bundle.entry[1].resource.identifier[0]");
    assert_eq!(unique_ids(scene, &format!("DocumentReference?patient=S2&identifier=urn:oid:{long}")), [long.as_str()]);
    let of_long = |query: &str| found(scene, &format!("List?patient=S2&identifier=urn:oid:{long}{query}")).len();
    assert_eq!((of_long(".2&code=folder"), of_long(".1"), of_long(".3")), (1, 1, 0), "more than an OID may have");
}

fn lists_are_sorted(scene: &Scene) {
    // The submission is of March 2025; the folder changed when it came.
    let sorted = |order: &str| -> Vec<Value> {
        found(scene, &format!("List?patient=S1&_sort={order}")).iter().map(|list| list["code"]["coding"][0]["code"].clone()).collect()
    };
    assert_eq!(
        (sorted("date"), sorted("-date")),
        (vec!["submissionset".into(), "folder".into()], vec!["folder".into(), "submissionset".into()])
    );
    let last = resource(&get(scene, "List?patient=S1&_sort=-date&_count=1"));
    let next = last["link"][1]["url"].as_str().unwrap().split_once("/fhir/").unwrap().1.to_owned();
    assert_eq!(found(scene, &next)[0]["code"]["coding"][0]["code"], "submissionset");
    assert_eq!(issue(&get(scene, "List?patient=S1&_sort=title")).2, "http._sort");
    let first = resource(&get(scene, "List?patient=S1&_count=1"));
    let next = first["link"][1]["url"].as_str().unwrap().split_once("/fhir/").unwrap().1.to_owned();
    let second = resource(&get(scene, &next));
    assert_ne!(first["entry"][0]["resource"]["id"], second["entry"][0]["resource"]["id"]);
    assert_eq!((second["total"].as_u64(), second["link"].as_array().unwrap().len()), (Some(2), 1));
}
