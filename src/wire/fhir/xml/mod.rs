//! Resources in XML (FHIR R4, xml.html), by the same tables that JSON is checked against.

mod reading;
mod writing;

pub use reading::read;
pub use writing::write;

/// The namespace of everything but narrative.
const FHIR: &str = "http://hl7.org/fhir";
