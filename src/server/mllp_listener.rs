//! Takes HL7 version 2 messages from MLLP connections and gives back what a handler answers (ITI TF-2: C.2.1).
//!
//! The messages of a connection are handled strictly one after the other, each answered before the next is read. The
//! handler is synchronous and runs on the blocking pool. Nothing of a message's content is logged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::tls::{Handshake, TlsPeer};
use crate::model::node::NodeProof;
use crate::wire::hl7v2::Hl7Error;
use crate::wire::hl7v2::ack::{self, AckStamp};
use crate::wire::hl7v2::error::ErrorCondition;
use crate::wire::mllp::{MllpCodec, MllpError};
use time::OffsetDateTime;

/// How long a refused sender may take to read why, before the connection is cut.
const LAST_WORD: Duration = Duration::from_secs(2);
/// How much a refused sender may still send meanwhile, in bytes.
const LAST_BYTES: u64 = 4 * 1024 * 1024;
/// What is looked at of a message that broke its frame, in bytes: its header.
const ENOUGH: usize = 4096;
/// The pause after the system refused to give a connection, for want of file handles, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What one sender, and all together, may ask of the listener.
#[derive(Debug, Clone, Copy)]
pub struct MllpLimits {
    /// The most connections at a time; further ones wait until one ends.
    pub connections: usize,
    /// The longest message, in bytes, without its frame.
    pub message_bytes: usize,
    /// How long after its last answer a connection may take until its next message is there as a whole, and how long it may
    /// take to read an answer.
    pub idle: Duration,
}

/// Answers a stream that is no MLLP: gets what there is of the message, its sender and the reason.
type Refuse = dyn Fn(&[u8], &MllpSender, &MllpError) -> Vec<u8> + Send + Sync;

/// Where a message came from.
#[derive(Clone)]
pub struct MllpSender {
    /// Its address.
    pub address: SocketAddr,
    pub(super) tls: Option<Arc<TlsPeer>>,
}

impl MllpSender {
    /// What its connection proves of it now. May wait for an OCSP responder: for threads that may block.
    pub fn proof(&self) -> NodeProof {
        self.tls.as_ref().map_or(NodeProof::None, |peer| peer.proof())
    }
}

/// A listener whose `handler` gets a message and its sender and gives the acknowledgement.
pub struct MllpListener<H> {
    handler: Arc<H>,
    refuse: Option<Arc<Refuse>>,
    limits: MllpLimits,
    clock: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
    shutdown: CancellationToken,
    handshake: Option<Handshake>,
}

impl<H> Clone for MllpListener<H> {
    fn clone(&self) -> Self {
        Self {
            handler: Arc::clone(&self.handler),
            refuse: self.refuse.clone(),
            limits: self.limits,
            clock: Arc::clone(&self.clock),
            shutdown: self.shutdown.clone(),
            handshake: self.handshake.clone(),
        }
    }
}

impl<H> MllpListener<H>
where
    H: Fn(&[u8], &MllpSender) -> Vec<u8> + Send + Sync + 'static,
{
    /// A listener that stops once `shutdown` is cancelled; `clock` dates the answers that are not the handler's own.
    pub fn new(
        handler: H,
        limits: MllpLimits,
        clock: impl Fn() -> OffsetDateTime + Send + Sync + 'static,
        shutdown: CancellationToken,
    ) -> Self {
        let clock = Arc::new(clock);
        Self { handler: Arc::new(handler), refuse: None, limits, clock, shutdown, handshake: None }
    }

    /// Lets `refuse` answer what is no MLLP, once in a connection, which ends with it. Without it the listener answers itself.
    pub fn refusing_with(self, refuse: impl Fn(&[u8], &MllpSender, &MllpError) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { refuse: Some(Arc::new(refuse)), ..self }
    }

    /// The same listener for connections that begin with a TLS handshake.
    pub(super) fn over_tls(self, handshake: Handshake) -> Self {
        Self { handshake: Some(handshake), ..self }
    }

    /// Accepts connections until shutdown, and returns when each has answered the message it had in hand.
    pub async fn serve(self, listener: TcpListener) {
        let free = Arc::new(Semaphore::new(self.limits.connections));
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                let place = Arc::clone(&free).acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => break,
                accepted = accepted => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => {
                    let listener = self.clone();
                    connections.spawn(async move {
                        listener.connection(stream, peer).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept an MLLP connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    async fn connection(&self, stream: TcpStream, peer: SocketAddr) {
        // An answer is one small write that nothing follows: waiting to fill a packet would only delay it.
        drop(stream.set_nodelay(true));
        let Some(handshake) = &self.handshake else { return self.converse(stream, MllpSender { address: peer, tls: None }).await };
        let accepted = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => return,
            accepted = handshake.accept(stream, Some(peer.ip())) => accepted,
        };
        if let Some(stream) = accepted {
            let tls = handshake.peer(&stream);
            self.converse(stream, MllpSender { address: peer, tls }).await;
        }
    }

    /// Answers the messages of one stream, plain or TLS, until it ends, breaks, falls silent or the server shuts down.
    pub async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, sender: MllpSender) {
        let peer = sender.address;
        let mut framed = Framed::new(stream, MllpCodec::new(self.limits.message_bytes));
        loop {
            let next = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return,
                next = tokio::time::timeout(self.limits.idle, framed.next()) => next,
            };
            let message = match next {
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => return self.refuse(framed, &sender, error).await,
                Ok(None) => return,
                Err(_) if !framed.read_buffer().is_empty() => return self.refuse(framed, &sender, MllpError::TooSlow).await,
                Err(_) => {
                    tracing::info!(%peer, idle = ?self.limits.idle, "closing an MLLP connection: no whole message within the idle time");
                    return;
                }
            };
            let answer = self.answer(message, &sender).await;
            match tokio::time::timeout(self.limits.idle, framed.send(&answer[..])).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    return tracing::warn!(%peer, %error, "cannot send an acknowledgement; the sender will send its message again");
                }
                Err(_) => return tracing::warn!(%peer, "closing an MLLP connection: the sender does not read its acknowledgement"),
            }
        }
    }

    async fn answer(&self, message: Bytes, sender: &MllpSender) -> Vec<u8> {
        let (peer, sender) = (sender.address, sender.clone());
        let handler = Arc::clone(&self.handler);
        let request = message.clone();
        let handled = tokio::task::spawn_blocking(move || handler(&request, &sender)).await;
        handled.unwrap_or_else(|failed| {
            tracing::error!(%peer, panicked = failed.is_panic(), "the handling of an HL7 message broke off");
            let error = Hl7Error::internal("the receiver failed on this message; report it to its operator before sending it again");
            self.stamped(|stamp| ack::refuse(&message, &error, stamp))
        })
    }

    /// Says why the stream cannot be read on, and gives the sender a moment to take that in: closing while bytes are still
    /// unread would reset the connection and destroy the answer.
    async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(&self, mut framed: Framed<S, MllpCodec>, sender: &MllpSender, error: MllpError) {
        let peer = sender.address;
        tracing::warn!(%peer, %error, "closing an MLLP connection");
        let broken = matches!(error, MllpError::Io(_));
        if broken && framed.read_buffer().is_empty() {
            return;
        }
        // The buffer still holds the beginning of the message, from which the sender learns which one is meant.
        let beginning = framed.read_buffer().get(..ENOUGH).unwrap_or(framed.read_buffer()).to_vec();
        let answer = self.refusal(beginning, sender.clone(), error).await;
        if broken {
            return;
        }
        let last_word = async {
            framed.send(&answer[..]).await?;
            let stream = framed.get_mut();
            stream.shutdown().await?;
            tokio::io::copy(&mut stream.take(LAST_BYTES), &mut tokio::io::sink()).await?;
            Ok::<_, MllpError>(())
        };
        drop(tokio::time::timeout(LAST_WORD, last_word).await);
    }

    async fn refusal(&self, beginning: Vec<u8>, sender: MllpSender, error: MllpError) -> Vec<u8> {
        let rejection = Hl7Error::reject(ErrorCondition::SegmentSequence, None, error.to_string());
        let own = self.stamped(|stamp| ack::refuse(&beginning, &rejection, stamp));
        let Some(refuse) = self.refuse.clone() else { return own };
        tokio::task::spawn_blocking(move || refuse(&beginning, &sender, &error)).await.unwrap_or(own)
    }

    fn stamped(&self, answer: impl FnOnce(AckStamp<'_>) -> Vec<u8>) -> Vec<u8> {
        let id = Uuid::new_v4().simple().to_string();
        answer(AckStamp { at: (self.clock)(), control_id: &id })
    }
}

#[cfg(test)]
#[path = "mllp_listener_tests.rs"]
mod tests;
