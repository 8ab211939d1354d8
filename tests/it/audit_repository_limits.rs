//! What one sender of syslog may take of the repository: a pause, a connection, so many messages a second.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::sync::mpsc::{TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::SslStream;

use crate::audit_delivery::wait_until;
use crate::support::{Database, TestServer};
use crate::tls::client::connect;
use crate::tls::pki::{pki, tls_settings};

fn repository(limit: (&str, &str)) -> TestServer {
    let tls = tls_settings(pki());
    let mut settings: Vec<_> = tls.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let listeners = [("audit_repository.tls_listen", "127.0.0.1:0"), ("audit_repository.udp_listen", "127.0.0.1:0")];
    settings.extend(listeners.into_iter().chain([limit]));
    TestServer::start_with(Database::Sqlite, &settings)
}

fn sender(server: &TestServer) -> SslStream<TcpStream> {
    connect(server.syslog_tls.unwrap(), pki(), Some("hospital-e1"), |_| {}).unwrap()
}

/// A message with its length before it.
fn frame(text: &str) -> String {
    let message = message(text);
    format!("{} {message}", message.len())
}

fn message(text: &str) -> String {
    format!("<85>1 2025-03-17T08:00:00.000000Z his.e1 his 77 IHE+RFC-3881 - {text}")
}

fn counted(server: &TestServer, name: &str) -> u64 {
    server.metrics().lines().filter(|line| line.starts_with(name)).filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}

fn kept(server: &TestServer) -> u64 {
    counted(server, "dossier_audit_records_received_total")
}

#[test]
fn who_falls_silent_within_a_message_is_cut_off_and_counted() {
    let server = repository(("audit_repository.idle_time", "1s"));
    let mut stream = sender(&server);
    let both = frame("whole") + &frame("broken off");
    stream.write_all(&both.as_bytes()[..both.len() - 3]).unwrap();
    // Without the limit this would wait for ever.
    assert!(!matches!(stream.read(&mut [0]), Ok(1..)), "nothing is answered");
    wait_until("the end of the connection is counted", || counted(&server, "dossier_audit_connections_broken_total") == 1);
    assert_eq!(kept(&server), 1, "what was whole");
}

#[test]
fn one_connection_too_many_waits_until_another_ends() {
    let server = repository(("audit_repository.connections", "1"));
    let mut first = sender(&server);
    let address = server.syslog_tls.unwrap();
    let (told, heard) = channel();
    let second = thread::spawn(move || {
        let mut stream = connect(address, pki(), Some("hospital-e1"), |_| {}).unwrap();
        told.send(()).unwrap();
        stream.write_all(frame("second").as_bytes()).unwrap();
        stream.shutdown().unwrap();
        stream.read(&mut [0]).unwrap()
    });
    first.write_all(frame("first").as_bytes()).unwrap();
    wait_until("the first is heard", || kept(&server) == 1);
    assert_eq!(heard.try_recv(), Err(TryRecvError::Empty), "no handshake while the only place is taken");
    first.shutdown().unwrap();
    assert_eq!(second.join().unwrap(), 0, "heard, and confirmed");
    assert_eq!(kept(&server), 2);
}

#[test]
fn a_connection_is_read_no_faster_than_allowed() {
    let server = repository(("audit_repository.messages_per_second", "4"));
    let (begun, mut stream) = (Instant::now(), sender(&server));
    let messages: String = ["1", "2", "3", "4"].map(frame).concat();
    stream.write_all(messages.as_bytes()).unwrap();
    stream.shutdown().unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert!(begun.elapsed() >= Duration::from_millis(900), "confirmed after {:?}", begun.elapsed());
    assert_eq!(kept(&server), 4, "slower, but all of them");
}

#[test]
fn datagrams_beyond_the_limit_are_thrown_away_and_counted() {
    const SENT: u64 = 60;
    let server = repository(("audit_repository.messages_per_second", "2"));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..SENT {
        socket.send_to(message("datagram").as_bytes(), server.syslog_udp.unwrap()).unwrap();
    }
    let dropped = || counted(&server, "dossier_audit_datagrams_dropped_total");
    wait_until("each is kept or counted", || kept(&server) + dropped() == SENT);
    assert!(kept(&server) >= 2 && dropped() > 0, "{} kept, {} thrown away", kept(&server), dropped());
}
