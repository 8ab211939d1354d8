//! People over SOAP: assertions (XUA, ITI TF-2: 3.40) against the whole server, and against other implementations.

mod canonical_forms;
mod foreign_issuers;
mod issuer_files;
mod people;
pub mod scene;

pub use scene::{ISSUER, NAME, now};
