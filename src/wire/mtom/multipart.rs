//! A MIME message taken apart while it is read (RFC 2046, 5.1).

use std::collections::HashSet;
use std::io::Read;

use memchr::memmem::{self, Finder};

use super::body::PartBody;
use super::content_id::ContentId;
use super::content_type::ContentType;
use super::error::{MtomError, MultipartLimits};
use super::headers::{PartHeaders, TransferEncoding};
use super::window::{Window, as_u64};

const LINE_END: &[u8] = b"\r\n";
/// The media type of the root part (XML-binary Optimized Packaging 1.0, 4).
const XOP_TYPE: &str = "application/xop+xml";
/// Blanks that gateways may have put behind a delimiter (RFC 2046, 5.1.1).
const MAX_PADDING: usize = 64;

/// A message of type `multipart/related` being read part by part.
///
/// Memory is one buffer of 64 KiB (more only if [`MultipartLimits::header_bytes`] is larger) and the Content-IDs seen.
/// After an error every further call fails too, so that half a message cannot pass for a whole one.
pub struct Multipart<R: Read> {
    window: Window<R>,
    /// How many of the unused bytes are known to be content.
    clear: usize,
    /// Whether a delimiter follows those bytes.
    at_delimiter: bool,
    /// CR LF, two hyphens and the boundary.
    delimiter: Finder<'static>,
    limits: MultipartLimits,
    root: Option<ContentId>,
    root_seen: bool,
    stage: Stage,
    part: usize,
    encoding: TransferEncoding,
    /// Content bytes of the current part, or of the preamble, that were cleared so far.
    content_bytes: u64,
    content_ids: HashSet<ContentId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Preamble,
    Part,
    Closed,
    Refused,
}

impl<R: Read> Multipart<R> {
    /// Prepares to read a message whose header had this `Content-Type`; nothing is read yet.
    ///
    /// Fails unless that is `multipart/related` with a valid boundary and, if a `type` is given, the XOP one.
    pub fn open(content_type: &ContentType, source: R, limits: MultipartLimits) -> Result<Self, MtomError> {
        if content_type.media_type() != "multipart/related" {
            return Err(MtomError::NotMtom("it has another media type"));
        }
        if content_type.parameter("type").is_some_and(|root| !root.eq_ignore_ascii_case(XOP_TYPE)) {
            return Err(MtomError::NotMtom("it has another type parameter"));
        }
        let boundary = content_type.parameter("boundary").ok_or(MtomError::NotMtom("it has no boundary parameter"))?;
        if !is_boundary(boundary) {
            return Err(MtomError::Boundary);
        }
        let start = content_type.parameter("start").map(ContentId::parse).transpose();
        let root = start.map_err(|source| MtomError::PartContentId { part: 0, source })?;
        let delimiter = Finder::new(&[b"\r\n--", boundary.as_bytes()].concat()).into_owned();
        // As if a line end came before the message, since the first delimiter may be its very first line.
        let window = Window::new(source, LINE_END, limits.header_bytes.saturating_add(1024), limits.total_bytes);
        Ok(Self {
            window,
            clear: 0,
            at_delimiter: false,
            delimiter,
            limits,
            root,
            root_seen: false,
            stage: Stage::Preamble,
            part: 0,
            encoding: TransferEncoding::Identity,
            content_bytes: 0,
            content_ids: HashSet::new(),
        })
    }

    /// Goes to the next part, over whatever of the current one was not read.
    ///
    /// `None` after the closing delimiter, when the rest of the message has been read off the connection.
    pub fn next_part(&mut self) -> Result<Option<PartHeaders>, MtomError> {
        let outcome = self.advance();
        if outcome.is_err() {
            self.refuse();
        }
        outcome
    }

    /// The content of the current part; empty before the first and after the last. To be called once for each part.
    pub fn part_body(&mut self) -> PartBody<'_, R> {
        let (encoding, part) = (self.encoding, self.part);
        PartBody::new(self, encoding, part)
    }

    /// Lets every further call fail.
    pub(super) fn refuse(&mut self) {
        self.stage = Stage::Refused;
    }

    /// Reads some of the current part as transferred; 0 at its end only.
    pub(super) fn read_content(&mut self, out: &mut [u8]) -> Result<usize, MtomError> {
        match self.stage {
            Stage::Preamble | Stage::Closed => return Ok(0),
            Stage::Refused => return Err(MtomError::RefusedAlready),
            Stage::Part => {}
        }
        if self.clear == 0
            && let Err(error) = self.clear_more()
        {
            self.refuse();
            return Err(error);
        }
        let content = self.window.unused().get(..self.clear).unwrap_or_default();
        let count = content.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), content.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume_content(count);
        Ok(count)
    }

    fn advance(&mut self) -> Result<Option<PartHeaders>, MtomError> {
        match self.stage {
            Stage::Closed => return Ok(None),
            Stage::Refused => return Err(MtomError::RefusedAlready),
            Stage::Preamble | Stage::Part => {}
        }
        while self.clear > 0 || !self.at_delimiter {
            self.consume_content(self.clear);
            self.clear_more()?;
        }
        self.window.skip(self.delimiter.needle().len());
        self.at_delimiter = false;
        if self.peek(2)? == b"--" {
            self.window.skip(2);
            self.drain()?;
            self.stage = Stage::Closed;
            return if self.root_seen { Ok(None) } else { Err(MtomError::NoRoot) };
        }
        self.skip_padding()?;
        if self.part == self.limits.parts {
            return Err(MtomError::TooManyParts { limit: self.limits.parts });
        }
        self.part += 1;
        self.content_bytes = 0;
        self.stage = Stage::Part;
        self.read_headers().map(Some)
    }

    fn consume_content(&mut self, count: usize) {
        self.window.skip(count);
        self.clear -= count;
    }

    /// Finds out how much of what follows is content; afterwards some is clear or a delimiter follows at once.
    ///
    /// Each byte is searched once, but for the last few of each read, which may begin a delimiter.
    fn clear_more(&mut self) -> Result<(), MtomError> {
        if self.at_delimiter {
            return Ok(());
        }
        let uncertain = self.delimiter.needle().len() - 1;
        loop {
            let unused = self.window.unused();
            if let Some(at) = self.delimiter.find(unused) {
                self.clear = at;
                self.at_delimiter = true;
            } else {
                self.clear = unused.len().saturating_sub(uncertain);
            }
            if self.at_delimiter || self.clear > 0 {
                return self.count_content();
            }
            self.fill()?;
        }
    }

    fn count_content(&mut self) -> Result<(), MtomError> {
        self.content_bytes += as_u64(self.clear);
        let preamble_limit = self.limits.preamble_bytes;
        let part_limit = self.limits.part_bytes;
        match self.stage {
            // The line end put before the message does not count.
            Stage::Preamble if self.content_bytes > preamble_limit.saturating_add(as_u64(LINE_END.len())) => {
                Err(MtomError::PreambleTooLarge { limit: preamble_limit })
            }
            Stage::Part if self.content_bytes > part_limit => Err(MtomError::PartTooLarge { part: self.part, limit: part_limit }),
            _ => Ok(()),
        }
    }

    /// Blanks behind a delimiter, up to its line end, which is left for [`Self::read_headers`].
    fn skip_padding(&mut self) -> Result<(), MtomError> {
        let part = self.part;
        for _ in 0..=MAX_PADDING {
            match self.peek(2)? {
                [b'\r', b'\n'] => return Ok(()),
                [b'\n', _] => return Err(MtomError::BareLineFeed { part }),
                [b' ' | b'\t', _] => self.window.skip(1),
                _ => break,
            }
        }
        Err(MtomError::Delimiter { part })
    }

    /// Reads from the line end of the delimiter to the first byte of the content.
    fn read_headers(&mut self) -> Result<PartHeaders, MtomError> {
        let (part, limit) = (self.part, self.limits.header_bytes);
        let mut searched = 0;
        let length = loop {
            let unused = self.window.unused();
            if let Some(at) = unused.get(searched..).and_then(|rest| memmem::find(rest, b"\r\n\r\n")) {
                break searched + at;
            }
            searched = unused.len().saturating_sub(3);
            if unused.len() > limit.saturating_add(6) {
                return Err(MtomError::HeaderTooLarge { part, limit });
            }
            self.fill()?;
        };
        let block = self.window.unused().get(LINE_END.len()..length).unwrap_or_default();
        if block.len() > limit {
            return Err(MtomError::HeaderTooLarge { part, limit });
        }
        let mut headers = PartHeaders::parse(block, part)?;
        self.encoding = headers.transfer_encoding;
        self.window.skip(length + LINE_END.len());
        self.identify(&mut headers)?;
        // A part may have no content at all, not even the empty line: then that line end belongs to the delimiter.
        self.peek(self.delimiter.needle().len())?;
        let unused = self.window.unused();
        self.at_delimiter = unused.starts_with(self.delimiter.needle());
        if !self.at_delimiter {
            self.window.skip(LINE_END.len());
        }
        Ok(headers)
    }

    fn identify(&mut self, headers: &mut PartHeaders) -> Result<(), MtomError> {
        if let Some(id) = &headers.content_id
            && !self.content_ids.insert(id.clone())
        {
            return Err(MtomError::DuplicateContentId { part: self.part });
        }
        headers.root = match &self.root {
            Some(root) => headers.content_id.as_ref() == Some(root),
            None => self.part == 1,
        };
        self.root_seen |= headers.root;
        let other_type = headers.content_type.as_ref().is_some_and(|found| found.media_type() != XOP_TYPE);
        if headers.root && other_type { Err(MtomError::RootType) } else { Ok(()) }
    }

    /// Reads the rest of the connection, so that the next request on it begins where it should.
    fn drain(&mut self) -> Result<(), MtomError> {
        let limit = self.limits.preamble_bytes;
        // The line end of the delimiter itself does not count.
        let mut left = limit.saturating_add(as_u64(LINE_END.len()));
        loop {
            left = left.checked_sub(as_u64(self.window.unused().len())).ok_or(MtomError::EpilogueTooLarge { limit })?;
            self.window.skip(self.window.unused().len());
            if self.window.read_more()? == 0 {
                return Ok(());
            }
        }
    }

    /// The next `count` bytes without using them up.
    fn peek(&mut self, count: usize) -> Result<&[u8], MtomError> {
        while self.window.unused().len() < count {
            self.fill()?;
        }
        Ok(self.window.unused().get(..count).unwrap_or_default())
    }

    /// Reads more where more has to come.
    fn fill(&mut self) -> Result<(), MtomError> {
        if self.window.read_more()? == 0 { Err(MtomError::Truncated { part: self.part }) } else { Ok(()) }
    }
}

/// RFC 2046, 5.1.1 `boundary`.
pub(super) fn is_boundary(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(c);
    (1..=70).contains(&text.len()) && text.chars().all(allowed) && !text.ends_with(' ')
}

#[cfg(test)]
mod tests;
