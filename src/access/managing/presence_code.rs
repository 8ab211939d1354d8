//! The presence code: it passes through, as a salted slow hash alone it stays (access rules, 3).

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use zeroize::Zeroizing;

/// Characters of a code.
const SHORTEST: usize = 8;
const LONGEST: usize = 64;

/// A hash takes 19 MiB of memory. One at a time is as quick as people type codes, however many come at once.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A code as somebody entered it. Never shown, and wiped from memory.
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

    /// Argon2id with the parameters that its authors recommend, as PHC string with its salt.
    pub(super) fn hashed(&self) -> Option<String> {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        Argon2::default().hash_password(self.0.as_bytes()).ok().map(|hash| hash.to_string())
    }

    /// Whether it is the one of this hash. Without a hash it takes as long, and is not.
    pub(super) fn is_of(&self, hash: Option<&str>) -> bool {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = Argon2::default().verify_password(self.0.as_bytes(), hash.unwrap_or(nobodys_hash())).is_ok();
        is_right && hash.is_some()
    }
}

/// The hash of a code that nobody has.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| Argon2::default().hash_password(b"nobody").map_or_else(|_| String::new(), |hash| hash.to_string()))
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
    fn a_code_is_known_by_its_hash_and_by_no_other() {
        let code = PresenceCode::new("K7M4Q2WX".to_owned()).unwrap();
        let hash = code.hashed().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(Some(hash.clone()), code.hashed(), "the salt is new each time");
        assert!(code.is_of(Some(&hash)));
        assert!(!PresenceCode::new("K7M4Q2WY".to_owned()).unwrap().is_of(Some(&hash)));
        assert!(!PresenceCode::new("nobody".repeat(2)).unwrap().is_of(None));
        assert!(!code.is_of(None));
    }

    #[test]
    fn what_cannot_be_one_is_refused_without_being_repeated() {
        for text in ["K7M4Q2W", "K7M4 2WX", "K7M4Q2W\n", &"x".repeat(65), ""] {
            assert_eq!(PresenceCode::new(text.to_owned()).err(), Some(UnfitPresenceCode), "{text:?}");
        }
        assert!(PresenceCode::new("é".repeat(64)).is_ok());
        assert_eq!(format!("{:?}", PresenceCode::new("K7M4Q2WX".to_owned()).unwrap()), "PresenceCode");
    }
}
