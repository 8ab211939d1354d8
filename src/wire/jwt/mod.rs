//! Access tokens of OAuth 2.1: JSON Web Tokens (RFC 7519, RFC 9068) as Internet User Authorization wants them (IHE IUA,
//! ITI TF-2: 3.71, 3.72), and the answers of introspection (RFC 7662, 3.102).
//!
//! [`verify`] checks the signature of a token with a key of the issuer that the operator trusts and reads it;
//! [`AccessToken::check`] compares what it says with what this server wants. Keys come from the operator's key sets only:
//! whatever keys or addresses of keys a token carries are not looked at. `docs/adr/0012-access-tokens.md` says why so.
//!
//! The crypto is OpenSSL's. Nothing here keeps state.

mod access_token;
mod algorithm;
mod claims;
mod expectations;
mod introspected;
mod key_set;
mod openssl_provider;
mod reading;
mod refusal;
mod scopes;
mod signing_key;
#[cfg(test)]
mod tests;
mod unique_json;
mod verification;

pub use access_token::AccessToken;
pub use algorithm::SignatureAlgorithm;
pub use claims::write_claims;
pub use expectations::Expectations;
pub use introspected::{introspected, is_compact_jws};
pub use key_set::{KeySet, UnusableKeySet, VerificationKey};
pub use refusal::Refusal;
pub use scopes::{Interaction, Permission, Scopes};
pub use signing_key::{SigningError, SigningKey};
pub use verification::{IssuerKeys, NoKey, verify};
