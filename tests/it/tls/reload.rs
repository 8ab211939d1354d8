//! Keys, chains and revocation lists are taken up while the server runs.

use std::path::Path;

use dossier::pki::{TestPki, make};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::extension::{AuthorityKeyIdentifier, CrlNumber};
use openssl::x509::{X509, X509CrlBuilder, X509Revoked, X509RevokedBuilder};

use super::client::{ITI8, Secure, connect, server_on};
use super::pki::{connector, copy_of_pki, now};
use crate::support::{Database, TestServer, send_hl7_over};

fn certificate(path: &Path) -> X509 {
    X509::from_pem(&std::fs::read(path).unwrap()).unwrap()
}

/// The certificate that the server shows.
fn shown(server: &TestServer, pki: &Path) -> Vec<u8> {
    let stream = connect(server.https.unwrap(), pki, Some("hospital-e1"), |builder| builder.set_verify(openssl::ssl::SslVerifyMode::NONE));
    stream.unwrap().ssl().peer_certificate().unwrap().to_der().unwrap()
}

#[test]
fn a_new_certificate_is_shown_to_the_next_connection_and_an_unfit_one_to_nobody() {
    let pki = copy_of_pki();
    let server = server_on(Database::Sqlite, pki.path(), &[]);
    let first = shown(&server, pki.path());
    let other = tempfile::tempdir().unwrap();
    make(other.path(), &TestPki { hosts: &[], days: 3, now: now() }).unwrap();
    let install = |name: &str| std::fs::copy(other.path().join(name), pki.path().join(name)).unwrap();

    install("server/server.pem");
    server.reload();
    assert_eq!(shown(&server, pki.path()), first, "the new certificate has no key yet");
    server.assert_measured("dossier_tls_files_in_force 0");
    install("server/server.key");
    server.reload();
    let second = certificate(&other.path().join("server/server.pem")).to_der().unwrap();
    assert_eq!(shown(&server, pki.path()), second);
    server.assert_measured("dossier_tls_files_in_force 1");
    server.assert_measured("dossier_certificate_expiry_days{kind=\"server\"} 2.9");

    std::fs::write(pki.path().join("server/server.pem"), "no certificate").unwrap();
    server.reload();
    assert_eq!(shown(&server, pki.path()), second);
}

/// Writes a list of the issuing authority on which this certificate is.
fn revoke(pki: &Path, name: &str) {
    let mut entry = X509RevokedBuilder::new().unwrap();
    entry.set_serial_number(certificate(&connector(pki, name).0).serial_number()).unwrap();
    entry.set_revocation_date(&Asn1Time::from_unix(now() - 60).unwrap()).unwrap();
    publish(pki, Some(entry.build()), 86_400);
}

/// Writes a list of the issuing authority that is valid for so many seconds.
fn publish(pki: &Path, revoked: Option<X509Revoked>, seconds: i64) {
    let issuer = certificate(&pki.join("ca/issuing.pem"));
    let key = PKey::private_key_from_pem(&std::fs::read(pki.join("ca/issuing.key")).unwrap()).unwrap();
    let mut list = X509CrlBuilder::new().unwrap();
    list.set_issuer_name(issuer.subject_name()).unwrap();
    list.set_last_update(&Asn1Time::from_unix(now() - 60).unwrap()).unwrap();
    list.set_next_update(&Asn1Time::from_unix(now() + seconds).unwrap()).unwrap();
    revoked.into_iter().for_each(|entry| list.add_revoked(entry).unwrap());
    let context = X509::builder().unwrap();
    let authority = AuthorityKeyIdentifier::new().keyid(true).build(&context.x509v3_context(Some(&issuer), None)).unwrap();
    list.append_extension(authority).unwrap();
    list.append_extension(CrlNumber::new(BigNum::from_u32(9).unwrap()).unwrap().build().unwrap()).unwrap();
    list.sign(&key, MessageDigest::sha256()).unwrap();
    std::fs::write(pki.join("crl/issuing.pem"), list.build().unwrap().to_pem().unwrap()).unwrap();
}

#[test]
fn a_revocation_holds_for_connections_that_stand_already() {
    let pki = copy_of_pki();
    let server = server_on(Database::Sqlite, pki.path(), &[]);
    let mut soap = Secure::open_with(&server, pki.path(), Some("hospital-e1")).unwrap();
    let mut other = Secure::open_with(&server, pki.path(), Some("laboratory-e2")).unwrap();
    let mut feed = connect(server.mllp_tls.unwrap(), pki.path(), Some("hospital-e1"), |_| {}).unwrap();
    assert_eq!((soap.query().unwrap().status, other.query().unwrap().status), (200, 200));
    assert!(send_hl7_over(&mut feed, ITI8).contains("\rMSA|AA|"));

    revoke(pki.path(), "hospital-e1");
    server.reload();
    let refused = soap.query().unwrap();
    assert!(refused.status == 403 && refused.body.contains("this system is not admitted"), "{}", refused.body);
    assert!(send_hl7_over(&mut feed, ITI8).contains("\rMSA|AR|"));
    assert_eq!(super::handshake::trail(&server).pop().unwrap().errors, ["certificate-withdrawn"]);
    assert_eq!(other.query().unwrap().status, 200);
    let again = Secure::open_with(&server, pki.path(), Some("hospital-e1")).and_then(|mut connection| connection.query());
    assert!(again.is_err());
}

#[test]
fn files_are_looked_at_without_being_told() {
    let pki = copy_of_pki();
    let server = server_on(Database::Sqlite, pki.path(), &[("tls.reload_interval", "100ms")]);
    let mut soap = Secure::open_with(&server, pki.path(), Some("hospital-e1")).unwrap();
    assert_eq!(soap.query().unwrap().status, 200);
    revoke(pki.path(), "hospital-e1");
    until_refused(&mut soap, "the new list is not taken up");
}

#[test]
fn a_list_that_runs_out_ends_the_trust_in_connections_that_stand() {
    let pki = copy_of_pki();
    let server = server_on(Database::Sqlite, pki.path(), &[]);
    publish(pki.path(), None, 8);
    server.reload();
    let mut soap = Secure::open_with(&server, pki.path(), Some("hospital-e1")).unwrap();
    assert_eq!(soap.query().unwrap().status, 200);
    until_refused(&mut soap, "the list has run out and nobody noticed");
}

/// Asks until a connection that stands gets no answer any more.
pub fn until_refused(connection: &mut Secure, otherwise: &str) {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while connection.query().unwrap().status == 200 {
        assert!(std::time::Instant::now() < patience, "{otherwise}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
