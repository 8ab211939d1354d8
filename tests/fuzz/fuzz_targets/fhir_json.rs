//! Any bytes as a FHIR resource in JSON: what is read and written again reads the same, also by way of XML, and whatever is shown of
//! it is bounded.
#![no_main]

use dossier_fuzz::memory::within;
use dossier_fuzz::wire::fhir::{Selection, broken_rules, html, json, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match within(bytes, 400, 256 * 1024, || json::read(bytes)) {
        Ok(resource) => {
            assert_eq!(json::read(&json::write(&resource, true)).as_ref(), Ok(&resource));
            if let Ok(by_xml) = xml::read(&xml::write(&resource)) {
                assert_eq!(json::resource_type(&by_xml), json::resource_type(&resource));
            }
            assert!(broken_rules(&resource).len() <= 20);
            let page = html::page(&resource, 200, "https://a.example/fhir");
            assert!(!String::from_utf8_lossy(&page).contains("<script"));
            for part in [Selection::Summary, Selection::Text, Selection::Data, Selection::Elements(vec!["id".to_owned()])] {
                assert_eq!(json::resource_type(&part.of(resource.clone())), json::resource_type(&resource));
            }
        }
        Err(fault) => assert!(fault.to_string().len() <= 1024 + 2 * bytes.len()),
    }
});
