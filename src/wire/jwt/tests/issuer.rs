//! An issuer of the tests, which writes tokens by hand and signs them with OpenSSL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use serde_json::{Value, json};

use super::super::*;
use crate::model::timestamp::Instant;

pub(super) const ISSUER: &str = "https://as.example";
pub(super) const AUDIENCE: &str = "https://dossier.example/fhir";
/// 2025-03-17T08:00:00Z.
pub(super) const NOW: i64 = 1_742_198_400;
pub(super) const AT: Instant = Instant(NOW * 1_000_000);

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key of the issuer.
pub(super) struct Key {
    pub(super) key: PKey<Private>,
    pub(super) kid: &'static str,
}

impl Key {
    pub(super) fn rsa(kid: &'static str, bits: u32) -> Self {
        Self { key: PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap(), kid }
    }

    pub(super) fn ec(kid: &'static str, curve: Nid) -> Self {
        Self { key: PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()).unwrap(), kid }
    }

    pub(super) fn jwk(&self) -> Value {
        if let Ok(rsa) = self.key.rsa() {
            return json!({ "kty": "RSA", "kid": self.kid, "n": base64(rsa.n().to_vec()), "e": base64(rsa.e().to_vec()) });
        }
        let point = self.key.ec_key().unwrap();
        let length = if point.group().curve_name() == Some(Nid::SECP384R1) { 48 } else { 32 };
        let mut context = openssl::bn::BigNumContext::new().unwrap();
        let (mut x, mut y) = (openssl::bn::BigNum::new().unwrap(), openssl::bn::BigNum::new().unwrap());
        point.public_key().affine_coordinates(point.group(), &mut x, &mut y, &mut context).unwrap();
        let [x, y] = [x, y].map(|number| base64(number.to_vec_padded(length).unwrap()));
        let curve = if length == 48 { "P-384" } else { "P-256" };
        json!({ "kty": "EC", "kid": self.kid, "crv": curve, "x": x, "y": y })
    }

    /// Signs as `alg` says; the curve need not fit it.
    pub(super) fn signature(&self, alg: &str, message: &str) -> Vec<u8> {
        let digest = match alg.get(2..) {
            Some("384") => MessageDigest::sha384(),
            Some("512") => MessageDigest::sha512(),
            _ => MessageDigest::sha256(),
        };
        let mut signer = Signer::new(digest, &self.key).unwrap();
        if alg.starts_with("PS") {
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.set_rsa_mgf1_md(digest).unwrap();
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
        }
        let signature = signer.sign_oneshot_to_vec(message.as_bytes()).unwrap();
        if self.key.ec_key().is_err() {
            return signature;
        }
        let length = if self.key.bits() == 384 { 48 } else { 32 };
        let numbers = EcdsaSig::from_der(&signature).unwrap();
        [numbers.r(), numbers.s()].map(|number| number.to_vec_padded(length).unwrap()).concat()
    }
}

pub(super) fn header(alg: &str, kid: &str) -> Value {
    json!({ "alg": alg, "typ": "at+jwt", "kid": kid })
}

/// A token of these texts.
pub(super) fn signed(key: &Key, alg: &str, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", base64(header), base64(payload));
    let signature = key.signature(alg, &message);
    format!("{message}.{}", base64(signature))
}

pub(super) fn payload() -> Value {
    json!({
        "iss": ISSUER, "sub": "joan", "aud": AUDIENCE, "jti": "t1", "client_id": "app", "scope": "user/DocumentReference.rs ITI-68",
        "iat": NOW - 10, "exp": NOW + 300,
        "extensions": {
            "ihe_iua": {
                "subject_name": "Dr. Joan", "subject_organization": "Hospital", "subject_organization_id": "urn:oid:2.999.1",
                "subject_role": [{ "system": "urn:oid:2.999.442.1.5", "code": "patient" }],
                "purpose_of_use": { "system": "2.16.840.1.113883.3.18.7.1", "code": "TREATMENT", "display": "Treatment" },
                "home_community_id": "urn:oid:2.999.2", "national_provider_identifier": "npi-1", "person_id": "ABC9586"
            },
            "ihe_bppc": { "patient_id": "P1^^^&1.2.3&ISO", "doc_id": "urn:oid:1.2.3.4", "acp": "urn:oid:1.2.3.5" },
            "dossier": {
                "provider_identifier": { "system": "urn:oid:2.999.442.2.1", "value": "D01" },
                "person": "1958031498124^^^&1.3.182.4.4&ISO", "representative": "1991050998408^^^&1.3.182.4.4&ISO",
                "access_reason": "correction"
            }
        }
    })
}

/// The issuer's keys, as this server has them.
pub(super) struct Trusted(pub(super) KeySet);

impl Trusted {
    pub(super) fn of(keys: &[&Key]) -> Self {
        let set = json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() });
        Self(KeySet::parse(set.to_string().as_bytes()).unwrap())
    }
}

impl IssuerKeys for Trusted {
    fn key(&self, issuer: &str, kid: &str, _: Instant) -> Result<VerificationKey, NoKey> {
        if issuer != ISSUER {
            return Err(NoKey::UnknownIssuer);
        }
        self.0.find(kid).cloned().ok_or(NoKey::UnknownKey)
    }
}
