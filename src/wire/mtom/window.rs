//! The one buffer that a message passes through.

use std::io::{self, Read};

use super::error::MtomError;

const BUFFER_BYTES: usize = 64 * 1024;

/// What was read from `source` and is not used yet, in a buffer of fixed size.
pub(super) struct Window<R: Read> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    total_bytes: u64,
    limit: u64,
}

impl<R: Read> Window<R> {
    /// A buffer of 64 KiB, or `least` bytes if that is more, with `beginning` put before what `source` gives.
    ///
    /// More than `limit` bytes of `source` are refused.
    pub(super) fn new(source: R, beginning: &[u8], least: usize, limit: u64) -> Self {
        let mut buffer = beginning.to_vec();
        buffer.resize(BUFFER_BYTES.max(least), 0);
        Self { source, buffer, start: 0, end: beginning.len(), total_bytes: 0, limit }
    }

    /// The bytes read and not used.
    pub(super) fn unused(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Uses up the next `count` bytes, or all there are.
    pub(super) fn skip(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }

    /// Reads more behind the unused bytes, which must not fill the buffer; 0 at the end of the source.
    pub(super) fn read_more(&mut self) -> Result<usize, MtomError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome.map_err(MtomError::Io)?,
            }
        };
        self.end += read;
        self.total_bytes += as_u64(read);
        if self.total_bytes > self.limit { Err(MtomError::MessageTooLarge { limit: self.limit }) } else { Ok(read) }
    }
}

pub(super) fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
