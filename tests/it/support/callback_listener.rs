//! Somebody who waits for asynchronous answers.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::nid::Nid;
use openssl::ssl::SslAcceptor;
use openssl::x509::X509;

use super::Response;

/// How long a test waits for an answer before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that came in.
#[derive(Debug)]
pub struct Delivered {
    /// Method and target.
    pub request_line: String,
    /// Headers and body.
    pub message: Response,
}

/// An HTTP listener on a port of its own; it ends, and its port is free again, when this is dropped.
pub struct CallbackListener {
    pub address: SocketAddr,
    delivered: Receiver<Delivered>,
    head: Arc<Mutex<String>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    scheme: &'static str,
    subjects: Arc<Mutex<Vec<String>>>,
}

impl CallbackListener {
    /// Takes what comes.
    pub fn start() -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap())
    }

    /// The same on this address.
    pub fn start_on(address: SocketAddr) -> Self {
        Self::listening(address, None)
    }

    /// The same over TLS.
    pub fn start_over_tls(tls: SslAcceptor) -> Self {
        Self::listening("127.0.0.1:0".parse().unwrap(), Some(tls))
    }

    fn listening(address: SocketAddr, tls: Option<SslAcceptor>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (sender, delivered) = channel();
        let (head, stopped) = (Arc::new(Mutex::new("202 Accepted".to_owned())), Arc::new(AtomicBool::new(false)));
        let subjects = Arc::new(Mutex::default());
        let desk = Desk { sender, tls, head: Arc::clone(&head), stopped: Arc::clone(&stopped), subjects: Arc::clone(&subjects) };
        let thread = Some(std::thread::spawn(move || desk.listen(&listener)));
        Self { address, delivered, head, stopped, thread, scheme, subjects }
    }

    /// The common names in the certificates of those who delivered, one for each delivery over TLS.
    pub fn subjects(&self) -> Vec<String> {
        self.subjects.lock().unwrap().clone()
    }

    /// Answers with this status line and these headers from now on.
    pub fn answer_with(&self, head: &str) {
        *self.head.lock().unwrap() = head.to_owned();
    }

    /// A URL on it.
    pub fn url(&self, path: &str) -> String {
        // The certificates of tests are for this name.
        let host = if self.scheme == "https" { format!("localhost:{}", self.address.port()) } else { self.address.to_string() };
        format!("{}://{host}{path}", self.scheme)
    }

    /// What comes next.
    pub fn next(&self) -> Delivered {
        self.delivered.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer came"))
    }

    /// What has come already.
    pub fn pending(&self) -> Option<Delivered> {
        self.delivered.try_recv().ok()
    }

    /// Whether nothing has come that was not asked for.
    pub fn is_idle(&self) -> bool {
        self.pending().is_none()
    }
}

impl Drop for CallbackListener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// What the thread of a listener works with.
struct Desk {
    sender: Sender<Delivered>,
    tls: Option<SslAcceptor>,
    head: Arc<Mutex<String>>,
    stopped: Arc<AtomicBool>,
    subjects: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    fn listen(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let (stream, head) = (stream.unwrap(), self.head.lock().unwrap().clone());
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            match &self.tls {
                None => answer(stream, &self.sender, &head),
                Some(tls) => {
                    let Ok(stream) = tls.accept(stream) else { continue };
                    self.subjects.lock().unwrap().extend(stream.ssl().peer_certificate().map(|one| common_name(&one)));
                    answer(stream, &self.sender, &head);
                }
            }
        }
    }
}

fn common_name(certificate: &X509) -> String {
    let name = certificate.subject_name().entries_by_nid(Nid::COMMONNAME).next().unwrap();
    String::from_utf8(name.data().as_slice().to_vec()).unwrap()
}

/// Takes one request, if it comes whole.
fn answer<S: Read + Write>(stream: S, sender: &Sender<Delivered>, head: &str) {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let request_line = lines.remove(0);
    let headers: Vec<(String, String)> = lines
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).is_err() {
        return;
    }
    // A server that is gone gets no answer.
    let _ = stream.get_mut().write_all(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes());
    // A test that is over listens no more.
    let _ = sender.send(Delivered { request_line, message: Response { status: 200, headers, body, complete: true } });
}
