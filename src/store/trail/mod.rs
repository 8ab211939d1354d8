//! What makes the audit trail show that somebody wrote in it, or took from it, who is not the server.
//!
//! Each record is a link of a chain: [`links`] says of what, [`heads`] hands the ends of the chains to transactions, one to each
//! at a time, so that they do not wait for each other. [`seals`] signs how far all chains have come. What the server itself
//! removes leaves [`amendments`]; [`verify`] walks over all of it, chain by chain ([`chain_walk`]).

mod amendments;
#[cfg(test)]
mod beside_tests;
mod chain_walk;
mod heads;
mod keys;
mod links;
mod merkle;
mod received;
mod seals;
#[cfg(test)]
mod tests;
mod verify;

pub use keys::{AuditKey, AuditKeys};

pub(super) use amendments::Amendments;
pub(super) use heads::{Head, Heads};
pub(super) use links::{ChainedRow, Fields, hash_of_fields};
