//! OpenSSL behind the library's traits for signatures.

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{self, RsaPssSaltlen};

use super::SignatureAlgorithm;
use crate::wire::public_key::{coordinate_bytes, ecdsa_in_der};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes the library use it. Everything here that verifies or signs calls this first.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    // Only the first of a process counts, and nobody else installs one.
    ONCE.call_once(|| {
        let _ = PROVIDER.install_default();
    });
}

/// The key for OpenSSL. It fits the algorithm, or there is none: an RSA key verifies no ECDSA, and none a MAC.
pub(super) fn public_key(algorithm: SignatureAlgorithm, key: &DecodingKey) -> Result<PKey<Public>> {
    let unfit = |_: ErrorStack| Error::from(ErrorKind::InvalidKeyFormat);
    match (algorithm, key.family(), key.kind()) {
        (SignatureAlgorithm::Es256, AlgorithmFamily::Ec, DecodingKeyKind::SecretOrDer(point)) => {
            on_curve(Nid::X9_62_PRIME256V1, point).map_err(unfit)
        }
        (SignatureAlgorithm::Es384, AlgorithmFamily::Ec, DecodingKeyKind::SecretOrDer(point)) => {
            on_curve(Nid::SECP384R1, point).map_err(unfit)
        }
        (SignatureAlgorithm::Es256 | SignatureAlgorithm::Es384, _, _) => Err(ErrorKind::InvalidKeyFormat.into()),
        (_, AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, e }) => of_modulus(n, e).map_err(unfit),
        _ => Err(ErrorKind::InvalidKeyFormat.into()),
    }
}

fn on_curve(curve: Nid, point: &[u8]) -> std::result::Result<PKey<Public>, ErrorStack> {
    let group = EcGroup::from_curve_name(curve)?;
    let point = EcPoint::from_bytes(&group, point, &mut *BigNumContext::new()?)?;
    let key = EcKey::from_public_key(&group, &point)?;
    key.check_key()?;
    PKey::from_ec_key(key)
}

fn of_modulus(n: &[u8], e: &[u8]) -> std::result::Result<PKey<Public>, ErrorStack> {
    PKey::from_rsa(Rsa::from_public_components(BigNum::from_slice(n)?, BigNum::from_slice(e)?)?)
}

fn known(algorithm: Algorithm) -> Result<SignatureAlgorithm> {
    SignatureAlgorithm::of(algorithm).ok_or_else(|| ErrorKind::InvalidAlgorithm.into())
}

fn digest(algorithm: SignatureAlgorithm) -> MessageDigest {
    match algorithm {
        SignatureAlgorithm::Rs256 | SignatureAlgorithm::Ps256 | SignatureAlgorithm::Es256 => MessageDigest::sha256(),
        SignatureAlgorithm::Rs384 | SignatureAlgorithm::Es384 => MessageDigest::sha384(),
        SignatureAlgorithm::Rs512 => MessageDigest::sha512(),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let algorithm = known(*algorithm)?;
    Ok(Box::new(OpenSslVerifier { algorithm, key: public_key(algorithm, key)? }))
}

struct OpenSslVerifier {
    algorithm: SignatureAlgorithm,
    key: PKey<Public>,
}

impl OpenSslVerifier {
    fn is_genuine(&self, message: &[u8], signature: &[u8]) -> std::result::Result<bool, ErrorStack> {
        let mut verifier = sign::Verifier::new(digest(self.algorithm), &self.key)?;
        match self.algorithm {
            SignatureAlgorithm::Es256 | SignatureAlgorithm::Es384 => verifier.verify_oneshot(&ecdsa_in_der(&self.key, signature)?, message),
            SignatureAlgorithm::Ps256 => {
                // RFC 7518, 3.5: MGF1 with the same digest, and a salt as long as it.
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_mgf1_md(MessageDigest::sha256())?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
                verifier.verify_oneshot(signature, message)
            }
            SignatureAlgorithm::Rs256 | SignatureAlgorithm::Rs384 | SignatureAlgorithm::Rs512 => {
                verifier.verify_oneshot(signature, message)
            }
        }
    }
}

impl Verifier<Vec<u8>> for OpenSslVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        match self.is_genuine(message, signature) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(signature::Error::new()),
        }
    }
}

impl JwtVerifier for OpenSslVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm.in_library()
    }
}

/// Signs with ES256 only: nobody but the demo's authorization server signs here.
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if *algorithm != Algorithm::ES256 || key.family() != AlgorithmFamily::Ec {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let key = PKey::private_key_from_der(key.as_bytes()).map_err(|_| Error::from(ErrorKind::InvalidKeyFormat))?;
    Ok(Box::new(OpenSslSigner(key)))
}

struct OpenSslSigner(PKey<Private>);

impl OpenSslSigner {
    fn signature_of(&self, message: &[u8]) -> std::result::Result<Vec<u8>, ErrorStack> {
        let der = sign::Signer::new(MessageDigest::sha256(), &self.0)?.sign_oneshot_to_vec(message)?;
        let numbers = EcdsaSig::from_der(&der)?;
        let length = i32::try_from(coordinate_bytes(&self.0)?).unwrap_or(i32::MAX);
        Ok([numbers.r().to_vec_padded(length)?, numbers.s().to_vec_padded(length)?].concat())
    }
}

impl Signer<Vec<u8>> for OpenSslSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        self.signature_of(message).map_err(signature::Error::from_source)
    }
}

impl JwtSigner for OpenSslSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}
