//! What metadata say of content: its size and SHA-1 (ITI TF-3: 4.2.3.2.10, 4.2.3.2.24).

use std::io::{self, Read};

use openssl::sha::Sha1;

use crate::model::document_entry::Sha1Hex;

/// The bytes read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// Counts and hashes what it is shown.
pub(super) struct Digest {
    size: u64,
    sha1: Sha1,
}

impl Digest {
    pub(super) fn new() -> Self {
        Self { size: 0, sha1: Sha1::new() }
    }

    pub(super) fn update(&mut self, chunk: &[u8]) {
        self.size = self.size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        self.sha1.update(chunk);
    }

    pub(super) fn finish(self) -> (u64, Sha1Hex) {
        (self.size, Sha1Hex::from_digest(&self.sha1.finish()))
    }
}

/// Size and hash of all that `content` still gives.
pub fn digest(content: &mut dyn Read) -> io::Result<(u64, Sha1Hex)> {
    let (mut digest, mut buffer) = (Digest::new(), vec![0; CHUNK]);
    loop {
        let read = content.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(chunk) if !chunk.is_empty() => digest.update(chunk),
            _ => return Ok(digest.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_content_counts() {
        let (size, hash) = digest(&mut &b"abc"[..]).unwrap();
        assert_eq!((size, hash.as_str()), (3, "a9993e364706816aba3e25717850c26c9cd0d89d"));
        let long = vec![7; 3 * CHUNK + 1];
        let (size, hash) = digest(&mut long.as_slice()).unwrap();
        assert_eq!((usize::try_from(size).unwrap(), hash), (long.len(), Sha1Hex::from_digest(&openssl::sha::sha1(&long))));
    }
}
