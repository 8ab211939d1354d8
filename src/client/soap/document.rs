//! A document on its way to the repository.

use std::fs::File;
use std::io::{self, Read};

use crate::client::http::UnreadableSource;
use crate::model::ids::EntryUuid;

/// The content of one submitted entry; its MIME type is that of the entry.
pub struct OutgoingDocument<'a> {
    /// The entry it belongs to.
    pub entry_uuid: EntryUuid,
    /// How many bytes `content` gives.
    pub size: u64,
    /// The bytes.
    pub content: Box<dyn Read + 'a>,
}

impl<'a> OutgoingDocument<'a> {
    /// A document in memory.
    pub fn bytes(entry_uuid: EntryUuid, bytes: &'a [u8]) -> Self {
        Self { entry_uuid, size: u64::try_from(bytes.len()).unwrap_or(u64::MAX), content: Box::new(bytes) }
    }

    /// A file, from its beginning; fails if its size cannot be had.
    pub fn file(entry_uuid: EntryUuid, file: File) -> io::Result<Self> {
        Ok(Self { entry_uuid, size: file.metadata()?.len(), content: Box::new(file) })
    }

    /// Exactly `size` bytes, or an error that says so.
    pub(super) fn exact(self) -> impl Read + 'a {
        Exact { content: self.content, left: self.size, checked: false }
    }
}

struct Exact<'a> {
    content: Box<dyn Read + 'a>,
    left: u64,
    checked: bool,
}

impl Exact<'_> {
    /// The bytes promised are read: nothing may follow.
    fn check_end(&mut self) -> io::Result<usize> {
        if !self.checked && self.content.read(&mut [0]).map_err(UnreadableSource::wrap)? > 0 {
            return Err(changed("it is longer than it was said to be"));
        }
        self.checked = true;
        Ok(0)
    }
}

impl Read for Exact<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return self.check_end();
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let read = self.content.read(out.get_mut(..most).unwrap_or_default()).map_err(UnreadableSource::wrap)?;
        if read == 0 {
            return Err(changed("it ends earlier than it was said to"));
        }
        self.left = self.left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

fn changed(how: &'static str) -> io::Error {
    UnreadableSource::wrap(io::Error::new(io::ErrorKind::InvalidData, how))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(size: u64, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let document = OutgoingDocument { entry_uuid: EntryUuid::random(), size, content: Box::new(bytes) };
        let mut all = Vec::new();
        document.exact().read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn a_document_is_sent_in_the_size_that_was_announced_or_not_at_all() {
        assert_eq!(read(3, b"abc").unwrap(), b"abc");
        assert_eq!(read(0, b"").unwrap(), b"");
        for (size, bytes) in [(2, b"abc"), (4, b"abc"), (0, b"abc")] {
            let error = read(size, bytes).unwrap_err();
            assert!(error.get_ref().unwrap().is::<UnreadableSource>(), "{size}: {error}");
        }
    }
}
