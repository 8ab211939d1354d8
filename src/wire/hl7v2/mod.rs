//! HL7 version 2 in ER7: the messages of the Patient Identity Feed (ITI-8) and their acknowledgements.
//!
//! [`adt::read`] turns the bytes of a message into a [`crate::model::patient_feed::PatientFeed`], [`ack`] answers it, and
//! [`feed_message`] writes the messages that our own client sends. [`er7`] is the grammar below them all.

pub mod ack;
pub mod adt;
pub mod charset;
pub mod er7;
pub mod error;
mod escape;
pub mod feed_message;
pub mod header;
mod link_change;
mod pid;
pub mod raw_header;
pub mod visit;

pub use error::Hl7Error;
