//! HL7 version 3 messages of the patient identity feed [ITI-44] (ITI TF-2: 3.44 and Appendix O), in XML ITS 1.0.
//!
//! [`feed_message::read`] turns a payload into a [`crate::model::patient_feed::PatientFeed`], [`acknowledgement`] answers it,
//! and [`feed_writer::write`] writes one as its source.

pub mod acknowledgement;
mod error;
pub mod feed_message;
pub mod feed_writer;
mod identifiers;
mod interaction;
mod null;
mod patient;
mod place;
pub mod transmission;

pub use error::{DetailCode, Hl7v3Error, Refusal};
pub use interaction::Interaction;

#[cfg(test)]
mod tests;
