//! The patient identity feed on the wire.

mod acknowledgements;
mod events;
mod link_change;
mod merge;
pub(crate) mod message;
