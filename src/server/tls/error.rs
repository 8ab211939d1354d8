//! What is wrong with keys, certificates and revocation lists.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;

/// What is wrong with the files of the settings `tls.*`. Says which file and what to do; never quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A setting is missing, which [`crate::settings::load`] refuses.
    #[error("{0} is not set")]
    Unset(&'static str),
    /// A file cannot be read.
    #[error("{} of {setting} cannot be read: {source}; check the path and the rights of the server's user", .path.display())]
    File {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner may read the key.
    #[error("the key {} of {setting} has the rights {mode:o}, so that others may read it; make it private: chmod 600 {}", .path.display(), .path.display())]
    Permissions {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// A file does not hold what it should.
    #[error("{} of {setting} holds no {expected} in PEM; convert it with openssl, or name another file", .path.display())]
    NotPem {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// Key and certificate are not a pair.
    #[error("the key {} does not belong to the certificate {}, whose file must begin with its own; set {key_setting} and {setting} to a pair", .key.display(), .certificate.display())]
    Mismatch {
        /// The setting that names the certificate.
        setting: &'static str,
        /// The setting that names the key.
        key_setting: &'static str,
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// The certificate is not valid now.
    #[error("the certificate {} of {setting} is valid from {from} to {until}, not now; have it renewed, or mend the clock", .path.display())]
    NotValidNow {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Its first moment.
        from: String,
        /// Its last moment.
        until: String,
    },
    /// A test certificate in production.
    #[error("{} of {setting} holds a certificate of a test PKI (dossier pki), whose keys everybody may have; in production use certificates of your own authority", .path.display())]
    TestPki {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A revocation list that no trusted authority signed.
    #[error("the revocation list {} of tls.crl is signed by none of the authorities of tls.client_ca; add its authority or take the list away", .path.display())]
    ForeignList {
        /// The file.
        path: PathBuf,
    },
    /// The stapled response does not vouch for the server's certificate.
    #[error("the OCSP response {} of tls.ocsp_staple cannot be shown to clients: {reason}; fetch a newer one (openssl ocsp -respout)", .path.display())]
    Staple {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// OpenSSL refused.
    #[error("OpenSSL refuses the settings tls.*: {0}")]
    OpenSsl(#[from] ErrorStack),
}
