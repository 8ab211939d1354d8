//! Files of a new folder, none of which is ever overwritten.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::PkiError;

/// A folder that was empty or absent before.
pub(super) struct NewFolder {
    path: PathBuf,
}

impl NewFolder {
    /// Creates the folder, for its owner only.
    pub(super) fn create(path: &Path) -> Result<Self, PkiError> {
        let refused = |source| PkiError::File { path: path.to_owned(), source };
        make_private(path).map_err(refused)?;
        if path.read_dir().map_err(refused)?.next().is_some() {
            return Err(PkiError::NotEmpty(path.to_owned()));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Writes the new file `name`, such as `server/server.pem`. Keys are for their owner only; certificates are public.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), PkiError> {
        let path = self.path.join(name);
        let write = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                make_private(folder)?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, if name.ends_with(".key") { 0o600 } else { 0o644 });
            options.open(&path)?.write_all(content)
        };
        write().map_err(|source| PkiError::File { path: path.clone(), source })
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
