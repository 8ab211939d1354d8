//! A lean HTTP client on one connection that stays open: the same for the server under test and for nginx.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use openssl::ssl::{SslConnector, SslFiletype, SslMethod};

const BUFFER: usize = 256 * 1024;
/// How much of an answer is kept to be looked at.
const KEPT: usize = 4096;

/// An open connection.
pub struct Connection {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// Plain, or TLS.
trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// What came back.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Bytes of the body.
    pub bytes: u64,
    /// The beginning of the body.
    pub beginning: Vec<u8>,
}

impl Answer {
    /// Ends the bench unless this is the answer of a success.
    pub fn expect(&self, needle: &str) {
        let beginning = String::from_utf8_lossy(&self.beginning);
        assert!(self.status == 200 && beginning.contains(needle), "status {}: {beginning}", self.status);
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = KEPT - self.beginning.len();
        self.beginning.extend_from_slice(&bytes[..room.min(bytes.len())]);
    }
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Self {
        Self::over(Box::new(connect(address)))
    }

    /// Connects with TLS 1.3 and a client's certificate of this test PKI.
    pub fn open_with_certificate(address: SocketAddr, pki: &Path) -> Self {
        let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
        builder.set_ca_file(pki.join("ca/chain.pem")).unwrap();
        builder.set_certificate_chain_file(pki.join("connectors/hospital-e1.pem")).unwrap();
        builder.set_private_key_file(pki.join("connectors/hospital-e1.key"), SslFiletype::PEM).unwrap();
        Self::over(Box::new(builder.build().connect("localhost", connect(address)).unwrap()))
    }

    fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream, buffer: vec![0; BUFFER], start: 0, end: 0 }
    }

    /// Posts a body given in pieces.
    pub fn post(&mut self, path: &str, content_type: &str, body: &[&[u8]]) -> Answer {
        let length: usize = body.iter().map(|piece| piece.len()).sum();
        let mut head =
            format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        let (first, rest) = body.split_first().unwrap();
        head.extend_from_slice(first);
        self.stream.write_all(&head).unwrap();
        for piece in rest {
            self.stream.write_all(piece).unwrap();
        }
        self.answer().unwrap()
    }

    /// Gets a file.
    pub fn get(&mut self, path: &str) -> Answer {
        write!(self.stream, "GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").unwrap();
        self.answer().unwrap()
    }

    /// Gets a resource on behalf of whom a token is about.
    pub fn get_as(&mut self, path: &str, token: &str) -> Answer {
        write!(self.stream, "GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").unwrap();
        self.answer().unwrap()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                None => break,
                Some(("content-length", value)) => length = value.trim().parse::<u64>().ok(),
                Some(_) => {}
            }
        }
        let mut answer = Answer { status, bytes: 0, beginning: Vec::new() };
        match length {
            Some(length) => self.body(length, &mut answer)?,
            None => self.chunks(&mut answer)?,
        }
        Ok(answer)
    }

    fn chunks(&mut self, answer: &mut Answer) -> io::Result<()> {
        loop {
            let line = self.line()?;
            let size = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            self.body(size, answer)?;
            self.line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn body(&mut self, mut left: u64, answer: &mut Answer) -> io::Result<()> {
        while left > 0 {
            if self.start == self.end {
                self.fill()?;
            }
            let there = (self.end - self.start).min(usize::try_from(left).unwrap_or(usize::MAX));
            answer.take(&self.buffer[self.start..self.start + there]);
            self.start += there;
            left -= there as u64;
        }
        Ok(())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            if self.start == self.end {
                self.fill()?;
            }
            let byte = self.buffer[self.start];
            self.start += 1;
            if byte == b'\n' {
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            line.push(byte);
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        (self.start, self.end) = (0, self.stream.read(&mut self.buffer)?);
        if self.end == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}
