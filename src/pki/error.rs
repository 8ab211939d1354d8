//! Why a test PKI could not be made.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;

/// Why a test PKI could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// The folder holds something.
    #[error("{} is not empty, and nothing is overwritten; name a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// A file or the folder cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// OpenSSL refused a value, such as a host name that is none.
    #[error("OpenSSL cannot make a certificate: {0}")]
    OpenSsl(#[from] ErrorStack),
}
