//! The public keys of an issuer (JWK Set, RFC 7517).

use std::collections::HashMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use serde_json::Value;
use thiserror::Error;

use super::SignatureAlgorithm;
use super::openssl_provider::public_key;
use super::unique_json::unique_object;
use crate::wire::public_key::is_acceptable;

/// More keys than an issuer has.
const MOST_KEYS: usize = 64;

/// The keys of an issuer by `kid`.
#[derive(Debug, Clone, Default)]
pub struct KeySet(HashMap<String, VerificationKey>);

/// A key, and what it may verify.
#[derive(Debug, Clone)]
pub struct VerificationKey {
    pub(super) key: DecodingKey,
    algorithms: Vec<SignatureAlgorithm>,
}

/// Why bytes are not the keys of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnusableKeySet {
    /// Not `{"keys": […]}`.
    #[error("it is not a JWK Set, or has members of one name")]
    NotKeys,
    /// Too many.
    #[error("it has more than {MOST_KEYS} keys")]
    TooMany,
    /// Two keys of one name.
    #[error("two of its keys have the same kid")]
    DuplicateKid,
    /// Nothing that verifies here.
    #[error("it has no key with a kid for signatures with RSA (2048 bits or more), P-256 or P-384")]
    NoKey,
}

impl KeySet {
    /// Reads a key set. Keys for other uses, of other kinds and too weak ones are passed over (RFC 7517, 5), and so are keys
    /// without `kid`: nothing could name them.
    ///
    /// # Errors
    /// [`UnusableKeySet`].
    pub fn parse(bytes: &[u8]) -> Result<Self, UnusableKeySet> {
        let object = unique_object(bytes).ok_or(UnusableKeySet::NotKeys)?;
        let keys = object.get("keys").and_then(Value::as_array).ok_or(UnusableKeySet::NotKeys)?;
        if keys.len() > MOST_KEYS {
            return Err(UnusableKeySet::TooMany);
        }
        let mut set = HashMap::new();
        for (kid, key) in keys.iter().filter_map(verification_key) {
            if set.insert(kid, key).is_some() {
                return Err(UnusableKeySet::DuplicateKid);
            }
        }
        if set.is_empty() { Err(UnusableKeySet::NoKey) } else { Ok(Self(set)) }
    }

    /// The key of that name.
    pub fn find(&self, kid: &str) -> Option<&VerificationKey> {
        self.0.get(kid)
    }
}

impl VerificationKey {
    /// Whether the key is one for this algorithm.
    pub(super) fn verifies(&self, algorithm: SignatureAlgorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }
}

fn verification_key(value: &Value) -> Option<(String, VerificationKey)> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let for_signatures = jwk.common.public_key_use.as_ref().is_none_or(|use_| *use_ == PublicKeyUse::Signature)
        && jwk.common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let fitting = fitting(&jwk.algorithm)?;
    let stated = value.get("alg").and_then(Value::as_str);
    let algorithms: Vec<_> =
        fitting.iter().copied().filter(|one| stated.is_none_or(|stated| stated == format!("{:?}", one.in_library()))).collect();
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let strong = is_acceptable(&public_key(*algorithms.first()?, &key).ok()?);
    let kid = jwk.common.key_id.filter(|kid| !kid.is_empty())?;
    (for_signatures && strong).then_some((kid, VerificationKey { key, algorithms }))
}

/// The algorithms of a kind of key.
fn fitting(parameters: &AlgorithmParameters) -> Option<&'static [SignatureAlgorithm]> {
    use SignatureAlgorithm::{Es256, Es384, Ps256, Rs256, Rs384, Rs512};
    match parameters {
        AlgorithmParameters::RSA(_) => Some(&[Rs256, Rs384, Rs512, Ps256]),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Some(&[Es256]),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => Some(&[Es384]),
        _ => None,
    }
}
