//! Where content lies below the root, and which folders are known to be durable.

use std::{
    collections::HashSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    super::ContentKey,
    durable::{create_private, create_private_folder, sync_folder},
};

/// The 256 folders below the root.
///
/// Folders of a modern file system find one of a hundred thousand names as fast as one of a hundred, and a second level
/// would make nearly every new document of a young store pay for a new folder.
pub(super) struct Folders {
    root: PathBuf,
    /// Folders whose own entry in the root this process has synced. One that exists but is not in here may have been
    /// made just before a crash, so the root is synced once more.
    durable: Mutex<HashSet<Folder>>,
}

/// A folder, by the first byte of the content keys in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Folder(u8);

impl Folder {
    fn of(key: &ContentKey) -> Self {
        let [first, ..] = *key.as_bytes();
        Self(first)
    }
}

impl Folders {
    /// `root` is created, durably, unless it exists; the folder above it must exist.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        create_private_folder(root)?;
        if let Some(above) = root.canonicalize()?.parent() {
            sync_folder(above)?;
        }
        Ok(Self { root: root.to_owned(), durable: Mutex::default() })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self, key: &ContentKey) -> PathBuf {
        let mut path = self.path_of(Folder::of(key));
        path.push(key.to_string());
        path
    }

    /// Creates the file of a new document, and its folder where it is missing.
    pub(super) fn create(&self, key: &ContentKey) -> io::Result<File> {
        let path = self.path(key);
        match create_private(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Whatever was known of a folder that has to be made again holds no more.
                self.lock().remove(&Folder::of(key));
                create_private_folder(&self.path_of(Folder::of(key)))?;
                create_private(&path)
            }
            other => other,
        }
    }

    /// Makes the way from the root to the file of `key` durable.
    pub(super) fn sync(&self, key: &ContentKey) -> io::Result<()> {
        let folder = Folder::of(key);
        sync_folder(&self.path_of(folder))?;
        if self.lock().contains(&folder) {
            return Ok(());
        }
        sync_folder(&self.root)?;
        self.lock().insert(folder);
        Ok(())
    }

    /// Removes the file of `key` if it is there, durably either way: an earlier removal may not have been synced.
    pub(super) fn remove(&self, key: &ContentKey) -> io::Result<()> {
        absent_is_fine(fs::remove_file(self.path(key)))?;
        absent_is_fine(sync_folder(&self.path_of(Folder::of(key))))
    }

    fn path_of(&self, Folder(first): Folder) -> PathBuf {
        self.root.join(format!("{first:02x}"))
    }

    /// A panic elsewhere cannot leave the set half changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Folder>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn absent_is_fine(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
