//! Documents over FHIR (IHE MHD), beside the same documents over XDS.

mod hostile;
mod provide;
pub mod scene;
mod search;
