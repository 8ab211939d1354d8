//! The files of the settings `tls.*`, as bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::TlsError;
use crate::settings::sections::Tls;

/// Certificates and lists larger than this are a mistake; lists of large authorities have some megabytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// One file.
#[derive(PartialEq, Eq)]
pub(super) struct PemFile {
    pub(super) setting: &'static str,
    pub(super) path: PathBuf,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// All files; two readings are equal if nothing changed.
#[derive(PartialEq, Eq)]
pub(super) struct TlsFiles {
    pub(super) certificate: PemFile,
    pub(super) key: PemFile,
    pub(super) client_ca: Vec<PemFile>,
    pub(super) crl: Vec<PemFile>,
    pub(super) ocsp_staple: Option<PemFile>,
}

impl TlsFiles {
    /// Reads them. A key that others may read is refused.
    pub(super) fn read(settings: &Tls) -> Result<Self, TlsError> {
        let named = |setting, path: &Option<PathBuf>| path.clone().ok_or(TlsError::Unset(setting));
        let all = |setting, paths: &[PathBuf]| paths.iter().map(|path| PemFile::read(setting, path)).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            certificate: PemFile::read("tls.certificate", &named("tls.certificate", &settings.certificate)?)?,
            key: PemFile::read_key("tls.key", &named("tls.key", &settings.key)?)?,
            client_ca: all("tls.client_ca", &settings.client_ca)?,
            crl: all("tls.crl", &settings.crl)?,
            ocsp_staple: settings.ocsp_staple.as_deref().map(|path| PemFile::read("tls.ocsp_staple", path)).transpose()?,
        })
    }
}

impl PemFile {
    /// Reads a private key. One that others may read is refused.
    pub(super) fn read_key(setting: &'static str, path: &Path) -> Result<Self, TlsError> {
        refuse_shared(setting, path)?;
        Self::read(setting, path)
    }

    pub(super) fn read(setting: &'static str, path: &Path) -> Result<Self, TlsError> {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = File::open(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes));
        read.map_err(|source| TlsError::File { setting, path: path.to_owned(), source })?;
        Ok(Self { setting, path: path.to_owned(), bytes })
    }

    /// That it does not hold what it should.
    pub(super) fn not_pem(&self, expected: &'static str) -> TlsError {
        TlsError::NotPem { setting: self.setting, path: self.path.clone(), expected }
    }
}

#[cfg(unix)]
fn refuse_shared(setting: &'static str, path: &Path) -> Result<(), TlsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let refused = |source| TlsError::File { setting, path: path.to_owned(), source };
    let mode = path.metadata().map_err(refused)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(TlsError::Permissions { setting, path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_shared(_: &'static str, _: &Path) -> Result<(), TlsError> {
    Ok(())
}
