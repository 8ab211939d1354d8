//! The presence code stays as a salted slow hash alone (access rules, 3).

use std::sync::{Mutex, OnceLock, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use crate::model::presence_code::PresenceCode;

/// A hash takes 19 MiB of memory. One at a time is as quick as people type codes, however many come at once.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Argon2id with the parameters that its authors recommend, as PHC string with its salt.
pub(in crate::access) fn hash_of(code: &PresenceCode) -> Option<String> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Argon2::default().hash_password(code.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Whether it is the code of this hash. Without a hash it takes as long, and is not.
pub(super) fn is_of(code: &PresenceCode, hash: Option<&str>) -> bool {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let is_right = Argon2::default().verify_password(code.as_bytes(), hash.unwrap_or(nobodys_hash())).is_ok();
    is_right && hash.is_some()
}

/// The hash of a code that nobody has.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| Argon2::default().hash_password(b"nobody").map_or_else(|_| String::new(), |hash| hash.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_by_its_hash_and_by_no_other() {
        let code = |text: &str| PresenceCode::new(text.to_owned()).unwrap();
        let right = code("K7M4Q2WX");
        let hash = hash_of(&right).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(Some(hash.clone()), hash_of(&right), "the salt is new each time");
        assert!(is_of(&right, Some(&hash)));
        assert!(!is_of(&code("K7M4Q2WY"), Some(&hash)));
        assert!(!is_of(&code("nobodynobody"), None));
        assert!(!is_of(&right, None));
    }
}
