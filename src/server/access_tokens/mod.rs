//! Whose access tokens are trusted: the keys of their issuers, from files and from the URLs that the operator allows, and
//! the address where opaque tokens are asked about.

mod asking;
mod introspector;
mod key_ring;
mod key_source;
mod rules;

pub(super) use key_ring::KeyRing;
pub(super) use rules::token_rules;
