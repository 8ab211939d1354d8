//! Stored form in, authentic plaintext out.

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    ContentError, ContentKey, Damage, DataKey,
    format::{HEADER_SIZE, Header, Layout},
    gcm::{Opener, TAG_SIZE},
};

/// Decrypts `source`, one chunk at a time in one buffer; gives no byte of a chunk before the chunk is authenticated.
///
/// Errors are [`ContentError`]s inside [`io::Error`]. After the first one every read fails.
pub(super) struct OpeningReader<R> {
    source: R,
    opener: Opener,
    header: Header,
    layout: Layout,
    key: ContentKey,
    /// The chunk to read next; none after the last and after an error.
    next: Option<u32>,
    failed: bool,
    chunk: Vec<u8>,
    /// How much of the plaintext in `chunk` is served.
    served: usize,
}

impl<R: Read> OpeningReader<R> {
    /// `sealed_size` is the whole length of `source`, which stands at its start.
    pub(super) fn new(mut source: R, sealed_size: u64, key: ContentKey, data_key: &DataKey) -> io::Result<Self> {
        let damaged = |damage| ContentError::NotAuthentic { key, damage };
        if sealed_size < HEADER_SIZE as u64 {
            return Err(damaged(Damage::Length).into());
        }
        let mut bytes = [0; HEADER_SIZE];
        source.read_exact(&mut bytes)?;
        let header = Header::decode(bytes).map_err(damaged)?;
        let layout = Layout::of(header.chunk_size, sealed_size).map_err(damaged)?;
        let opener = Opener::new(data_key.bytes()).map_err(ContentError::from)?;
        let chunk = Vec::with_capacity(layout.size(0) + TAG_SIZE);
        Ok(Self { source, opener, header, layout, key, next: Some(0), failed: false, chunk, served: 0 })
    }

    /// Bytes of plaintext in the whole document; to be believed once the last chunk was read.
    pub(super) fn size(&self) -> u64 {
        self.layout.plain_size()
    }

    /// Authenticates all chunks that are not read yet, and gives the size of the whole document.
    pub(super) fn verify(&mut self) -> io::Result<u64> {
        while self.open_next()? {}
        self.served = self.chunk.len();
        Ok(self.size())
    }

    /// Opens the next chunk into the buffer; `false` if there is none.
    fn open_next(&mut self) -> io::Result<bool> {
        if self.failed {
            return Err(ContentError::Broken.into());
        }
        let Some(index) = self.next else { return Ok(false) };
        self.failed = true;
        self.open_chunk(index)?;
        self.failed = false;
        self.served = 0;
        self.next = if self.layout.is_last(index) { None } else { Some(index + 1) };
        Ok(true)
    }

    fn open_chunk(&mut self, index: u32) -> io::Result<()> {
        let damaged = |damage| io::Error::from(ContentError::NotAuthentic { key: self.key, damage });
        self.chunk.resize(self.layout.size(index) + TAG_SIZE, 0);
        self.source.read_exact(&mut self.chunk).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(Damage::Truncated { chunk: index }),
            _ => error,
        })?;
        let nonce = self.header.nonce(index, self.layout.is_last(index));
        let aad = self.header.aad(&self.key);
        let authentic = match self.chunk.split_last_chunk_mut() {
            Some((text, tag)) => self.opener.open(&nonce, &aad, text, tag).map_err(ContentError::from)?,
            None => false,
        };
        self.chunk.truncate(self.layout.size(index));
        if authentic { Ok(()) } else { Err(damaged(Damage::Chunk { chunk: index })) }
    }
}

impl<R: Read + Seek> OpeningReader<R> {
    /// Back to the first byte of plaintext. The chunks are authenticated again when they are read.
    pub(super) fn rewind(mut self) -> io::Result<Self> {
        self.source.seek(SeekFrom::Start(HEADER_SIZE as u64))?;
        Ok(Self { next: Some(0), served: self.chunk.len(), ..self })
    }
}

impl<R: Read> Read for OpeningReader<R> {
    fn read(&mut self, wanted: &mut [u8]) -> io::Result<usize> {
        if wanted.is_empty() {
            return Ok(0);
        }
        while self.failed || self.served == self.chunk.len() {
            if !self.open_next()? {
                return Ok(0);
            }
        }
        let count = self.chunk.get(self.served..).unwrap_or_default().read(wanted)?;
        self.served += count;
        Ok(count)
    }
}
