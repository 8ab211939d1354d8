//! The character sets of MSH-18 (HL7 table 0211) in which messages are accepted.

use std::borrow::Cow;

/// A character set; all of them have ASCII in their lower half, so that delimiters are the same bytes in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// `ASCII`.
    Ascii,
    /// `UNICODE UTF-8`.
    Utf8,
    /// `8859/1`.
    Iso8859_1,
    /// `8859/15`.
    Iso8859_15,
}

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN_9: [(u8, char); 8] = [(0xA4, '€'), (0xA6, 'Š'), (0xA8, 'š'), (0xB4, 'Ž'), (0xB8, 'ž'), (0xBC, 'Œ'), (0xBD, 'œ'), (0xBE, 'Ÿ')];

impl Charset {
    /// The set that a value of MSH-18 names, also in the spellings that senders use besides that of table 0211.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "ASCII" | "US-ASCII" => Some(Self::Ascii),
            "UNICODE UTF-8" | "UTF-8" | "UNICODE" => Some(Self::Utf8),
            "8859/1" | "ISO-8859-1" | "ISO8859-1" => Some(Self::Iso8859_1),
            "8859/15" | "ISO-8859-15" | "ISO8859-15" => Some(Self::Iso8859_15),
            _ => None,
        }
    }

    /// The set of a message that names none: UTF-8 if it is that, else ISO 8859-1.
    pub fn guess(bytes: &[u8]) -> Self {
        if str::from_utf8(bytes).is_ok() { Self::Utf8 } else { Self::Iso8859_1 }
    }

    /// The text, or nothing if the bytes are not of this set.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Ascii => str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(Cow::Borrowed),
            Self::Utf8 => str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Iso8859_1 | Self::Iso8859_15 if bytes.is_ascii() => str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Iso8859_1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Iso8859_15 => Some(bytes.iter().map(|byte| latin_9(*byte)).collect()),
        }
    }
}

fn latin_9(byte: u8) -> char {
    LATIN_9.iter().find(|(differs, _)| *differs == byte).map_or(char::from(byte), |(_, character)| *character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_reads_its_own_bytes() {
        assert_eq!(Charset::Utf8.decode("Müller €".as_bytes()).unwrap(), "Müller €");
        assert_eq!(Charset::Iso8859_1.decode(b"M\xfcller \xa4").unwrap(), "Müller ¤");
        assert_eq!(Charset::Iso8859_15.decode(b"M\xfcller \xa4\xbd").unwrap(), "Müller €œ");
        assert_eq!(Charset::Utf8.decode(b"M\xfcller"), None);
        assert_eq!(Charset::Ascii.decode("Müller".as_bytes()), None);
    }

    #[test]
    fn names_of_table_0211_are_known_and_others_not() {
        assert_eq!(Charset::from_name("UNICODE UTF-8"), Some(Charset::Utf8));
        assert_eq!(Charset::from_name("8859/15"), Some(Charset::Iso8859_15));
        assert_eq!(Charset::from_name("ISO IR87"), None);
        assert_eq!(Charset::guess("é".as_bytes()), Charset::Utf8);
        assert_eq!(Charset::guess(b"\xe9"), Charset::Iso8859_1);
    }
}
