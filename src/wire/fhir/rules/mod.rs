//! What R4 asks of a resource beyond the names and kinds of its elements: required elements, formats, required codes, and
//! the invariants that matter here (FHIR R4, validation.html).

mod check;
mod formats;
mod invariants;
mod table;

pub use check::check;
pub(in crate::wire::fhir) use table::{mandatory_elements, summary_elements};
