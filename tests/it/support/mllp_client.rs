//! Sends one HL7 v2 message over MLLP.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends a message, without its frame, and gives the acknowledgement, without its.
pub fn send_hl7(address: SocketAddr, message: &str) -> String {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    send_hl7_over(stream, message)
}

/// As [`send_hl7`], over a connection that stands.
pub fn send_hl7_over(mut stream: impl Read + Write, message: &str) -> String {
    stream.write_all(format!("\u{b}{message}\u{1c}\r").as_bytes()).unwrap();
    let mut answer = Vec::new();
    BufReader::new(stream).read_until(0x1c, &mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.trim_start_matches('\u{b}').trim_end_matches('\u{1c}').to_owned()
}
