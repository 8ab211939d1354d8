//! The patient identity feed in HL7 version 3 (ITI-44).

mod acknowledgements;
mod equal_feeds;
mod hostile;
pub mod message;
mod records;
