//! What a place for document bytes can do. [`FileContents`](super::FileContents) is one.

use std::{
    io::{Read, Write},
    time::SystemTime,
};

use super::{ContentError, ContentKey, SealedKey, StagedDocument, VerifiedDocument};

/// Content keys, found one after the other.
pub type ContentKeys = Box<dyn Iterator<Item = Result<ContentKey, ContentError>> + Send>;

/// Encrypted document bytes, by content key. All calls block.
pub trait ContentStore: Send + Sync {
    /// Begins a new document.
    fn stage(&self) -> Result<Box<dyn Staging>, ContentError>;

    /// Begins bytes that are no document and needed by this process alone, such as a long answer on its way out.
    fn spool(&self) -> Result<Box<dyn Spool>, ContentError>;

    /// Authenticates the whole document, then gives it. Use this to serve documents.
    ///
    /// Up to [`IN_MEMORY_LIMIT`](super::IN_MEMORY_LIMIT) bytes are then held in memory.
    ///
    /// # Errors
    /// [`ContentError::Missing`], [`ContentError::NotAuthentic`], the errors of
    /// [`MasterKeys::unseal`](super::MasterKeys::unseal), and those of the storage.
    fn open(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<VerifiedDocument, ContentError>;

    /// Reads without authenticating ahead: each chunk is authenticated before its bytes are given, but an altered later
    /// chunk shows only when it is reached, as a [`ContentError`] inside [`std::io::Error`].
    fn read(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<Box<dyn Read + Send>, ContentError>;

    /// Authenticates the whole document and gives its size in bytes of plaintext. The errors are those of
    /// [`open`](Self::open).
    fn verify(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<u64, ContentError>;

    /// Encrypts a short text that leaves the server and comes back, as [`MasterKeys::seal_text`](super::MasterKeys::seal_text).
    ///
    /// # Errors
    /// Those of OpenSSL.
    fn seal_text(&self, context: &[u8], text: &[u8]) -> Result<Vec<u8>, ContentError>;

    /// The text of what [`seal_text`](Self::seal_text) gave for this context; nothing for anything else.
    ///
    /// # Errors
    /// Those of OpenSSL.
    fn open_text(&self, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, ContentError>;

    /// Removes the stored bytes, durably. Removing what is not there succeeds.
    fn delete(&self, key: &ContentKey) -> Result<(), ContentError>;

    /// All content last written before `older_than`, in no order, whether or not a row refers to it.
    ///
    /// For the sweep: the caller looks the keys up and [deletes](Self::delete) those without a row. `older_than` must
    /// lie further back than the longest time a request may take from its last byte to its commit, or the sweep could
    /// take a document that is just being committed.
    fn staged_before(&self, older_than: SystemTime) -> Result<ContentKeys, ContentError>;

    /// Proves that documents can be stored now, by storing and removing a small one.
    fn check(&self) -> Result<(), ContentError>;
}

/// A document being written. Dropping it removes what was written.
///
/// [`Write`] takes all it is given; a failing write carries a [`ContentError`] (see [`ContentError::from_io`]), and the
/// document cannot be continued after it. `flush` does nothing: only [`finish`](Self::finish) completes a document.
pub trait Staging: Write + Send {
    /// Completes the document. When it returns, the document survives a crash and a loss of power.
    fn finish(self: Box<Self>) -> Result<StagedDocument, ContentError>;
}

/// Bytes that are written once and then read once, encrypted, of any number. They do not outlive the process.
///
/// [`Write`] behaves as that of [`Staging`]. Dropping it, or what [`read`](Self::read) gives, removes what was written.
pub trait Spool: Write + Send {
    /// Gives what was written, each chunk authenticated before its bytes are given.
    fn read(self: Box<Self>) -> Result<Box<dyn Read + Send>, ContentError>;
}
