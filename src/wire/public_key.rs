//! Public keys of those who sign assertions and tokens: which are strong enough, and how their ECDSA signatures are written.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, Public};

/// Whether a key is strong enough and of a kind that verifies here: RSA from 2048 bits, P-256, P-384.
pub(super) fn is_acceptable(key: &PKey<Public>) -> bool {
    match key.id() {
        Id::RSA => (2048..=16_384).contains(&key.bits()),
        Id::EC => {
            let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
            matches!(curve, Some(Nid::X9_62_PRIME256V1 | Nid::SECP384R1))
        }
        _ => false,
    }
}

/// An ECDSA signature as OpenSSL wants it. XML Signature and JWS write the two numbers one behind the other, each as long
/// as the order of the curve (XML Signature 1.1, 6.4.3; RFC 7518, 3.4); another length is no signature.
pub(super) fn ecdsa_in_der(key: &PKey<Public>, signature: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let length = coordinate_bytes(key)?;
    let (r, s) = signature.split_at_checked(length).filter(|(_, s)| s.len() == length).unwrap_or((&[], &[]));
    EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der()
}

/// The length of a coordinate, and of each number of a signature, in bytes.
pub(super) fn coordinate_bytes<T: HasPublic>(key: &PKey<T>) -> Result<usize, ErrorStack> {
    let bits = key.ec_key()?.group().degree();
    Ok(usize::try_from(bits.div_ceil(8)).unwrap_or(0))
}
