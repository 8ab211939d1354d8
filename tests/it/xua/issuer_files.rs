//! Issuers whose certificates change while the server runs.

use std::fs;

use dossier::server::Application;
use dossier::settings::{self, Flag, Sources};
use openssl::nid::Nid;

use super::scene::{ISSUER, NAME, Scene, now};
use crate::support::Database;
use crate::support::saml_issuer::{AUDIENCE, Said, SamlIssuer};

#[test]
fn a_new_certificate_is_taken_up_and_an_unfit_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idp.pem");
    fs::write(&path, ISSUER.pem()).unwrap();
    let scene = Scene::start(Database::Sqlite, "required", &[("xua.issuers", &format!("{NAME}={}", path.display()))]);
    let next = SamlIssuer::ec(NAME, Nid::X9_62_PRIME256V1);
    let said_by = |issuer: &SamlIssuer| issuer.issue(&Said::of("joan", now()));
    let refused = |issuer: &SamlIssuer| scene.ask_for(&said_by(issuer)).status == 400;
    scene.assert_answered(&said_by(&ISSUER));
    assert!(refused(&next));

    // Both, while the issuer changes its key.
    fs::write(&path, [ISSUER.pem(), next.pem()].concat()).unwrap();
    scene.server.reload();
    scene.assert_answered(&said_by(&ISSUER));
    scene.assert_answered(&said_by(&next));
    fs::write(&path, next.pem()).unwrap();
    scene.server.reload();
    scene.assert_answered(&said_by(&next));
    assert!(refused(&ISSUER));

    let over = SamlIssuer::ec_valid(NAME, (0, 1_000_000_000));
    for unfit in [&b"no certificate"[..], b"", &over.pem(), &SamlIssuer::rsa(NAME, 1024).pem()] {
        fs::write(&path, unfit).unwrap();
        scene.server.reload();
        scene.assert_answered(&said_by(&next));
    }
    fs::remove_file(&path).unwrap();
    scene.server.reload();
    scene.assert_answered(&said_by(&next));
}

#[test]
fn a_changed_file_is_taken_up_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idp.pem");
    fs::write(&path, ISSUER.pem()).unwrap();
    let issuers = format!("{NAME}={}", path.display());
    let scene = Scene::start(Database::Sqlite, "required", &[("xua.issuers", &issuers), ("tls.reload_interval", "100ms")]);
    let next = SamlIssuer::ec(NAME, Nid::X9_62_PRIME256V1);
    fs::write(&path, next.pem()).unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while scene.ask_for(&next.issue(&Said::of("joan", now()))).status != 200 {
        assert!(std::time::Instant::now() < patience, "the new certificate is not taken up");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_server_does_not_start_with_an_issuer_that_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idp.pem");
    fs::write(&path, SamlIssuer::ec_valid(NAME, (0, 1_000_000_000)).pem()).unwrap();
    let data = folder.path().join("data").display().to_string();
    let issuers = format!("{NAME}={}", path.display());
    let flags = [
        ("profile", "ihe-connectathon"),
        ("environment", "test"),
        ("data.directory", &data),
        ("http.listen", "127.0.0.1:0"),
        ("operations.listen", "127.0.0.1:0"),
        ("mllp.listen", "off"),
        ("xua.mode", "required"),
        ("xua.issuers", &issuers),
        ("xua.audiences", AUDIENCE),
    ];
    let flags = flags.map(|(key, value)| Flag::new("test", key, value)).to_vec();
    let settings = settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let refusal = runtime.block_on(Application::build(&settings)).err().unwrap().to_string();
    assert!(refusal.contains("idp.pem of xua.issuers cannot be used: every certificate of this issuer has expired"), "{refusal}");
}
