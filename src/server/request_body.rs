//! The body of a request: taken from the socket asynchronously, read by a blocking thread, with few chunks in between.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web;
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::exchange::Exchange;

/// Chunks between socket and reader. A chunk is what one read of the socket gave, at most 128 KiB.
const CHUNKS: usize = 4;

/// Why a body broke off. Inside the [`io::Error`] that its reader gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// No byte came for too long.
    #[error("no byte of the request came for {} seconds (limits.idle_time)", .0.as_secs_f32())]
    Idle(Duration),
    /// The request took too long as a whole.
    #[error("the request took longer than {} seconds (limits.request_time)", .0.as_secs_f32())]
    Late(Duration),
    /// It came so slowly that it held its place for others too long.
    #[error("the request came at fewer than {0} bytes a second (limits.least_rate)")]
    Slow(u64),
    /// There are too many bytes.
    #[error("the request has more than {0} bytes (limits.request_size)")]
    TooLarge(u64),
    /// The sender left before the end.
    #[error("the connection ended before the request did")]
    Gone,
}

impl From<BodyError> for io::Error {
    fn from(error: BodyError) -> Self {
        let kind = match error {
            BodyError::Idle(_) | BodyError::Late(_) | BodyError::Slow(_) => io::ErrorKind::TimedOut,
            BodyError::TooLarge(_) => io::ErrorKind::FileTooLarge,
            BodyError::Gone => io::ErrorKind::UnexpectedEof,
        };
        Self::new(kind, error)
    }
}

/// What one request may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// Bytes of the whole body.
    pub(super) bytes: u64,
    /// The longest pause between two bytes, in either direction.
    pub(super) idle: Duration,
    /// The longest time from the head of the request to the last byte of its answer.
    pub(super) total: Duration,
    /// The fewest bytes a second in which it may come, on average, once twice the idle time is over.
    pub(super) least_rate: u64,
}

/// A piece of the body, its proper end (`None`), or why there is none. A channel that ends otherwise was cut.
pub(super) type Piece = Result<Option<Bytes>, BodyError>;

/// The side of the socket.
pub(super) struct BodySource {
    payload: web::Payload,
    limits: BodyLimits,
    exchange: Arc<Exchange>,
    /// More is announced than may come.
    too_large: bool,
    taken: u64,
    ended: bool,
    whole: bool,
    latest: Instant,
}

impl BodySource {
    /// The body of one request. `announced` is its Content-Length, if it has one.
    pub(super) fn new(payload: web::Payload, announced: Option<u64>, limits: BodyLimits, exchange: Arc<Exchange>) -> Self {
        let too_large = announced.is_some_and(|bytes| bytes > limits.bytes);
        Self { payload, limits, exchange, too_large, taken: 0, ended: false, whole: false, latest: Instant::now() }
    }

    /// Takes what comes first: `enough` bytes, or less if the body ends or breaks off before that. All of it lies in one
    /// piece: a piece for each chunk would let a sender of tiny chunks make each byte cost fifty.
    pub(super) async fn first(&mut self, enough: usize) -> VecDeque<Piece> {
        let mut bytes = BytesMut::new();
        while bytes.len() < enough {
            match self.next().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                end => return [Ok(Some(bytes.freeze())), end].into(),
            }
        }
        [Ok(Some(bytes.freeze()))].into()
    }

    /// Hands the rest over, as fast as it is read.
    pub(super) async fn pump(&mut self, reader: mpsc::Sender<Piece>) {
        while !self.ended {
            let piece = self.next().await;
            if reader.send(piece).await.is_err() {
                return;
            }
        }
    }

    /// Whether the body came to its proper end. What broke off may still be followed by bytes.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// When the last of what came so far came, its end included.
    pub(super) fn there(&self) -> Instant {
        self.latest
    }

    async fn next(&mut self) -> Piece {
        let piece = self.next_in_time().await;
        self.latest = Instant::now();
        match &piece {
            Ok(Some(chunk)) => self.exchange.received(chunk.len()),
            Ok(None) => (self.ended, self.whole) = (true, true),
            Err(_) => self.ended = true,
        }
        piece
    }

    async fn next_in_time(&mut self) -> Piece {
        let chunk = if self.too_large { None } else { self.chunk().await? };
        self.taken = self.taken.saturating_add(chunk.as_ref().map_or(0, |chunk| chunk.len() as u64));
        if self.too_large || self.taken > self.limits.bytes { Err(BodyError::TooLarge(self.limits.bytes)) } else { Ok(chunk) }
    }

    async fn chunk(&mut self) -> Piece {
        let (patience, impatience) = self.patience();
        match tokio::time::timeout(patience, self.payload.next()).await {
            Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
            Ok(None) => Ok(None),
            Ok(Some(Err(PayloadError::Overflow))) => Err(BodyError::TooLarge(self.limits.bytes)),
            Ok(Some(Err(_))) => Err(BodyError::Gone),
            Err(_) => Err(impatience),
        }
    }

    /// How long the next chunk may take, and what it is called if it takes longer.
    fn patience(&self) -> (Duration, BodyError) {
        let BodyLimits { idle, total, least_rate, .. } = self.limits;
        let spent = self.exchange.began.elapsed();
        // Twice the idle time to begin with, so that silence is called silence and not slowness.
        let earned = (idle * 2).saturating_add(Duration::from_secs(self.taken / least_rate.max(1)));
        let left = [
            (idle, BodyError::Idle(idle)),
            (total.saturating_sub(spent), BodyError::Late(total)),
            (earned.saturating_sub(spent), BodyError::Slow(least_rate)),
        ];
        left.into_iter().min_by_key(|(left, _)| *left).unwrap_or((idle, BodyError::Idle(idle)))
    }
}

/// The side of the blocking thread.
pub(super) struct BodyReader {
    first: VecDeque<Piece>,
    rest: mpsc::Receiver<Piece>,
    chunk: Bytes,
    /// How the body ended, once it did.
    end: Option<Result<(), BodyError>>,
}

impl BodyReader {
    /// A reader of what came first and then of what is sent to it.
    pub(super) fn new(first: VecDeque<Piece>) -> (mpsc::Sender<Piece>, Self) {
        let (sender, rest) = mpsc::channel(CHUNKS);
        (sender, Self { first, rest, chunk: Bytes::new(), end: None })
    }

    fn next_piece(&mut self) -> Piece {
        let piece = self.first.pop_front().or_else(|| self.rest.blocking_recv());
        piece.unwrap_or(Err(BodyError::Gone))
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.end {
                Some(Ok(())) => return Ok(0),
                Some(Err(error)) => return Err(error.into()),
                None => {}
            }
            match self.next_piece() {
                Ok(Some(chunk)) => self.chunk = chunk,
                Ok(None) => self.end = Some(Ok(())),
                Err(error) => self.end = Some(Err(error)),
            }
        }
        let length = buffer.len().min(self.chunk.len());
        let (target, _) = buffer.split_at_mut(length);
        self.chunk.copy_to_slice(target);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest as _;
    use actix_web::dev::Payload;
    use actix_web::test::TestRequest;

    use super::super::metrics::Metrics;
    use super::*;

    fn piece(text: &'static str) -> Piece {
        Ok(Some(Bytes::from_static(text.as_bytes())))
    }

    #[test]
    fn the_reader_joins_what_came_first_and_the_rest() {
        let (sender, mut reader) = BodyReader::new([piece("one "), piece("")].into());
        for piece in [piece("two "), piece("three"), Ok(None)] {
            sender.blocking_send(piece).unwrap();
        }
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two three");
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
    }

    #[actix_web::test]
    async fn a_trickle_ends_although_no_byte_is_late() {
        let trickle = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok(Bytes::from_static(b"x")), ()))
        });
        let mut payload = Payload::from(trickle.boxed_local());
        let payload = web::Payload::from_request(&TestRequest::default().to_http_request(), &mut payload).await.unwrap();
        let exchange = Exchange::begin("POST", String::new(), None, Arc::new(Metrics::new().unwrap()));
        let limits = BodyLimits { bytes: 5000, idle: Duration::from_millis(200), total: Duration::from_secs(60), least_rate: 1024 };
        let pieces = BodySource::new(payload, None, limits, Arc::new(exchange)).first(5000).await;
        assert_eq!(pieces.back(), Some(&Err(BodyError::Slow(1024))));
    }

    #[actix_web::test]
    async fn tiny_chunks_are_joined_before_they_wait() {
        let chunks = futures_util::stream::iter((0..1000).map(|_| Ok(Bytes::from_static(b"x"))));
        let mut payload = Payload::from(chunks.boxed_local());
        let payload = web::Payload::from_request(&TestRequest::default().to_http_request(), &mut payload).await.unwrap();
        let exchange = Exchange::begin("POST", String::new(), None, Arc::new(Metrics::new().unwrap()));
        let limits = BodyLimits { bytes: 5000, idle: Duration::from_secs(5), total: Duration::from_secs(5), least_rate: 1 };
        let pieces = BodySource::new(payload, None, limits, Arc::new(exchange)).first(2000).await;
        assert_eq!(pieces.len(), 2);
        assert!(matches!(&pieces[0], Ok(Some(bytes)) if bytes.len() == 1000));
        assert_eq!(pieces[1], Ok(None));
    }

    #[test]
    fn a_body_that_was_cut_does_not_look_whole() {
        let (sender, mut reader) = BodyReader::new([piece("one")].into());
        drop(sender);
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_reason_stays_the_same_however_often_it_is_asked() {
        let (_sender, mut reader) = BodyReader::new([Err(BodyError::TooLarge(7))].into());
        for _ in 0..2 {
            let error = reader.read(&mut [0; 4]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
            assert!(error.to_string().contains("limits.request_size"), "{error}");
        }
        assert_eq!(io::Error::from(BodyError::Idle(Duration::from_secs(1))).kind(), io::ErrorKind::TimedOut);
    }
}
