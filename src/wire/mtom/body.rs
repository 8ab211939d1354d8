//! The content of one part as a stream.

use std::io::{self, Read};
use std::mem;

use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::read::DecoderReader;

use super::error::MtomError;
use super::headers::TransferEncoding;
use super::multipart::Multipart;
use super::window::as_u64;

/// Reads the content of the current part of a [`Multipart`], decoded, to its last byte.
///
/// Ends only where the part ends: a message cut off, a limit or bad base64 is an [`io::Error`] from which
/// [`MtomError::from_io`] takes the cause.
pub struct PartBody<'m, R: Read> {
    content: Content<'m, R>,
    part: usize,
}

enum Content<'m, R: Read> {
    Identity(Transferred<'m, R>),
    Base64(Box<DecoderReader<'static, GeneralPurpose, WithoutLineEnds<'m, R>>>),
    /// An error was given, and the message with it up.
    Refused,
}

impl<'m, R: Read> PartBody<'m, R> {
    pub(super) fn new(message: &'m mut Multipart<R>, encoding: TransferEncoding, part: usize) -> Self {
        let transferred = Transferred { message };
        let content = match encoding {
            TransferEncoding::Identity => Content::Identity(transferred),
            TransferEncoding::Base64 => Content::Base64(Box::new(DecoderReader::new(WithoutLineEnds(transferred), &STANDARD))),
        };
        Self { content, part }
    }

    /// Makes the rest of the message unreadable, so that no part of it passes for a whole one.
    fn refuse(&mut self) -> MtomError {
        if let Content::Base64(decoder) = mem::replace(&mut self.content, Content::Refused) {
            decoder.into_inner().0.message.refuse();
        }
        MtomError::Base64 { part: self.part }
    }

    /// The whole content, for a part that has to be in memory such as the envelope; more than `limit` bytes are refused.
    pub fn into_bytes(mut self, limit: usize) -> Result<Vec<u8>, MtomError> {
        let limit_bytes = as_u64(limit);
        let mut bytes = Vec::new();
        self.by_ref().take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(MtomError::from_io)?;
        if bytes.len() > limit { Err(MtomError::PartTooLarge { part: self.part, limit: limit_bytes }) } else { Ok(bytes) }
    }
}

impl<R: Read> Read for PartBody<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.content {
            Content::Identity(transferred) => transferred.read(out),
            Content::Base64(decoder) => match decoder.read(out) {
                Err(error) if is_undecodable(&error) => Err(self.refuse().into()),
                read_or_not => read_or_not,
            },
            Content::Refused => Err(MtomError::RefusedAlready.into()),
        }
    }
}

/// Whether it was the decoder that failed, not what it reads from.
fn is_undecodable(error: &io::Error) -> bool {
    let ours = error.get_ref().is_some_and(|cause| cause.is::<MtomError>());
    !ours && error.kind() == io::ErrorKind::InvalidData
}

/// The bytes of the part as they are in the message.
struct Transferred<'m, R: Read> {
    message: &'m mut Multipart<R>,
}

impl<R: Read> Read for Transferred<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.message.read_content(out).map_err(io::Error::from)
    }
}

/// Base64 as MIME breaks it into lines, made one line.
struct WithoutLineEnds<'m, R: Read>(Transferred<'m, R>);

impl<R: Read> Read for WithoutLineEnds<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(out)?;
            let mut kept = 0;
            for from in 0..read {
                let byte = out.get(from).copied().filter(|byte| !byte.is_ascii_whitespace());
                if let (Some(byte), Some(place)) = (byte, out.get_mut(kept)) {
                    *place = byte;
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}
