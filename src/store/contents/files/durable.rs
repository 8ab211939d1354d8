//! Files and folders for the owner only, and entries that survive a loss of power.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

/// Creates the new file `path`, readable and writable by its owner only. Fails if it exists.
pub(in super::super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates the folder `path` for its owner only, unless it exists. The folder above must exist.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Makes the entries of a folder (files created and removed in it) durable.
pub(in super::super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
