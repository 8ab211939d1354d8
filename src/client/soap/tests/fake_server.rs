//! A server that takes one request and gives one answer, byte for byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::client::soap::{Timeouts, XdsClient};

pub(super) struct FakeServer {
    url: String,
    thread: JoinHandle<Vec<u8>>,
}

impl FakeServer {
    /// Answers the first request with these bytes, then closes the connection.
    pub(super) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let (listener, answer) = (TcpListener::bind("127.0.0.1:0").unwrap(), answer.into());
        let url = format!("http://{}/xds", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_request(&mut stream);
            let _ = stream.write_all(&answer);
            request
        });
        Self { url, thread }
    }

    pub(super) fn client(&self) -> XdsClient {
        let timeouts = Timeouts { connect: Duration::from_secs(5), answer: Duration::from_secs(5) };
        XdsClient::new(&self.url, &self.url, timeouts)
    }

    /// The request as it came, head and body.
    pub(super) fn request(self) -> Vec<u8> {
        self.thread.join().unwrap()
    }
}

fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(head) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if request.len() >= head + 4 + length.unwrap() {
                return request;
            }
        }
        let read = stream.read(&mut buffer).unwrap();
        if read == 0 {
            return request;
        }
        request.extend_from_slice(&buffer[..read]);
    }
}

/// An answer with a length.
pub(super) fn http(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An answer in chunks of a few bytes.
pub(super) fn chunked(content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunks = body.chunks(7).flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    [head.as_bytes(), &chunks.collect::<Vec<_>>(), b"0\r\n\r\n"].concat()
}

/// A SOAP 1.2 envelope without header, as some servers send it, with prefixes of its own.
pub(super) fn envelope(payload: &str) -> String {
    format!("<env:Envelope xmlns:env='http://www.w3.org/2003/05/soap-envelope'><env:Body>{payload}</env:Body></env:Envelope>")
}

pub(super) fn soap(payload: &str) -> Vec<u8> {
    http("200 OK", "application/soap+xml;charset=utf-8", envelope(payload).as_bytes())
}
