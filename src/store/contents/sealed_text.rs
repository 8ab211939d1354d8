//! Short texts that leave the server and come back, such as the place at which an answer goes on: readable and alterable by
//! nobody on the way. Servers that share the master key take each other's. The same text gives the same bytes, so that two answers
//! that say the same are the same: the nonce is made from the text (as RFC 5297 does), and meets no other text.
//!
//! ```text
//! version 1 (1), master key id (8), nonce (12), ciphertext, tag (16)
//! ```

use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sign::Signer};
use zeroize::Zeroizing;

use super::{
    ContentError, MasterKeyId, MasterKeys,
    gcm::{KEY_SIZE, NONCE_SIZE, Opener, Sealer, TAG_SIZE},
};

const VERSION: u8 = 1;
const KEY_LABEL: &[u8] = b"dossier sealed text key v1";
const NONCE_LABEL: &[u8] = b"dossier sealed text nonce v1";

impl MasterKeys {
    /// Encrypts a text, which opens for the same `context` only.
    ///
    /// # Errors
    /// Those of OpenSSL.
    pub fn seal_text(&self, context: &[u8], text: &[u8]) -> Result<Vec<u8>, ContentError> {
        let master = self.current();
        let length = u64::try_from(context.len()).unwrap_or(u64::MAX).to_be_bytes();
        let digest = mac(&*mac(master.bytes(), &[NONCE_LABEL])?, &[&length, context, text])?;
        let (&nonce, _): (&[u8; NONCE_SIZE], _) = digest.split_first_chunk().ok_or_else(ErrorStack::get)?;
        let mut bytes = text.to_vec();
        let key = mac(master.bytes(), &[KEY_LABEL])?;
        let tag = Sealer::new(&key)?.seal(&nonce, context, &mut bytes)?;
        Ok([&[VERSION][..], &master.id().0, &nonce, &bytes, &tag].concat())
    }

    /// The text of what [`seal_text`](Self::seal_text) gave for this context; nothing for anything else.
    ///
    /// # Errors
    /// Those of OpenSSL.
    pub fn open_text(&self, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, ContentError> {
        let Some(Parts { id, nonce, mut text, tag }) = Parts::of(sealed) else { return Ok(None) };
        let Some(master) = self.find(id) else { return Ok(None) };
        let key = mac(master.bytes(), &[KEY_LABEL])?;
        let is_authentic = Opener::new(&key)?.open(&nonce, context, &mut text, &tag)?;
        Ok(is_authentic.then_some(text))
    }
}

struct Parts {
    id: MasterKeyId,
    nonce: [u8; NONCE_SIZE],
    text: Vec<u8>,
    tag: [u8; TAG_SIZE],
}

impl Parts {
    fn of(sealed: &[u8]) -> Option<Self> {
        let (&[VERSION], rest) = sealed.split_first_chunk()? else { return None };
        let (&id, rest) = rest.split_first_chunk()?;
        let (&nonce, rest) = rest.split_first_chunk()?;
        let (text, &tag) = rest.split_last_chunk()?;
        Some(Self { id: MasterKeyId(id), nonce, text: text.to_vec(), tag })
    }
}

/// HMAC with SHA-256 over these parts. Over a label it gives a key of its own, so that no nonce meets one of a data key.
fn mac(key: &[u8; KEY_SIZE], parts: &[&[u8]]) -> Result<Zeroizing<[u8; KEY_SIZE]>, ErrorStack> {
    let hmac_key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &hmac_key)?;
    parts.iter().try_for_each(|part| signer.update(part))?;
    let mut mac = Zeroizing::new([0; KEY_SIZE]);
    signer.sign(mac.as_mut_slice())?;
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::super::MasterKey;
    use super::*;

    #[test]
    fn a_text_opens_for_its_context_and_unaltered_only() {
        let keys = MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new());
        let sealed = keys.seal_text(b"here", b"patient=1958").unwrap();
        assert!(!sealed.windows(4).any(|seen| seen == b"1958"));
        assert_eq!(keys.seal_text(b"here", b"patient=1958").unwrap(), sealed);
        let nonce = |context: &[u8], text: &[u8]| keys.seal_text(context, text).unwrap()[9..21].to_vec();
        assert_eq!(nonce(b"here", b"patient=1958"), sealed[9..21]);
        assert!([nonce(b"here", b"patient=1959"), nonce(b"her", b"epatient=1958")].iter().all(|other| *other != sealed[9..21]));
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
