//! Large bundles (ITI-65) and large documents (ITI-105, ITI-68) over FHIR, and how much memory the server takes for them.

use std::fs::File;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::http::{Answer, Connection};
use crate::measure::{Busy, Row, Samples};
use crate::nginx::Nginx;
use crate::retrieving::pieces;
use crate::submissions::fresh_oid;

const JSON: &str = "application/fhir+json";
/// Whose documents they are; the bench announces W1.
const PATIENT: &str = "Patient/W1";
/// Bytes of each document of a bundle.
const SMALL: usize = 4096;
const GIBIBYTE: usize = 1 << 30;

/// Bundles of 499 and of 1,000 documents, and documents of 10 MiB and 1 GiB in and out.
pub fn measure(bench: &Bench, tell: &mut dyn FnMut(Row)) {
    for (what, documents) in [("ITI-65, 999 entries", 499), ("ITI-65, 2,001 entries", 1000)] {
        if bench.options.wants_row(what) {
            tell(publish_together(bench, what, documents));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let nginx = Nginx::start(folder.path());
    let mut sizes = vec![("10 MiB", 10 << 20, 20)];
    if !bench.options.quick {
        sizes.push(("1 GiB", GIBIBYTE, 3));
    }
    for (name, size, count) in sizes {
        let (into, out) = (format!("ITI-105, {name}"), format!("ITI-68, {name}"));
        if bench.options.wants_row(&into) || bench.options.wants_row(&out) {
            let file = folder.path().join(name.replace(' ', "-"));
            let (row, id) = publish(bench, into, size, count, &file);
            tell(row);
            let path = format!("/{}", name.replace(' ', "-"));
            tell(retrieve(bench, out, size, count, &id, nginx.as_ref().map(|nginx| (nginx, path.as_str()))));
        }
    }
}

/// One bundle: a submission set, and so many documents with their metadata.
fn publish_together(bench: &Bench, what: &str, documents: usize) -> Row {
    let mut connection = Connection::open(bench.program.http);
    let mut submit = |samples: &mut Samples, documents| {
        let body = bundle(documents).to_string();
        let answer = samples.time(|| connection.post("/fhir", JSON, &[body.as_bytes()]));
        answer.expect("transaction-response");
    };
    submit(&mut Samples::default(), 1);
    let busy = Busy::from_now(bench.program.process_id());
    let mut server = Samples::default();
    for _ in 0..bench.options.scaled(5) {
        submit(&mut server, documents);
    }
    Row { what: what.to_owned(), bytes: (documents * SMALL) as u64, cost: busy.cost(&server), server, floor: None, target: None }
}

fn bundle(documents: usize) -> Value {
    let entry = |url: &str, resource: Value| {
        let request = json!({ "method": "POST", "url": resource["resourceType"] });
        json!({ "fullUrl": url, "request": request, "resource": resource })
    };
    let url = |number: usize| format!("urn:uuid:00000000-0000-4000-9000-{number:012}");
    let members: Vec<_> = (1..=documents).map(|number| json!({ "item": { "reference": url(number * 2) } })).collect();
    let extensions = "https://profiles.ihe.net/ITI/MHD/StructureDefinition";
    let set = json!({
        "resourceType": "List", "status": "current", "mode": "working", "title": "Set", "date": "2025-03-17T10:00:00Z",
        "extension": [
            { "url": format!("{extensions}/ihe-designationType"), "valueCodeableConcept": concept() },
            { "url": format!("{extensions}/ihe-sourceId"), "valueIdentifier": { "value": "urn:oid:2.999.2" } },
        ],
        "identifier": [{ "use": "usual", "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{}", fresh_oid()) }],
        "code": { "coding": [{ "system": "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes", "code": "submissionset" }] },
        "subject": { "reference": PATIENT }, "entry": members,
    });
    let data = STANDARD.encode([0x5a; SMALL]);
    let mut entries = vec![entry(&url(1), set)];
    for number in 1..=documents {
        let binary = url(number * 2 + 1);
        entries.push(entry(&url(number * 2), document_reference(json!({ "contentType": "text/plain", "language": "fr", "url": binary }))));
        entries.push(entry(&binary, json!({ "resourceType": "Binary", "contentType": "text/plain", "data": data })));
    }
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

fn document_reference(attachment: Value) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "contained": [
            { "resourceType": "Patient", "id": "p", "identifier": [{ "system": "urn:oid:2.999.7", "value": "mrn-1" }] },
            { "resourceType": "Practitioner", "id": "a", "name": [{ "family": "Weis", "given": ["Claude"] }] },
        ],
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{}", fresh_oid()) },
        "status": "current", "type": concept(), "category": [concept()], "subject": { "reference": PATIENT },
        "author": [{ "reference": "#a" }], "securityLabel": [concept()],
        "content": [{ "attachment": attachment, "format": { "system": "urn:oid:1.2", "code": "f" } }],
        "context": { "facilityType": concept(), "practiceSetting": concept(), "sourcePatientInfo": { "reference": "#p" } },
    })
}

fn concept() -> Value {
    json!({ "coding": [{ "system": "urn:oid:1.2", "code": "c", "display": "C" }] })
}

/// A document inside its metadata, beside the plain writing of the same bytes to a file, which is synced. Gives its id.
fn publish(bench: &Bench, what: String, size: usize, count: usize, file: &std::path::Path) -> (Row, String) {
    let (turns, mut connection) = (bench.options.scaled(count), Connection::open(bench.program.http));
    let mut submit = |samples: &mut Samples, size: usize| {
        let document = document_reference(json!({ "contentType": "text/plain", "language": "fr", "data": "DATA" })).to_string();
        let (before, after) = document.split_once("DATA").unwrap();
        let data: Vec<String> = encoded(size);
        let data =
            data.iter().flat_map(|piece| std::iter::repeat_n(piece.as_bytes(), if piece.len() == BLOCK { size / DECODED } else { 1 }));
        let body: Vec<&[u8]> = [before.as_bytes()].into_iter().chain(data).chain([after.as_bytes()]).collect();
        let answer = samples.time(|| connection.post("/fhir/DocumentReference", JSON, &body));
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.beginning));
        id(&answer)
    };
    submit(&mut Samples::default(), 1024);
    let busy = Busy::from_now(bench.program.process_id());
    let (mut server, mut least, mut last) = (Samples::default(), Samples::default(), String::new());
    for _ in 0..turns {
        last = submit(&mut server, size);
        least.time(|| {
            let mut out = File::create(file).unwrap();
            pieces(size).for_each(|piece| out.write_all(piece).unwrap());
            out.sync_data().unwrap();
        });
    }
    let cost = busy.cost(&server);
    (Row { what, bytes: size as u64, cost, server, floor: Some(("file written and synced", least)), target: None }, last)
}

/// Bytes that a block of base64 stands for.
const DECODED: usize = 3 << 18;
const BLOCK: usize = 1 << 20;

/// So many bytes in base64: a block that is to be repeated, if there is one, and the rest.
fn encoded(size: usize) -> Vec<String> {
    let rest = STANDARD.encode(vec![0x5a; size % DECODED]);
    if size < DECODED { vec![rest] } else { vec![STANDARD.encode(vec![0x5a; DECODED]), rest] }
}

fn id(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.beginning).into_owned();
    text.split_once("\"id\":\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// A document as it is, beside nginx sending the same bytes.
fn retrieve(bench: &Bench, what: String, size: usize, count: usize, id: &str, nginx: Option<(&Nginx, &str)>) -> Row {
    let (mut connection, path) = (Connection::open(bench.program.http), format!("/fhir/Binary/{id}"));
    let mut plain = nginx.map(|(nginx, path)| (Connection::open(nginx.address), path));
    let get = |connection: &mut Connection, path: &str| {
        let answer = connection.get(path);
        assert_eq!((answer.status, answer.bytes), (200, size as u64));
    };
    get(&mut connection, &path);
    let busy = Busy::from_now(bench.program.process_id());
    let (mut server, mut least) = (Samples::default(), Samples::default());
    for _ in 0..bench.options.scaled(count) {
        server.time(|| get(&mut connection, &path));
        if let Some((connection, path)) = &mut plain {
            least.time(|| get(connection, path));
        }
    }
    let floor = plain.is_some().then_some(("nginx, the same file", least));
    Row { what, bytes: size as u64, cost: busy.cost(&server), server, floor, target: Some(1.5).filter(|_| size > BLOCK) }
}
