//! Authorization codes: short-lived, for one use (OAuth 2.1, 4.1.2).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::sha::sha256;

use super::TokenWish;
use crate::model::timestamp::Instant;

/// How long a code may be used, in microseconds.
const LIFETIME: i64 = 60_000_000;

/// The most codes at one time.
const MOST: usize = 1000;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Granted {
    /// The token.
    pub(super) wish: TokenWish,
    /// Where the code was sent.
    pub(super) redirect_uri: String,
    /// The SHA-256 of what the client has to show (RFC 7636, 4.2).
    pub(super) challenge: String,
}

/// The codes that were given and not used.
#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, (Instant, Granted)>>);

impl Codes {
    /// A new code; nothing, if too many wait.
    pub(super) fn give(&self, granted: Granted, now: Instant) -> Result<Option<String>, ErrorStack> {
        let mut bytes = [0; 32];
        openssl::rand::rand_bytes(&mut bytes)?;
        let code = URL_SAFE_NO_PAD.encode(bytes);
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, (given, _)| is_fresh(*given, now));
        if codes.len() >= MOST {
            return Ok(None);
        }
        codes.insert(code.clone(), (now, granted));
        Ok(Some(code))
    }

    /// What a code stands for. It is used up, whatever comes of it.
    pub(super) fn take(&self, code: &str, now: Instant) -> Option<Granted> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code);
        taken.filter(|(given, _)| is_fresh(*given, now)).map(|(_, granted)| granted)
    }
}

fn is_fresh(given: Instant, now: Instant) -> bool {
    (0..LIFETIME).contains(&now.0.saturating_sub(given.0))
}

/// Whether this is what the challenge was made of (RFC 7636, 4.6; S256 only).
pub(super) fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let fits = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    fits && URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted() -> Granted {
        Granted { wish: TokenWish::default(), redirect_uri: "http://127.0.0.1/x".to_owned(), challenge: "c".to_owned() }
    }

    #[test]
    fn a_code_serves_once_and_for_a_minute() {
        let codes = Codes::default();
        let code = codes.give(granted(), Instant(0)).unwrap().unwrap();
        assert_eq!(codes.take("other", Instant(0)), None);
        assert_eq!(codes.take(&code, Instant(LIFETIME - 1)), Some(granted()));
        assert_eq!(codes.take(&code, Instant(LIFETIME - 1)), None);
        let late = codes.give(granted(), Instant(0)).unwrap().unwrap();
        assert_eq!(codes.take(&late, Instant(LIFETIME)), None);
    }

    #[test]
    fn codes_are_bounded() {
        let codes = Codes::default();
        assert!((0..MOST).all(|_| codes.give(granted(), Instant(0)).unwrap().is_some()));
        assert_eq!(codes.give(granted(), Instant(1)).unwrap(), None);
        assert!(codes.give(granted(), Instant(LIFETIME)).unwrap().is_some());
    }

    #[test]
    fn the_verifier_of_rfc_7636_proves_its_challenge() {
        let (verifier, challenge) = ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(proves(verifier, challenge));
        assert!(!proves(challenge, challenge) && !proves("short", challenge) && !proves(&format!("{verifier}="), challenge));
    }
}
