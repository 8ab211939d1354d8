//! A document that is stored, and that no row refers to yet.

use std::fmt;

use super::{ContentKey, SealedKey};

/// A durable document on its way to a database row.
///
/// Dropping it removes the stored bytes, so that a refused or failed submission leaves nothing. Call
/// [`keep`](Self::keep) once the row is written, before the commit: of a commit whose answer is lost nobody knows whether
/// it happened, and bytes without a row are swept, while a row without bytes is a lost document. Dropping blocks for the
/// removal of a file.
#[must_use = "a staged document that is dropped is removed"]
pub struct StagedDocument {
    /// Names the stored bytes.
    pub key: ContentKey,
    /// Bytes of plaintext.
    pub size: u64,
    /// SHA-1 of the plaintext: the `hash` of the DocumentEntry (ITI TF-3: 4.2.3.2.10).
    pub sha1: [u8; 20],
    /// SHA-256 of the plaintext.
    pub sha256: [u8; 32],
    /// Goes into the row: without it the bytes cannot be read.
    pub sealed_key: SealedKey,
    /// Removes the stored bytes.
    pub(super) discard: Option<Discard>,
}

/// How a store takes back what it staged; best effort, for the sweep finds what stays behind.
pub(super) type Discard = Box<dyn FnOnce() + Send + Sync>;

impl StagedDocument {
    /// Leaves the stored bytes in place, for a row refers to them that is about to be committed.
    pub fn keep(mut self) {
        self.discard = None;
    }
}

impl Drop for StagedDocument {
    fn drop(&mut self) {
        if let Some(discard) = self.discard.take() {
            discard();
        }
    }
}

impl fmt::Debug for StagedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StagedDocument").field("key", &self.key).field("size", &self.size).finish_non_exhaustive()
    }
}
