//! All files below a root, for the sweep.

use std::{
    fs::{self, DirEntry},
    io,
    iter::once,
    path::Path,
    time::SystemTime,
};

use super::super::ContentKey;

type Entries = Box<dyn Iterator<Item = io::Result<DirEntry>> + Send>;

/// The keys of all files last written before `older_than`. Reads folder by folder, so memory stays small.
///
/// Whatever does not have the name of content is none of ours and is passed over.
pub(super) fn written_before(root: &Path, older_than: SystemTime) -> impl Iterator<Item = io::Result<ContentKey>> + Send + use<> {
    entries(root).flat_map(entries_below).filter_map(move |entry| entry.and_then(|entry| key_if_older(&entry, older_than)).transpose())
}

fn entries_below(folder: io::Result<DirEntry>) -> Entries {
    match folder {
        Ok(folder) if is_content_folder(&folder) => entries(&folder.path()),
        Ok(_) => Box::new(std::iter::empty()),
        Err(error) => Box::new(once(Err(error))),
    }
}

fn entries(folder: &Path) -> Entries {
    match fs::read_dir(folder) {
        Ok(entries) => Box::new(entries),
        Err(error) => Box::new(once(Err(error))),
    }
}

fn is_content_folder(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let two_hex_digits = name.len() == 2 && name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit);
    two_hex_digits && entry.file_type().is_ok_and(|kind| kind.is_dir())
}

fn key_if_older(entry: &DirEntry, older_than: SystemTime) -> io::Result<Option<ContentKey>> {
    let name = entry.file_name();
    let Some(key) = name.to_str().and_then(|name| ContentKey::parse(name).ok()) else { return Ok(None) };
    match entry.metadata().and_then(|metadata| metadata.modified()) {
        Ok(written) if written < older_than => Ok(Some(key)),
        Ok(_) => Ok(None),
        // Removed while we looked.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
