//! Documents over FHIR (IHE MHD), beside the same documents over XDS.

mod bundles;
mod foreign;
mod hostile;
mod provide;
pub mod scene;
mod search;
