//! A client with OpenSSL that can also do what no decent client would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use openssl::ssl::{SslConnector, SslConnectorBuilder, SslFiletype, SslMethod, SslStream};

use super::pki::{connector, pki, tls_settings};
use crate::support::{Database, TestServer};

pub const ITI18: &str = include_str!("../../../fixtures/soap/iti18-find-documents.xml");
pub const ITI8: &str = include_str!("../../../fixtures/soap/iti8-a01.hl7");
const XML: &str = "application/soap+xml; charset=utf-8";

/// A server with TLS on the shared PKI, with some settings changed.
pub fn tls_server(database: Database, changes: &[(&'static str, &str)]) -> TestServer {
    server_on(database, pki(), changes)
}

/// A server with TLS on this PKI, with some settings changed.
pub fn server_on(database: Database, pki: &Path, changes: &[(&'static str, &str)]) -> TestServer {
    let mut settings = tls_settings(pki);
    settings.push(("domain.assigning_authorities", "1.3.182.4.4".to_owned()));
    settings.extend(changes.iter().map(|(key, value)| (*key, (*value).to_owned())));
    let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    TestServer::start_with(database, &settings)
}

/// A connection inside TLS.
pub struct Secure {
    stream: BufReader<SslStream<TcpStream>>,
}

/// An answer: status and body.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Connects, with the certificate of a connector if one is named; `change` may spoil the client.
pub fn connect(
    address: SocketAddr,
    pki: &Path,
    name: Option<&str>,
    change: impl FnOnce(&mut SslConnectorBuilder),
) -> Result<SslStream<TcpStream>, String> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
    builder.set_ca_file(pki.join("ca/chain.pem")).unwrap();
    if let Some(name) = name {
        let (certificate, key) = connector(pki, name);
        builder.set_certificate_chain_file(certificate).unwrap();
        builder.set_private_key_file(key, SslFiletype::PEM).unwrap();
    }
    change(&mut builder);
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    builder.build().connect("localhost", stream).map_err(|error| error.to_string())
}

impl Secure {
    /// Connects to the SOAP endpoints as a connector of the shared PKI.
    pub fn open(server: &TestServer, name: Option<&str>) -> Result<Self, String> {
        Self::open_with(server, pki(), name)
    }

    /// Connects to the SOAP endpoints as a connector of this PKI.
    pub fn open_with(server: &TestServer, pki: &Path, name: Option<&str>) -> Result<Self, String> {
        let stream = connect(server.https.unwrap(), pki, name, |_| {})?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// A query, answered. With TLS 1.3 a client learns only now that its certificate was refused.
    pub fn query(&mut self) -> Result<Answer, String> {
        let head = format!(
            "POST /xds/registry HTTP/1.1\r\nHost: localhost\r\nContent-Type: {XML}\r\nContent-Length: {}\r\n\r\n{ITI18}",
            ITI18.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).map_err(|error| error.to_string())?;
        self.answer()
    }

    /// A resource over FHIR, asked for with an access token.
    pub fn get(&mut self, path: &str, token: &str) -> Result<Answer, String> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        self.stream.get_mut().write_all(head.as_bytes()).map_err(|error| error.to_string())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer, String> {
        let mut line = || {
            let mut line = String::new();
            self.stream.read_line(&mut line).map_err(|error| error.to_string())?;
            Ok::<_, String>(line.trim_end().to_owned())
        };
        let first = line()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(format!("no answer but {first:?}"))?;
        let mut length = 0;
        loop {
            let header = line()?.to_ascii_lowercase();
            let Some((name, value)) = header.split_once(':') else { break };
            if name == "content-length" {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(|error| error.to_string())?;
        Ok(Answer { status, body: String::from_utf8(body).unwrap() })
    }
}

/// One query on a connection of its own.
pub fn query_as(server: &TestServer, name: Option<&str>) -> Result<Answer, String> {
    Secure::open(server, name)?.query()
}
