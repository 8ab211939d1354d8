//! Why the server cannot start, in one line that says what to change.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::settings::Problems;
use crate::store::StoreError;
use crate::store::contents::{ContentError, MasterKeyError};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings do not allow it.
    #[error(transparent)]
    Settings(#[from] Problems),
    /// The access rules cannot be used, and the server does not run open in their place.
    #[error(transparent)]
    Profile(#[from] super::ProfileError),
    /// A port is taken, or the address is not one of this machine.
    #[error(
        "cannot listen on {address}: {source}; set {setting} to another address (--set {setting}=ADDRESS:PORT) or end the program that has it"
    )]
    Listen {
        /// The setting with the address.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Keys or certificates are unfit.
    #[error(transparent)]
    Tls(#[from] super::TlsError),
    /// A folder cannot be created or written.
    #[error("cannot create the folder {} of {setting}: {source}; give the server's user the right to write there or set {setting} to another folder", .path.display())]
    Folder {
        /// The setting with the folder.
        setting: &'static str,
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no database, or it cannot be migrated.
    #[error("the database {url} cannot be used: {source}; check database.url")]
    Database {
        /// Its URL without the password.
        url: String,
        /// What is wrong.
        source: StoreError,
    },
    /// There is no database where one has to be.
    #[error("there is no database {url}; check --config and database.url")]
    NoDatabase {
        /// Its URL without the password.
        url: String,
    },
    /// Documents cannot be stored.
    #[error("documents cannot be stored: {0}; check contents.directory")]
    Contents(#[from] ContentError),
    /// There is no usable master key.
    #[error(
        "the master key of {setting} cannot be used: {source}; a new store needs a new key: `(umask 077; openssl rand -hex 32 > FILE)`, an existing one needs its own"
    )]
    MasterKey {
        /// The setting with the key.
        setting: &'static str,
        /// What is wrong.
        source: MasterKeyError,
    },
    /// OpenSSL makes no keys for the audit trail.
    #[error("OpenSSL refuses to make the keys of the audit trail: {0}")]
    AuditKeys(openssl::error::ErrorStack),
    /// The certificates of an issuer of assertions cannot be used.
    #[error("the file {} of xua.issuers cannot be used: {reason}; give the issuer's certificates in PEM", .path.display())]
    Issuer {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The keys of an issuer of access tokens cannot be used.
    #[error("the keys {keys} of iua.issuers cannot be used: {reason}; give the issuer's JWK Set")]
    TokenIssuer {
        /// The file or URL.
        keys: String,
        /// What is wrong.
        reason: String,
    },
    /// The authorization server of the demo has no key.
    #[error(transparent)]
    DemoKey(#[from] super::DemoKeyError),
    /// An identifier among the settings is none.
    #[error("{setting} is not {expected}")]
    Identifier {
        /// The setting with the identifier.
        setting: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// The audit trail cannot be written.
    #[error("the start could not be written into the audit trail, and without it nobody is answered: {0}")]
    Untold(crate::access::Failure),
    /// The system refuses threads, signals or the like.
    #[error("the server cannot start: {0}")]
    System(#[from] io::Error),
}
