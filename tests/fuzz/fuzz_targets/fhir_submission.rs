//! A bundle of MHD as a submission, and documents that speak for themselves: what is understood survives writing.
#![no_main]

use dossier_fuzz::model::ids::Oid;
use dossier_fuzz::wire::fhir::json;
use dossier_fuzz::wire::mhd::{
    Described, Domain, Resources, describe_cda, people_referred_to, read_bundle, read_document_reference, write_document_reference,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let authorities: Vec<Oid> = "1.3.182.4.4".parse().into_iter().collect();
    let domain = Domain { base_url: "http://x/fhir", authorities: &authorities };
    let _ = describe_cda(bytes, "text/xml", &domain);
    let Ok(bundle) = json::read(bytes) else { return };
    let _ = people_referred_to(&bundle, &domain);
    match read_bundle(&bundle, &[], domain) {
        Ok(submitted) => {
            for entry in &submitted.request.entries {
                let written = json::write(&write_document_reference(entry, &Described::default(), &domain), false);
                let read =
                    json::read(&written).map(|read| read_document_reference(&read, "DocumentReference", &Resources::default(), &domain));
                assert!(read.is_ok_and(|read| read.is_ok_and(|read| read == *entry)), "an entry changes on its way");
            }
        }
        Err(faults) => assert!(!faults.is_empty(), "a refusal without a word"),
    }
});
