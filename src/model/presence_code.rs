//! The code that a patient gives at a counter (access rules, 3): it passes through and is never shown.

use std::fmt;

use zeroize::Zeroizing;

/// Characters of a code.
const SHORTEST: usize = 8;
const LONGEST: usize = 64;

/// A code as somebody entered it. Never shown, and wiped from memory.
#[derive(Clone, PartialEq, Eq)]
pub struct PresenceCode(Zeroizing<String>);

/// Why a text cannot be a presence code. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a presence code has {SHORTEST} to {LONGEST} characters, and neither spaces nor control characters among them")]
pub struct UnfitPresenceCode;

impl PresenceCode {
    /// The code, if it can be one.
    ///
    /// # Errors
    /// [`UnfitPresenceCode`].
    pub fn new(code: String) -> Result<Self, UnfitPresenceCode> {
        let code = Zeroizing::new(code);
        let fits = (SHORTEST..=LONGEST).contains(&code.chars().count()) && !code.chars().any(|c| c.is_whitespace() || c.is_control());
        if fits { Ok(Self(code)) } else { Err(UnfitPresenceCode) }
    }

    /// What is hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for PresenceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresenceCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_one_is_refused_without_being_repeated() {
        for text in ["K7M4Q2W", "K7M4 2WX", "K7M4Q2W\n", &"x".repeat(65), ""] {
            assert_eq!(PresenceCode::new(text.to_owned()).err(), Some(UnfitPresenceCode), "{text:?}");
        }
        assert!(PresenceCode::new("é".repeat(64)).is_ok());
        assert_eq!(format!("{:?}", PresenceCode::new("K7M4Q2WX".to_owned()).unwrap()), "PresenceCode");
    }
}
