//! The On-Demand Document Source within this repository (ITI TF-1: 10.1.1.10): content made at each retrieval, and the
//! snapshots that keep it.
//!
//! An [`Assembler`] makes content from an opened record, so that it holds nothing that the caller may not read.

mod assembler;
mod current_documents;
mod made_document;
mod snapshot;

pub use assembler::{Assembler, Draft, OnDemand, Stamp, WriteDraft};
pub use current_documents::CurrentDocuments;
pub(super) use made_document::{Made, MadeDocument, make};
pub(super) use snapshot::{PendingSnapshot, keep};
