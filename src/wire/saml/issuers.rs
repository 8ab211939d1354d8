//! Whose assertions are trusted. Nothing in a message adds to it.

use std::collections::HashMap;

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use thiserror::Error;

use crate::model::timestamp::Instant;
use crate::wire::public_key::is_acceptable;

/// The issuers by name (`saml:Issuer`), each with the keys of its certificates, parsed once.
#[derive(Debug, Default)]
pub struct TrustedIssuers(HashMap<String, Vec<IssuerKey>>);

/// A key, and while it may be used.
#[derive(Debug)]
pub(super) struct IssuerKey {
    pub(super) key: PKey<Public>,
    not_before: Instant,
    not_after: Instant,
}

/// Why a file does not make an issuer trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnusableCertificate {
    /// There is no certificate in it, or one that cannot be read.
    #[error("it is not one or more certificates in PEM")]
    NotPem,
    /// The key is too weak or of another kind.
    #[error("a certificate's key is neither RSA with 2048 bits or more nor on the curve P-256 or P-384")]
    Key,
}

impl TrustedIssuers {
    /// Trusts an issuer for each certificate in `pem`. To change keys without a break, the old and the new are both there
    /// for a while, in one file or in two.
    pub fn trust(&mut self, issuer: &str, pem: &[u8]) -> Result<(), UnusableCertificate> {
        let certificates = X509::stack_from_pem(pem).map_err(|_| UnusableCertificate::NotPem)?;
        if certificates.is_empty() {
            return Err(UnusableCertificate::NotPem);
        }
        let keys = certificates.iter().map(IssuerKey::of).collect::<Result<Vec<_>, _>>()?;
        self.0.entry(issuer.to_owned()).or_default().extend(keys);
        Ok(())
    }

    /// An issuer none of whose certificates is valid any more, so that nothing it signs could be accepted.
    pub fn lapsed(&self, now: Instant) -> Option<&str> {
        let lapsed = |keys: &[IssuerKey]| keys.iter().all(|key| key.not_after < now);
        self.0.iter().find(|(_, keys)| lapsed(keys)).map(|(issuer, _)| issuer.as_str())
    }

    /// The keys of an issuer; nothing if it is not trusted.
    pub(super) fn keys_of(&self, issuer: &str) -> Option<&[IssuerKey]> {
        self.0.get(issuer).map(Vec::as_slice)
    }
}

impl IssuerKey {
    fn of(certificate: &X509) -> Result<Self, UnusableCertificate> {
        let key = certificate.public_key().map_err(|_| UnusableCertificate::Key)?;
        let times = (instant(certificate.not_before()), instant(certificate.not_after()));
        match times {
            (Some(not_before), Some(not_after)) if is_acceptable(&key) => Ok(Self { key, not_before, not_after }),
            (Some(_), Some(_)) => Err(UnusableCertificate::Key),
            _ => Err(UnusableCertificate::NotPem),
        }
    }

    /// Whether its certificate is valid at that time (RFC 5280, 4.1.2.5: both ends included).
    pub(super) fn is_valid_at(&self, at: Instant) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

fn instant(time: &Asn1TimeRef) -> Option<Instant> {
    let since = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    Some(Instant((i64::from(since.days) * 86_400 + i64::from(since.secs)) * 1_000_000))
}
