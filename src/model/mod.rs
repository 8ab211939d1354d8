//! Document Sharing metadata of ITI TF-3 4.2 and the notions of the access layer: plain values that know no XML, no SQL and no I/O.

pub mod hl7_types;
pub mod ids;
pub mod patient_feed;
