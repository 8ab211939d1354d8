//! The sample population of `dossier demo`: invented patients, establishments, professionals and documents.
//!
//! [`patients`] and [`documents`] give the fixtures, which are built into the program, as values of the model. The command
//! line sends them to the server through its public interfaces: patients by ITI-8, documents by ITI-41.

mod document;
mod embedded;
mod establishment;
mod metadata;
mod on_demand;
mod patient;
mod persona;
mod records;
mod story;

pub use document::{SampleDocument, all_documents, documents};
pub use embedded::{ESTABLISHMENTS, PATIENTS, PROFESSIONALS, RECORDS, REPRESENTATIVES};
pub use establishment::establishment_of;
pub use on_demand::current_documents;
pub use patient::{SamplePatient, announcement, patients};
pub use persona::{Persona, persona};
pub use records::records_before_the_story;
pub use story::{BEGINNING, DESCRIBED_AT, Event, events};

/// Why the fixtures cannot be used; they are tested, so that only a broken build gives this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sample population is broken: {0}")]
pub struct BrokenFixture(pub String);
