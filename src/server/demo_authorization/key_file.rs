//! The private key of the demo's authorization server, in the data folder.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::wire::jwt::{SigningError, SigningKey};

/// Its file in the data folder.
const FILE: &str = "demo-authorization.pem";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum DemoKeyError {
    /// The file cannot be read or written.
    #[error("the key {} of the demo's authorization server cannot be read or made: {source}; start the server with demo_authorization.enabled once, and check data.directory and the rights of its user", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read it.
    #[error("the key {} of the demo's authorization server may be read by others; make it private: chmod 600 {}", .path.display(), .path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// It is no such key.
    #[error("the key {} of the demo's authorization server cannot be used: {source}; remove the file, and the next start makes a new key", .path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: SigningError,
    },
}

/// The key, made now if there is none.
///
/// # Errors
/// [`DemoKeyError`].
pub(super) fn read_or_make(data: &Path) -> Result<SigningKey, DemoKeyError> {
    let path = data.join(FILE);
    let failed = |source| DemoKeyError::File { path: path.clone(), source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => {
            let pem = SigningKey::generate_pem().map_err(|source| DemoKeyError::Unfit { path: path.clone(), source })?;
            file.write_all(&pem).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    read(data)
}

/// The key that is there.
///
/// # Errors
/// [`DemoKeyError`].
pub(super) fn read(data: &Path) -> Result<SigningKey, DemoKeyError> {
    let path = data.join(FILE);
    let failed = |source| DemoKeyError::File { path: path.clone(), source };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if path.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(DemoKeyError::Permissions { path });
        }
    }
    let pem = zeroize::Zeroizing::new(std::fs::read(&path).map_err(failed)?);
    SigningKey::from_pem(&pem).map_err(|source| DemoKeyError::Unfit { path, source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(folder.path()), Err(DemoKeyError::File { .. })));
        let made = read_or_make(folder.path()).unwrap().key_set();
        assert_eq!(read_or_make(folder.path()).unwrap().key_set(), made);
        let path = folder.path().join(FILE);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(folder.path()), Err(DemoKeyError::Permissions { .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "x").unwrap();
        assert!(matches!(read_or_make(folder.path()), Err(DemoKeyError::Unfit { .. })));
    }
}
