//! The identity of a part: the `Content-ID` header field (RFC 2045, 7) and the `cid:` URL (RFC 2392).

use std::fmt;

use thiserror::Error;

const MAX_LENGTH: usize = 512;
/// Each character percent-encoded.
const MAX_ENCODED: usize = 3 * MAX_LENGTH;

/// The identity of a part, without angle brackets and with percent-encoding removed.
///
/// RFC 2392 wants a Content-ID percent-encoded when it becomes a URL; some senders encode both, some neither. Kept
/// decoded, all of them compare equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(String);

/// Why a text identifies no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ContentIdError {
    /// The reference is no `cid:` URL. Nothing outside the message is ever fetched.
    #[error("only parts of the same message may be referred to, by a cid: URL")]
    NotInMessage,
    /// Empty, too long or with characters that cannot stand in a header field.
    #[error("a Content-ID must have 1 to {MAX_LENGTH} characters, none of them a blank, a control character, <, > or a quote")]
    Invalid,
}

impl ContentId {
    /// Reads a `Content-ID` header field or `start` parameter, with or without angle brackets.
    pub fn parse(text: &str) -> Result<Self, ContentIdError> {
        let text = text.trim();
        let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        Self::decode(inside)
    }

    /// Reads the `cid:` URL of an `xop:Include`; every other URL is refused.
    pub fn from_cid_url(url: &str) -> Result<Self, ContentIdError> {
        let (scheme, rest) = url.trim().split_once(':').ok_or(ContentIdError::NotInMessage)?;
        if scheme.eq_ignore_ascii_case("cid") { Self::decode(rest) } else { Err(ContentIdError::NotInMessage) }
    }

    /// The identity without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `cid:` URL that refers to the part.
    pub fn cid_url(&self) -> String {
        use fmt::Write;
        let mut url = String::from("cid:");
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"@.-_~+!$'()*,=".contains(&byte) {
                url.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(url, "%{byte:02X}");
            }
        }
        url
    }

    fn decode(text: &str) -> Result<Self, ContentIdError> {
        if text.len() > MAX_ENCODED {
            return Err(ContentIdError::Invalid);
        }
        let decoded = fully_decoded(text);
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\');
        if decoded.is_empty() || decoded.len() > MAX_LENGTH || decoded.contains(forbidden) {
            Err(ContentIdError::Invalid)
        } else {
            Ok(Self(decoded))
        }
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// `text` decoded until nothing is left to decode: some senders' identities are percent-encoded, and encoded once more as
/// a URL. Each round shortens the text, which is short.
fn fully_decoded(text: &str) -> String {
    let mut decoded = text.to_owned();
    loop {
        let further = percent_decoded(&decoded);
        if further == decoded {
            return decoded;
        }
        decoded = further;
    }
}

/// `text` with each `%XX` replaced; unchanged where that is no escape, or if the outcome is not UTF-8.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if *first == b'%' => hex_byte(*high, *low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digits = char::from(high).to_digit(16)? * 16 + char::from(low).to_digit(16)?;
    u8::try_from(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_url_meet_however_they_are_encoded() {
        let header = |text| ContentId::parse(text).unwrap();
        let url = |text: &str| ContentId::from_cid_url(text).unwrap();
        assert_eq!(header(" <doc@example.org> "), url("cid:doc@example.org"));
        assert_eq!(header("<doc@example.org>"), url("CID:doc%40example.org"));
        assert_eq!(header("<1@http%3A%2F%2Fa>"), url("cid:1@http%3A%2F%2Fa"));
        assert_eq!(header("<1@http%3A%2F%2Fa>"), url("cid:1@http%253A%252F%252Fa"));
        assert_eq!(header("<100%>").as_str(), "100%");
        assert_ne!(header("<a>"), header("<A>"));
        for id in ["<a/b?c#d%e>", "<é@x>", "<a%25252541>", "<%25FF>"] {
            assert_eq!(url(&header(id).cid_url()), header(id));
        }
    }

    #[test]
    fn nothing_outside_the_message_can_be_named() {
        for outside in ["file:///etc/passwd", "http://localhost/", "https://a", "//a", "a@b", "mid:a@b", "", "ci d:a", "jar:file:x"] {
            assert_eq!(ContentId::from_cid_url(outside), Err(ContentIdError::NotInMessage), "{outside}");
        }
    }

    #[test]
    fn identities_are_fit_for_a_header_field() {
        for bad in ["", "<>", "a b", "a%0D%0Ab", "a%250Ab", "a\"b", "<<a>>", "a%00"] {
            assert_eq!(ContentId::parse(bad), Err(ContentIdError::Invalid), "{bad}");
        }
        assert!(ContentId::parse(&"a".repeat(512)).is_ok() && ContentId::parse(&"a".repeat(513)).is_err());
        assert!(ContentId::parse(&"%61".repeat(512)).is_ok() && ContentId::parse(&"%61".repeat(513)).is_err());
        let longest = ContentId::parse(&"?".repeat(512)).unwrap();
        assert_eq!(ContentId::from_cid_url(&longest.cid_url()), Ok(longest), "a long id can be referred to");
    }
}
