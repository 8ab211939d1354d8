//! The name of stored content.

use std::fmt;

use uuid::Uuid;

use super::ContentError;

/// Names the stored bytes of one document: a random UUID that says nothing about the document.
///
/// Its text is always 36 characters of lower-case hex and hyphens, so it can never become another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentKey(Uuid);

impl ContentKey {
    /// A new key: 122 random bits (UUID version 4), so that no two documents ever meet.
    pub fn new_random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads the text form back; refuses braces, capitals, missing hyphens and everything else.
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if uuid.to_string() == text => Ok(Self(uuid)),
            Ok(_) | Err(_) => Err(ContentError::ContentKeyForm { length: text.len() }),
        }
    }

    /// The 16 bytes that are authenticated with each chunk.
    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_text() {
        let key = ContentKey::new_random();
        assert_eq!(ContentKey::parse(&key.to_string()).unwrap(), key);
    }

    #[test]
    fn refuses_whatever_is_not_its_own_text() {
        for text in [
            "",
            "..",
            "../../../../etc/passwd",
            "67E55044-10B1-426F-9247-BB680E5FE0C8",
            "67e5504410b1426f9247bb680e5fe0c8",
            "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
            "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8",
            "67e55044-10b1-426f-9247-bb680e5fe0c8 ",
            "67e55044-10b1-426f-9247-bb680e5fe0c8/x",
            "67e55044-10b1-426f-9247-bb680e5fe0c\u{e9}",
        ] {
            let refused = ContentKey::parse(text);
            assert!(matches!(refused, Err(ContentError::ContentKeyForm { length }) if length == text.len()), "{text}");
        }
    }
}
