//! The SOAP transactions on the wire: what testers send, and what they get.
//!
//! Messages are written as text and read with a tree, so that a fault of the server's own writers and readers cannot hide
//! itself on both sides.

pub(crate) mod answer;
pub(crate) mod envelope;
pub(crate) mod metadata;
pub(crate) mod multipart;
mod packaging;
pub(crate) mod query;
pub(crate) mod query_errors;
pub(crate) mod redaction;
mod relationships;
pub(crate) mod retrieve;
mod round_trip;
mod wire_snapshots;
