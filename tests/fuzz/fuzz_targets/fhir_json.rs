//! Any bytes as a resource in JSON: what is read and written again reads the same, in JSON and in XML; the rules of R4 judge it
//! without breaking.
#![no_main]

use dossier_fuzz::LONGEST_ERROR;
use dossier_fuzz::memory::within;
use dossier_fuzz::wire::fhir::{broken_rules, json, without_long_data};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match within(bytes, 400, 1024 * 1024, || json::read(bytes)) {
        Ok(resource) => {
            assert_eq!(json::read(&json::write(&resource, false)).as_ref(), Ok(&resource));
            assert_eq!(json::read(&json::write(&resource, true)).as_ref(), Ok(&resource));
            let _ = broken_rules(&resource);
        }
        Err(fault) => assert!(fault.to_string().len() <= LONGEST_ERROR + bytes.len()),
    }
    // Nothing of this length is long, so nothing is taken out.
    let left = without_long_data(&mut &*bytes, usize::MAX, &mut |_| panic!("it was short"));
    assert_eq!(left.ok().flatten().as_deref(), Some(bytes));
});
