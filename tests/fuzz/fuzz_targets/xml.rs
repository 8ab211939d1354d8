//! Any bytes as an XML document: what is read and written again reads the same, within limits.
#![no_main]

use dossier_fuzz::memory::within;
use dossier_fuzz::wire::xml::{Element, parse};
use dossier_fuzz::xml_tree::{LIMITS, reread, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match within(bytes, 300, 64 * 1024, || parse(bytes, &LIMITS)) {
        Ok(root) => {
            check_limits(&root, 1);
            assert_eq!(reread(|xml| write(xml, &root)), root);
        }
        Err(error) => {
            let text = error.to_string();
            // The path of open elements repeats their names, which are part of the input.
            assert!(text.len() <= 512 + bytes.len(), "{} bytes of error for {} of input", text.len(), bytes.len());
        }
    }
});

fn check_limits(element: &Element, depth: usize) {
    assert!(depth <= LIMITS.depth);
    assert!(element.attributes.len() + element.namespaces.len() <= LIMITS.attributes);
    element.elements().for_each(|child| check_limits(child, depth + 1));
}
