//! ER7, the encoding with `|` and `^` (HL7 version 2.5, chapter 2, 2.6): a message as segments, and a segment down to the
//! text of a subcomponent. Texts are borrowed from the message where the character set allows it.

use std::borrow::Cow;
use std::ops::Range;

use super::charset::Charset;
use super::error::{ErrorCondition, Hl7Error, Location, SegmentId};
use super::escape::unescape;
use super::raw_header::{Delimiters, RawHeader};

/// The most segments a message may have.
pub const MAX_SEGMENTS: usize = 500;
/// The most fields a segment may have.
pub const MAX_FIELDS: usize = 200;
/// The most repetitions a field may have.
pub const MAX_REPETITIONS: usize = 200;
/// The longest field, in bytes of UTF-8.
pub const MAX_FIELD_BYTES: usize = 64 * 1024;

/// A message whose segments are named and within the limits. Without `Debug`, as are its parts: a debug print must not put a
/// patient into a log.
pub struct Message<'m> {
    text: Cow<'m, str>,
    encoding: Encoding,
    segments: Vec<(Location, Range<usize>)>,
}

#[derive(Debug, Clone, Copy)]
struct Encoding {
    delimiters: Delimiters,
    charset: Charset,
}

impl<'m> Message<'m> {
    /// Takes a message apart into segments, which CR, LF or both may end. What cannot be read at all is rejected (`AR`).
    pub fn parse(message: &'m [u8]) -> Result<Self, Hl7Error> {
        let header = RawHeader::find(message).ok_or(Hl7Error::reject(
            ErrorCondition::SegmentSequence,
            Some(Location::segment(SegmentId::MSH, 1)),
            "a message must start with MSH, a field separator and four encoding characters, all different, as in MSH|^~\\&|",
        ))?;
        let charset = charset_of(&header, message)?;
        let text = charset
            .decode(message)
            .ok_or(msh_18(ErrorCondition::DataType, "the message is not in the character set that this field names"))?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t')) {
            return Err(msh_18(
                ErrorCondition::DataType,
                "the message holds control characters; check which character set it is in and name it here",
            ));
        }
        let encoding = Encoding { delimiters: header.delimiters, charset };
        let segments = split_segments(&text, header.delimiters)?;
        Ok(Self { text, encoding, segments })
    }

    /// The segments in order, MSH first.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.segments.iter().map(|(location, range)| Segment {
            text: self.text.get(range.clone()).unwrap_or_default(),
            encoding: self.encoding,
            location: *location,
        })
    }

    /// The first segment of a name.
    pub fn segment(&self, id: SegmentId) -> Option<Segment<'_>> {
        self.segments().find(|segment| segment.id() == id)
    }
}

fn msh_18(condition: ErrorCondition, text: &'static str) -> Hl7Error {
    Hl7Error::reject(condition, Some(Location::segment(SegmentId::MSH, 1).field(18)), text)
}

fn charset_of(header: &RawHeader<'_>, message: &[u8]) -> Result<Charset, Hl7Error> {
    let name = header.component(18, 1);
    if name.is_empty() {
        return Ok(Charset::guess(message));
    }
    str::from_utf8(name).ok().and_then(Charset::from_name).ok_or(msh_18(
        ErrorCondition::TableValueNotFound,
        "character sets accepted are ASCII, UNICODE UTF-8, 8859/1 and 8859/15; send UNICODE UTF-8",
    ))
}

fn split_segments(text: &str, delimiters: Delimiters) -> Result<Vec<(Location, Range<usize>)>, Hl7Error> {
    let mut segments: Vec<(Location, Range<usize>)> = Vec::new();
    let mut start = 0;
    for line in text.split(['\r', '\n']) {
        let range = start..start + line.len();
        start = range.end + 1;
        if line.is_empty() {
            continue;
        }
        let id = SegmentId::read(line).filter(|_| line.get(3..).is_some_and(|rest| rest.is_empty() || rest.starts_with(delimiters.field)));
        let id = id.ok_or_else(|| unnamed(segments.len() + 1))?;
        let earlier = segments.iter().filter(|(location, _)| location.segment == id).count();
        let location = Location::segment(id, u16::try_from(earlier + 1).unwrap_or(u16::MAX));
        if id == SegmentId::MSH && earlier > 0 {
            let text = "a message has one MSH segment; send each message in a frame of its own";
            return Err(Hl7Error::reject(ErrorCondition::SegmentSequence, Some(location), text));
        }
        check_limits(line, delimiters, location)?;
        segments.push((location, range));
        if segments.len() > MAX_SEGMENTS {
            return Err(Hl7Error::reject(
                ErrorCondition::ValueTooLong,
                None,
                format!("a message may have at most {MAX_SEGMENTS} segments"),
            ));
        }
    }
    Ok(segments)
}

fn unnamed(position: usize) -> Hl7Error {
    let text = format!(
        "line {position} of the message does not start with a segment's name and a field separator; escape line ends within a field as \\.br\\"
    );
    Hl7Error::reject(ErrorCondition::SegmentSequence, None, text)
}

fn check_limits(segment: &str, delimiters: Delimiters, location: Location) -> Result<(), Hl7Error> {
    let too_long = |location, text: String| Err(Hl7Error::reject(ErrorCondition::ValueTooLong, Some(location), text));
    for (index, field) in segment.split(delimiters.field).enumerate() {
        if index > MAX_FIELDS {
            return too_long(location, format!("a segment may have at most {MAX_FIELDS} fields"));
        }
        // MSH-2 comes as the first piece after the name, because MSH-1 is the separator itself.
        let number = if location.segment == SegmentId::MSH { index + 1 } else { index };
        let location = location.field(u16::try_from(number).unwrap_or(u16::MAX));
        if field.len() > MAX_FIELD_BYTES {
            return too_long(location, format!("a field may have at most {MAX_FIELD_BYTES} bytes"));
        }
        if field.split(delimiters.repetition).nth(MAX_REPETITIONS).is_some() {
            return too_long(location, format!("a field may have at most {MAX_REPETITIONS} repetitions"));
        }
    }
    Ok(())
}

/// One segment of a message.
#[derive(Clone, Copy)]
pub struct Segment<'m> {
    text: &'m str,
    encoding: Encoding,
    location: Location,
}

impl<'m> Segment<'m> {
    /// Its name.
    pub fn id(&self) -> SegmentId {
        self.location.segment
    }

    /// Where it is.
    pub fn location(&self) -> Location {
        self.location
    }

    /// Field `number`, counted as HL7 does, for MSH from 2; an empty one where the segment ends before it.
    pub fn field(&self, number: u16) -> Element<'m> {
        let index = if self.id() == SegmentId::MSH { number.saturating_sub(1) } else { number };
        let text = self.text.split(self.encoding.delimiters.field).nth(usize::from(index)).unwrap_or_default();
        Element { text, encoding: self.encoding, location: self.location.field(number) }
    }
}

/// A field, repetition, component or subcomponent. What is not there is an empty element with its location.
#[derive(Clone, Copy)]
pub struct Element<'m> {
    text: &'m str,
    encoding: Encoding,
    location: Location,
}

impl<'m> Element<'m> {
    /// Where it is.
    pub fn location(&self) -> Location {
        self.location
    }

    /// Nothing was sent: no character, or delimiters only.
    pub fn is_empty(&self) -> bool {
        let Delimiters { component, repetition, subcomponent, .. } = self.encoding.delimiters;
        self.text.trim_matches([component, repetition, subcomponent, ' ']).is_empty()
    }

    /// The explicit null `""`: the source takes the value away.
    pub fn is_null(&self) -> bool {
        self.text == "\"\""
    }

    /// The repetitions that are not empty.
    pub fn repetitions(self) -> impl Iterator<Item = Element<'m>> {
        let pieces = self.text.split(self.encoding.delimiters.repetition);
        let numbered = pieces.zip(1..).map(move |(text, number)| Self {
            text,
            location: Location { repetition: Some(number), ..self.location },
            ..self
        });
        numbered.filter(|repetition| !repetition.is_empty())
    }

    /// Component `number`, from 1, of a repetition or of a field's first repetition.
    pub fn component(self, number: u16) -> Element<'m> {
        let Delimiters { component, repetition, .. } = self.encoding.delimiters;
        let location = Location { repetition: self.location.repetition.or(Some(1)), component: Some(number), ..self.location };
        Self { text: piece(piece(self.text, repetition, 1), component, number), location, ..self }
    }

    /// Subcomponent `number`, from 1, of a component.
    pub fn subcomponent(self, number: u16) -> Element<'m> {
        let location = Location { subcomponent: Some(number), ..self.location };
        Self { text: piece(self.text, self.encoding.delimiters.subcomponent, number), location, ..self }
    }

    /// The text of the element, or of its first part where it has parts, without escapes and white space around it; `None` where
    /// nothing was sent or the null.
    pub fn text(self) -> Result<Option<Cow<'m, str>>, Hl7Error> {
        let Delimiters { component, repetition, subcomponent, .. } = self.encoding.delimiters;
        let first = piece(piece(piece(self.text, repetition, 1), component, 1), subcomponent, 1).trim();
        if first.is_empty() || first == "\"\"" {
            return Ok(None);
        }
        let text =
            unescape(first, self.encoding.delimiters, self.encoding.charset).map_err(|bad| self.error(ErrorCondition::DataType, bad.0))?;
        // Blanks that came as escapes would make an identifier differ from one that looks the same.
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Like [`Element::text`], as a text of its own.
    pub fn owned(self) -> Result<Option<String>, Hl7Error> {
        Ok(self.text()?.map(Cow::into_owned))
    }

    /// An error (`AE`) at this place.
    pub fn error(&self, condition: ErrorCondition, text: impl Into<Cow<'static, str>>) -> Hl7Error {
        Hl7Error::error(condition, self.location, text)
    }

    /// A rejection (`AR`) at this place.
    pub fn reject(&self, condition: ErrorCondition, text: impl Into<Cow<'static, str>>) -> Hl7Error {
        Hl7Error::reject(condition, Some(self.location), text)
    }
}

fn piece(text: &str, delimiter: char, number: u16) -> &str {
    text.split(delimiter).nth(usize::from(number).saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
#[path = "er7_tests.rs"]
mod tests;
