//! Assertions that other implementations made are accepted, and refused once they are changed: `conformance/foreign/saml`.
//!
//! One that is not installed is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use super::scene::{NAME, Scene};
use crate::support::Database;
use crate::support::saml_issuer::{AUDIENCE, SamlIssuer};

static RSA: LazyLock<SamlIssuer> = LazyLock::new(|| SamlIssuer::rsa(NAME, 2048));

#[test]
fn signxml_is_understood() {
    accepts_what_is_issued_by("signxml");
}

#[test]
fn xmlsec1_is_understood() {
    accepts_what_is_issued_by("xmlsec1");
}

#[test]
fn pysaml2_is_understood() {
    accepts_what_is_issued_by("pysaml2");
}

#[test]
fn samlify_is_understood() {
    accepts_what_is_issued_by("samlify");
}

fn accepts_what_is_issued_by(implementation: &str) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("cert.pem");
    fs::write(&certificate, RSA.pem()).unwrap();
    let Some(assertion) = issued_by(implementation, folder.path()) else { return };
    let issuers = format!("{NAME}={}", certificate.display());
    let scene = Scene::start(Database::Sqlite, "required", &[("xua.issuers", &issuers)]);
    let bare = assertion.strip_prefix("<?xml version=\"1.0\"?>\n").unwrap_or(&assertion);
    scene.assert_answered(bare);
    assert_eq!(scene.last_record().user, Some(format!("<joan@{NAME}>")));
    let changed = bare.replace(">joan<", ">kay<");
    scene.assert_refused(&changed, "FailedAuthentication", "the digest of the assertion does not match");
}

/// What an implementation makes; nothing, if it is not there and need not be.
fn issued_by(implementation: &str, folder: &Path) -> Option<String> {
    let key = folder.join("key.pem");
    fs::write(&key, RSA.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let (interpreter, script) = match implementation {
        "samlify" => ("node".to_owned(), "issue.js"),
        _ => (std::env::var("DOSSIER_TEST_FOREIGN_PYTHON").unwrap_or_else(|_| "python3".to_owned()), "issue.py"),
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/foreign/saml").join(script);
    let mut program = Command::new(interpreter);
    program.arg(script).arg(implementation).args([key, folder.join("cert.pem")]).args([NAME, "joan", AUDIENCE]);
    let output = program.output();
    let missing = output.as_ref().map_or(true, |output| output.status.code() == Some(77));
    if missing {
        let why = output.map_or_else(|error| error.to_string(), |output| String::from_utf8_lossy(&output.stderr).into_owned());
        let required = std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1");
        assert!(!required, "{implementation} is not installed: {why}");
        eprintln!("skipped {implementation}: {}", why.trim());
        return None;
    }
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
