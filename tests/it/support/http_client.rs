//! A plain HTTP client on one socket, which can also send what no decent client would.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a test waits for bytes before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
    /// Whether the body came to its proper end.
    pub complete: bool,
}

impl Response {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// An open connection.
pub struct Connection<S = TcpStream> {
    stream: BufReader<S>,
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::over(stream)
    }

    /// Waits longer for bytes, for an answer that is long in the making.
    pub fn be_patient(&mut self) {
        self.stream.get_mut().set_read_timeout(Some(10 * PATIENCE)).unwrap();
    }
}

impl<S: Read + Write> Connection<S> {
    /// A connection that is open already, such as one inside TLS.
    pub fn over(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Sends bytes as they are. Gives whether the server still took them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.get_mut().write_all(bytes).is_ok()
    }

    /// Sends a request and reads its answer.
    pub fn request(&mut self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Response {
        let length = format!("Content-Length: {}", body.len());
        let headers: Vec<&str> = headers.iter().copied().chain([length.as_str()]).collect();
        self.send_head(method, path, &headers);
        self.send(body);
        self.read_response()
    }

    /// Sends the head of a request; `headers` are whole lines without their ends.
    pub fn send_head(&mut self, method: &str, path: &str, headers: &[&str]) {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: dossier.test\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        assert!(self.send(head.as_bytes()));
    }

    /// Reads one answer, interim ones (1xx) passed over.
    pub fn read_response(&mut self) -> Response {
        loop {
            let response = self.read_any_response();
            if response.status >= 200 {
                return response;
            }
        }
    }

    /// Reads one answer, be it an interim one.
    pub fn read_any_response(&mut self) -> Response {
        let status_line = self.line();
        let status = status_line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer but {status_line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut response = Response { status, headers, body: Vec::new(), complete: true };
        if status >= 200 && status != 204 {
            self.read_body(&mut response);
        }
        response
    }

    /// Whether the server closed the connection.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0) | Err(_))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn read_body(&mut self, response: &mut Response) {
        if let Some(length) = response.header("content-length") {
            let length: u64 = length.parse().unwrap();
            (&mut self.stream).take(length).read_to_end(&mut response.body).unwrap();
            response.complete = response.body.len() as u64 == length;
            return;
        }
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line);
            let size = u64::from_str_radix(line.trim_end(), 16);
            let (Ok(_), Ok(size)) = (read, size) else {
                response.complete = false;
                return;
            };
            let before = response.body.len() as u64;
            let read = (&mut self.stream).take(size).read_to_end(&mut response.body);
            let mut end = [0; 2];
            if read.is_err() || response.body.len() as u64 - before != size || self.stream.read_exact(&mut end).is_err() {
                response.complete = false;
                return;
            }
            if size == 0 {
                return;
            }
        }
    }
}

/// One request on a connection of its own.
pub fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Response {
    Connection::open(address).request(method, path, headers, body)
}

/// A GET.
pub fn get(address: SocketAddr, path: &str) -> Response {
    let mut connection = Connection::open(address);
    connection.send_head("GET", path, &[]);
    connection.read_response()
}

/// A POST of a body of this type.
pub fn post(address: SocketAddr, path: &str, content_type: &str, body: &[u8]) -> Response {
    request(address, "POST", path, &[&format!("Content-Type: {content_type}")], body)
}
