use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use time::macros::datetime;
use tokio::task::JoinHandle;

use super::*;
use crate::wire::hl7v2::ack::acknowledgement_code;

const PATIENCE: Duration = Duration::from_secs(10);
const LIMITS: MllpLimits = MllpLimits { connections: 2, message_bytes: 1000, idle: PATIENCE };

/// A listener on a port of its own.
struct Running {
    address: String,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

async fn start(limits: MllpLimits, handler: impl Fn(&[u8], &MllpSender) -> Vec<u8> + Send + Sync + 'static) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let shutdown = CancellationToken::new();
    let server = MllpListener::new(handler, limits, || datetime!(2026-02-03 04:05:06 UTC), shutdown.clone());
    Running { address, shutdown, served: tokio::spawn(server.serve(listener)) }
}

fn echo(message: &[u8], _: &MllpSender) -> Vec<u8> {
    message.to_vec()
}

/// A sender that keeps to the protocol.
struct Sender(Framed<TcpStream, MllpCodec>);

impl Sender {
    /// The answer to a message, or nothing if the connection ended.
    async fn exchange(&mut self, message: &[u8]) -> Option<Bytes> {
        self.0.send(message).await.ok()?;
        tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap()?.ok()
    }
}

impl Running {
    async fn connection(&self) -> Sender {
        Sender(Framed::new(TcpStream::connect(&self.address).await.unwrap(), MllpCodec::new(10_000)))
    }

    /// Sends bytes as they are and reads until the server closes or `bytes` came.
    async fn raw(&self, pieces: &[&[u8]], bytes: usize) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in pieces {
            stream.write_all(piece).await.unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let (mut answer, mut limited) = (Vec::new(), (&mut stream).take(bytes as u64));
        tokio::time::timeout(PATIENCE, limited.read_to_end(&mut answer)).await.unwrap().unwrap();
        answer
    }

    async fn stop(self) {
        self.shutdown.cancel();
        tokio::time::timeout(PATIENCE, self.served).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn pipelined_messages_are_answered_in_order() {
    let inside = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&inside);
    let server = start(LIMITS, move |message, peer| {
        assert_eq!(counter.fetch_add(1, Ordering::SeqCst), 0, "two messages of a connection at a time");
        // The earlier a message, the longer it takes: a later one would overtake it if it could.
        std::thread::sleep(Duration::from_millis(u64::from(b'9' - message[0])));
        counter.fetch_sub(1, Ordering::SeqCst);
        echo(message, peer)
    })
    .await;
    let stream: Vec<u8> = (1..=9).flat_map(|n| format!("\x0b{n}\x1c\r").into_bytes()).collect();
    assert_eq!(server.raw(&[&stream], stream.len()).await, stream);
    server.stop().await;
}

#[tokio::test]
async fn a_message_may_come_in_pieces() {
    let server = start(LIMITS, echo).await;
    let stream = b"\x0bMSH|^~\\&|A\rPID|1\r\x1c\r";
    let pieces: Vec<_> = stream.chunks(1).collect();
    assert_eq!(server.raw(&pieces, stream.len()).await, stream);
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_mllp_is_rejected_and_the_connection_closed() {
    let server = start(LIMITS, echo).await;
    let over = [&b"\x0bMSH|^~\\&|A|B|C|D|2026||ADT^A01|M8|P|2.5\rNTE|"[..], &[b'x'; 300_000], b"\x1c\r"].concat();
    for (sent, reason) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "0x47"),
        (b"\x0bMSH\x0bMSH", "0x0B"),
        (b"\x0bMSH\x1cx", "0x0D"),
        (&over, "MSA|AR|M8\rERR|||100^Segment sequence error^HL70357|E||||a message is longer than the limit of 1000 bytes"),
    ] {
        let answer = server.raw(&[sent], usize::MAX).await;
        let ack = answer.strip_prefix(b"\x0b").and_then(|rest| rest.strip_suffix(b"\x1c\r")).unwrap();
        assert_eq!(acknowledgement_code(ack), Some("AR"));
        assert!(String::from_utf8_lossy(ack).contains(reason), "{}", String::from_utf8_lossy(ack));
    }
    assert_eq!(server.connection().await.exchange(b"still alive").await.unwrap(), "still alive");
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_mllp_is_told_once_to_who_refuses_it() {
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    let refuse = move |beginning: &[u8], _: &MllpSender, error: &MllpError| {
        counter.fetch_add(1, Ordering::SeqCst);
        format!("{} {error}", beginning.len()).into_bytes()
    };
    for (sent, answer) in [
        (&b"GET GET GET"[..], "11 expected"),
        (b"\x0bMSH\x0b\x0b\x0b", "6 a message contains"),
        (b"\x0bMSH", "3 the connection ended"),
        (b"\x0bgood\x1c\rbad\x1c\rbad", "8 expected"),
    ] {
        let (mut near, far) = tokio::io::duplex(10_000);
        let limits = MllpLimits { idle: Duration::from_secs(5), ..LIMITS };
        let listener = MllpListener::new(echo, limits, || datetime!(2026-02-03 04:05:06 UTC), CancellationToken::new());
        let listener = listener.refusing_with(refuse.clone());
        let server =
            tokio::spawn(async move { listener.converse(far, MllpSender { address: "127.0.0.1:1".parse().unwrap(), tls: None }).await });
        near.write_all(sent).await.unwrap();
        near.shutdown().await.unwrap();
        let mut answered = String::new();
        near.read_to_string(&mut answered).await.unwrap();
        assert!(answered.rsplit('\x0b').next().unwrap().starts_with(answer), "{answered}");
        server.await.unwrap();
    }
    assert_eq!(told.load(Ordering::SeqCst), 4);
    let (mut near, far) = tokio::io::duplex(10_000);
    let limits = MllpLimits { idle: Duration::from_millis(50), ..LIMITS };
    let listener = MllpListener::new(echo, limits, || datetime!(2026-02-03 04:05:06 UTC), CancellationToken::new()).refusing_with(refuse);
    let server =
        tokio::spawn(async move { listener.converse(far, MllpSender { address: "127.0.0.1:1".parse().unwrap(), tls: None }).await });
    near.write_all(b"\x0bMSH").await.unwrap();
    let mut answered = String::new();
    near.read_to_string(&mut answered).await.unwrap();
    assert!(answered.starts_with("\x0b3 a message began"), "{answered}");
    drop(near);
    server.await.unwrap();
}

#[tokio::test]
async fn a_refused_sender_may_finish_sending_and_then_reads_why() {
    let (mut near, far) = tokio::io::duplex(64);
    let listener = MllpListener::new(echo, LIMITS, || datetime!(2026-02-03 04:05:06 UTC), CancellationToken::new());
    let server =
        tokio::spawn(async move { listener.converse(far, MllpSender { address: "127.0.0.1:1".parse().unwrap(), tls: None }).await });
    let (mut reader, mut writer) = tokio::io::split(&mut near);
    let mut answer = Vec::new();
    let message = [&b"\x0b"[..], &[b'x'; 50_000]].concat();
    let (sent, read) = tokio::join!(writer.write_all(&message), reader.read_to_end(&mut answer));
    assert!(sent.is_ok() && read.is_ok() && answer.windows(6).any(|part| part == b"MSA|AR"), "{sent:?}");
    drop(near);
    server.await.unwrap();
}

#[tokio::test]
async fn a_sender_that_falls_silent_or_trickles_is_cut_off() {
    let server = start(MllpLimits { idle: Duration::from_millis(80), ..LIMITS }, echo).await;
    assert_eq!(server.raw(&[], usize::MAX).await, b"");
    let mut slow = TcpStream::connect(&server.address).await.unwrap();
    let began = tokio::time::Instant::now();
    slow.write_all(b"\x0bMSH").await.unwrap();
    while slow.write_all(b"x").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(began.elapsed() < PATIENCE, "a trickling sender keeps its connection");
    }
    server.stop().await;
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let server = start(MllpLimits { connections: 1, ..LIMITS }, echo).await;
    let mut first = server.connection().await;
    first.exchange(b"1").await.unwrap();
    let mut second = server.connection().await;
    assert!(tokio::time::timeout(Duration::from_millis(100), second.exchange(b"2")).await.is_err());
    drop((first, second));
    assert_eq!(server.connection().await.exchange(b"3").await.unwrap(), "3");
    server.stop().await;
}

#[tokio::test]
async fn shutdown_lets_the_message_in_hand_finish() {
    let (started, has_started) = mpsc::channel();
    let (proceed, may_proceed) = mpsc::channel::<()>();
    let may_proceed = std::sync::Mutex::new(may_proceed);
    let server = start(LIMITS, move |message, peer| {
        started.send(()).unwrap();
        may_proceed.lock().unwrap().recv().unwrap();
        echo(message, peer)
    })
    .await;
    let mut idle = server.connection().await;
    let mut busy = server.connection().await;
    let exchange = tokio::spawn(async move { busy.exchange(b"in hand").await });
    tokio::task::spawn_blocking(move || has_started.recv().unwrap()).await.unwrap();
    server.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!server.served.is_finished(), "the server did not wait for the message in hand");
    proceed.send(()).unwrap();
    assert_eq!(exchange.await.unwrap().unwrap(), "in hand");
    assert!(idle.exchange(b"late").await.is_none());
    let address = server.address.clone();
    server.stop().await;
    assert!(TcpStream::connect(&address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_for() {
    let server = start(LIMITS, |message, peer| if message.ends_with(b"bad\r") { panic!("on purpose") } else { echo(message, peer) }).await;
    let mut connection = server.connection().await;
    let answer = connection.exchange(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|M7|P|2.5\rbad\r").await.unwrap();
    let answer = String::from_utf8(answer.to_vec()).unwrap();
    assert!(answer.contains("\rMSA|AE|M7\rERR|||207^"), "{answer}");
    assert_eq!(connection.exchange(b"good").await.unwrap(), "good");
    server.stop().await;
}
