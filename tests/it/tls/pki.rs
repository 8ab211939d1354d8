//! A test PKI: one for all tests that only read it, a copy for those that change it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use dossier::pki::{TestPki, make};
use tempfile::TempDir;

static SHARED: OnceLock<TempDir> = OnceLock::new();

/// Seconds since 1970.
#[allow(clippy::disallowed_methods, reason = "the server under test reads the clock, too")]
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// A new one.
pub fn new_pki() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &TestPki { hosts: &[], days: 30, now: now() }).unwrap();
    folder
}

/// The one that all tests share.
pub fn pki() -> &'static Path {
    SHARED.get_or_init(new_pki).path()
}

/// Another folder with the same files.
pub fn copy_of_pki() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for part in ["", "ca", "server", "connectors", "crl", "ocsp", "stranger"] {
        std::fs::create_dir_all(copy.path().join(part)).unwrap();
        for file in pki().join(part).read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            std::fs::copy(&file, copy.path().join(part).join(file.file_name().unwrap())).unwrap();
        }
    }
    copy
}

/// The settings of a server with all TLS listeners on this PKI.
pub fn tls_settings(pki: &Path) -> Vec<(&'static str, String)> {
    let path = |name: &str| pki.join(name).display().to_string();
    vec![
        ("https.listen", "127.0.0.1:0".to_owned()),
        ("mllp_tls.listen", "127.0.0.1:0".to_owned()),
        ("tls.certificate", path("server/server.pem")),
        ("tls.key", path("server/server.key")),
        ("tls.client_ca", path("ca/chain.pem")),
        ("tls.crl", format!("{},{}", path("crl/root.pem"), path("crl/issuing.pem"))),
        ("tls.reload_interval", "1h".to_owned()),
    ]
}

/// Certificate and key of a connector.
pub fn connector(pki: &Path, name: &str) -> (PathBuf, PathBuf) {
    let path = |end: &str| pki.join(format!("connectors/{name}.{end}"));
    (path("pem"), path("key"))
}
