//! A source that gives its bytes in pieces, as a network does.

use std::io::{self, Read};

/// Reads `bytes`, of which each call gives at most `piece`.
pub struct Pieces<'a> {
    /// What is left.
    pub bytes: &'a [u8],
    /// The most that one call gives, at least 1.
    pub piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(self.piece);
        self.bytes.read(&mut out[..length])
    }
}
