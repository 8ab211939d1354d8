//! The content store as its callers see it, on a real folder.

mod life;
mod round_trip;
mod tampering;

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;

use super::{ContentError, ContentKey, ContentStore, FileContents, MasterKey, MasterKeys, SealedKey, StagedDocument};

/// Bytes of plaintext in a chunk, header and tag, written out: the stored form must not change by accident.
const CHUNK: usize = 65_536;
const HEADER: usize = 16;
const TAG: usize = 16;

/// A store in its own temporary folder, with a limit of 16 MiB.
struct Fixture {
    root: TempDir,
    keys: Arc<MasterKeys>,
    store: FileContents,
}

impl Fixture {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let keys = Arc::new(MasterKeys::new(MasterKey::new_random().unwrap(), vec![]));
        let store = FileContents::open(root.path(), Arc::clone(&keys), 16 * 1024 * 1024).unwrap();
        Self { root, keys, store }
    }

    fn stage(&self, text: &[u8]) -> StagedDocument {
        let mut staging = self.store.stage().unwrap();
        staging.write_all(text).unwrap();
        staging.finish().unwrap()
    }

    /// Stages and keeps, as after a commit.
    fn put(&self, text: &[u8]) -> (ContentKey, SealedKey) {
        let staged = self.stage(text);
        let put = (staged.key, staged.sealed_key.clone());
        staged.keep();
        put
    }

    fn file(&self, key: &ContentKey) -> PathBuf {
        let name = key.to_string();
        self.root.path().join(name.get(..2).unwrap()).join(&name)
    }

    fn read(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<Vec<u8>, ContentError> {
        let mut text = Vec::new();
        match self.store.read(key, sealed_key)?.read_to_end(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(typed(error)),
        }
    }

    fn open(&self, key: &ContentKey, sealed_key: &SealedKey) -> Result<Vec<u8>, ContentError> {
        let mut text = Vec::new();
        self.store.open(key, sealed_key)?.read_to_end(&mut text).map_err(typed)?;
        Ok(text)
    }
}

fn typed(error: io::Error) -> ContentError {
    ContentError::from_io(error, "test", "")
}

/// Bytes without any period that fits a chunk.
fn text(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8 ^ (at / 65_536) as u8).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}
