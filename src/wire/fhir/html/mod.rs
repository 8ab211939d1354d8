//! Resources for people in a browser (FHIR R4, http.html#mime-type): one page without scripts, whose every value is escaped.

mod elements;
mod page;

pub use page::{CONTENT_SECURITY_POLICY, page};
