//! The data key of a document, and how it is wrapped by a master key.

use std::fmt;

use openssl::{error::ErrorStack, rand::rand_bytes};
use zeroize::Zeroizing;

use super::{
    ContentError, ContentKey, MasterKey, MasterKeyId, MasterKeys,
    gcm::{KEY_SIZE, NONCE_SIZE, Opener, Sealer, TAG_SIZE},
};

const VERSION: u8 = 1;
const LABEL: &[u8; 26] = b"dossier sealed data key v1";

/// The 256-bit key of one document; wiped from memory when dropped.
///
/// Boxed, so that moving the key leaves no copy behind.
pub struct DataKey(Box<Zeroizing<[u8; KEY_SIZE]>>);

impl DataKey {
    pub(super) fn new_random() -> Result<Self, ErrorStack> {
        let mut bytes = Box::new(Zeroizing::new([0; KEY_SIZE]));
        rand_bytes(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_SIZE] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// A [`DataKey`] wrapped by a master key, bound to the content key of its document.
///
/// It is stored in the row of the document. Deleting it makes the document unreadable for ever, backups of the content
/// included.
///
/// [`encode`](Self::encode) gives 69 bytes: version 1 (1), master key id (8), nonce (12), ciphertext (32), tag (16).
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    master_key_id: MasterKeyId,
    nonce: [u8; NONCE_SIZE],
    ciphertext: [u8; KEY_SIZE],
    tag: [u8; TAG_SIZE],
}

impl SealedKey {
    /// Bytes of the encoded form.
    pub const SIZE: usize = 1 + 8 + NONCE_SIZE + KEY_SIZE + TAG_SIZE;

    /// The master key that is needed to open it.
    pub fn master_key_id(&self) -> MasterKeyId {
        self.master_key_id
    }

    /// The form for a BLOB column.
    pub fn encode(&self) -> Vec<u8> {
        [&[VERSION][..], &self.master_key_id.0, &self.nonce, &self.ciphertext, &self.tag].concat()
    }

    /// Reads the form of [`encode`](Self::encode). Whether it is authentic shows when it is unsealed.
    pub fn decode(bytes: &[u8]) -> Result<Self, ContentError> {
        Self::split(bytes).ok_or_else(|| ContentError::SealedKeyForm {
            expected: Self::SIZE,
            length: bytes.len(),
            version: bytes.first().copied(),
        })
    }

    fn split(bytes: &[u8]) -> Option<Self> {
        let (&[VERSION], rest) = bytes.split_first_chunk()? else { return None };
        let (&id, rest) = rest.split_first_chunk()?;
        let (&nonce, rest) = rest.split_first_chunk()?;
        let (&ciphertext, rest) = rest.split_first_chunk()?;
        let tag = rest.try_into().ok()?;
        Some(Self { master_key_id: MasterKeyId(id), nonce, ciphertext, tag })
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey(by {})", self.master_key_id)
    }
}

impl MasterKeys {
    /// Wraps the data key of the document `key` with the current master key.
    pub fn seal(&self, data_key: &DataKey, key: &ContentKey) -> Result<SealedKey, ContentError> {
        let master = self.current();
        let mut nonce = [0; NONCE_SIZE];
        rand_bytes(&mut nonce)?;
        let mut ciphertext = Zeroizing::new(*data_key.bytes());
        let tag = Sealer::new(master.bytes())?.seal(&nonce, &binding(master.id(), key), ciphertext.as_mut_slice())?;
        Ok(SealedKey { master_key_id: master.id(), nonce, ciphertext: *ciphertext, tag })
    }

    /// Opens the data key of the document `key`.
    ///
    /// # Errors
    /// [`ContentError::UnknownMasterKey`] if the master key is not among these;
    /// [`ContentError::SealedKeyRefused`] if the sealed key was altered or belongs to other content.
    pub fn unseal(&self, sealed: &SealedKey, key: &ContentKey) -> Result<DataKey, ContentError> {
        let id = sealed.master_key_id;
        let master: &MasterKey = self.find(id).ok_or(ContentError::UnknownMasterKey { id })?;
        let mut bytes = Box::new(Zeroizing::new(sealed.ciphertext));
        let aad = binding(id, key);
        if Opener::new(master.bytes())?.open(&sealed.nonce, &aad, bytes.as_mut_slice(), &sealed.tag)? {
            return Ok(DataKey(bytes));
        }
        Err(ContentError::SealedKeyRefused { key: *key, id })
    }

    /// Wraps the same data key again with the current master key: rotation without touching the document.
    ///
    /// The errors are those of [`unseal`](Self::unseal).
    pub fn reseal(&self, sealed: &SealedKey, key: &ContentKey) -> Result<SealedKey, ContentError> {
        self.seal(&self.unseal(sealed, key)?, key)
    }
}

/// What the wrapping authenticates beside the data key.
fn binding(id: MasterKeyId, key: &ContentKey) -> Vec<u8> {
    [&LABEL[..], &id.0, key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> MasterKeys {
        MasterKeys::new(MasterKey::new_random().unwrap(), vec![])
    }

    #[test]
    fn opens_what_it_sealed_after_a_round_through_bytes() {
        let (keys, key, data_key) = (keys(), ContentKey::new_random(), DataKey::new_random().unwrap());
        let sealed = keys.seal(&data_key, &key).unwrap();
        let bytes = sealed.encode();
        assert_eq!(bytes.len(), SealedKey::SIZE);
        assert!(!bytes.windows(8).any(|seen| data_key.bytes().starts_with(seen)));
        let read = SealedKey::decode(&bytes).unwrap();
        assert_eq!(read, sealed);
        assert_eq!(keys.unseal(&read, &key).unwrap().bytes(), data_key.bytes());
        assert_ne!(keys.seal(&data_key, &key).unwrap().nonce, sealed.nonce);
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let (keys, key) = (keys(), ContentKey::new_random());
        let bytes = keys.seal(&DataKey::new_random().unwrap(), &key).unwrap().encode();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let opened = SealedKey::decode(&altered).and_then(|sealed| keys.unseal(&sealed, &key));
            match at {
                0 => assert!(matches!(opened, Err(ContentError::SealedKeyForm { version: Some(0), .. }))),
                1..9 => assert!(matches!(opened, Err(ContentError::UnknownMasterKey { .. }))),
                _ => assert!(matches!(opened, Err(ContentError::SealedKeyRefused { .. })), "byte {at}"),
            }
        }
    }

    #[test]
    fn a_wrong_length_is_refused() {
        let (keys, key) = (keys(), ContentKey::new_random());
        let mut bytes = keys.seal(&DataKey::new_random().unwrap(), &key).unwrap().encode();
        for length in 0..bytes.len() {
            assert!(SealedKey::decode(&bytes[..length]).is_err(), "{length} bytes");
        }
        bytes.push(0);
        assert!(matches!(SealedKey::decode(&bytes), Err(ContentError::SealedKeyForm { length: 70, .. })));
    }

    #[test]
    fn belongs_to_one_document() {
        let keys = keys();
        let sealed = keys.seal(&DataKey::new_random().unwrap(), &ContentKey::new_random()).unwrap();
        let other = ContentKey::new_random();
        let refused = keys.unseal(&sealed, &other);
        assert!(matches!(refused, Err(ContentError::SealedKeyRefused { key, .. }) if key == other));
    }

    #[test]
    fn an_unknown_master_key_is_named() {
        let key = ContentKey::new_random();
        let before = keys();
        let sealed = before.seal(&DataKey::new_random().unwrap(), &key).unwrap();
        let error = keys().unseal(&sealed, &key).unwrap_err();
        assert!(error.to_string().contains(&before.current().id().to_string()), "{error}");
    }

    #[test]
    fn rotation_keeps_the_data_key_and_lets_the_old_master_key_go() {
        let key = ContentKey::new_random();
        let digits = "5a".repeat(32);
        let before = MasterKeys::new(MasterKey::from_hex(&digits).unwrap(), vec![]);
        let data_key = DataKey::new_random().unwrap();
        let sealed = before.seal(&data_key, &key).unwrap();

        let fresh = "a5".repeat(32);
        let during = MasterKeys::new(MasterKey::from_hex(&fresh).unwrap(), vec![MasterKey::from_hex(&digits).unwrap()]);
        let resealed = during.reseal(&sealed, &key).unwrap();
        assert_eq!(resealed.master_key_id(), during.current().id());

        let after = MasterKeys::new(MasterKey::from_hex(&fresh).unwrap(), vec![]);
        assert_eq!(after.unseal(&resealed, &key).unwrap().bytes(), data_key.bytes());
        assert!(matches!(after.unseal(&sealed, &key), Err(ContentError::UnknownMasterKey { .. })));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", DataKey::new_random().unwrap()), "DataKey(…)");
    }
}
