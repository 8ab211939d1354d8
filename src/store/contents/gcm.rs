//! AES-256-GCM with one key schedule for many messages.
//!
//! The OpenSSL context is made once per key and only given a new nonce per message, which keeps chunked encryption near
//! the speed of one long message.

use openssl::{cipher::Cipher, cipher_ctx::CipherCtx, error::ErrorStack};

/// Bytes of a key.
pub(super) const KEY_SIZE: usize = 32;
/// Bytes of a nonce.
pub(super) const NONCE_SIZE: usize = 12;
/// Bytes of an authentication tag.
pub(super) const TAG_SIZE: usize = 16;

/// Encrypts messages under one key. Each nonce must be used once only.
pub(super) struct Sealer(CipherCtx);

impl Sealer {
    pub(super) fn new(key: &[u8; KEY_SIZE]) -> Result<Self, ErrorStack> {
        let mut context = CipherCtx::new()?;
        context.encrypt_init(Some(Cipher::aes_256_gcm()), Some(key), None)?;
        Ok(Self(context))
    }

    /// Encrypts `text` in place and returns its tag.
    pub(super) fn seal(&mut self, nonce: &[u8; NONCE_SIZE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG_SIZE], ErrorStack> {
        self.0.encrypt_init(None, None, Some(nonce))?;
        self.0.cipher_update(aad, None)?;
        let length = text.len();
        if length > 0 {
            self.0.cipher_update_inplace(text, length)?;
        }
        self.0.cipher_final(&mut [])?;
        let mut tag = [0; TAG_SIZE];
        self.0.tag(&mut tag)?;
        Ok(tag)
    }
}

/// Decrypts messages under one key.
pub(super) struct Opener(CipherCtx);

impl Opener {
    pub(super) fn new(key: &[u8; KEY_SIZE]) -> Result<Self, ErrorStack> {
        let mut context = CipherCtx::new()?;
        context.decrypt_init(Some(Cipher::aes_256_gcm()), Some(key), None)?;
        Ok(Self(context))
    }

    /// Decrypts `text` in place; `false` if it is not authentic, and then `text` is zeros.
    pub(super) fn open(&mut self, nonce: &[u8; NONCE_SIZE], aad: &[u8], text: &mut [u8], tag: &[u8; TAG_SIZE]) -> Result<bool, ErrorStack> {
        self.0.decrypt_init(None, None, Some(nonce))?;
        self.0.cipher_update(aad, None)?;
        let length = text.len();
        if length > 0 {
            self.0.cipher_update_inplace(text, length)?;
        }
        self.0.set_tag(tag)?;
        // GCM gives no other reason than a wrong tag to fail here, and OpenSSL leaves its error queue empty then.
        let authentic = self.0.cipher_final(&mut []).is_ok();
        if !authentic {
            text.fill(0);
        }
        Ok(authentic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test case 16 of the specification of GCM by McGrew and Viega, appendix B.
    #[test]
    fn agrees_with_a_published_vector() {
        let key: [u8; 32] = hex::decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").unwrap().try_into().unwrap();
        let nonce: [u8; 12] = hex::decode("cafebabefacedbaddecaf888").unwrap().try_into().unwrap();
        let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
        let plain = hex::decode(concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ))
        .unwrap();
        let mut sealer = Sealer::new(&key).unwrap();
        let mut opener = Opener::new(&key).unwrap();
        // Twice, so that reuse of the context is part of what is checked.
        for _ in 0..2 {
            let mut text = plain.clone();
            let tag = sealer.seal(&nonce, &aad, &mut text).unwrap();
            assert_eq!(hex::encode(tag), "76fc6ece0f4e1768cddf8853bb2d551b");
            assert_eq!(hex::encode(&text[..16]), "522dc1f099567d07f47f37a32a84427d");
            assert!(opener.open(&nonce, &aad, &mut text, &tag).unwrap());
            assert_eq!(text, plain);
        }
    }

    #[test]
    fn a_wrong_tag_leaves_zeros_and_the_context_usable() {
        let mut sealer = Sealer::new(&[1; 32]).unwrap();
        let mut opener = Opener::new(&[1; 32]).unwrap();
        let mut text = *b"plain";
        let tag = sealer.seal(&[2; 12], b"aad", &mut text).unwrap();
        let mut copy = text;
        assert!(!opener.open(&[2; 12], b"other", &mut copy, &tag).unwrap());
        assert_eq!(copy, [0; 5]);
        assert!(opener.open(&[2; 12], b"aad", &mut text, &tag).unwrap());
        assert_eq!(&text, b"plain");
    }
}
