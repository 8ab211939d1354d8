//! Plaintext in, stored form out.

use std::io::{self, Write};

use openssl::rand::rand_bytes;

use super::{
    ContentError, ContentKey, DataKey,
    format::{CHUNK_SIZE, Header, PREFIX_SIZE},
    gcm::{Sealer, TAG_SIZE},
};

/// Encrypts what is written to it into `sink`, with one buffer of a chunk for the whole document.
///
/// A full chunk waits in the buffer until it is known whether it is the last, so nothing is complete before
/// [`finish`](Self::finish).
pub(super) struct SealingWriter<W> {
    sink: W,
    sealer: Sealer,
    header: Header,
    key: ContentKey,
    index: u32,
    chunk: Vec<u8>,
}

impl<W: Write> SealingWriter<W> {
    /// Writes the header; `data_key` must never have sealed another document, for nonces repeat between documents.
    pub(super) fn new(mut sink: W, key: ContentKey, data_key: &DataKey) -> io::Result<Self> {
        let mut nonce_prefix = [0; PREFIX_SIZE];
        rand_bytes(&mut nonce_prefix).map_err(ContentError::from)?;
        let header = Header { chunk_size: CHUNK_SIZE, nonce_prefix };
        sink.write_all(&header.encode())?;
        let sealer = Sealer::new(data_key.bytes()).map_err(ContentError::from)?;
        Ok(Self { sink, sealer, header, key, index: 0, chunk: Vec::with_capacity(CHUNK_SIZE as usize + TAG_SIZE) })
    }

    /// Takes all of `text`.
    pub(super) fn write_all(&mut self, mut text: &[u8]) -> io::Result<()> {
        while !text.is_empty() {
            if self.chunk.len() == CHUNK_SIZE as usize {
                self.seal_chunk(false)?;
                self.index = self.index.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
            }
            let room = CHUNK_SIZE as usize - self.chunk.len();
            let (now, later) = text.split_at(room.min(text.len()));
            self.chunk.extend_from_slice(now);
            text = later;
        }
        Ok(())
    }

    /// Seals the last chunk and gives the sink back, complete but not yet synced.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal_chunk(true)?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn seal_chunk(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.header.nonce(self.index, last);
        let aad = self.header.aad(&self.key);
        let tag = self.sealer.seal(&nonce, &aad, &mut self.chunk).map_err(ContentError::from)?;
        self.chunk.extend_from_slice(&tag);
        self.sink.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}
