//! What comes before any certificate: plain text, silence, old protocols.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use openssl::ssl::SslVersion;

use super::client::{connect, query_as, tls_server};
use super::pki::pki;
use crate::support::Database;

/// All that the server says until it closes the connection.
fn until_closed(mut stream: TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Ok(_) => said,
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => said,
        Err(error) => panic!("the connection stays open: {error}"),
    }
}

#[test]
fn plain_text_and_silence_end_the_connection() {
    let server = tls_server(Database::Sqlite, &[("tls.handshake_time", "1s")]);
    for address in [server.https.unwrap(), server.mllp_tls.unwrap()] {
        let mut plain = TcpStream::connect(address).unwrap();
        plain.write_all(b"GET /xds/registry?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let said = String::from_utf8_lossy(&until_closed(plain)).into_owned();
        // A browser is told what to write; nothing is served, and the feed does not speak HTTP.
        let told = said.starts_with("HTTP/1.1 400 ") && said.ends_with("use https:// in place of http://\n");
        assert!(if Some(address) == server.https { told } else { !said.starts_with("HTTP") && said.len() < 100 }, "{said}");
        assert!(until_closed(TcpStream::connect(address).unwrap()).is_empty());
        // The beginning of a handshake that never goes on.
        let mut slow = TcpStream::connect(address).unwrap();
        slow.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).unwrap();
        until_closed(slow);
    }
    assert_eq!(query_as(&server, Some("hospital-e1")).unwrap().status, 200);
}

#[test]
fn only_strong_protocols_and_suites_are_spoken() {
    let server = tls_server(Database::Sqlite, &[]);
    let speaks = |address: SocketAddr, version: SslVersion, suites: &str| {
        let stream = connect(address, pki(), Some("hospital-e1"), |builder| {
            builder.set_min_proto_version(Some(version)).unwrap();
            builder.set_max_proto_version(Some(version)).unwrap();
            builder.set_cipher_list(suites).unwrap();
        });
        stream.map(|stream| stream.ssl().current_cipher().unwrap().name().to_owned())
    };
    for address in [server.https.unwrap(), server.mllp_tls.unwrap()] {
        for suite in ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"] {
            assert_eq!(speaks(address, SslVersion::TLS1_2, suite).as_deref(), Ok(suite));
        }
        for suite in ["AES256-GCM-SHA384", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA", "AES128-SHA", "ECDHE-RSA-CHACHA20-POLY1305"] {
            assert!(speaks(address, SslVersion::TLS1_2, suite).is_err(), "{suite}");
        }
        assert!(speaks(address, SslVersion::TLS1_3, "DEFAULT").is_ok());
        for old in [SslVersion::TLS1, SslVersion::TLS1_1] {
            assert!(speaks(address, old, "ALL:@SECLEVEL=0").is_err());
        }
    }
}

#[test]
fn a_session_is_never_taken_up_again() {
    let server = tls_server(Database::Sqlite, &[]);
    let version = |builder: &mut openssl::ssl::SslConnectorBuilder| builder.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
    let stream = connect(server.https.unwrap(), pki(), Some("hospital-e1"), version).unwrap();
    let session = stream.ssl().session().unwrap();
    assert!(session.id().is_empty(), "the server offers a session to come back to");
}
