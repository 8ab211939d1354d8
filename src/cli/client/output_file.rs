//! A file that appears under its name only when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A file written beside its place. Dropped before it is put in place, it is removed.
pub(super) struct OutputFile {
    file: File,
    beside: PathBuf,
    place: PathBuf,
}

impl OutputFile {
    /// An empty file in the folder of `place`.
    pub(super) fn beside(place: &Path) -> io::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(place.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is not the name of a file"))?);
        name.push(format!(".{}", Uuid::new_v4().simple()));
        let beside = place.with_file_name(name);
        Ok(Self { file: File::create_new(&beside)?, beside, place: place.to_owned() })
    }

    /// Gives the file its name, durably; only with `replace` in the place of one that is there.
    pub(super) fn put_in_place(self, replace: bool) -> io::Result<()> {
        self.file.sync_all()?;
        if !replace && self.place.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.beside, &self.place)
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        // It is gone already where it was put in place; else nobody is left to tell.
        let _ = fs::remove_file(&self.beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.pdf");
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let written = || {
            let mut file = OutputFile::beside(&place).unwrap();
            file.write_all(b"new").unwrap();
            file
        };
        drop(written());
        assert_eq!(names(), 0);
        written().put_in_place(false).unwrap();
        assert_eq!((names(), fs::read(&place).unwrap()), (1, b"new".to_vec()));
        fs::write(&place, b"old").unwrap();
        assert_eq!(written().put_in_place(false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((names(), fs::read(&place).unwrap()), (1, b"old".to_vec()));
        written().put_in_place(true).unwrap();
        assert_eq!((names(), fs::read(&place).unwrap()), (1, b"new".to_vec()));
        assert!(OutputFile::beside(Path::new("/")).is_err());
    }
}
