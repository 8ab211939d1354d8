//! A document that was authenticated from its first to its last byte before any of it is served.

use std::{
    fmt,
    io::{self, Cursor, Read, Seek},
};

use super::opening::OpeningReader;

/// Documents up to this many bytes are decrypted once and served from memory.
///
/// Nearly all clinical documents (letters, results, PDF) are smaller, and for them one pass halves the work. The bound
/// is also the most memory one open document takes; larger ones cost a buffer of one chunk and a second pass.
pub const IN_MEMORY_LIMIT: u64 = 4 * 1024 * 1024;

/// A whole, authentic document, ready to be served through [`Read`].
///
/// A large document is read from the store again while it is served. Its chunks are authenticated again then, so bytes
/// altered in between end the reading with an error and are never served.
pub struct VerifiedDocument {
    size: u64,
    body: Box<dyn Read + Send>,
}

impl VerifiedDocument {
    pub(super) fn verify<R: Read + Seek + Send + 'static>(mut sealed: OpeningReader<R>) -> io::Result<Self> {
        let size = sealed.size();
        if size > IN_MEMORY_LIMIT {
            sealed.verify()?;
            return Ok(Self { size, body: Box::new(sealed.rewind()?) });
        }
        let mut plain = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        sealed.read_to_end(&mut plain)?;
        Ok(Self { size, body: Box::new(Cursor::new(plain)) })
    }

    /// Bytes of the document.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Read for VerifiedDocument {
    fn read(&mut self, wanted: &mut [u8]) -> io::Result<usize> {
        self.body.read(wanted)
    }
}

impl fmt::Debug for VerifiedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedDocument").field("size", &self.size).finish_non_exhaustive()
    }
}
