//! Any bytes as a FHIR resource in XML: what is read is a resource in JSON too, and written again reads the same.
#![no_main]

use dossier_fuzz::memory::within;
use dossier_fuzz::wire::fhir::{json, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match within(bytes, 400, 256 * 1024, || xml::read(bytes)) {
        Ok(resource) => {
            assert_eq!(json::read(&json::write(&resource, false)).as_ref(), Ok(&resource));
            assert_eq!(xml::read(&xml::write(&resource)).as_ref(), Ok(&resource));
        }
        Err(fault) => assert!(fault.to_string().len() <= 1024 + 2 * bytes.len()),
    }
});
