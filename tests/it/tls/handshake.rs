//! Which certificates are taken.

use dossier::model::audit_event::AuditEvent;
use dossier::store::Store;

use super::client::{ITI8, connect, query_as, tls_server};
use super::pki::pki;
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7_over};

on_both_databases!(a_proven_node_is_named_in_the_audit_trail);

/// The audit trail, oldest first.
pub fn trail(server: &TestServer) -> Vec<AuditEvent> {
    let store = Store::open(&server.database_url, 1).unwrap();
    let rows = store.read(|tx| tx.audit_events_after(0, 1000)).unwrap();
    rows.into_iter().map(|(_, event)| event).filter(|event| event.system_event.is_none()).collect()
}

fn a_proven_node_is_named_in_the_audit_trail(database: Database) {
    let server = tls_server(database, &[]);
    let answer = query_as(&server, Some("hospital-e1")).unwrap();
    assert!(answer.status == 200 && answer.body.contains("ResponseStatusType:Success"), "{}", answer.body);
    let stream = connect(server.mllp_tls.unwrap(), pki(), Some("laboratory-e2"), |_| {}).unwrap();
    let acknowledgement = send_hl7_over(stream, ITI8);
    assert!(acknowledgement.contains("\rMSA|AA|"), "{acknowledgement}");
    let plain = server.registry("application/soap+xml", super::client::ITI18.as_bytes());
    assert_eq!(plain.status, 200);
    let events = trail(&server);
    let [https, feed, http] = &events[..] else { panic!("{events:?}") };
    let node = https.node.as_ref().unwrap();
    assert_eq!(node.dns_names, ["hospital-e1.connector.test"]);
    assert_eq!(node.subject, "CN=hospital-e1,O=Dossier test PKI\\, not for production,C=LU");
    assert_eq!(node.issuer, "CN=Test issuing CA,O=Dossier test PKI\\, not for production,C=LU");
    let systems = std::fs::read_to_string(pki().join("systems.csv")).unwrap();
    assert!(systems.contains(&format!("sha256:{},", node.fingerprint)));
    assert_eq!(feed.node.as_ref().unwrap().uris, ["urn:dossier:test:system:laboratory-e2"]);
    assert_eq!((&http.node, &http.system), (&None, &None));
}

#[test]
fn unfit_certificates_are_refused_by_both_listeners() {
    let server = tls_server(Database::Sqlite, &[]);
    for name in [Some("stranger"), Some("expired"), Some("revoked"), Some("wrong-usage"), None] {
        assert!(query_as(&server, name).is_err(), "{name:?}");
        let feed = connect(server.mllp_tls.unwrap(), pki(), name, |_| {});
        // With TLS 1.3 the client has done its part before the server judges.
        let answer = feed.map(send_without_hope);
        assert!(!matches!(&answer, Ok(text) if text.contains("MSA")), "{name:?}: {answer:?}");
    }
    assert!(query_as(&server, Some("hospital-e1")).is_ok());
    assert_eq!(trail(&server).len(), 1, "nothing of a refused node reached the registry");
}

fn send_without_hope(mut stream: openssl::ssl::SslStream<std::net::TcpStream>) -> String {
    use std::io::{Read as _, Write as _};
    let mut answer = String::new();
    let sent = stream.write_all(format!("\u{b}{ITI8}\u{1c}\r").as_bytes());
    let read = stream.read_to_string(&mut answer);
    format!("{sent:?} {read:?} {answer}")
}

#[test]
fn a_listener_may_ask_for_no_certificate() {
    let server = tls_server(Database::Sqlite, &[("https.client_certificate", "optional"), ("mllp_tls.client_certificate", "none")]);
    assert_eq!(query_as(&server, None).unwrap().status, 200);
    assert_eq!(query_as(&server, Some("hospital-e1")).unwrap().status, 200);
    assert!(query_as(&server, Some("revoked")).is_err(), "a certificate that is shown is verified");
    let stream = connect(server.mllp_tls.unwrap(), pki(), None, |_| {}).unwrap();
    assert!(send_hl7_over(stream, ITI8).contains("\rMSA|AA|"));
    let nodes: Vec<bool> = trail(&server).iter().map(|event| event.node.is_some()).collect();
    assert_eq!(nodes, [false, true, false]);
}

#[test]
fn a_list_that_is_out_of_date_refuses_everybody_unless_the_operator_wants_otherwise() {
    let path = |name: &str| pki().join(name).display().to_string();
    let lists = format!("{},{}", path("crl/root.pem"), path("crl/issuing-expired.pem"));
    let strict = tls_server(Database::Sqlite, &[("tls.crl", &lists)]);
    assert!(query_as(&strict, Some("hospital-e1")).is_err());
    let lenient = tls_server(Database::Sqlite, &[("tls.crl", &lists), ("tls.expired_crl", "accept")]);
    assert_eq!(query_as(&lenient, Some("hospital-e1")).unwrap().status, 200);
    assert!(query_as(&lenient, Some("stranger")).is_err());
    let missing = tls_server(Database::Sqlite, &[("tls.crl", &path("crl/root.pem"))]);
    assert!(query_as(&missing, Some("hospital-e1")).is_err(), "an authority without its list is as good as one out of date");
}
