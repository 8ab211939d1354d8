//! SAML 2.0 assertions in WS-Security headers, as Cross-Enterprise User Assertion wants them (XUA, ITI TF-2: 3.40).
//!
//! [`SecurityHeader::assertion`] finds the one assertion of a message, verifies its signature with the key of a trusted
//! issuer and reads it; [`Assertion::check`] compares what it says with what this server wants. Only a fixed profile of
//! XML Signature is spoken, and the values come from the very nodes that were digested, so that there is nothing to wrap:
//! `docs/adr/0009-own-saml-verifier.md` says why.
//!
//! The crypto is OpenSSL's. Nothing here keeps state: one-time use is the caller's to remember.

mod algorithm;
mod assertion;
mod canonical;
mod claims;
mod expectations;
mod issuers;
mod issuing;
mod reading;
mod refusal;
mod security_header;
mod signature;
#[cfg(test)]
mod tests;
mod written;

pub use assertion::{Assertion, AuthnStatement, Confirmation, ConfirmationMethod};
pub use canonical::Canonical;
pub use expectations::Expectations;
pub use issuers::{TrustedIssuers, UnusableCertificate};
pub use issuing::{AssertionDraft, IssuingError};
pub use refusal::Refusal;
pub use security_header::SecurityHeader;
pub use written::{UnreadableAssertion, WrittenAssertion};
