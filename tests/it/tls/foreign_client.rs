//! What `openssl s_client` and curl see.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use super::client::tls_server;
use super::pki::{connector, pki};
use crate::support::{Database, TestServer};

/// What the program says to these words, or nothing where it is not installed.
fn s_client(server: &TestServer, arguments: &[&str], words: &str) -> Option<String> {
    s_client_as(server, Some("hospital-e1"), arguments, words)
}

/// The same with the certificate of this connector, or without any.
fn s_client_as(server: &TestServer, name: Option<&str>, arguments: &[&str], words: &str) -> Option<String> {
    let mut command = Command::new("openssl");
    command.arg("s_client").arg("-connect").arg(server.https.unwrap().to_string()).arg("-CAfile").arg(pki().join("ca/chain.pem"));
    if let Some((certificate, key)) = name.map(|name| connector(pki(), name)) {
        command.arg("-cert").arg(certificate).arg("-key").arg(key);
    }
    command.args(["-servername", "localhost", "-verify_return_error"]).args(arguments);
    let output = said(&mut command, words)?;
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// What a program says to these words, or nothing where it is not installed.
fn said(command: &mut Command, words: &str) -> Option<Output> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1") => {
            panic!("{command:?}: {error}")
        }
        Err(_) => {
            eprintln!("skipped {:?}: it is not installed", command.get_program());
            return None;
        }
    };
    let mut input = child.stdin.take().unwrap();
    // A refused handshake closes the pipe before the words are in it.
    let _ = input.write_all(words.as_bytes());
    drop(input);
    Some(child.wait_with_output().unwrap())
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

/// Who may not connect, with the alert that tells them (RFC 8446, 6.2; RFC 5246, 7.2.2).
const UNFIT: [(Option<&str>, &str); 5] = [
    (Some("stranger"), "unknown ca"),
    (Some("expired"), "certificate expired"),
    (Some("revoked"), "certificate revoked"),
    (Some("wrong-usage"), "unsupported certificate"),
    (None, "certificate required"),
];

#[test]
fn unfit_certificates_are_refused_with_the_alert_for_it() {
    let server = tls_server(Database::Sqlite, &[]);
    for (name, alert) in UNFIT {
        for version in ["-tls1_2", "-tls1_3"] {
            let Some(said) = s_client_as(&server, name, &[version, "-ign_eof"], REQUEST) else { return };
            assert!(!said.contains("HTTP/1.1"), "{name:?} {version}: {said}");
            // TLS 1.2 has no alert of its own for a certificate that is missing.
            let alert = if (name, version) == (None, "-tls1_2") { "handshake failure" } else { alert };
            assert!(said.contains(&format!("alert {alert}")), "{name:?} {version}: {said}");
        }
    }
}

#[test]
fn a_client_that_falls_back_to_an_older_protocol_is_told_so() {
    let server = tls_server(Database::Sqlite, &[]);
    // RFC 7507: whoever could do more and does not is being led astray.
    let Some(said) = s_client(&server, &["-tls1_2", "-fallback_scsv", "-ign_eof"], REQUEST) else { return };
    assert!(said.contains("inappropriate fallback") && !said.contains("HTTP/1.1"), "{said}");
}

#[test]
fn curl_is_answered_with_a_good_certificate_and_over_strong_tls_only() {
    let server = tls_server(Database::Sqlite, &[]);
    let curl = |name: Option<&str>, arguments: &[&str]| {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "20", "--cacert"]).arg(pki().join("ca/chain.pem"));
        if let Some((certificate, key)) = name.map(|name| connector(pki(), name)) {
            command.arg("--cert").arg(certificate).arg("--key").arg(key);
        }
        let url = format!("https://localhost:{}/xds/registry?wsdl", server.https.unwrap().port());
        said(command.args(arguments).arg(url), "")
    };
    let Some(good) = curl(Some("hospital-e1"), &[]) else { return };
    assert!(good.status.success() && good.stdout.starts_with(b"<"), "{}", String::from_utf8_lossy(&good.stderr));
    for (name, _) in UNFIT {
        let refused = curl(name, &[]).unwrap();
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{name:?}");
    }
    let weak = "AES128-SHA:AES256-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0";
    for old in [&["--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"][..], &["--tls-max", "1.2", "--ciphers", weak]] {
        let refused = curl(Some("hospital-e1"), old).unwrap();
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{old:?}");
    }
}
