//! Any bytes as a resource in XML: what is read reads the same after writing, in XML and in JSON.
#![no_main]

use dossier_fuzz::LONGEST_ERROR;
use dossier_fuzz::memory::within;
use dossier_fuzz::wire::fhir::{json, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match within(bytes, 400, 1024 * 1024, || xml::read(bytes)) {
        Ok(resource) => {
            assert_eq!(xml::read(&xml::write(&resource)).as_ref(), Ok(&resource));
            assert_eq!(json::read(&json::write(&resource, false)).as_ref(), Ok(&resource));
        }
        Err(fault) => assert!(fault.to_string().len() <= LONGEST_ERROR + bytes.len()),
    }
});
