//! Requests that change or fetch: updates, removals, retrievals (ITI-57, 92, 62, 86, 43).
#![no_main]

use dossier_fuzz::answers::{check_errors, check_fault};
use dossier_fuzz::memory::within;
use dossier_fuzz::model::update_request::UpdateScope;
use dossier_fuzz::wire::ebrim::{
    read_remove_documents, read_remove_objects, read_retrieve_request, read_update_objects, write_retrieve_request,
};
use dossier_fuzz::wire::mtom::include_of;
use dossier_fuzz::xml_tree::{reread, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(request) = tree(bytes) else { return };
    for scope in [UpdateScope::Full, UpdateScope::Restricted] {
        match within(bytes, 300, 256 * 1024, || read_update_objects(&request, scope)) {
            Ok(update) => {
                assert_eq!(update.scope, scope);
                assert!(
                    update.entries.iter().all(|v| v.object.entry_uuid != v.object.logical_id),
                    "a first version passes for a later one"
                );
            }
            Err(errors) => check_errors(&errors),
        }
    }
    match read_remove_objects(&request) {
        Ok(ids) => assert!(!ids.is_empty() && ids.is_sorted_by(|a, b| a < b), "each object once"),
        Err(errors) => check_errors(&errors),
    }
    match read_retrieve_request(&request) {
        Ok(documents) => assert_eq!(read_retrieve_request(&reread(|xml| write_retrieve_request(xml, &documents))), Ok(documents)),
        Err(fault) => check_fault(&fault),
    }
    if let Err(fault) = read_remove_documents(&request) {
        check_fault(&fault);
    }
    if let Err(error) = include_of(&request) {
        check_fault(&error.into());
    }
});
