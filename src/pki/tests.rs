//! A test PKI is whole, marked and never overwritten.

use std::path::Path;

use openssl::x509::{CrlStatus, X509, X509Crl};

use super::{PkiError, TestPki, make};
use crate::model::node::TEST_PKI_ORGANISATION;

const NOW: i64 = 1_790_000_000;

fn made(folder: &Path) -> Result<(), PkiError> {
    make(folder, &TestPki { hosts: &["dossier.example".to_owned()], days: 30, now: NOW })
}

fn certificates(path: &Path) -> Vec<X509> {
    X509::stack_from_pem(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_certificate_is_marked_and_signed_by_its_issuer() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    made(&pki).unwrap();
    let mut seen = 0;
    for part in ["ca", "server", "connectors", "saml", "stranger", "ocsp"] {
        for file in pki.join(part).read_dir().unwrap().map(|file| file.unwrap().path()).filter(|file| file.extension().unwrap() == "pem") {
            for certificate in certificates(&file) {
                seen += 1;
                let organisation = certificate.subject_name().entries_by_nid(openssl::nid::Nid::ORGANIZATIONNAME).next().unwrap();
                assert_eq!(organisation.data().as_slice(), TEST_PKI_ORGANISATION.as_bytes(), "{}", file.display());
            }
            if let [leaf, issuer] = &certificates(&file)[..] {
                assert!(leaf.verify(&issuer.public_key().unwrap()).unwrap(), "{}", file.display());
            }
        }
    }
    assert!(seen > 20, "{seen}");
    let server = certificates(&pki.join("server/server.pem"));
    let names = server[0].subject_alt_names().unwrap();
    assert!(names.iter().any(|name| name.dnsname() == Some("dossier.example")) && names.iter().any(|name| name.ipaddress().is_some()));
}

#[test]
fn the_revoked_one_is_on_the_list_and_the_list_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    made(&pki).unwrap();
    let list = X509Crl::from_pem(&std::fs::read(pki.join("crl/issuing.pem")).unwrap()).unwrap();
    assert!(list.verify(&certificates(&pki.join("ca/issuing.pem"))[0].public_key().unwrap()).unwrap());
    let leaf = |name: &str| certificates(&pki.join(format!("connectors/{name}.pem"))).remove(0);
    assert!(matches!(list.get_by_cert(&leaf("revoked")), CrlStatus::Revoked(_)));
    assert!(matches!(list.get_by_cert(&leaf("hospital-e1")), CrlStatus::NotRevoked));
}

#[cfg(unix)]
#[test]
fn keys_are_private_and_nothing_is_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    made(&pki).unwrap();
    let mode = std::fs::metadata(pki.join("server/server.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(matches!(made(&pki), Err(PkiError::NotEmpty(_))));
}
