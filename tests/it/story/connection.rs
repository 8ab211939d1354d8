//! Connections that stay: a handshake for each request would be most of what the story takes.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;

use openssl::ssl::SslStream;

use super::people::connector;
use crate::tls::client::connect;
use crate::tls::pki;

type Stream = BufReader<SslStream<TcpStream>>;

/// A connection for each establishment, and one for whoever calls from none.
#[derive(Default)]
pub struct Connections(Mutex<HashMap<Option<&'static str>, Stream>>);

/// Status, head and body.
pub struct Received {
    pub status: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    /// The first header of this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Connections {
    /// Sends a whole request and reads the answer; once more on a new connection if the server had ended the old one.
    pub fn exchange(&self, address: SocketAddr, establishment: Option<&'static str>, request: &[u8]) -> Received {
        let mut open = self.0.lock().unwrap();
        if let Some(received) =
            open.remove(&establishment).and_then(|stream| exchanged(stream, request, |stream| open.insert(establishment, stream)))
        {
            return received;
        }
        let stream = connect(address, pki::pki(), establishment.map(connector), |_| {}).unwrap();
        exchanged(BufReader::new(stream), request, |stream| open.insert(establishment, stream)).expect("an answer")
    }
}

/// The answer; the connection is kept unless the server ends it.
fn exchanged<T>(mut stream: Stream, request: &[u8], keep: impl FnOnce(Stream) -> T) -> Option<Received> {
    stream.get_mut().write_all(request).ok()?;
    let status = line(&mut stream)?.split(' ').nth(1)?.parse().ok()?;
    let mut received = Received { status, head: Vec::new(), body: Vec::new() };
    while let Some((name, value)) = line(&mut stream)?.split_once(':') {
        received.head.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if received.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = usize::from_str_radix(line(&mut stream)?.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).ok()?;
            received.body.extend(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = received.header("content-length") {
        received.body = vec![0; length.parse().ok()?];
        stream.read_exact(&mut received.body).ok()?;
    }
    if received.header("connection") != Some("close") {
        keep(stream);
    }
    Some(received)
}

/// A line of the head, without its end; empty after the last one.
fn line(stream: &mut Stream) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
    Some(line.trim_end().to_owned())
}
