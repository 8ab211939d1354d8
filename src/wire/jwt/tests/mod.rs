//! Tokens, good and bad.

mod issuer;
mod judged;
mod read;
mod tampered;
