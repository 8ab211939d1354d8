//! An OCSP responder whose answers `openssl ocsp` makes, and that can also say what no decent responder would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::x509::X509;

/// What it says from now on.
#[derive(Clone)]
pub enum Says {
    /// What its list of certificates holds, signed with this certificate and key of the PKI.
    SignedBy(&'static str),
    /// The same, of last year.
    LastYear,
    /// The answer to the first question, again.
    TheFirst,
    /// Another status than 200.
    Trouble,
    /// More than anybody wants to read.
    TooMuch,
    /// Nothing.
    Silence,
}

/// The responder whom the issuing authority of the test PKI authorised.
pub const TRUTH: Says = Says::SignedBy("ocsp/responder");

/// A responder on a port of its own.
pub struct Responder {
    pub address: SocketAddr,
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

struct Desk {
    pki: PathBuf,
    says: Mutex<Says>,
    first: Mutex<Option<Vec<u8>>>,
    asked: AtomicUsize,
    stopped: AtomicBool,
}

impl Responder {
    /// Answers for the issuing authority of this PKI, a copy of its own; nothing, where the program is not installed.
    pub fn start(pki: &Path) -> Option<Self> {
        if !openssl_is_there() {
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Desk {
            pki: pki.to_owned(),
            says: Mutex::new(TRUTH),
            first: Mutex::default(),
            asked: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        };
        let desk = Arc::new(desk);
        let thread = std::thread::spawn({
            let desk = Arc::clone(&desk);
            move || desk.listen(&listener)
        });
        Some(Self { address, desk, thread: Some(thread) })
    }

    pub fn url(&self) -> String {
        format!("http://{}/ocsp", self.address)
    }

    pub fn says(&self, says: Says) {
        *self.desk.says.lock().unwrap() = says;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.desk.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.desk.stopped.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Desk {
    fn listen(&self, listener: &TcpListener) {
        let stopped = |_: &std::io::Result<TcpStream>| self.stopped.load(Ordering::SeqCst);
        listener.incoming().take_while(|stream| !stopped(stream)).for_each(|stream| self.serve(stream.unwrap()));
    }

    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = BufReader::new(stream);
        let (mut length, mut typed) = (0, false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("content-type", value)) => typed = value == "application/ocsp-request",
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        let mut request = vec![0; length];
        stream.read_exact(&mut request).unwrap();
        assert!(typed, "RFC 6960, A.1");
        self.asked.fetch_add(1, Ordering::SeqCst);
        let (status, response) = self.respond(&request);
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/ocsp-response\r\nContent-Length: {}\r\n\r\n", response.len());
        // Whoever has read enough goes away.
        let _ = stream.get_mut().write_all(&[head.as_bytes(), &response].concat());
    }

    fn respond(&self, request: &[u8]) -> (&'static str, Vec<u8>) {
        let says = self.says.lock().unwrap().clone();
        match says {
            Says::SignedBy(signer) => {
                let response = answer(&self.pki, request, signer);
                self.first.lock().unwrap().get_or_insert_with(|| response.clone());
                ("200 OK", response)
            }
            Says::LastYear => ("200 OK", last_year(answer(&self.pki, request, "ocsp/responder"), &self.pki)),
            Says::TheFirst => ("200 OK", self.first.lock().unwrap().clone().unwrap()),
            Says::Trouble => ("500 Internal Server Error", Vec::new()),
            Says::TooMuch => ("200 OK", vec![0x30; 1 << 20]),
            Says::Silence => {
                std::thread::sleep(Duration::from_secs(3));
                ("200 OK", Vec::new())
            }
        }
    }
}

/// Whether `openssl` can be run.
pub fn openssl_is_there() -> bool {
    let there = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    let required = std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1");
    assert!(there || !required, "openssl is not installed");
    if !there {
        eprintln!("skipped openssl ocsp: it is not installed");
    }
    there
}

/// What `openssl ocsp` says to a request.
pub fn answer(pki: &Path, request: &[u8], signer: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (asked, answered) = (folder.path().join("request"), folder.path().join("response"));
    std::fs::write(&asked, request).unwrap();
    let mut command = Command::new("openssl");
    command.arg("ocsp").arg("-index").arg(pki.join("index.txt")).arg("-CA").arg(pki.join("ca/issuing.pem"));
    command.arg("-rsigner").arg(pki.join(format!("{signer}.pem"))).arg("-rkey").arg(pki.join(format!("{signer}.key")));
    let output = command.args(["-ndays", "1"]).arg("-reqin").arg(asked).arg("-respout").arg(&answered).output().unwrap();
    assert!(answered.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(answered).unwrap()
}

/// Writes the list of the authority as `openssl ca` keeps it: connectors that are good, and those that are revoked.
pub fn publish(pki: &Path, good: &[&str], revoked: &[&str]) {
    let line = |name: &&str, state: &str| {
        let file = if name.contains('/') { format!("{name}.pem") } else { format!("connectors/{name}.pem") };
        let certificate = X509::from_pem(&std::fs::read(pki.join(file)).unwrap()).unwrap();
        let digits = certificate.serial_number().to_bn().unwrap().to_hex_str().unwrap().to_string();
        format!("{state}\t{digits}\tunknown\t/CN={digits}\n")
    };
    let good = good.iter().map(|name| line(name, "V\t491231235959Z\t"));
    let revoked = revoked.iter().map(|name| line(name, "R\t491231235959Z\t260101000000Z,keyCompromise"));
    let whole = pki.join("index.new");
    std::fs::write(&whole, good.chain(revoked).collect::<String>()).unwrap();
    std::fs::rename(whole, pki.join("index.txt")).unwrap();
}

/// The same response with all its times a year earlier, signed again.
fn last_year(mut response: Vec<u8>, pki: &Path) -> Vec<u8> {
    for at in 0..response.len() - 17 {
        let time = &mut response[at..at + 17];
        if time.starts_with(&[0x18, 15]) && time[2..16].iter().all(u8::is_ascii_digit) && time[16] == b'Z' {
            let year: u32 = std::str::from_utf8(&time[2..6]).unwrap().parse().unwrap();
            time[2..6].copy_from_slice((year - 1).to_string().as_bytes());
        }
    }
    // OCSPResponse: status, then [0] SEQUENCE { type, OCTET STRING { BasicOCSPResponse { data, algorithm, BIT STRING, … } } }.
    let inside = |at: usize| header(&response, at).0;
    let after = |at: usize| header(&response, at).1;
    let typed = inside(inside(after(inside(0))));
    let data = inside(inside(after(typed)));
    let signature = after(after(data));
    let key = PKey::private_key_from_pem(&std::fs::read(pki.join("ocsp/responder.key")).unwrap()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    let signed = signer.sign_oneshot_to_vec(&response[data..after(data)]).unwrap();
    // A bit string begins with the number of bits that do not count.
    let (begin, end) = (inside(signature) + 1, after(signature));
    response[begin..end].copy_from_slice(&signed);
    response
}

/// Where the content of an element begins, and where the element ends (DER).
fn header(bytes: &[u8], at: usize) -> (usize, usize) {
    let short = usize::from(bytes[at + 1]);
    let more = short.saturating_sub(0x80);
    let begin = at + 2 + more;
    let long = bytes[at + 2..begin].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    (begin, begin + if more == 0 { short } else { long })
}
