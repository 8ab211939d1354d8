//! From the text of a token to what its issuer says (RFC 7515, 5.2; RFC 9068, 4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto;
use serde_json::{Map, Value};
use thiserror::Error;

use super::unique_json::unique_object;
use super::{AccessToken, Refusal, SignatureAlgorithm, VerificationKey, openssl_provider};
use crate::model::timestamp::Instant;

/// The longest token, in characters; HTTP headers are not much longer.
pub(super) const LONGEST: usize = 16 * 1024;

/// The types of a JWT that is an access token: RFC 9068, 2.1, the example of IUA (3.71.8), and the plain one.
const TYPES: [&str; 4] = ["at+jwt", "application/at+jwt", "jwt", "iua-jwt"];

/// Where the keys of trusted issuers come from.
pub trait IssuerKeys: Send + Sync {
    /// The key of an issuer with this name, as it is known `at` that time.
    ///
    /// # Errors
    /// [`NoKey`] says why there is none.
    fn key(&self, issuer: &str, kid: &str, at: Instant) -> Result<VerificationKey, NoKey>;
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoKey {
    /// The issuer is not trusted.
    #[error("the issuer is not trusted")]
    UnknownIssuer,
    /// The issuer has no such key.
    #[error("the issuer has no such key")]
    UnknownKey,
    /// Its keys cannot be had now.
    #[error("the issuer's keys cannot be had now")]
    Unavailable,
}

impl From<NoKey> for Refusal {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::UnknownIssuer => Self::UnknownIssuer,
            NoKey::UnknownKey => Self::UnknownKey,
            NoKey::Unavailable => Self::NoKeys,
        }
    }
}

/// Verifies a token in the compact form, signed with one of these algorithms, and reads it. Nothing of it is judged but
/// its shape, its type and its signature.
///
/// # Errors
/// [`Refusal`].
pub fn verify(token: &str, algorithms: &[SignatureAlgorithm], keys: &dyn IssuerKeys, at: Instant) -> Result<AccessToken, Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    let parts = Parts::of(token)?;
    let (algorithm, kid) = parts.read_header()?;
    if !algorithms.contains(&algorithm) {
        return Err(Refusal::Algorithm);
    }
    let payload = object(parts.payload, "the payload is not an object whose members have names of their own")?;
    // Not verified yet: it only chooses among those who are trusted anyway.
    let issuer = payload.get("iss").and_then(Value::as_str).ok_or(Refusal::Malformed("there is no iss"))?;
    let key = keys.key(issuer, &kid, at)?;
    if !key.verifies(algorithm) {
        return Err(Refusal::Algorithm);
    }
    openssl_provider::install();
    match crypto::verify(parts.signature, parts.signed.as_bytes(), &key.key, algorithm.in_library()) {
        Ok(true) => AccessToken::read(&payload),
        Ok(false) | Err(_) => Err(Refusal::BadSignature),
    }
}

/// The three parts of the compact form (RFC 7515, 7.1).
struct Parts<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    /// Header and payload, as they were signed.
    signed: &'t str,
}

impl<'t> Parts<'t> {
    fn of(token: &'t str) -> Result<Self, Refusal> {
        let malformed = Refusal::Malformed("it does not have three parts");
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, payload) = signed.split_once('.').filter(|(_, payload)| !payload.contains('.')).ok_or(malformed)?;
        Ok(Self { header, payload, signature, signed })
    }

    /// The algorithm and the name of the key.
    fn read_header(&self) -> Result<(SignatureAlgorithm, String), Refusal> {
        let header = object(self.header, "the header is not an object whose members have names of their own")?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        // RFC 7515, 4.1.11: what is critical has to be understood, and nothing is.
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(Refusal::Malformed("the header has extensions that are not known"));
        }
        let named = text("alg").and_then(|name| name.parse().ok());
        let algorithm = named.and_then(SignatureAlgorithm::of).ok_or(Refusal::Algorithm)?;
        if !text("typ").is_some_and(|typ| TYPES.contains(&typ.to_ascii_lowercase().as_str())) {
            return Err(Refusal::WrongType);
        }
        let kid = text("kid").filter(|kid| !kid.is_empty() && kid.len() <= 256);
        Ok((algorithm, kid.ok_or(Refusal::Malformed("the header has no kid"))?.to_owned()))
    }
}

fn object(part: &str, complaint: &'static str) -> Result<Map<String, Value>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed("a part is not base64url without padding"))?;
    unique_object(&bytes).ok_or(Refusal::Malformed(complaint))
}
