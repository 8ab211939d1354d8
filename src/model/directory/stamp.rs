//! Which version of an entry there is, and which there were.

use crate::model::timestamp::Instant;

/// Which version of an entry one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// From 1; counted up with each change.
    pub version: u64,
    /// Since when the entry says so; nothing where that was not noted yet.
    pub updated_at: Option<Instant>,
}

/// An entry as it was before it was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEntry<T> {
    /// What it said.
    pub entry: T,
    /// In which version.
    pub stamp: Stamp,
    /// Until when.
    pub replaced_at: Instant,
}
