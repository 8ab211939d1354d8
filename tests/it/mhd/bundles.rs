//! Every kind of bundle that MHD 4.2 has (2:3.65.4.1.2), as `fixtures/fhir` holds them, and what is refused.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dossier::wire::fhir::{json as fhir_json, xml as fhir_xml};
use serde_json::{Value, json};

use super::scene::{bundle, document_reference, get, issue, post, resource, unique_ids};
use crate::on_both_databases;
use crate::support::{Database, request};
use crate::xds::retrieve::retrieve;
use crate::xds_scene::Scene;

on_both_databases!(
    every_kind_of_bundle_is_taken,
    what_is_wrong_with_a_bundle_is_told,
    metadata_are_made_of_documents,
    large_bundles_are_taken_whole_or_not_at_all
);

const PATIENT: &str = "1958031498124";

fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/fhir/{name}.json"));
    fhir_json::read(&std::fs::read(path).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// Sends a bundle; gives what became of each entry.
fn sent(scene: &Scene, bundle: &Value) -> Vec<Value> {
    let answer = resource(&post(scene, "", bundle));
    assert_eq!(answer["type"], "transaction-response");
    let responses: Vec<_> = answer["entry"].as_array().unwrap().iter().map(|entry| entry["response"].clone()).collect();
    assert_eq!(responses.len(), bundle["entry"].as_array().unwrap().len(), "one for each entry");
    responses
}

fn location(response: &Value) -> &str {
    response["location"].as_str().unwrap_or_else(|| panic!("{response}"))
}

fn every_kind_of_bundle_is_taken(database: Database) {
    let scene = Scene::start(database, &[("domain.assigning_authorities", "1.3.182.4.4")]);
    let feed =
        format!("MSH|^~\\&|A|B|C|D|20250101||ADT^A01|1|P|2.3.1\rEVN||20250101\rPID|||{PATIENT}^^^&1.3.182.4.4&ISO||Muster^Eva\rPV1||E\r");
    assert!(crate::support::send_hl7(scene.server.mllp, &feed).contains("MSA|AA"));
    minimal_bundles(&scene);
    let first = sent(&scene, &sample("comprehensive"));
    let document = location(&first[1]).to_owned();
    assert_eq!(document, "DocumentReference/5a3c0000-0000-4000-9000-000000000003", "its official identifier");
    assert_eq!((&first[1]["status"], &first[1]["etag"]), (&"201 Created".into(), &"W/\"1\"".into()));
    sent(&scene, &sample("comprehensive-two-documents"));
    let found =
        resource(&get(&scene, "DocumentReference?patient.identifier=urn:oid:1.3.182.4.4|1958031498124&identifier=urn:oid:2.999.442.9.6.5"));
    assert_eq!(found["entry"][0]["resource"]["relatesTo"][0]["code"], "transforms");
    folders(&scene);
    superseded(&scene, &document);
    fhir_document(&scene);
}

fn minimal_bundles(scene: &Scene) {
    let responses = sent(scene, &sample("minimal-patient-in-bundle"));
    assert_eq!((&responses[3]["status"], location(&responses[3])), (&"200 OK".into(), "Patient/1958031498124"));
    assert_eq!(responses[3]["outcome"]["issue"][0]["severity"], "information");
    let set = resource(&get(scene, location(&responses[0])));
    let recipient = set["contained"].as_array().unwrap().iter().find(|resource| resource["id"] == "recipient-1").unwrap();
    assert_eq!(recipient["telecom"][0]["value"], "cabinet@example.org");
    // The same kind in XML.
    let body = fhir_xml::write(&sample("minimal-source-patient"));
    let answer = request(scene.server.http, "POST", "/fhir", &["Content-Type: application/fhir+xml"], &body);
    let answer = resource(&answer);
    let document = resource(&get(scene, answer["entry"][1]["response"]["location"].as_str().unwrap()));
    assert_eq!(document["subject"]["reference"], "Patient/1958031498124", "by the identifier of the source's patient");
}

fn folders(scene: &Scene) {
    let responses = sent(scene, &sample("comprehensive-complete"));
    let warned: Vec<_> = responses[2]["outcome"]["issue"].as_array().unwrap().iter().map(|issue| issue["expression"][0].clone()).collect();
    assert_eq!(warned, ["Bundle.entry[2].resource.authenticator"], "an organisation is no legalAuthenticator");
    let (folder, document) = (location(&responses[1]).to_owned(), location(&responses[2]).to_owned());
    let read = resource(&get(scene, &document));
    assert_eq!(read["context"]["encounter"][0]["identifier"]["value"], "V-100");
    assert_eq!(read["context"]["encounter"][0]["identifier"]["system"], "https://hospital.example.org/visits");
    assert_eq!(read["relatesTo"][0]["code"], "appends");
    let set = resource(&get(scene, location(&responses[0])));
    let named: Vec<_> = set["contained"].as_array().unwrap().iter().filter_map(|resource| resource["name"].as_str()).collect();
    assert_eq!(named, ["Centre hospitalier"], "the organisation of the author");
    let mut more = sample("add-to-folder");
    assert_eq!(issue(&post(scene, "", &more)).2, "Bundle.entry[1].resource.entry[0].item", "the sample is to be completed");
    let member = more.pointer_mut("/entry/1/resource/entry/0/item/reference").unwrap();
    *member = document.clone().into();
    let mut without = more.clone();
    without.pointer_mut("/entry/1/resource/entry").unwrap().as_array_mut().unwrap().remove(0);
    let refused = post(scene, "", &without);
    assert_eq!(issue(&refused), (422, "business-rule".to_owned(), "Bundle.entry[1].resource.entry".to_owned()), "{}", refused.text());
    let mut renamed = more.clone();
    renamed["entry"][1]["resource"]["title"] = "Autre".into();
    assert_eq!(issue(&post(scene, "", &renamed)).2, "Bundle.entry[1].resource.title");
    let mut unknown = more.clone();
    unknown["entry"][1]["resource"]["identifier"][0]["value"] = "urn:oid:2.999.442.9.5.99".into();
    assert_eq!(issue(&post(scene, "", &unknown)).1, "not-found");
    let responses = sent(scene, &more);
    assert_eq!((&responses[1]["status"], location(&responses[1])), (&"200 OK".into(), folder.as_str()));
    let members: Vec<_> =
        resource(&get(scene, &folder))["entry"].as_array().unwrap().iter().map(|entry| entry["item"]["reference"].clone()).collect();
    assert!(members.len() == 2 && members.contains(&document.into()) && members.contains(&location(&responses[2]).into()), "{members:?}");
}

fn superseded(scene: &Scene, document: &str) {
    let mut alone = sample("replace");
    alone.pointer_mut("/entry/2/resource").unwrap().as_object_mut().unwrap().shift_remove("relatesTo");
    assert_eq!(issue(&post(scene, "", &alone)), (400, "business-rule".to_owned(), "Bundle.entry[1]".to_owned()));
    // A later version of the metadata does not change what the address means.
    let label = json!([{ "op": "add", "path": "/description", "value": "Revue" }]).to_string();
    let patched =
        request(scene.server.http, "PATCH", &format!("/fhir/{document}"), &["Content-Type: application/json-patch+json"], label.as_bytes());
    assert_eq!(patched.status, 200, "{}", patched.text());
    let responses = sent(scene, &sample("replace"));
    assert_eq!((&responses[1]["status"], location(&responses[1])), (&"200 OK".into(), document));
    assert_eq!(resource(&get(scene, document))["status"], "superseded");
}

fn fhir_document(scene: &Scene) {
    let bundle = sample("fhir-document");
    let responses = sent(scene, &bundle);
    let content = get(scene, location(&responses[2]));
    assert_eq!(content.header("content-type"), Some("application/fhir+json"));
    assert_eq!(fhir_json::read(&content.body).unwrap(), bundle["entry"][2]["resource"]);
    let read = resource(&get(scene, location(&responses[1])));
    assert_eq!(read["content"][0]["attachment"]["size"], content.body.len());
    assert_eq!(read["content"][0]["attachment"]["contentType"], "application/fhir+json");
}

/// What is changed in a good bundle, the status of the answer, and the place that it names.
type Case = (fn(&mut Value), u16, &'static str);

const WRONG: &[Case] = &[
    (|b| b["type"] = "collection".into(), 400, "Bundle.type"),
    (|b| drop(b["entry"].as_array_mut().unwrap().remove(0)), 400, "Bundle.entry"),
    (
        |b| b["entry"][3]["fullUrl"] = "urn:uuid:00000000-0000-4000-9000-00000000beef".into(),
        400,
        "Bundle.entry[2].resource.content[0].attachment.url",
    ),
    (
        |b| b["entry"][2]["resource"]["content"][0]["attachment"]["data"] = "eA==".into(),
        400,
        "Bundle.entry[2].resource.content[0].attachment.url",
    ),
    (|b| b["entry"][2]["request"]["method"] = "DELETE".into(), 400, "Bundle.entry[2].request.method"),
    (|b| b["entry"][2]["resource"]["status"] = "entered-in-error".into(), 400, "Bundle.entry[2].resource.status"),
    (|b| b["entry"][2]["resource"]["subject"] = json!({ "display": "Eva" }), 400, "Bundle.entry[2].resource.subject"),
    (|b| b["entry"][2]["resource"]["type"] = json!({ "text": "Lettre" }), 400, "Bundle.entry[2].resource.type"),
    (|b| b["entry"][2]["resource"]["content"][0]["attachment"]["size"] = 7.into(), 422, "DocumentReference.content[0].attachment.size"),
    (
        |b| {
            b["entry"][2]["resource"]["content"][0]["attachment"]["hash"] =
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OQ==".into()
        },
        422,
        "DocumentReference.content[0].attachment.hash",
    ),
    (
        |b| b["entry"][2]["resource"]["relatesTo"] = json!([{ "code": "replaces", "target": { "reference": "DocumentReference/none" } }]),
        400,
        "Bundle.entry[2].resource.relatesTo[0].target",
    ),
    (
        |b| b["entry"][2]["resource"]["relatesTo"] = json!([{ "code": "replaces", "target": { "reference": "http://elsewhere.example/DocumentReference/00000000-0000-4000-8000-000000000001" } }]),
        400,
        "Bundle.entry[2].resource.relatesTo[0].target",
    ),
    (|b| b["entry"][1]["resource"]["code"]["coding"][0]["code"] = "other".into(), 400, "Bundle.entry[1].resource"),
    (|b| drop(b["entry"][0]["resource"]["extension"].as_array_mut().unwrap().pop()), 400, "Bundle.entry[0].resource.extension"),
    (
        |b| {
            b["entry"].as_array_mut().unwrap().push(json!({ "resource": { "resourceType": "Patient", "name": [{ "family": "Muster" }] }, "request": { "method": "POST", "url": "Patient" } }))
        },
        400,
        "Bundle.entry[4].resource.identifier",
    ),
    (
        |b| {
            b["entry"].as_array_mut().unwrap().push(json!({ "resource": { "resourceType": "Observation", "status": "final", "code": { "text": "x" } }, "request": { "method": "POST", "url": "Observation" } }))
        },
        400,
        "Bundle.entry[4].resource",
    ),
    (
        |b| {
            b["entry"].as_array_mut().unwrap().push(json!({
                "fullUrl": "urn:uuid:00000000-0000-4000-9000-00000000beef",
                "resource": { "resourceType": "Binary", "contentType": "text/plain", "data": "eA==" },
                "request": { "method": "POST", "url": "Binary" },
            }))
        },
        400,
        "Bundle.entry[4].resource",
    ),
];

fn what_is_wrong_with_a_bundle_is_told(database: Database) {
    let scene = Scene::start(database, &[]);
    scene.announce("F1");
    let whole = bundle("F1", "2.999.3.1", b"x");
    for (change, status, place) in WRONG {
        let mut changed = whole.clone();
        change(&mut changed);
        let answer = post(&scene, "", &changed);
        let (found, _, at) = issue(&answer);
        assert_eq!((found, at.as_str()), (*status, *place), "{}", answer.text());
        let told = answer.text();
        assert!(told.contains("diagnostics") && !told.contains("Muster"), "{told}");
    }
    assert!(unique_ids(&scene, "DocumentReference?patient=F1").is_empty(), "nothing of a refused bundle stays");
    resource(&post(&scene, "", &whole));
}

fn metadata_are_made_of_documents(database: Database) {
    let scene = Scene::start(database, &[("domain.assigning_authorities", "1.3.182.4.4")]);
    let feed =
        format!("MSH|^~\\&|A|B|C|D|20250101||ADT^A01|1|P|2.3.1\rEVN||20250101\rPID|||{PATIENT}^^^&1.3.182.4.4&ISO||Muster^Eva\rPV1||E\r");
    assert!(crate::support::send_hl7(scene.server.mllp, &feed).contains("MSA|AA"));
    let generate = |asked: &Value| post(&scene, "/DocumentReference/$generate-metadata", asked);
    let made = |asked: &Value| {
        let answer = resource(&generate(asked));
        let parameter = &answer["parameter"][0];
        assert_eq!(parameter["name"], "DocumentReference");
        resource(&get(&scene, parameter["valueReference"]["reference"].as_str().unwrap()))
    };
    let asked = sample("generate-metadata");
    let of_fhir = made(&asked);
    assert_eq!(
        (&of_fhir["type"]["coding"][0]["code"], &of_fhir["content"][0]["attachment"]["title"]),
        (&"18842-5".into(), &"Lettre de sortie".into())
    );
    assert_eq!(of_fhir["context"]["period"], json!({ "start": "2025-03-10", "end": "2025-03-16" }));
    assert_eq!(of_fhir["masterIdentifier"], asked["parameter"][0]["resource"]["identifier"]);
    let cda = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/K01.xml")).unwrap();
    let binary = |bytes: &[u8]| {
        let binary = json!({ "resourceType": "Binary", "contentType": "text/xml", "data": STANDARD.encode(bytes) });
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "document", "resource": binary }] })
    };
    let of_cda = made(&binary(&cda));
    let attachment = &of_cda["content"][0]["attachment"];
    assert_eq!(
        (&attachment["title"], &attachment["creation"], &attachment["language"]),
        (&"Résumé patient".into(), &"2025-01-08T10:05:00Z".into(), &"fr-LU".into())
    );
    assert_eq!(
        of_cda["type"]["coding"][0],
        json!({ "system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document" })
    );
    assert_eq!(of_cda["masterIdentifier"]["value"], "urn:oid:2.999.442.9.3.1.2");
    assert_eq!(retrieve(&scene.server, "2.999.442.9.3.1.2"), cda);
    for (bad, place) in [
        (json!({ "resourceType": "Parameters", "parameter": [{ "name": "other", "valueCode": "x" }] }), "Parameters.parameter"),
        (binary(b"not XML"), "Parameters.parameter[0].resource.data"),
        (binary(b"<x/>"), "Parameters.parameter[0].resource.data"),
        (binary(&String::from_utf8(cda).unwrap().replace("1.3.182.4.4", "2.999.1").into_bytes()), "Parameters.parameter[0].resource.data"),
    ] {
        let answer = generate(&bad);
        assert_eq!((issue(&answer).0, issue(&answer).2.as_str()), (400, place), "{}", answer.text());
    }
}

fn large_bundles_are_taken_whole_or_not_at_all(database: Database) {
    let scene = Scene::start(database, &[("limits.submission_objects", "2500")]);
    scene.announce("F1");
    let template = bundle("F1", "2.999.3.1", b"x");
    let mut many = template;
    // With the submission set, a folder and their links a thousand entries are some two thousand objects.
    many["entry"].as_array_mut().unwrap().truncate(1);
    many["entry"][0]["resource"].as_object_mut().unwrap().shift_remove("entry");
    for n in 0..500 {
        let binary = format!("urn:uuid:00000000-0000-4000-a000-{n:012}");
        let mut document = document_reference("F1", &format!("2.999.3.{}", n + 10), &binary);
        document["content"][0]["attachment"]["title"] = format!("Note {n}").into();
        let entries = many["entry"].as_array_mut().unwrap();
        entries.push(json!({ "fullUrl": format!("urn:uuid:00000000-0000-4000-b000-{n:012}"), "resource": document, "request": { "method": "POST", "url": "DocumentReference" } }));
        entries.push(json!({ "fullUrl": binary, "resource": { "resourceType": "Binary", "contentType": "text/plain", "data": "eA==" }, "request": { "method": "POST", "url": "Binary" } }));
    }
    let mut broken = many.clone();
    broken["entry"][999]["resource"]["masterIdentifier"]["value"] = "urn:oid:2.999.3.10".into();
    assert_eq!(issue(&post(&scene, "", &broken)).0, 422, "one id twice");
    assert!(unique_ids(&scene, "DocumentReference?patient=F1").is_empty());
    assert_eq!(sent(&scene, &many).len(), 1001);
    assert_eq!(resource(&get(&scene, "DocumentReference?patient=F1&_count=1"))["total"], 500);
    assert_eq!(retrieve(&scene.server, "2.999.3.509"), b"x");
}
