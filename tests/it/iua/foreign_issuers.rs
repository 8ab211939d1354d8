//! Tokens and key sets that other implementations made are accepted, and refused once they are changed:
//! `conformance/foreign/jwt`.
//!
//! One that is not installed is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::fs;
use std::path::Path;
use std::process::Command;

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;

use super::scene::{AUDIENCE, ISSUER, ask_with};
use crate::support::{Database, TestServer};

#[test]
fn pyjwt_is_understood() {
    accepts_what_is_issued_by("pyjwt");
}

#[test]
fn authlib_is_understood() {
    accepts_what_is_issued_by("authlib");
}

#[test]
fn joserfc_is_understood() {
    accepts_what_is_issued_by("joserfc");
}

fn accepts_what_is_issued_by(implementation: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (rsa, ec) = (folder.path().join("rsa.pem"), folder.path().join("ec.pem"));
    fs::write(&rsa, PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap().private_key_to_pem_pkcs8().unwrap()).unwrap();
    let group = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
    fs::write(&ec, PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap().private_key_to_pem_pkcs8().unwrap()).unwrap();
    let mut issuers = Vec::new();
    for (kid, pem) in [("r", &rsa), ("e", &ec)] {
        let Some(keys) = foreign(implementation, &["jwks", pem.to_str().unwrap(), kid]) else { return };
        let path = folder.path().join(format!("{kid}.json"));
        fs::write(&path, keys).unwrap();
        issuers.push(format!("{ISSUER}={}", path.display()));
    }
    let settings = [("iua.mode", "required"), ("iua.issuers", &issuers.join(",")), ("iua.audiences", AUDIENCE)];
    let server = TestServer::start_with(Database::Sqlite, &settings);
    for (algorithm, kid, pem) in [("RS256", "r", &rsa), ("RS512", "r", &rsa), ("PS256", "r", &rsa), ("ES384", "e", &ec)] {
        let arguments = [implementation, algorithm, pem.to_str().unwrap(), kid, ISSUER, "joan", AUDIENCE];
        let Some(token) = foreign(implementation, &arguments) else { return };
        let response = ask_with(&server, &token);
        assert_eq!(response.status, 200, "{algorithm}: {}", response.text());
        let [header, payload, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let changed = payload.replacen(payload.get(20..21).unwrap(), if payload.get(20..21) == Some("A") { "B" } else { "A" }, 1);
        assert_eq!(ask_with(&server, &format!("{header}.{changed}.{signature}")).status, 401, "{algorithm}");
    }
}

/// What the program of an implementation writes; nothing, if it is not there and need not be.
fn foreign(implementation: &str, arguments: &[&str]) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/foreign/jwt/issue.py");
    let python = std::env::var("DOSSIER_TEST_FOREIGN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).arg(script).args(arguments).output();
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
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}
