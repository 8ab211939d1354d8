//! How a document lies in the store.
//!
//! ```text
//! header   magic "DSRC" (4), version 1 (1), chunk size (4, big endian), nonce prefix (7)
//! chunk    ciphertext (chunk size; fewer in the last chunk), tag (16)      once or more
//! ```
//!
//! The chunks form the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár ("Online Authenticated-Encryption
//! and its Nonce-Reuse Misuse-Resistance", 2015): the nonce of a chunk is prefix, index (4, big endian) and a last byte
//! that is 1 for the last chunk and 0 for the others. Each chunk authenticates the header and the content key beside
//! its text. So a chunk opens only in its place in its document: cutting off, reordering, repeating, appending and
//! swapping show, as does every altered bit.
//!
//! A last chunk is empty only in an empty document, so that each length has one form.

use super::{
    ContentKey, Damage,
    gcm::{NONCE_SIZE, TAG_SIZE},
};

/// Bytes of plaintext in each chunk but the last.
///
/// Measured on files in the page cache: 64 KiB writes 40 % and reads 20 % faster than 16 KiB, which pays more system
/// calls. Above it the gain is small beside the cost of hashing and syncing, while each open document needs a buffer of
/// this size (`docs/adr/0003-encryption-at-rest.md` has the figures).
pub(super) const CHUNK_SIZE: u32 = 64 * 1024;

/// Chunk sizes that are read. The upper bound keeps an altered header from asking for a huge buffer.
const READABLE_CHUNK_SIZES: std::ops::RangeInclusive<u32> = 4 * 1024..=1024 * 1024;

pub(super) const HEADER_SIZE: usize = 16;
const MAGIC_AND_VERSION: [u8; 5] = *b"DSRC\x01";
pub(super) const PREFIX_SIZE: usize = 7;
const AAD_SIZE: usize = HEADER_SIZE + 16;

/// The first bytes of a stored document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) chunk_size: u32,
    pub(super) nonce_prefix: [u8; PREFIX_SIZE],
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_SIZE] {
        let [m, a, g, i, v] = MAGIC_AND_VERSION;
        let [s0, s1, s2, s3] = self.chunk_size.to_be_bytes();
        let [p0, p1, p2, p3, p4, p5, p6] = self.nonce_prefix;
        [m, a, g, i, v, s0, s1, s2, s3, p0, p1, p2, p3, p4, p5, p6]
    }

    pub(super) fn decode(bytes: [u8; HEADER_SIZE]) -> Result<Self, Damage> {
        let [m, a, g, i, v, s0, s1, s2, s3, nonce_prefix @ ..] = bytes;
        let chunk_size = u32::from_be_bytes([s0, s1, s2, s3]);
        if [m, a, g, i, v] != MAGIC_AND_VERSION || !READABLE_CHUNK_SIZES.contains(&chunk_size) {
            return Err(Damage::Header);
        }
        Ok(Self { chunk_size, nonce_prefix })
    }

    /// The nonce of the chunk `index`, counted from 0.
    pub(super) fn nonce(&self, index: u32, last: bool) -> [u8; NONCE_SIZE] {
        let [p0, p1, p2, p3, p4, p5, p6] = self.nonce_prefix;
        let [i0, i1, i2, i3] = index.to_be_bytes();
        [p0, p1, p2, p3, p4, p5, p6, i0, i1, i2, i3, u8::from(last)]
    }

    /// What each chunk authenticates beside its text: the header and the content key.
    pub(super) fn aad(&self, key: &ContentKey) -> [u8; AAD_SIZE] {
        let mut aad = [0; AAD_SIZE];
        let (header, name) = aad.split_at_mut(HEADER_SIZE);
        header.copy_from_slice(&self.encode());
        name.copy_from_slice(key.as_bytes());
        aad
    }
}

/// Where the chunks of a document of known stored length lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    chunk_size: u32,
    last_index: u32,
    last_size: u32,
}

impl Layout {
    /// `sealed_size` is the whole stored length, header included.
    pub(super) fn of(chunk_size: u32, sealed_size: u64) -> Result<Self, Damage> {
        Self::divide(chunk_size, sealed_size).ok_or(Damage::Length)
    }

    fn divide(chunk_size: u32, sealed_size: u64) -> Option<Self> {
        let tag = TAG_SIZE as u64;
        let body = sealed_size.checked_sub(HEADER_SIZE as u64)?;
        let sealed_chunk = u64::from(chunk_size) + tag;
        let last_index = body.checked_sub(1)? / sealed_chunk;
        let last_size = (body - last_index * sealed_chunk).checked_sub(tag)?;
        if last_size == 0 && last_index > 0 {
            return None;
        }
        Some(Self { chunk_size, last_index: u32::try_from(last_index).ok()?, last_size: u32::try_from(last_size).ok()? })
    }

    /// Bytes of plaintext in the whole document.
    pub(super) fn plain_size(&self) -> u64 {
        u64::from(self.last_index) * u64::from(self.chunk_size) + u64::from(self.last_size)
    }

    pub(super) fn is_last(&self, index: u32) -> bool {
        index == self.last_index
    }

    /// Bytes of plaintext in the chunk `index`.
    pub(super) fn size(&self, index: u32) -> usize {
        let size = if self.is_last(index) { self.last_size } else { self.chunk_size };
        size as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header { chunk_size: 0x0001_0000, nonce_prefix: [1, 2, 3, 4, 5, 6, 7] };

    #[test]
    fn the_header_is_these_sixteen_bytes() {
        assert_eq!(HEADER.encode(), *b"DSRC\x01\x00\x01\x00\x00\x01\x02\x03\x04\x05\x06\x07");
        assert_eq!(Header::decode(HEADER.encode()), Ok(HEADER));
    }

    #[test]
    fn an_unknown_header_is_refused() {
        for (at, value) in [(0, b'X'), (4, 0), (4, 2), (5, 1), (6, 0x20)] {
            let mut bytes = HEADER.encode();
            bytes[at] = value;
            assert_eq!(Header::decode(bytes), Err(Damage::Header), "byte {at}");
        }
    }

    #[test]
    fn every_chunk_has_its_own_nonce() {
        assert_eq!(HEADER.nonce(0x0a0b_0c0d, false), [1, 2, 3, 4, 5, 6, 7, 0x0a, 0x0b, 0x0c, 0x0d, 0]);
        assert_eq!(HEADER.nonce(0, true), [1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn each_possible_length_has_one_layout() {
        let plain = |sealed| Layout::of(100, sealed).map(|layout| (layout.plain_size(), layout.last_index));
        let header = HEADER_SIZE as u64;
        for impossible in [0, header - 1, header, header + 15, header + 116 + 1, header + 116 + 15, header + 116 + 16] {
            assert_eq!(plain(impossible), Err(Damage::Length), "{impossible}");
        }
        assert_eq!(plain(header + 16), Ok((0, 0)));
        assert_eq!(plain(header + 17), Ok((1, 0)));
        assert_eq!(plain(header + 116), Ok((100, 0)));
        assert_eq!(plain(header + 116 + 17), Ok((101, 1)));
        assert_eq!(plain(header + 2 * 116), Ok((200, 1)));
        assert_eq!(plain(u64::MAX), Err(Damage::Length), "more chunks than the counter has");
    }
}
