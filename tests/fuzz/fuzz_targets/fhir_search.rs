//! Any bytes as a query: its pairs, and their values as each kind of search parameter.
#![no_main]

use dossier_fuzz::wire::fhir::search::{alternatives, comparison, local_reference, token, unescaped};
use dossier_fuzz::wire::fhir::{dates, form};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(pairs) = form::pairs(text) else { return };
    let written: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    assert_eq!(form::pairs(&written.join("&")).as_ref(), Ok(&pairs));
    for (_, value) in &pairs {
        assert_eq!(alternatives(value).join(","), *value);
        assert!(unescaped(value).len() <= value.len());
        let read = token(value);
        assert!(read.code.is_none_or(|code| !code.is_empty() && code.len() <= value.len()));
        if let Ok(period) = dates::period(comparison(value).1) {
            assert!(period.start < period.end);
        }
        if let Some((_, id)) = local_reference(value, "https://a.example/fhir", Some("Patient")) {
            assert!(id.len() <= 64);
        }
    }
});
