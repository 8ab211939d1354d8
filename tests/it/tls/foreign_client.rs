//! What `openssl s_client` sees.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::client::tls_server;
use super::pki::{connector, pki};
use crate::support::{Database, TestServer};

/// What the program says to these words, or nothing where it is not installed.
fn s_client(server: &TestServer, arguments: &[&str], words: &str) -> Option<String> {
    let (certificate, key) = connector(pki(), "hospital-e1");
    let mut command = Command::new("openssl");
    command.arg("s_client").arg("-connect").arg(server.https.unwrap().to_string());
    command.arg("-CAfile").arg(pki().join("ca/chain.pem")).arg("-cert").arg(certificate).arg("-key").arg(key);
    command.args(["-servername", "localhost", "-verify_return_error"]).args(arguments);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1") => panic!("openssl: {error}"),
        Err(_) => {
            eprintln!("skipped openssl s_client: it is not installed");
            return None;
        }
    };
    let mut input = child.stdin.take().unwrap();
    // A refused handshake closes the pipe before the words are in it.
    let _ = input.write_all(words.as_bytes());
    drop(input);
    let output = child.wait_with_output().unwrap();
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

const REQUEST: &str = "GET /xds/registry?wsdl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[test]
fn both_protocols_are_spoken_with_a_verified_chain() {
    let server = tls_server(Database::Sqlite, &[]);
    for (flag, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let Some(said) = s_client(&server, &[flag, "-ign_eof"], REQUEST) else { return };
        assert!(said.contains("HTTP/1.1 200 OK") && said.contains("Verification: OK") && said.contains(name), "{said}");
        assert!(said.contains("Acceptable client certificate CA names") && said.contains("CN = Test issuing CA"), "{said}");
        assert!(said.contains("Compression: NONE"), "{said}");
        assert!(!said.contains("TLS session ticket:"), "{said}");
    }
}

#[test]
fn an_old_protocol_and_a_weak_suite_are_refused() {
    let server = tls_server(Database::Sqlite, &[]);
    for arguments in [["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:@SECLEVEL=0"]] {
        let Some(said) = s_client(&server, &arguments, REQUEST) else { return };
        assert!(said.contains("no peer certificate available") && !said.contains("HTTP/1.1"), "{said}");
    }
}

#[test]
fn nothing_is_negotiated_again() {
    let server = tls_server(Database::Sqlite, &[]);
    // A line with R alone asks s_client to renegotiate.
    let Some(said) = s_client(&server, &["-tls1_2"], "R\n") else { return };
    assert!(said.contains("RENEGOTIATING") && said.contains("no renegotiation"), "{said}");
}
