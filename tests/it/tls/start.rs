//! A start that cannot work says which file and what to do.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use dossier::server::Listeners;
use dossier::settings::{self, Flag, Sources};

use super::pki::{copy_of_pki, pki, tls_settings};

fn refusal(pki: &Path, changes: &[(&'static str, String)]) -> String {
    refusal_of(tls_settings(pki).into_iter().chain(changes.iter().cloned()).collect())
}

/// Why the server does not start with these settings.
pub fn refusal_of(changes: Vec<(&'static str, String)>) -> String {
    let always = [("profile", "ihe-connectathon"), ("environment", "test")].map(|(key, value)| (key, value.to_owned()));
    let ports = ["http.listen", "operations.listen", "mllp.listen"].map(|key| (key, "127.0.0.1:0".to_owned()));
    let all = always.into_iter().chain(ports).chain(changes);
    let flags = all.map(|(key, value)| Flag::new("test", key, value)).collect();
    let settings = settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings;
    Listeners::bind(&settings).err().map_or_else(String::new, |error| error.to_string())
}

#[test]
fn fit_files_are_taken() {
    assert_eq!(refusal(pki(), &[]), "");
}

#[test]
fn the_unfit_file_is_named_with_what_to_do() {
    let path = |name: &str| pki().join(name).display().to_string();
    let with = |key, name: &str| refusal(pki(), &[(key, path(name))]);
    let mismatch = with("tls.key", "connectors/hospital-e1.key");
    assert!(mismatch.contains("hospital-e1.key does not belong to the certificate") && mismatch.contains("set tls.key"), "{mismatch}");
    let expired = refusal(pki(), &[("tls.certificate", path("connectors/expired.pem")), ("tls.key", path("connectors/expired.key"))]);
    assert!(expired.contains("expired.pem of tls.certificate is valid from") && expired.contains("renewed"), "{expired}");
    assert!(with("tls.certificate", "README.md").contains("README.md of tls.certificate holds no certificate in PEM"));
    assert!(with("tls.key", "ca/chain.pem").contains("rights"), "a certificate is readable by all");
    assert!(with("tls.crl", "ca/chain.pem").contains("holds no revocation list"));
    assert!(with("tls.client_ca", "no-such-file").contains("no-such-file of tls.client_ca cannot be read"));
    let foreign = with("tls.client_ca", "stranger/root.pem");
    assert!(foreign.contains("crl/root.pem of tls.crl is signed by none of the authorities"), "{foreign}");
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let pki = copy_of_pki();
    let key = pki.path().join("server/server.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let refusal = refusal(pki.path(), &[]);
    assert!(refusal.contains("has the rights 640") && refusal.contains("chmod 600"), "{refusal}");
}

#[test]
fn production_refuses_a_test_pki() {
    let refusal = refusal(pki(), &[("environment", "production".to_owned())]);
    assert!(refusal.contains("server.pem of tls.certificate holds a certificate of a test PKI (dossier pki)"), "{refusal}");
}
