//! Short texts that leave the server and come back, such as the place at which an answer goes on: readable and alterable by
//! nobody on the way. Servers that share the master key take each other's.
//!
//! ```text
//! version 1 (1), master key id (8), nonce (12), ciphertext, tag (16)
//! ```

use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, rand::rand_bytes, sign::Signer};
use zeroize::Zeroizing;

use super::{
    ContentError, MasterKey, MasterKeyId, MasterKeys,
    gcm::{KEY_SIZE, NONCE_SIZE, Opener, Sealer, TAG_SIZE},
};

const VERSION: u8 = 1;
const LABEL: &[u8] = b"dossier sealed text key v1";

impl MasterKeys {
    /// Encrypts a text, which opens for the same `context` only.
    ///
    /// # Errors
    /// Those of OpenSSL.
    pub fn seal_text(&self, context: &[u8], text: &[u8]) -> Result<Vec<u8>, ContentError> {
        let master = self.current();
        let mut nonce = [0; NONCE_SIZE];
        rand_bytes(&mut nonce)?;
        let mut bytes = text.to_vec();
        let key = text_key(master)?;
        let tag = Sealer::new(&key)?.seal(&nonce, context, &mut bytes)?;
        Ok([&[VERSION][..], &master.id().0, &nonce, &bytes, &tag].concat())
    }

    /// The text of what [`seal_text`](Self::seal_text) gave for this context; nothing for anything else.
    ///
    /// # Errors
    /// Those of OpenSSL.
    pub fn open_text(&self, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, ContentError> {
        let Some((id, nonce, mut text, tag)) = split(sealed) else { return Ok(None) };
        let Some(master) = self.find(id) else { return Ok(None) };
        let key = text_key(master)?;
        let is_authentic = Opener::new(&key)?.open(&nonce, context, &mut text, &tag)?;
        Ok(is_authentic.then_some(text))
    }
}

fn split(sealed: &[u8]) -> Option<(MasterKeyId, [u8; NONCE_SIZE], Vec<u8>, [u8; TAG_SIZE])> {
    let (&[VERSION], rest) = sealed.split_first_chunk()? else { return None };
    let (&id, rest) = rest.split_first_chunk()?;
    let (&nonce, rest) = rest.split_first_chunk()?;
    let (text, &tag) = rest.split_last_chunk()?;
    Some((MasterKeyId(id), nonce, text.to_vec(), tag))
}

/// A key for texts alone (HMAC with SHA-256 over a label), so that no nonce meets one of a data key.
fn text_key(master: &MasterKey) -> Result<Zeroizing<[u8; KEY_SIZE]>, ErrorStack> {
    let hmac_key = PKey::hmac(master.bytes())?;
    let mut key = Zeroizing::new([0; KEY_SIZE]);
    let mut signer = Signer::new(MessageDigest::sha256(), &hmac_key)?;
    signer.sign_oneshot(key.as_mut_slice(), LABEL)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_for_its_context_and_unaltered_only() {
        let keys = MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new());
        let sealed = keys.seal_text(b"here", b"patient=1958").unwrap();
        assert!(!sealed.windows(4).any(|seen| seen == b"1958"));
        assert_ne!(keys.seal_text(b"here", b"patient=1958").unwrap(), sealed);
        assert_eq!(keys.open_text(b"here", &sealed).unwrap().as_deref(), Some(&b"patient=1958"[..]));
        assert_eq!(keys.open_text(b"there", &sealed).unwrap(), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(keys.open_text(b"here", &altered).unwrap(), None, "{at}");
            assert_eq!(keys.open_text(b"here", &sealed[..at]).unwrap(), None, "{at}");
        }
    }

    #[test]
    fn a_text_outlives_the_change_of_the_master_key() {
        let hex = "07".repeat(32);
        let before = MasterKeys::new(MasterKey::from_hex(&hex).unwrap(), Vec::new());
        let sealed = before.seal_text(b"", b"text").unwrap();
        let after = MasterKeys::new(MasterKey::new_random().unwrap(), vec![MasterKey::from_hex(&hex).unwrap()]);
        assert_eq!(after.open_text(b"", &sealed).unwrap().as_deref(), Some(&b"text"[..]));
        let elsewhere = MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new());
        assert_eq!(elsewhere.open_text(b"", &sealed).unwrap(), None);
    }
}
