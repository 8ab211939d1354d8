//! The body of an answer: written by a blocking thread, sent asynchronously, with few chunks in between.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::request_body::{BodyLimits, BodySource};

/// Bytes of a chunk: large enough that handing it over costs little beside encrypting and sending it, and with its frame
/// and a head below the 128 KiB above which actix makes a new buffer for each.
const CHUNK: usize = 127 * 1024;
/// Chunks between writer and socket.
const CHUNKS: usize = 2;

/// Bytes, the proper end (`None`), or a failure. A channel that ends otherwise was cut.
pub(super) type Piece = Result<Option<Bytes>, StreamCut>;

/// The answer could not be written to its end; the connection is ended without the closing chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer could not be written to its end")]
pub(super) struct StreamCut;

/// The side of the blocking thread. [`finish`](Self::finish) alone ends the answer properly.
pub(super) struct ReplyWriter {
    runtime: Handle,
    sender: mpsc::Sender<Piece>,
    buffer: Vec<u8>,
    idle: Duration,
    deadline: Instant,
}

/// A writer for a thread, and the stream that its bytes come out of. `began` is when the request did.
pub(super) fn reply_stream(runtime: Handle, limits: &BodyLimits, began: Instant) -> (ReplyWriter, mpsc::Receiver<Piece>) {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let deadline = began + limits.total;
    (ReplyWriter { runtime, sender, buffer: Vec::with_capacity(CHUNK), idle: limits.idle, deadline }, receiver)
}

impl ReplyWriter {
    /// Sends what is left and the end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_over()?;
        self.send(Ok(None))
    }

    /// Ends the answer so that its receiver notices that it is not whole.
    pub(super) fn cut(self) {
        // A receiver that is gone has noticed already.
        let _ = self.sender.try_send(Err(StreamCut));
    }

    fn hand_over(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        self.send(Ok(Some(Bytes::from(chunk))))
    }

    fn send(&self, piece: Piece) -> io::Result<()> {
        let patience = self.idle.min(self.deadline.saturating_duration_since(Instant::now()));
        let sent = self.runtime.block_on(async { tokio::time::timeout(patience, self.sender.send(piece)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the receiver of the answer left")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the receiver of the answer does not read it")),
        }
    }
}

impl Write for ReplyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = CHUNK - self.buffer.len().min(CHUNK);
        let (now, _) = bytes.split_at(room.min(bytes.len()));
        self.buffer.extend_from_slice(now);
        if self.buffer.len() >= CHUNK {
            self.hand_over()?;
        }
        Ok(now.len())
    }

    /// Chunks are sent when they are full; a flush in between would only make small ones.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the socket sends.
pub(super) struct ReplyBody {
    content: Content,
    /// Held when the request was not read to its end: as long as it exists, actix ends the connection after the answer
    /// instead of reading on for as long as the sender likes.
    _unread: Option<BodySource>,
}

enum Content {
    Whole(Bytes),
    Stream(mpsc::Receiver<Piece>),
}

impl ReplyBody {
    /// A body that is all at hand.
    pub(super) fn whole(bytes: impl Into<Bytes>, unread: Option<BodySource>) -> Self {
        Self { content: Content::Whole(bytes.into()), _unread: unread }
    }

    /// A body that is still being written.
    pub(super) fn stream(pieces: mpsc::Receiver<Piece>, unread: Option<BodySource>) -> Self {
        Self { content: Content::Stream(pieces), _unread: unread }
    }
}

impl MessageBody for ReplyBody {
    type Error = StreamCut;

    fn size(&self) -> BodySize {
        match &self.content {
            Content::Whole(bytes) => BodySize::Sized(bytes.len() as u64),
            Content::Stream(_) => BodySize::Stream,
        }
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, StreamCut>>> {
        match &mut self.content {
            Content::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Content::Stream(pieces) => pieces.poll_recv(context).map(|piece| match piece {
                Some(Ok(Some(bytes))) => Some(Ok(bytes)),
                Some(Ok(None)) => None,
                Some(Err(cut)) => Some(Err(cut)),
                None => Some(Err(StreamCut)),
            }),
        }
    }
}
