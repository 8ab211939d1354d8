//! The content store: document bytes, encrypted at rest.
//!
//! A document is staged through [`ContentStore::stage`], which hashes, counts, encrypts and syncs it and gives a
//! [`StagedDocument`]. Its content key, hashes and [`SealedKey`] go into a row; [`StagedDocument::keep`] is called when
//! the rows are written, just before the commit: a commit that failed may still have happened. Whatever no row refers to
//! is garbage: it is removed when the guard is dropped, or by the sweep.
//!
//! Each document has its own data key, wrapped by one of the [`MasterKeys`]. The stored form is described in `format`
//! and decided in `docs/adr/0003-encryption-at-rest.md`. Alteration of any kind is found before a byte is served.
//!
//! Nothing here knows the database, a protocol or a caller.

mod content_key;
mod content_store;
mod error;
mod files;
mod format;
mod gcm;
mod master_key;
mod master_key_file;
mod opening;
mod sealed_key;
mod sealed_text;
mod sealing;
mod staged_document;
mod verified_document;

pub use content_key::ContentKey;
pub use content_store::{ContentKeys, ContentStore, Spool, Staging};
pub use error::{ContentError, Damage};
pub use files::FileContents;
pub use master_key::{MasterKey, MasterKeyError, MasterKeyId, MasterKeys};
pub use sealed_key::{DataKey, SealedKey};
pub use staged_document::StagedDocument;
pub use verified_document::{IN_MEMORY_LIMIT, VerifiedDocument};

#[cfg(test)]
mod tests;
