//! Stored queries and their parameters (ITI-18, ITI-51), and answers as a client reads them.
#![no_main]

use dossier_fuzz::answers::check_errors;
use dossier_fuzz::memory::within;
use dossier_fuzz::model::registry_error::RegistryError;
use dossier_fuzz::wire::ebrim::{
    AdhocQueryRequest, read_adhoc_query, read_adhoc_query_response, read_multi_patient_query, read_retrieve_response,
    write_adhoc_query_response, write_registry_objects,
};
use dossier_fuzz::wire::xml::Element;
use dossier_fuzz::xml_tree::{reread, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(request) = tree(bytes) else { return };
    check(bytes, &request, read_adhoc_query);
    check(bytes, &request, read_multi_patient_query);
    if let Ok(answer) = read_adhoc_query_response(&request)
        && answer.unreadable.is_empty()
    {
        let written = reread(|xml| write_adhoc_query_response(xml, &[], |xml| write_registry_objects(xml, &answer.objects)));
        assert!(read_adhoc_query_response(&written).is_ok_and(|again| again.objects == answer.objects), "objects change on their way");
    }
    let _ = read_retrieve_response(&request);
});

/// Reading depends on nothing but the request, takes memory in proportion, and refuses in bounded words.
fn check<Q: PartialEq>(bytes: &[u8], request: &Element, read: fn(&Element) -> Result<AdhocQueryRequest<Q>, RegistryError>) {
    let query = within(bytes, 100, 64 * 1024, || read(request));
    assert!(query == read(request), "a query read twice means two things");
    if let Err(error) = query {
        check_errors(&[error]);
    }
}
