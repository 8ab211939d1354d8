//! Paths, queries and form bodies: percent-encoded text (RFC 3986, 2.1; WHATWG URL, 5.1) to values and back.

/// Text whose percent-encoding is broken or gives no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8")]
pub struct NotDecodable;

/// The segments of a path, decoded one by one, so that an encoded slash stays within its segment.
///
/// # Errors
/// [`NotDecodable`].
pub fn segments(path: &str) -> Result<Vec<String>, NotDecodable> {
    let trimmed = path.trim_matches('/');
    if trimmed.is_empty() {
        return Ok(Vec::new());
    }
    trimmed.split('/').map(|segment| decoded(segment, false)).collect()
}

/// The pairs of a query string or of a body of type `application/x-www-form-urlencoded`, in their order. A name without a
/// sign of equality has the empty value.
///
/// # Errors
/// [`NotDecodable`].
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, NotDecodable> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decoded(name, true)?, decoded(value, true)?))
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// A name or value as it stands in a query.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'$' | b':' | b',' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str, plus_is_space: bool) -> Result<String, NotDecodable> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => digit(bytes.next())? * 16 + digit(bytes.next())?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(out).map_err(|_| NotDecodable)
}

fn digit(byte: Option<u8>) -> Result<u8, NotDecodable> {
    let value = char::from(byte.ok_or(NotDecodable)?).to_digit(16).ok_or(NotDecodable)?;
    u8::try_from(value).map_err(|_| NotDecodable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_encoded_slash_stays_within_its_segment() {
        assert_eq!(segments("/Patient/a%2Fb/$op").unwrap(), ["Patient", "a/b", "$op"]);
        assert_eq!(segments("/").unwrap(), Vec::<String>::new());
        // A plus in a path is a plus.
        assert_eq!(segments("a+b").unwrap(), ["a+b"]);
    }

    #[test]
    fn broken_encoding_is_refused() {
        for broken in ["%", "%4", "%zz", "a=%ff", "%+1=1"] {
            assert_eq!(pairs(broken), Err(NotDecodable), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn pairs_come_back(name in ".{1,8}", value in ".{0,16}") {
            let text = format!("{}={}", encoded(&name), encoded(&value));
            prop_assert_eq!(pairs(&text).unwrap(), [(name, value)]);
        }
    }
}
