//! The Minimal Lower Layer Protocol: a message between 0x0B and 0x1C 0x0D (HL7 version 2.5, appendix C; ITI TF-2: C.2.1).

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

const START: u8 = 0x0B;
const END: u8 = 0x1C;
const CARRIAGE_RETURN: u8 = 0x0D;

/// Why a stream of bytes is not MLLP. None of them can be recovered from: where the next message starts is unknown.
#[derive(Debug, thiserror::Error)]
pub enum MllpError {
    /// Between messages came something else than white space.
    #[error("expected the start of a message (byte 0x0B), got byte {0:#04x}; frame each message as 0x0B, message, 0x1C 0x0D")]
    OutsideFrame(u8),
    /// A second start before the end of the message.
    #[error("a message contains byte 0x0B, the start of a message; end the earlier message with 0x1C 0x0D first")]
    StartInFrame,
    /// The end is not complete.
    #[error("expected byte 0x0D after the end of a message (byte 0x1C), got byte {0:#04x}")]
    MissingCarriageReturn(u8),
    /// More bytes than the receiver takes.
    #[error("a message is longer than the limit of {limit} bytes")]
    TooLong {
        /// The most bytes a message may have.
        limit: usize,
    },
    /// The connection ended within a message.
    #[error("the connection ended within a message, before 0x1C 0x0D")]
    Truncated,
    /// A message that began did not come to its end in time.
    #[error("a message began and was not there as a whole in time; send it again, without pauses")]
    TooSlow,
    /// A message to be sent contains 0x0B or 0x1C.
    #[error("a message to be sent contains byte 0x0B or 0x1C, which MLLP keeps for itself")]
    Unframeable,
    /// The connection broke.
    #[error("reading or writing failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Takes messages out of frames and puts them into frames.
#[derive(Debug)]
pub struct MllpCodec {
    limit: usize,
    in_frame: bool,
    /// How much of the buffer is known to hold no end of a frame, so that slow senders cost no second look.
    scanned: usize,
}

impl MllpCodec {
    /// A codec for messages of at most `limit` bytes, the frame not counted.
    pub fn new(limit: usize) -> Self {
        Self { limit, in_frame: false, scanned: 0 }
    }

    /// Drops white space and the start byte; whether a frame is open now.
    fn enter_frame(&mut self, buffer: &mut BytesMut) -> Result<bool, MllpError> {
        let blank = buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        buffer.advance(blank);
        match buffer.first() {
            None => Ok(false),
            Some(&START) => {
                buffer.advance(1);
                (self.in_frame, self.scanned) = (true, 0);
                Ok(true)
            }
            Some(&other) => Err(MllpError::OutsideFrame(other)),
        }
    }
}

impl Decoder for MllpCodec {
    type Item = Bytes;
    type Error = MllpError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, MllpError> {
        if !self.in_frame && !self.enter_frame(buffer)? {
            return Ok(None);
        }
        let found = memchr::memchr2(START, END, buffer.get(self.scanned..).unwrap_or_default());
        let length = found.map_or(buffer.len(), |offset| self.scanned + offset);
        self.scanned = length;
        if length > self.limit {
            return Err(MllpError::TooLong { limit: self.limit });
        }
        match (buffer.get(length), buffer.get(length + 1)) {
            (Some(&START), _) => Err(MllpError::StartInFrame),
            (Some(_), Some(&CARRIAGE_RETURN)) => {
                let message = buffer.split_to(length).freeze();
                buffer.advance(2);
                self.in_frame = false;
                Ok(Some(message))
            }
            (Some(_), Some(&other)) => Err(MllpError::MissingCarriageReturn(other)),
            (Some(_), None) | (None, _) => Ok(None),
        }
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, MllpError> {
        match self.decode(buffer)? {
            None if self.in_frame => Err(MllpError::Truncated),
            message_or_end => Ok(message_or_end),
        }
    }
}

impl Encoder<&[u8]> for MllpCodec {
    type Error = MllpError;

    fn encode(&mut self, message: &[u8], buffer: &mut BytesMut) -> Result<(), MllpError> {
        if memchr::memchr2(START, END, message).is_some() {
            return Err(MllpError::Unframeable);
        }
        buffer.reserve(message.len() + 3);
        buffer.put_u8(START);
        buffer.put_slice(message);
        buffer.put_slice(&[END, CARRIAGE_RETURN]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All messages of `bytes`, given in pieces of `step` bytes, then the end of the stream.
    fn decode_all(bytes: &[u8], step: usize, limit: usize) -> Result<Vec<Bytes>, MllpError> {
        let (mut codec, mut buffer, mut messages) = (MllpCodec::new(limit), BytesMut::new(), Vec::new());
        for piece in bytes.chunks(step) {
            buffer.extend_from_slice(piece);
            while let Some(message) = codec.decode(&mut buffer)? {
                messages.push(message);
            }
        }
        while let Some(message) = codec.decode_eof(&mut buffer)? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn messages_come_out_whole_however_the_bytes_arrive() {
        let stream = b"\x0bMSH|1\r\x1c\x0d\r\n \x0b\x1c\x0d\x0bMSH|2\x1c\x0d\n";
        for step in 1..=stream.len() {
            assert_eq!(decode_all(stream, step, 100).unwrap(), [&b"MSH|1\r"[..], b"", b"MSH|2"], "{step}");
        }
    }

    #[test]
    fn what_is_not_a_frame_is_an_error() {
        let fails = |bytes: &[u8]| decode_all(bytes, 3, 10).unwrap_err();
        assert!(matches!(fails(b"GET / HTTP/1.1"), MllpError::OutsideFrame(b'G')));
        assert!(matches!(fails(b"\x0bMSH\x1c\x0dx"), MllpError::OutsideFrame(b'x')));
        assert!(matches!(fails(b"\x0bMSH\x0bMSH\x1c\x0d"), MllpError::StartInFrame));
        assert!(matches!(fails(b"\x0bMSH\x1c\x0a"), MllpError::MissingCarriageReturn(b'\n')));
        assert!(matches!(fails(b"\x0bMSH"), MllpError::Truncated));
        assert!(matches!(fails(b"\x0bMSH\x1c"), MllpError::Truncated));
    }

    #[test]
    fn a_message_may_be_as_long_as_the_limit_and_no_longer() {
        assert_eq!(decode_all(b"\x0b0123456789\x1c\x0d", 1, 10).unwrap().len(), 1);
        for step in [1, 100] {
            assert!(matches!(decode_all(b"\x0b0123456789x\x1c\x0d", step, 10), Err(MllpError::TooLong { limit: 10 })));
        }
        assert!(matches!(decode_all(b"\x0b01234567890123", 1, 10), Err(MllpError::TooLong { .. })));
    }

    #[test]
    fn a_message_with_framing_bytes_is_not_sent() {
        let mut buffer = BytesMut::new();
        assert!(matches!(MllpCodec::new(10).encode(b"a\x1cb", &mut buffer), Err(MllpError::Unframeable)));
        assert!(buffer.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_messages_or_an_error(bytes in prop::collection::vec(prop::sample::select(vec![0x0b, 0x1c, 0x0d, b' ', b'M']), 0..60), step in 1_usize..9) {
            let pieces = decode_all(&bytes, step, 20).map_err(|e| e.to_string());
            prop_assert_eq!(pieces, decode_all(&bytes, 60, 20).map_err(|e| e.to_string()));
        }

        #[test]
        fn what_is_sent_is_received(message in prop::collection::vec(0x20_u8.., 0..200)) {
            let mut buffer = BytesMut::new();
            MllpCodec::new(200).encode(&message[..], &mut buffer).unwrap();
            prop_assert_eq!(decode_all(&buffer, 7, 200).unwrap(), vec![Bytes::from(message)]);
        }
    }
}
