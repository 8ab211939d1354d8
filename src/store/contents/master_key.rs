//! The keys that wrap the data keys of all documents.

use std::fmt;

use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, rand::rand_bytes, sha::Sha256, sign::Signer};
use thiserror::Error;
use zeroize::Zeroizing;

use super::gcm::KEY_SIZE;

const ID_LABEL: &[u8] = b"dossier master key id v1\0";

/// Names a master key without revealing it: the first 8 bytes of a SHA-256 over a label and the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MasterKeyId(pub(super) [u8; 8]);

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A 256-bit key that wraps data keys; wiped from memory when dropped.
pub struct MasterKey {
    id: MasterKeyId,
    /// Boxed, so that moving the key leaves no copy behind.
    bytes: Box<Zeroizing<[u8; KEY_SIZE]>>,
}

impl MasterKey {
    /// A new random key.
    pub fn new_random() -> Result<Self, MasterKeyError> {
        let mut bytes = Box::new(Zeroizing::new([0; KEY_SIZE]));
        rand_bytes(bytes.as_mut_slice()).map_err(MasterKeyError::Random)?;
        Ok(Self::from_bytes(bytes))
    }

    /// Reads 64 hex digits. The caller wipes its own copy of the text.
    pub fn from_hex(text: &str) -> Result<Self, MasterKeyError> {
        let mut bytes = Box::new(Zeroizing::new([0; KEY_SIZE]));
        hex::decode_to_slice(text, bytes.as_mut_slice()).map_err(|_| MasterKeyError::Form { length: text.len() })?;
        Ok(Self::from_bytes(bytes))
    }

    fn from_bytes(bytes: Box<Zeroizing<[u8; KEY_SIZE]>>) -> Self {
        let mut hash = Sha256::new();
        hash.update(ID_LABEL);
        hash.update(bytes.as_slice());
        let [a, b, c, d, e, f, g, h, ..] = hash.finish();
        Self { id: MasterKeyId([a, b, c, d, e, f, g, h]), bytes }
    }

    /// The name of this key, safe to store and to log.
    pub fn id(&self) -> MasterKeyId {
        self.id
    }

    /// Another key made of this one, for what the label says.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn derive(&self, label: &[u8]) -> Result<Zeroizing<[u8; KEY_SIZE]>, ErrorStack> {
        let key = PKey::hmac(self.bytes.as_slice())?;
        let mut derived = Zeroizing::new([0; KEY_SIZE]);
        Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot(derived.as_mut_slice(), label)?;
        Ok(derived)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_SIZE] {
        &self.bytes
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The master key that seals, and those that may still open what they sealed before a rotation.
#[derive(Debug)]
pub struct MasterKeys {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl MasterKeys {
    /// `current` seals every new document; `previous` only open.
    pub fn new(current: MasterKey, previous: Vec<MasterKey>) -> Self {
        Self { current, previous }
    }

    /// The key that seals.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The keys before it, newest first.
    pub fn previous(&self) -> &[MasterKey] {
        &self.previous
    }

    pub(super) fn find(&self, id: MasterKeyId) -> Option<&MasterKey> {
        std::iter::once(&self.current).chain(&self.previous).find(|key| key.id == id)
    }
}

/// Why there is no master key. Never contains key material.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// The text is no key.
    #[error("expected a master key of 64 hex digits, came {length} bytes that are not")]
    Form {
        /// The length that came, in bytes.
        length: usize,
    },
    /// Others than the owner may read or write the file.
    #[error("the master key file {path} has mode {mode:03o}, so others may read or change it: run chmod 600 {path}")]
    Permissions {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// The operating system refused.
    #[error("cannot {action} the master key file {path}: {source}")]
    File {
        /// What was tried: completes "cannot …".
        action: &'static str,
        /// The file.
        path: String,
        /// The refusal.
        source: std::io::Error,
    },
    /// There is no randomness to make a key of.
    #[error("OpenSSL gave no random bytes for a master key: {0}")]
    Random(ErrorStack),
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn the_id_names_the_key_and_never_shows_it() {
        let key = MasterKey::from_hex(HEX).unwrap();
        assert_eq!(key.id(), MasterKey::from_hex(&HEX.to_uppercase()).unwrap().id());
        assert_ne!(key.id(), MasterKey::new_random().unwrap().id());
        assert_eq!(key.id().to_string().len(), 16);
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
        let plain_hash = hex::encode(openssl::sha::sha256(key.bytes()));
        assert!(!plain_hash.starts_with(&key.id().to_string()), "the label separates it from a plain hash");
    }

    #[test]
    fn refuses_text_that_is_no_key_without_repeating_it() {
        for text in ["", "00", HEX.trim_start_matches("00"), &format!("{HEX}00"), &HEX.replace('f', "g")] {
            let error = MasterKey::from_hex(text).unwrap_err();
            assert!(matches!(error, MasterKeyError::Form { length } if length == text.len()));
            assert!(text.is_empty() || text == "00" || !error.to_string().contains(text));
        }
    }
}
