//! What is refused in a MIME message, and how much is accepted.

use std::io;

use thiserror::Error;

use super::content_id::ContentIdError;
use super::content_type::ContentTypeError;

/// How much of everything a MIME message may have. Parts are counted from 1, the root part included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MultipartLimits {
    /// Parts, the root part included.
    pub parts: usize,
    /// Bytes of the header fields of one part.
    pub header_bytes: usize,
    /// Bytes of one part as transferred.
    pub part_bytes: u64,
    /// Bytes of the whole message.
    pub total_bytes: u64,
    /// Bytes before the first and after the last delimiter, each.
    pub preamble_bytes: u64,
}

impl Default for MultipartLimits {
    fn default() -> Self {
        Self { parts: 1_000, header_bytes: 8 * 1024, part_bytes: 2 << 30, total_bytes: 4 << 30, preamble_bytes: 4 * 1024 }
    }
}

/// A MIME message that was refused. Repeats no content and no header value.
#[derive(Debug, Error)]
pub enum MtomError {
    /// The Content-Type of the message cannot be read or is none that announces MTOM.
    #[error("expected the Content-Type multipart/related with type=\"application/xop+xml\"; {0}")]
    NotMtom(&'static str),
    /// The boundary breaks RFC 2046, 5.1.1.
    #[error("the boundary must have 1 to 70 characters of those RFC 2046 allows")]
    Boundary,
    /// The message ends before its closing delimiter.
    #[error("the message ends before its closing delimiter, in part {part}")]
    Truncated {
        /// The part being read, 0 before the first.
        part: usize,
    },
    /// There are more parts than [`MultipartLimits::parts`].
    #[error("the message has more than {limit} parts")]
    TooManyParts {
        /// The limit in force.
        limit: usize,
    },
    /// The header fields of a part exceed [`MultipartLimits::header_bytes`].
    #[error("the header fields of part {part} have more than {limit} bytes")]
    HeaderTooLarge {
        /// The part.
        part: usize,
        /// The limit in force.
        limit: usize,
    },
    /// A part exceeds [`MultipartLimits::part_bytes`].
    #[error("part {part} has more than {limit} bytes")]
    PartTooLarge {
        /// The part.
        part: usize,
        /// The limit in force.
        limit: u64,
    },
    /// The message exceeds [`MultipartLimits::total_bytes`].
    #[error("the message has more than {limit} bytes")]
    MessageTooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// What precedes the first delimiter exceeds [`MultipartLimits::preamble_bytes`].
    #[error("there are more than {limit} bytes before the first delimiter; is the boundary the one of the Content-Type?")]
    PreambleTooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// What follows the closing delimiter exceeds [`MultipartLimits::preamble_bytes`].
    #[error("there are more than {limit} bytes after the closing delimiter")]
    EpilogueTooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// A line begins with the delimiter and goes on with something else.
    #[error("a delimiter is followed by something else than a line end, after part {part}")]
    Delimiter {
        /// The part before the delimiter, 0 before the first.
        part: usize,
    },
    /// Lines end in LF instead of CRLF.
    #[error("lines end in LF near part {part}; MIME requires CR LF")]
    BareLineFeed {
        /// The part.
        part: usize,
    },
    /// A header field that cannot be read.
    #[error("a header field of part {part} is not valid: {rule}")]
    Header {
        /// The part.
        part: usize,
        /// The rule that is broken.
        rule: &'static str,
    },
    /// The Content-Type of a part cannot be read.
    #[error("part {part}: {source}")]
    PartContentType {
        /// The part.
        part: usize,
        /// What is wrong with it.
        source: ContentTypeError,
    },
    /// The Content-ID of a part, or for part 0 the start parameter of the message, cannot be read.
    #[error("part {part}: {source}")]
    PartContentId {
        /// The part.
        part: usize,
        /// What is wrong with it.
        source: ContentIdError,
    },
    /// A Content-Transfer-Encoding that MTOM does not need and this server does not decode.
    #[error("part {part} has an unsupported Content-Transfer-Encoding; send it as binary")]
    TransferEncoding {
        /// The part.
        part: usize,
    },
    /// What is announced as base64 is not.
    #[error("part {part} is not valid base64, as which it is announced")]
    Base64 {
        /// The part.
        part: usize,
    },
    /// Two parts have one Content-ID.
    #[error("part {part} has the Content-ID of an earlier part")]
    DuplicateContentId {
        /// The later part.
        part: usize,
    },
    /// No part is the root: there is none, or none has the Content-ID that the start parameter names.
    #[error("the message has no root part; its Content-ID must be the one named by the start parameter")]
    NoRoot,
    /// The root part is announced as something else than an XOP envelope.
    #[error("the root part must have the Content-Type application/xop+xml")]
    RootType,
    /// The message was read on after an error.
    #[error("the message was refused already")]
    RefusedAlready,
    /// The connection failed.
    #[error("the message could not be read")]
    Io(#[source] io::Error),
}

impl MtomError {
    /// Takes the error back out of the [`io::Error`] that reading a part returned.
    pub fn from_io(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Io)
    }
}

impl From<MtomError> for io::Error {
    fn from(error: MtomError) -> Self {
        match error {
            MtomError::Io(error) => error,
            refused => Self::new(io::ErrorKind::InvalidData, refused),
        }
    }
}
