//! The query of a search: names and values, and each value as every type of search parameter reads it.
#![no_main]

use dossier_fuzz::memory::within;
use dossier_fuzz::wire::fhir::search::{alternatives, comparison, token, unescaped};
use dossier_fuzz::wire::fhir::{dates, form};
use dossier_fuzz::wire::mhd::schemes_of_system;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let _ = form::segments(text);
    let Ok(pairs) = within(bytes, 100, 64 * 1024, || form::pairs(text)) else { return };
    let written: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    assert_eq!(form::pairs(&written.join("&")).as_ref(), Ok(&pairs), "a link finds something else than was searched for");
    for (_, value) in &pairs {
        let (_, time) = comparison(value);
        if let Ok(period) = dates::period(time) {
            assert!(period.start < period.end, "a time that is none");
        }
        for alternative in alternatives(value) {
            assert!(unescaped(&alternative).len() <= alternative.len());
            if let Some(system) = token(&alternative).system {
                assert!(!schemes_of_system(&system).is_empty());
            }
        }
    }
});
