//! Takes audit records of other systems as syslog (ITI TF-2: 3.20): over TLS (RFC 5425) and over UDP (RFC 5426).
//!
//! Syslog has no acknowledgement. What was read of a connection is committed before more is read, and `close_notify` is answered
//! when all before it is committed (RFC 5425, 4.4): a sender that waits for it knows that nothing is lost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant as Tick, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::clock::Clock;
use super::metrics::Metrics;
use super::tls::{Handshake, TlsPeer};
use crate::access::{Call, Discreet, Failure};
use crate::model::node::NodeProof;
use crate::model::received_record::Transport;
use crate::settings::Settings;
use crate::transactions::{Services, receive_syslog};
use crate::wire::syslog::{FramingError, next_frame};

/// Messages that one transaction of the database keeps.
const BATCH: usize = 256;
/// What is read at a time, in bytes.
const READ: usize = 64 * 1024;
/// The longest datagram.
const DATAGRAM: usize = 65_535;
/// The pause after the system refused to give a connection or a datagram.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What both listeners work with.
#[derive(Clone)]
pub(super) struct Receiver {
    services: Arc<Services>,
    clock: Clock,
    metrics: Arc<Metrics>,
    message_bytes: usize,
    connections: usize,
    idle: Duration,
    rate: usize,
    stop: CancellationToken,
}

/// Why a connection ends before its sender ends it.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Framing(#[from] FramingError),
    #[error("no whole message within the idle time (audit_repository.idle_time)")]
    Silent,
    #[error("the connection ended within a message")]
    Truncated,
    #[error("records cannot be kept: {0}")]
    Store(#[from] Failure),
    #[error("the keeping of records broke off")]
    Panicked,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Receiver {
    pub(super) fn new(
        settings: &Settings,
        services: &Arc<Services>,
        clock: &Clock,
        metrics: &Arc<Metrics>,
        stop: &CancellationToken,
    ) -> Self {
        let wanted = &settings.audit_repository;
        Self {
            services: Arc::clone(services),
            clock: clock.clone(),
            metrics: Arc::clone(metrics),
            message_bytes: usize::try_from(wanted.message_size.bytes()).unwrap_or(usize::MAX),
            connections: wanted.connections.get(),
            idle: wanted.idle_time,
            rate: wanted.messages_per_second.get(),
            stop: stop.clone(),
        }
    }

    /// Takes connections until the server stops.
    pub(super) fn over_tls(self, listener: std::net::TcpListener, handshake: Handshake) -> std::io::Result<JoinHandle<()>> {
        let listener = TcpListener::from_std(listener)?;
        Ok(tokio::spawn(self.accept(listener, handshake)))
    }

    /// Takes datagrams until the server stops.
    pub(super) fn over_udp(self, socket: std::net::UdpSocket) -> std::io::Result<JoinHandle<()>> {
        let socket = UdpSocket::from_std(socket)?;
        Ok(tokio::spawn(self.datagrams(socket)))
    }

    async fn accept(self, listener: TcpListener, handshake: Handshake) {
        let free = Arc::new(Semaphore::new(self.connections));
        let mut connections = JoinSet::new();
        loop {
            let accepted = async { (Arc::clone(&free).acquire_owned().await, listener.accept().await) };
            let (place, accepted) = tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                accepted = accepted => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => {
                    let (receiver, handshake) = (self.clone(), handshake.clone());
                    connections.spawn(async move {
                        receiver.connection(stream, peer, &handshake).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a syslog connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        while connections.join_next().await.is_some() {}
    }

    async fn connection(&self, stream: TcpStream, peer: SocketAddr, handshake: &Handshake) {
        let Some(mut stream) = handshake.accept(stream, Some(peer.ip())).await else { return };
        let sender = Sender { address: peer, tls: handshake.peer(&stream) };
        let read = tokio::select! {
            biased;
            read = self.read_all(&mut stream, &sender) => read,
            // What was read is committed; what was not the sender still has to send.
            () = self.stop.cancelled() => return,
        };
        match read {
            Ok(()) => drop(timeout(self.idle, stream.shutdown()).await),
            Err(error) => {
                self.metrics.audit_connection_broken();
                tracing::warn!(%peer, %error, "closing a syslog connection");
            }
        }
    }

    /// Reads to the end of a stream; what has been read is committed before more is.
    async fn read_all<S: tokio::io::AsyncRead + Unpin>(&self, stream: &mut S, sender: &Sender) -> Result<(), Broken> {
        let mut buffer = BytesMut::new();
        loop {
            let (begun, mut messages) = (Tick::now(), Vec::new());
            let framing = self.whole_messages(&mut buffer, &mut messages);
            let count = messages.len();
            if count > 0 {
                self.keep(Transport::SyslogTls, messages, sender.clone()).await?;
                // No faster than allowed, on average.
                sleep_until(begun + Duration::from_secs_f64(count as f64 / self.rate as f64)).await;
            }
            if let Err(error) = framing {
                // What cannot be told to be messages is kept as it is (ITI TF-2: 3.20.4.1.3).
                let rest = buffer.split().freeze();
                self.keep(Transport::SyslogTls, vec![rest.slice(..rest.len().min(self.message_bytes))], sender.clone()).await?;
                return Err(error.into());
            }
            if count == BATCH {
                continue;
            }
            buffer.reserve(READ);
            let read = timeout(self.idle, stream.read_buf(&mut buffer)).await.map_err(|_| Broken::Silent)??;
            match (read, buffer.is_empty()) {
                (0, true) => return Ok(()),
                (0, false) => return Err(Broken::Truncated),
                _ => {}
            }
        }
    }

    fn whole_messages(&self, buffer: &mut BytesMut, messages: &mut Vec<Bytes>) -> Result<(), FramingError> {
        while messages.len() < BATCH {
            match next_frame(buffer, self.message_bytes)? {
                Some(message) => messages.push(message),
                None => break,
            }
        }
        Ok(())
    }

    async fn datagrams(self, socket: UdpSocket) {
        let mut datagram = vec![0; DATAGRAM];
        let (mut second, mut count) = (Tick::now(), 0);
        loop {
            let received = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                received = socket.recv_from(&mut datagram) => received,
            };
            let (length, peer) = match received {
                Ok(received) => received,
                Err(error) => {
                    tracing::warn!(%error, "cannot take a syslog datagram");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            if second.elapsed() >= Duration::from_secs(1) {
                (second, count) = (Tick::now(), 0);
            }
            count += 1;
            if count > self.rate {
                self.metrics.audit_datagram_dropped();
                continue;
            }
            let message = Bytes::copy_from_slice(datagram.get(..length).unwrap_or_default());
            if let Err(error) = self.keep(Transport::SyslogUdp, vec![message], Sender { address: peer, tls: None }).await {
                self.metrics.audit_datagram_dropped();
                tracing::error!(%peer, %error, "a syslog datagram is lost");
            }
        }
    }

    /// Commits messages, in their order.
    async fn keep(&self, transport: Transport, messages: Vec<Bytes>, sender: Sender) -> Result<(), Broken> {
        let this = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let call = sender.call(&this.clock);
            receive_syslog(&this.services, &call, transport, &messages)
        });
        let formats = kept.await.map_err(|_| Broken::Panicked)??;
        formats.into_iter().for_each(|format| self.metrics.audit_record_received(transport.as_str(), format.as_str()));
        Ok(())
    }
}

/// Where messages come from.
#[derive(Clone)]
struct Sender {
    address: SocketAddr,
    tls: Option<Arc<TlsPeer>>,
}

impl Sender {
    /// May wait for an OCSP responder.
    fn call(&self, clock: &Clock) -> Call {
        Call {
            request_id: Uuid::new_v4(),
            now: clock.instant(),
            source_address: self.address.ip().to_string(),
            caller: None,
            reply_to: None,
            asked: None,
            node: self.tls.as_ref().map_or(NodeProof::None, |peer| peer.proof()),
            admitted: None,
            person: None,
            discreet: Discreet::default(),
        }
    }
}
