//! The algorithms that are accepted. What is not named here does not exist: no SHA-1, no HMAC, no inclusive form.

use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;

use super::Refusal;
use crate::wire::public_key::ecdsa_in_der;

/// A digest algorithm of a reference (RFC 9231, 2.1; XML Encryption 1.1, 5.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(super) fn of(uri: &str) -> Result<Self, Refusal> {
        match uri {
            "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(Self::Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(Self::Sha384),
            "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(Self::Sha512),
            _ => Err(Refusal::UnsupportedAlgorithm("the digest algorithm is not accepted")),
        }
    }

    /// The digest of these bytes; nothing if OpenSSL refuses.
    pub(super) fn digest(self, bytes: &[u8]) -> Option<Vec<u8>> {
        hash(self.openssl(), bytes).ok().map(|digest| digest.to_vec())
    }

    fn openssl(self) -> MessageDigest {
        match self {
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }
}

/// What kind of key a signature algorithm takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Rsa,
    /// ECDSA on P-256 or P-384.
    Ecdsa,
}

/// A signature algorithm (RFC 9231, 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SignatureMethod {
    scheme: Scheme,
    digest: Digest,
}

impl SignatureMethod {
    pub(super) fn of(uri: &str) -> Result<Self, Refusal> {
        let (scheme, digest) = match uri.strip_prefix("http://www.w3.org/2001/04/xmldsig-more#") {
            Some("rsa-sha256") => (Scheme::Rsa, Digest::Sha256),
            Some("rsa-sha384") => (Scheme::Rsa, Digest::Sha384),
            Some("rsa-sha512") => (Scheme::Rsa, Digest::Sha512),
            Some("ecdsa-sha256") => (Scheme::Ecdsa, Digest::Sha256),
            Some("ecdsa-sha384") => (Scheme::Ecdsa, Digest::Sha384),
            Some("ecdsa-sha512") => (Scheme::Ecdsa, Digest::Sha512),
            _ => return Err(Refusal::UnsupportedAlgorithm("the signature algorithm is not accepted")),
        };
        Ok(Self { scheme, digest })
    }

    /// Whether `signature` over `bytes` was made with the private key that belongs to `key`. A key of another kind, and
    /// whatever else OpenSSL refuses, is no.
    pub(super) fn verifies(self, key: &PKey<Public>, bytes: &[u8], signature: &[u8]) -> bool {
        let verified = match (self.scheme, key.id()) {
            (Scheme::Rsa, Id::RSA) => verify(key, self.digest, bytes, signature),
            (Scheme::Ecdsa, Id::EC) => ecdsa_in_der(key, signature).and_then(|der| verify(key, self.digest, bytes, &der)),
            _ => return false,
        };
        verified.unwrap_or(false)
    }
}

fn verify(key: &PKey<Public>, digest: Digest, bytes: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
    Verifier::new(digest.openssl(), key)?.verify_oneshot(signature, bytes)
}
