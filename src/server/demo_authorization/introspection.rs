//! Says of a token whether it holds (RFC 7662, IUA ITI-102).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::issuer::DemoIssuer;
use crate::model::timestamp::Instant;
use crate::wire::jwt::{IssuerKeys, KeySet, NoKey, SignatureAlgorithm, VerificationKey, verify};

/// The answer about a token, which holds or not, and nothing of why.
pub(super) fn about(token: &str, issuer: &DemoIssuer, now: Instant) -> Value {
    let keys = OwnKeys { issuer };
    let holds = verify(token, &[SignatureAlgorithm::Es256], &keys, now).is_ok_and(|token| token.expires_at > now);
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = payload.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    match claims.filter(|_| holds) {
        Some(mut claims) => {
            claims.insert("active".to_owned(), Value::Bool(true));
            claims.insert("token_type".to_owned(), Value::from("Bearer"));
            Value::Object(claims)
        }
        None => json!({ "active": false }),
    }
}

struct OwnKeys<'i> {
    issuer: &'i DemoIssuer,
}

impl IssuerKeys for OwnKeys<'_> {
    fn key(&self, issuer: &str, kid: &str, _: Instant) -> Result<VerificationKey, NoKey> {
        if issuer != self.issuer.name {
            return Err(NoKey::UnknownIssuer);
        }
        let keys = KeySet::parse(self.issuer.key_set().to_string().as_bytes()).map_err(|_| NoKey::Unavailable)?;
        keys.find(kid).cloned().ok_or(NoKey::UnknownKey)
    }
}
