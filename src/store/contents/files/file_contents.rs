//! The content store on the file system.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use super::{
    super::{
        ContentError, ContentKey, ContentKeys, ContentStore, MasterKeys, SealedKey, Spool, Staging, VerifiedDocument,
        opening::OpeningReader,
    },
    file_spool::FileSpool,
    file_staging::FileStaging,
    folders::Folders,
    sweep,
};

/// Encrypted documents in files below one root folder. Several processes may share the root.
pub struct FileContents {
    folders: Arc<Folders>,
    keys: Arc<MasterKeys>,
    limit: u64,
}

impl FileContents {
    /// Opens the store at `root`, a folder that is created (mode 0700) unless it exists.
    ///
    /// `limit` is the largest document that is accepted, in bytes.
    pub fn open(root: &Path, keys: Arc<MasterKeys>, limit: u64) -> Result<Self, ContentError> {
        let folders =
            Folders::open(root).map_err(|error| ContentError::from_io(error, "open the root folder", root.display().to_string()))?;
        Ok(Self { folders: Arc::new(folders), keys, limit })
    }

    fn opening(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<OpeningReader<File>, ContentError> {
        let data_key = self.keys.unseal(sealed_key, key)?;
        let file = File::open(self.folders.path(key)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ContentError::Missing { key: *key },
            _ => self.refused("open a file")(error),
        })?;
        let sealed_size = file.metadata().map_err(self.refused("inspect a file"))?.len();
        OpeningReader::new(file, sealed_size, *key, &data_key).map_err(self.refused("read a file"))
    }

    fn refused(&self, action: &'static str) -> impl Fn(io::Error) -> ContentError + Send + use<> {
        let place = self.folders.root().display().to_string();
        move |error| ContentError::from_io(error, action, place.as_str())
    }
}

impl ContentStore for FileContents {
    fn stage(&self) -> Result<Box<dyn Staging>, ContentError> {
        Ok(Box::new(FileStaging::begin(Arc::clone(&self.folders), &self.keys, self.limit)?))
    }

    fn spool(&self) -> Result<Box<dyn Spool>, ContentError> {
        Ok(Box::new(FileSpool::begin(Arc::clone(&self.folders))?))
    }

    fn open(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<VerifiedDocument, ContentError> {
        VerifiedDocument::verify(self.opening(key, sealed_key)?).map_err(self.refused("read a file"))
    }

    fn read(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<Box<dyn Read + Send>, ContentError> {
        Ok(Box::new(self.opening(key, sealed_key)?))
    }

    fn verify(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<u64, ContentError> {
        self.opening(key, sealed_key)?.verify().map_err(self.refused("read a file"))
    }

    fn seal_text(&self, context: &[u8], text: &[u8]) -> Result<Vec<u8>, ContentError> {
        self.keys.seal_text(context, text)
    }

    fn open_text(&self, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, ContentError> {
        self.keys.open_text(context, sealed)
    }

    fn delete(&self, key: &ContentKey) -> Result<(), ContentError> {
        self.folders.remove(key).map_err(self.refused("remove a file"))
    }

    fn staged_before(&self, older_than: SystemTime) -> Result<ContentKeys, ContentError> {
        let refused = self.refused("list files");
        let keys = sweep::written_before(self.folders.root(), older_than);
        Ok(Box::new(keys.map(move |key| key.map_err(&refused))))
    }

    fn check(&self) -> Result<(), ContentError> {
        // The way of every document, so that what it proves is what submissions need; left behind by a crash, it is
        // swept like any other.
        let probe = self.stage()?.finish()?;
        self.delete(&probe.key)
    }
}
