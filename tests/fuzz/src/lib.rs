//! What the fuzzing targets share.
//!
//! The layers `model` and `wire` are compiled from the server's own source and nothing else of it: they are all that
//! reads a stranger's bytes, and they build in seconds, without OpenSSL, SQLite and libpq.

#[path = "../../../src/model/mod.rs"]
pub mod model;
#[path = "../../../src/wire/mod.rs"]
pub mod wire;

pub mod answers;
pub mod memory;
pub mod pieces;
pub mod xml_tree;

/// The longest text of an error: the caller's values in it are shortened.
pub const LONGEST_ERROR: usize = 4 * 1024;
