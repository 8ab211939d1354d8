//! One document on its way into a file.

use std::{
    fs::{self, File},
    io::{self, Write},
    mem,
    path::{Path, PathBuf},
    sync::Arc,
};

use openssl::sha::{Sha1, Sha256};

use super::{
    super::{ContentError, ContentKey, DataKey, MasterKeys, SealedKey, StagedDocument, Staging, sealing::SealingWriter},
    folders::Folders,
};

/// Hashes, counts and encrypts in one pass, with the memory of one chunk.
pub(super) struct FileStaging {
    folders: Arc<Folders>,
    key: ContentKey,
    sealed_key: SealedKey,
    /// None after an error and after the end.
    sealing: Option<SealingWriter<File>>,
    sha1: Sha1,
    sha256: Sha256,
    size: u64,
    limit: u64,
    unreferenced: Unreferenced,
}

impl FileStaging {
    /// Creates the file of a new content key. `limit` is in bytes of plaintext.
    pub(super) fn begin(folders: Arc<Folders>, keys: &MasterKeys, limit: u64) -> Result<Self, ContentError> {
        let key = ContentKey::new_random();
        let data_key = DataKey::new_random()?;
        let sealed_key = keys.seal(&data_key, &key)?;
        let refused = |error| ContentError::from_io(error, "create a file", folders.root().display().to_string());
        let file = folders.create(&key).map_err(refused)?;
        let unreferenced = Unreferenced::new(folders.path(&key));
        let sealing = SealingWriter::new(file, key, &data_key).map_err(refused)?;
        Ok(Self {
            folders,
            key,
            sealed_key,
            sealing: Some(sealing),
            sha1: Sha1::new(),
            sha256: Sha256::new(),
            size: 0,
            limit,
            unreferenced,
        })
    }

    fn take(&mut self, text: &[u8]) -> Result<(), ContentError> {
        // Taken out, so that any error leaves the document broken.
        let mut sealing = self.sealing.take().ok_or(ContentError::Broken)?;
        let size = self.size.saturating_add(text.len() as u64);
        if size > self.limit {
            return Err(ContentError::TooLarge { limit: self.limit });
        }
        sealing.write_all(text).map_err(|error| self.refused(error, "write"))?;
        self.sha1.update(text);
        self.sha256.update(text);
        self.size = size;
        self.sealing = Some(sealing);
        Ok(())
    }

    fn complete(&mut self) -> Result<(), ContentError> {
        let sealing = self.sealing.take().ok_or(ContentError::Broken)?;
        let file = sealing.finish().map_err(|error| self.refused(error, "write"))?;
        file.sync_data().map_err(|error| self.refused(error, "sync a file"))?;
        self.folders.sync(&self.key).map_err(|error| self.refused(error, "sync a folder"))
    }

    fn refused(&self, error: io::Error, action: &'static str) -> ContentError {
        ContentError::from_io(error, action, self.folders.root().display().to_string())
    }
}

impl Write for FileStaging {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.take(text)?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Staging for FileStaging {
    fn finish(mut self: Box<Self>) -> Result<StagedDocument, ContentError> {
        self.complete()?;
        let Self { key, sealed_key, sha1, sha256, size, unreferenced, .. } = *self;
        Ok(StagedDocument {
            key,
            size,
            sha1: sha1.finish(),
            sha256: sha256.finish(),
            sealed_key,
            discard: Some(unreferenced.into_discard()),
        })
    }
}

/// The file of a document without a row; removed when dropped.
///
/// Not synced: should the removal be lost with the power, the sweep finds the file again.
pub(super) struct Unreferenced(PathBuf);

impl Unreferenced {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn into_discard(mut self) -> Box<dyn FnOnce() + Send + Sync> {
        let path = mem::take(&mut self.0);
        Box::new(move || drop(Self(path)))
    }
}

impl Drop for Unreferenced {
    fn drop(&mut self) {
        if self.0 != PathBuf::new() {
            // Nobody is left to tell, and the sweep takes what stays.
            let _ = fs::remove_file(&self.0);
        }
    }
}
