//! Documents on their way out.

use std::io::{self, Read};
use std::sync::Arc;

use crate::model::ids::UniqueId;
use crate::store::contents::{ContentError, ContentKey, ContentStore, IN_MEMORY_LIMIT, SealedKey};

/// How many bytes of documents one answer may hold in memory; what is beyond is read again when its turn comes.
pub(super) const MEMORY_OF_ONE_ANSWER: u64 = 4 * IN_MEMORY_LIMIT;

/// A document ready to be served: it was found authentic as a whole, and whatever is read again is authenticated again.
pub struct RetrievedDocument {
    /// Its id.
    pub unique_id: UniqueId,
    /// MIME type of the content.
    pub mime_type: String,
    /// The content.
    pub content: Box<dyn Read + Send>,
}

/// Opens a document of `size` bytes; small ones stay in memory as long as `memory_left` reaches.
pub(super) fn open(
    contents: &Arc<dyn ContentStore>,
    key: ContentKey,
    sealed_key: SealedKey,
    size: u64,
    memory_left: &mut u64,
) -> Result<Box<dyn Read + Send>, ContentError> {
    // Large documents are streamed from the store in any case.
    if size <= IN_MEMORY_LIMIT {
        match memory_left.checked_sub(size) {
            Some(left) => *memory_left = left,
            None => {
                contents.verify(&key, &sealed_key)?;
                return Ok(Box::new(ReadLater::Closed(Arc::clone(contents), key, sealed_key)));
            }
        }
    }
    Ok(Box::new(contents.open(&key, &sealed_key)?))
}

/// A document that is opened when its first byte is wanted.
enum ReadLater {
    Closed(Arc<dyn ContentStore>, ContentKey, SealedKey),
    Open(Box<dyn Read + Send>),
}

impl Read for ReadLater {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::Closed(contents, key, sealed_key) = self {
            *self = Self::Open(contents.read(key, sealed_key)?);
        }
        match self {
            Self::Open(content) => content.read(buffer),
            Self::Closed(..) => Ok(0),
        }
    }
}
