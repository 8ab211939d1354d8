//! What can go wrong with document bytes.

use std::io;

use openssl::error::ErrorStack;
use thiserror::Error;

use super::{ContentKey, MasterKeyId};

/// Why a document could not be written, read or removed.
///
/// The messages are safe to log: they name content keys (random, without meaning outside the store) and master key ids,
/// never document bytes, key bytes or anything about a patient.
#[derive(Debug, Error)]
pub enum ContentError {
    /// The document is larger than the store is set to accept.
    #[error("the document is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes of plaintext.
        limit: u64,
    },

    /// The device or the quota of the content store is used up.
    #[error("the content store at {place} is full: free or add space")]
    NoSpace {
        /// The root folder (or bucket) of the store.
        place: String,
    },

    /// No content is stored under this key.
    #[error("content {key} is missing from the content store")]
    Missing {
        /// The content that was asked for.
        key: ContentKey,
    },

    /// The stored bytes are not the ones that were written for this key.
    #[error("content {key} is not authentic: {damage}; it is not served, restore it from a backup")]
    NotAuthentic {
        /// The content that was asked for.
        key: ContentKey,
        /// What gave it away.
        damage: Damage,
    },

    /// The sealed key names a master key this server was not given.
    #[error("the data key is sealed with master key {id}, which is not configured: add it to the previous master keys")]
    UnknownMasterKey {
        /// The master key that is needed.
        id: MasterKeyId,
    },

    /// The sealed key names a known master key, which does not open it for this content.
    #[error("the sealed key of content {key} is altered or belongs to other content (master key {id})")]
    SealedKeyRefused {
        /// The content the key was presented for.
        key: ContentKey,
        /// The master key it names.
        id: MasterKeyId,
    },

    /// Bytes that are no sealed key.
    #[error("expected a sealed key of {expected} bytes in version 1, came {length} bytes starting with {version:?}")]
    SealedKeyForm {
        /// The length of a sealed key.
        expected: usize,
        /// The length that came.
        length: usize,
        /// The first byte that came.
        version: Option<u8>,
    },

    /// Text that is no content key. The text is not repeated: it may be anything.
    #[error("expected a content key (a UUID in lower case with hyphens, 36 characters), came {length} other bytes")]
    ContentKeyForm {
        /// The length of the text that came.
        length: usize,
    },

    /// An earlier write or read of the same document failed, so this one would leave a gap.
    #[error("an earlier step on this document failed, so it cannot be continued: begin again with its first byte")]
    Broken,

    /// The operating system refused.
    #[error(
        "cannot {action} in the content store at {place}: {source}; \
         the folder must exist and be writable for the user this server runs as"
    )]
    Storage {
        /// What was tried: completes "cannot …".
        action: &'static str,
        /// The root folder (or bucket) of the store.
        place: String,
        /// The refusal.
        source: io::Error,
    },

    /// OpenSSL failed for another reason than a wrong tag.
    #[error("OpenSSL failed: {0}")]
    Cryptography(#[from] ErrorStack),
}

/// What gave altered content away.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Damage {
    /// The first bytes are no header of a document in a version that is known.
    #[error("its header is unknown")]
    Header,
    /// No document has this many stored bytes.
    #[error("its length is impossible")]
    Length,
    /// The stored bytes end before the length that was seen when it was opened.
    #[error("it ends within chunk {chunk}")]
    Truncated {
        /// Counted from 0.
        chunk: u32,
    },
    /// The chunk was altered, moved, cut off or comes from other content.
    #[error("chunk {chunk} fails authentication")]
    Chunk {
        /// Counted from 0.
        chunk: u32,
    },
}

impl ContentError {
    /// The typed error again, after it went through [`io::Read`] or [`io::Write`].
    ///
    /// `place` is named when the error came from the operating system.
    pub fn from_io(error: io::Error, action: &'static str, place: impl Into<String>) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(source) => Self::from_storage(source, action, place.into()),
        }
    }

    fn from_storage(source: io::Error, action: &'static str, place: String) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { place },
            _ => Self::Storage { action, place, source },
        }
    }
}

impl From<ContentError> for io::Error {
    fn from(error: ContentError) -> Self {
        let kind = match &error {
            ContentError::TooLarge { .. } => io::ErrorKind::FileTooLarge,
            ContentError::NoSpace { .. } => io::ErrorKind::StorageFull,
            ContentError::Missing { .. } => io::ErrorKind::NotFound,
            ContentError::NotAuthentic { .. } | ContentError::SealedKeyRefused { .. } | ContentError::SealedKeyForm { .. } => {
                io::ErrorKind::InvalidData
            }
            ContentError::ContentKeyForm { .. } => io::ErrorKind::InvalidInput,
            ContentError::Storage { source, .. } => source.kind(),
            ContentError::UnknownMasterKey { .. } | ContentError::Broken | ContentError::Cryptography(_) => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_io() {
        let through = ContentError::from_io(ContentError::TooLarge { limit: 7 }.into(), "write", "x");
        assert!(matches!(through, ContentError::TooLarge { limit: 7 }));
    }

    #[test]
    fn a_full_device_and_a_full_quota_are_told_from_other_refusals() {
        let of = |kind: io::ErrorKind| ContentError::from_io(kind.into(), "write", "/contents");
        assert!(matches!(of(io::ErrorKind::StorageFull), ContentError::NoSpace { .. }));
        assert!(matches!(of(io::ErrorKind::QuotaExceeded), ContentError::NoSpace { .. }));
        assert!(matches!(of(io::ErrorKind::PermissionDenied), ContentError::Storage { .. }));
    }
}
