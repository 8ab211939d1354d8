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

/// The two levels of 256 folders below the root, which keep each folder small in a store of many millions.
pub(super) struct Folders {
    root: PathBuf,
    /// Folders whose own entry this process has synced. One that exists but is not in here may have been made just
    /// before a crash, so it is synced once more.
    durable: Mutex<HashSet<Folder>>,
}

/// A folder, by the first one or two bytes of the content keys in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Folder {
    Upper(u8),
    Lower(u8, u8),
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
        let mut path = self.path_of(lower(key));
        path.push(key.to_string());
        path
    }

    /// Creates the file of a new document, and its folders where they are missing.
    pub(super) fn create(&self, key: &ContentKey) -> io::Result<File> {
        let path = self.path(key);
        match create_private(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.create_folders(key)?;
                create_private(&path)
            }
            other => other,
        }
    }

    fn create_folders(&self, key: &ContentKey) -> io::Result<()> {
        for folder in [upper(key), lower(key)] {
            // Whatever was known of a folder that had to be made again holds no more.
            self.lock().remove(&folder);
            create_private_folder(&self.path_of(folder))?;
        }
        Ok(())
    }

    /// Makes the way from the root to the file of `key` durable.
    pub(super) fn sync(&self, key: &ContentKey) -> io::Result<()> {
        sync_folder(&self.path_of(lower(key)))?;
        self.sync_once(lower(key), &self.path_of(upper(key)))?;
        self.sync_once(upper(key), &self.root)
    }

    /// Syncs `above`, which holds the entry of `folder`, unless that was done before.
    fn sync_once(&self, folder: Folder, above: &Path) -> io::Result<()> {
        if self.lock().contains(&folder) {
            return Ok(());
        }
        sync_folder(above)?;
        self.lock().insert(folder);
        Ok(())
    }

    /// Removes the file of `key` if it is there, durably either way: an earlier removal may not have been synced.
    pub(super) fn remove(&self, key: &ContentKey) -> io::Result<()> {
        absent_is_fine(fs::remove_file(self.path(key)))?;
        absent_is_fine(sync_folder(&self.path_of(lower(key))))
    }

    fn path_of(&self, folder: Folder) -> PathBuf {
        match folder {
            Folder::Upper(first) => self.root.join(format!("{first:02x}")),
            Folder::Lower(first, second) => self.root.join(format!("{first:02x}/{second:02x}")),
        }
    }

    /// A panic elsewhere cannot leave the set half changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Folder>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn upper(key: &ContentKey) -> Folder {
    let [first, ..] = *key.as_bytes();
    Folder::Upper(first)
}

fn lower(key: &ContentKey) -> Folder {
    let [first, second, ..] = *key.as_bytes();
    Folder::Lower(first, second)
}

fn absent_is_fine(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
