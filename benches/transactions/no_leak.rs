//! Whether the time of an answer tells what is hidden from what does not exist: pairs of requests under the access rules.

use std::time::{Duration, Instant};

use dossier::wire::ebrim::{FIND_DOCUMENTS, GET_DOCUMENTS};

use crate::http::Answer;
use crate::messages::retrieve;
use crate::no_leak_scene::{
    Caller, EMPTY, HIDDEN_ALONE, NOBODY, Named, P01, REPOSITORY, SHOWN_ALONE, SHOWN_AND_MANY_HIDDEN, SHOWN_AND_SOME_HIDDEN, Scene, cx,
};
use crate::options::Options;
use crate::paired::Pairs;

const WARM: usize = 50;
const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";

const HEAD: &str = "\
| request | who asks | hidden, p50 | nothing there, p50 | median difference | 95 % of it | effect | p (Mann–Whitney) |
|---|---|---:|---:|---:|---|---:|---:|";

type Request = (&'static str, fn(&mut Caller, &Named) -> Answer);

/// What is asked of the same documents, hidden and invented, in turns.
const OF_DOCUMENTS: [Request; 6] = [
    ("FHIR read of a document", |caller, named| caller.get(&format!("/fhir/DocumentReference/{}", named.entry))),
    ("FHIR search by identifier", |caller, named| caller.get(&format!("/fhir/DocumentReference?identifier=urn:oid:{}", named.unique_id))),
    ("FHIR Binary", |caller, named| caller.get(&format!("/fhir/Binary/{}", named.unique_id))),
    ("ITI-18 GetDocuments by entryUUID", |caller, named| {
        caller.query(GET_DOCUMENTS, &[("$XDSDocumentEntryEntryUUID", format!("('urn:uuid:{}')", named.entry))])
    }),
    ("ITI-18 GetDocuments by uniqueId", |caller, named| {
        caller.query(GET_DOCUMENTS, &[("$XDSDocumentEntryUniqueId", format!("('{}')", named.unique_id))])
    }),
    ("ITI-43", |caller, named| caller.post(&retrieve(REPOSITORY, &named.unique_id))),
];

/// What is asked of a record by its patient.
const OF_RECORDS: [Request; 3] = [
    ("FHIR search of documents by patient", |caller, named| {
        caller.get(&format!("/fhir/DocumentReference?patient=Patient/{}&_count=100", named.patient))
    }),
    ("FHIR search of lists by patient", |caller, named| caller.get(&format!("/fhir/List?patient=Patient/{}&_count=100", named.patient))),
    ("ITI-18 FindDocuments", |caller, named| {
        let patient = format!("'{}'", cx(&named.patient));
        caller.query(FIND_DOCUMENTS, &[("$XDSDocumentEntryPatientId", patient), ("$XDSDocumentEntryStatus", APPROVED.to_owned())])
    }),
];

/// What is asked of the record itself.
const OF_ITEMS: [Request; 2] = [
    ("FHIR read of a Consent", |caller, named| caller.get(&format!("/fhir/Consent/{}", named.consent))),
    ("FHIR read of an Encounter", |caller, named| caller.get(&format!("/fhir/Encounter/{}", named.episode))),
];

/// Prints a line for each kind of request.
pub fn measure(options: &Options) {
    let scene = Scene::start(options);
    let hidden = scene.hidden();
    let invented: Vec<_> = hidden.iter().map(Named::invented).collect();
    println!("{HEAD}");
    let tell = |caller: &mut Caller, requests: &[Request], hidden: &[Named], nothing: &[Named]| {
        for request in requests.iter().filter(|(what, _)| options.only.as_ref().is_none_or(|only| what.contains(only.as_str()))) {
            println!("{}", line(options, caller, *request, hidden, nothing));
        }
    };
    tell(&mut scene.caller("MR, a level hides it", "D01"), &OF_DOCUMENTS, &hidden, &invented);
    let mut stranger = scene.caller("no mandate", "D02");
    tell(&mut stranger, &OF_DOCUMENTS, &hidden, &invented);
    tell(&mut stranger, &OF_ITEMS, &hidden, &invented);
    for (what, id, one, other) in [
        ("no mandate: closed, or no patient", "D02", P01, NOBODY),
        ("CMC: 100 hidden, or none", "D01", HIDDEN_ALONE, EMPTY),
        ("CMC: 10 shown, and 10 hidden or none", "D01", SHOWN_AND_SOME_HIDDEN, SHOWN_ALONE),
        ("CMC: 10 shown, and 100 hidden or none", "D01", SHOWN_AND_MANY_HIDDEN, SHOWN_ALONE),
    ] {
        tell(&mut scene.caller(what, id), &OF_RECORDS, &[Named::patient(one)], &[Named::patient(other)]);
    }
}

/// Asks in pairs; which of a pair comes first changes from one to the next.
fn line(options: &Options, caller: &mut Caller, (what, ask): Request, hidden: &[Named], nothing: &[Named]) -> String {
    let mut pairs = Pairs::default();
    for number in 0..WARM + options.scaled(1000) {
        let (one, other) = (&hidden[number % hidden.len()], &nothing[number % nothing.len()]);
        let mut timed = |named: &Named| -> (Duration, Answer) {
            let began = Instant::now();
            let answer = ask(caller, named);
            (began.elapsed(), answer)
        };
        let ((of_one, told_one), (of_other, told_other)) = if number % 2 == 0 {
            let one = timed(one);
            (one, timed(other))
        } else {
            let other = timed(other);
            (timed(one), other)
        };
        assert_eq!(told_one.status, told_other.status, "{what}: the answers themselves differ");
        // Ids of documents that both show need not be of one length.
        let unlike = told_one.bytes.abs_diff(told_other.bytes);
        assert!(unlike <= told_one.bytes / 50, "{what}: the answers have {} and {} bytes", told_one.bytes, told_other.bytes);
        if number >= WARM {
            pairs.add(of_one, of_other);
        }
    }
    let ((one, other), (difference, least, most), (effect, probability)) = (pairs.medians(), pairs.difference(), pairs.mann_whitney());
    format!(
        "| {what} | {} | {one:.3} ms | {other:.3} ms | {:+.1} µs | {:+.1} to {:+.1} µs | {effect:.3} | {probability:.2} |",
        caller.what,
        difference * 1000.0,
        least * 1000.0,
        most * 1000.0,
    )
}
