//! PEM files as certificates and keys.

use openssl::asn1::Asn1Time;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509NameRef};

use super::TlsError;
use super::files::PemFile;
use crate::model::node::TEST_PKI_ORGANISATION;

/// All certificates of a file, at least one.
pub(super) fn certificates(file: &PemFile) -> Result<Vec<X509>, TlsError> {
    let found = X509::stack_from_pem(&file.bytes).unwrap_or_default();
    if found.is_empty() { Err(file.not_pem("certificate")) } else { Ok(found) }
}

/// A certificate with its issuers, and its key: a pair, and valid `now` (seconds since 1970).
pub(super) fn pair(certificate: &PemFile, key: &PemFile, now: i64) -> Result<(Vec<X509>, PKey<Private>), TlsError> {
    let chain = certificates(certificate)?;
    let private = PKey::private_key_from_pem_callback(&key.bytes, |_| Ok(0)).map_err(|_| key.not_pem("private key without a password"))?;
    let own = chain.first().ok_or_else(|| certificate.not_pem("certificate"))?;
    let (setting, path) = (certificate.setting, certificate.path.clone());
    if !own.public_key()?.public_eq(&private) {
        return Err(TlsError::Mismatch { setting, key_setting: key.setting, key: key.path.clone(), certificate: path });
    }
    let (from, until) = (own.not_before(), own.not_after());
    let at = Asn1Time::from_unix(now)?;
    if from <= at && at <= until {
        return Ok((chain, private));
    }
    Err(TlsError::NotValidNow { setting, path, from: from.to_string(), until: until.to_string() })
}

/// Refuses a file with a certificate of a test PKI.
pub(super) fn refuse_test_pki(file: &PemFile) -> Result<(), TlsError> {
    let of_test = |name: &X509NameRef| {
        name.entries_by_nid(Nid::ORGANIZATIONNAME).any(|entry| entry.data().as_slice() == TEST_PKI_ORGANISATION.as_bytes())
    };
    let marked = certificates(file)?.iter().any(|one| of_test(one.subject_name()) || of_test(one.issuer_name()));
    if marked { Err(TlsError::TestPki { setting: file.setting, path: file.path.clone() }) } else { Ok(()) }
}
