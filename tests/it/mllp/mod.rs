//! The patient identity feed on the wire.

mod acknowledgements;
mod merge;
pub(crate) mod message;
