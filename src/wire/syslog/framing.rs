//! Messages in a stream (RFC 5425, 4.3): each after its length in bytes and a space.

use bytes::{Buf, Bytes, BytesMut};

/// Digits of a length at most: lengths with more are beyond any limit.
const MOST_DIGITS: usize = 10;

/// Why a stream is no sequence of frames. Where the next message begins is not known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// A frame does not begin with a length.
    #[error("a message does not begin with its length in bytes and a space (RFC 5425, 4.3)")]
    NoLength,
    /// A message is longer than is taken.
    #[error("a message is longer than the limit of {limit} bytes")]
    TooLong {
        /// The most bytes a message may have.
        limit: usize,
    },
}

/// The message in its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    [message.len().to_string().as_bytes(), b" ", message].concat()
}

/// Takes the next message out of a buffer; nothing until it is there as a whole.
///
/// # Errors
/// [`FramingError`]; the buffer is as it was.
pub fn next_frame(buffer: &mut BytesMut, limit: usize) -> Result<Option<Bytes>, FramingError> {
    let digits = buffer.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_length = digits <= MOST_DIGITS && buffer.first() != Some(&b'0');
    match buffer.get(digits) {
        _ if !is_length => return Err(FramingError::NoLength),
        None => return Ok(None),
        Some(b' ') if digits > 0 => {}
        Some(_) => return Err(FramingError::NoLength),
    }
    let length = buffer.get(..digits).and_then(|digits| str::from_utf8(digits).ok()).and_then(|digits| digits.parse::<usize>().ok());
    let length = length.filter(|length| *length <= limit).ok_or(FramingError::TooLong { limit })?;
    if buffer.len() < digits + 1 + length {
        return Ok(None);
    }
    buffer.advance(digits + 1);
    Ok(Some(buffer.split_to(length).freeze()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_not_characters() {
        assert_eq!(frame("né".as_bytes()), "3 né".as_bytes());
    }

    #[test]
    fn messages_come_out_as_they_went_in_wherever_the_stream_is_cut() {
        let messages: [&[u8]; 3] = ["né".as_bytes(), b"0 1 2", &[b'x'; 300]];
        let stream: Vec<u8> = messages.iter().flat_map(|message| frame(message)).collect();
        for piece in [1, 2, 7, 1000] {
            let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
            for piece in stream.chunks(piece) {
                buffer.extend_from_slice(piece);
                while let Some(message) = next_frame(&mut buffer, 300).unwrap() {
                    found.push(message);
                }
            }
            assert_eq!(found, messages);
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn what_is_no_frame_is_told() {
        let next = |text: &str| next_frame(&mut BytesMut::from(text), 5);
        for wrong in ["<85>1 - ", " 1 a", "01 a", "x", "3x", "12345678901"] {
            assert_eq!(next(wrong), Err(FramingError::NoLength), "{wrong}");
        }
        assert_eq!(next("6 "), Err(FramingError::TooLong { limit: 5 }));
        assert_eq!((next(""), next("5"), next("5 abcd")), (Ok(None), Ok(None), Ok(None)));
    }
}
