//! MLLP frames, whole and in pieces: the first byte is the size of a piece.
#![no_main]

use bytes::{Bytes, BytesMut};
use dossier_fuzz::memory::within;
use dossier_fuzz::wire::mllp::MllpCodec;
use libfuzzer_sys::fuzz_target;
use tokio_util::codec::{Decoder, Encoder};

const LIMIT: usize = 1024;

fuzz_target!(|bytes: &[u8]| {
    let Some((size, stream)) = bytes.split_first() else { return };
    let (whole, error) = within(bytes, 64, 64 * 1024, || messages(stream, stream.len().max(1)));
    let (slowly, error_later) = messages(stream, usize::from(*size).max(1));
    assert_eq!(whole, slowly, "the size of network packets makes a difference");
    assert_eq!(error, error_later);
    let mut framed = BytesMut::new();
    for message in &whole {
        assert!(message.len() <= LIMIT);
        MllpCodec::new(LIMIT).encode(message, &mut framed).expect("what came in a frame fits into one");
    }
    assert_eq!(messages(&framed, framed.len().max(1)), (whole, None));
});

/// The messages before the end or the first error.
fn messages(stream: &[u8], piece: usize) -> (Vec<Bytes>, Option<String>) {
    let (mut codec, mut buffer, mut messages) = (MllpCodec::new(LIMIT), BytesMut::new(), Vec::new());
    for chunk in stream.chunks(piece) {
        buffer.extend_from_slice(chunk);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => return (messages, Some(error.to_string())),
            }
        }
    }
    loop {
        match codec.decode_eof(&mut buffer) {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return (messages, None),
            Err(error) => return (messages, Some(error.to_string())),
        }
    }
}
