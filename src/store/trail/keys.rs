//! The keys under which the trail is chained and sealed. Both are made of the master key, so that they are where it is and
//! change with it.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::sha::sha256;
use openssl::sign::{Signer, Verifier};
use zeroize::Zeroizing;

use crate::store::contents::{MasterKey, MasterKeys};

const CHAIN_LABEL: &[u8] = b"dossier audit chain v1";
const SEAL_LABEL: &[u8] = b"dossier audit seal v1";

/// Closes links and signs seals.
pub struct AuditKey {
    id: String,
    chain: PKey<Private>,
    seal: PKey<Private>,
}

impl AuditKey {
    /// The key that belongs to this master key.
    ///
    /// # Errors
    /// OpenSSL refuses.
    fn of(master: &MasterKey) -> Result<Self, ErrorStack> {
        Self::derived(|label| master.derive(label))
    }

    /// A key that protects nothing, for stores without one: everybody knows it.
    fn known_to_all() -> Result<Self, ErrorStack> {
        Self::derived(|label| Ok(Zeroizing::new(sha256(label))))
    }

    fn derived(derive: impl Fn(&[u8]) -> Result<Zeroizing<[u8; 32]>, ErrorStack>) -> Result<Self, ErrorStack> {
        let chain = PKey::hmac(derive(CHAIN_LABEL)?.as_slice())?;
        let seal = PKey::private_key_from_raw_bytes(derive(SEAL_LABEL)?.as_slice(), Id::ED25519)?;
        let hash = sha256(&seal.raw_public_key()?);
        Ok(Self { id: hex::encode(&hash[..8]), chain, seal })
    }

    /// Its name, safe to store: the first 8 bytes of the SHA-256 of its public key, in hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key with which anybody can check seals (Ed25519, RFC 8410), as PEM.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn public_key_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.seal.public_key_to_pem()
    }

    /// HMAC-SHA-256.
    pub(super) fn close(&self, text: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        Signer::new(MessageDigest::sha256(), &self.chain)?.sign_oneshot_to_vec(text)
    }

    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        Signer::new_without_digest(&self.seal)?.sign_oneshot_to_vec(text)
    }

    pub(super) fn has_signed(&self, text: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        Verifier::new_without_digest(&self.seal)?.verify_oneshot(signature, text)
    }
}

/// The key in use, and those before it, under which older records were written.
pub struct AuditKeys {
    current: AuditKey,
    previous: Vec<AuditKey>,
}

impl AuditKeys {
    /// Those that belong to these master keys.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn of(keys: &MasterKeys) -> Result<Self, ErrorStack> {
        let previous = keys.previous().iter().map(AuditKey::of).collect::<Result<_, _>>()?;
        Ok(Self { current: AuditKey::of(keys.current())?, previous })
    }

    /// Keys that protect nothing.
    pub(in crate::store) fn known_to_all() -> Result<Self, ErrorStack> {
        Ok(Self { current: AuditKey::known_to_all()?, previous: Vec::new() })
    }

    /// The key in use.
    pub fn current(&self) -> &AuditKey {
        &self.current
    }

    /// All, the one in use first.
    pub(super) fn all(&self) -> impl Iterator<Item = &AuditKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}
