//! A complete public key infrastructure for tests, demonstrations and connectathons.
//!
//! Every certificate carries [`crate::model::node::TEST_PKI_ORGANISATION`], and the server refuses those in production.

mod authority;
mod error;
mod folder;
mod test_pki;
#[cfg(test)]
mod tests;

pub use error::PkiError;
pub use test_pki::{TestPki, connector_of, make};
