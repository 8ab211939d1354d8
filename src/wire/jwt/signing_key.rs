//! Signs tokens, for the authorization server of the demo.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use serde_json::{Value, json};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{SignatureAlgorithm, openssl_provider};

/// A private key on P-256, which signs with ES256.
pub struct SigningKey {
    key: EncodingKey,
    /// The public key as a JWK, with its thumbprint (RFC 7638) as `kid`.
    jwk: Value,
    kid: String,
}

/// Why there is no key or no token.
#[derive(Debug, Error)]
pub enum SigningError {
    /// It is not the private key that it should be.
    #[error("it is not a private key on the curve P-256 in PEM without a password")]
    NotAKey,
    /// OpenSSL refused.
    #[error("OpenSSL refuses: {0}")]
    OpenSsl(#[from] ErrorStack),
    /// The token could not be signed.
    #[error("the token could not be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl SigningKey {
    /// A new private key, as PEM (PKCS #8).
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn generate_pem() -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        Ok(Zeroizing::new(PKey::from_ec_key(EcKey::generate(&group)?)?.private_key_to_pem_pkcs8()?))
    }

    /// Reads a private key.
    ///
    /// # Errors
    /// [`SigningError::NotAKey`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, SigningError> {
        let key = PKey::private_key_from_pem_callback(pem, |_| Ok(0)).map_err(|_| SigningError::NotAKey)?;
        let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
        if curve != Some(Nid::X9_62_PRIME256V1) {
            return Err(SigningError::NotAKey);
        }
        let [x, y] = coordinates(&key)?;
        // RFC 7638, 3.2: the members in the order of their names, without white space.
        let thumbprint = sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes());
        let kid = URL_SAFE_NO_PAD.encode(thumbprint);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid });
        Ok(Self { key: EncodingKey::from_ec_der(&key.private_key_to_pkcs8()?), jwk, kid })
    }

    /// The key set with the public key.
    pub fn key_set(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }

    /// Signs a payload as an access token (RFC 9068).
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn sign(&self, payload: &Value) -> Result<String, SigningError> {
        openssl_provider::install();
        let mut header = Header::new(SignatureAlgorithm::Es256.in_library());
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.clone());
        Ok(encode(&header, payload, &self.key)?)
    }
}

fn coordinates(key: &PKey<Private>) -> Result<[String; 2], ErrorStack> {
    let key = key.ec_key()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut *BigNumContext::new()?)?;
    Ok([URL_SAFE_NO_PAD.encode(x.to_vec_padded(32)?), URL_SAFE_NO_PAD.encode(y.to_vec_padded(32)?)])
}
