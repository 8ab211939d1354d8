//! Handshakes that were refused are in the audit trail: why, from where, how often, and nothing that nobody proved.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use dossier::model::audit_event::AuditOutcome;

use super::client::{connect, query_as, tls_server};
use super::handshake::trail;
use super::pki::pki;
use crate::on_both_databases;
use crate::support::{Database, TestServer};

on_both_databases!(refused_handshakes_are_audited_once_for_each_reason);

fn refused_handshakes_are_audited_once_for_each_reason(database: Database) {
    let mut server = tls_server(database, &[]);
    for name in ["stranger", "stranger", "expired", "revoked", "wrong-usage"] {
        assert!(query_as(&server, Some(name)).is_err(), "{name}");
    }
    assert!(query_as(&server, None).is_err());
    old_protocol(&server);
    plain_text(&server);
    let mut feed = connect(server.mllp_tls.unwrap(), pki(), Some("stranger"), |_| {}).ok();
    // With TLS 1.3 the client has done its part before the server judges: it sees the end of the connection.
    drop(feed.as_mut().map(|feed| feed.read_to_end(&mut Vec::new())));
    // Who only knocks was not refused.
    drop(TcpStream::connect(server.https.unwrap()));
    // What is left to tell is told when the server stops.
    server.restart(&[]);
    let events = trail(&server);
    let told: BTreeSet<_> = events.iter().map(|event| event.errors.join(" ")).collect();
    let expected = [
        "tls-certificate-expired (1 connections)",
        "tls-certificate-revoked (1 connections)",
        "tls-certificate-wrong-usage (1 connections)",
        "tls-no-certificate (1 connections)",
        "tls-protocol (2 connections)",
        "tls-unknown-authority (3 connections)",
    ];
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(events.len(), expected.len());
    for event in events {
        assert_eq!((event.transaction.as_str(), event.outcome), ("ITI-19", AuditOutcome::MinorFailure));
        assert_eq!(event.source_address, "127.0.0.1");
        assert!(event.node.is_none() && event.system.is_none() && event.caller.is_none() && event.user.is_none());
    }
}

fn old_protocol(server: &TestServer) {
    let old = connect(server.https.unwrap(), pki(), Some("hospital-e1"), |builder| {
        builder.set_max_proto_version(Some(openssl::ssl::SslVersion::TLS1_1)).unwrap();
        builder.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
    });
    assert!(old.is_err());
}

fn plain_text(server: &TestServer) {
    let mut plain = TcpStream::connect(server.https.unwrap()).unwrap();
    plain.write_all(b"GET /xds/registry?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    // It is over when the server has closed the connection, one way or the other.
    drop(plain.read_to_end(&mut Vec::new()));
}
