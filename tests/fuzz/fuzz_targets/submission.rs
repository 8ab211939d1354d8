//! Metadata of a submission (ITI-41, ITI-42): what is read and written again reads the same.
#![no_main]

use dossier_fuzz::answers::check_errors;
use dossier_fuzz::memory::within;
use dossier_fuzz::model::registry_objects::RegistryObjects;
use dossier_fuzz::model::submission_request::SubmissionRequest;
use dossier_fuzz::wire::ebrim::{
    ContentRule, read_adhoc_query_response, read_submit_objects, write_adhoc_query_response, write_registry_objects, write_submit_objects,
};
use dossier_fuzz::xml_tree::{reread, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(request) = tree(bytes) else { return };
    for rule in [ContentRule::InMetadata, ContentRule::InMessage] {
        match within(bytes, 300, 256 * 1024, || read_submit_objects(&request, rule)) {
            Ok(submitted) => {
                assert_eq!(submitted.entry_ids.len(), submitted.request.entries.len());
                check_round_trip(&submitted.request, rule);
            }
            Err(errors) => check_errors(&errors),
        }
    }
});

fn check_round_trip(request: &SubmissionRequest, rule: ContentRule) {
    let written = reread(|xml| write_submit_objects(xml, request));
    let again = read_submit_objects(&written, rule).unwrap_or_else(|errors| {
        let texts: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.location, error.context)).collect();
        panic!("our own submission is refused: {}", texts.join("\n"))
    });
    assert!(again.request == *request, "a submission changes on its way: {}", serde_json::to_string(&request.entries).unwrap_or_default());
    let objects = RegistryObjects {
        submission_sets: vec![request.submission_set.clone()],
        entries: request.entries.clone(),
        folders: request.folders.clone(),
        associations: request.associations.clone(),
    };
    let answer = reread(|xml| write_adhoc_query_response(xml, &[], |xml| write_registry_objects(xml, &objects)));
    let read = read_adhoc_query_response(&answer).expect("an answer of our own");
    assert!(read.unreadable.is_empty(), "an answer that its own reader cannot read");
    assert!(read.objects == objects, "objects change between submission and answer");
}
