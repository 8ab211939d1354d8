//! What the files hold, checked.

use std::path::PathBuf;

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Crl, X509NameRef};

use super::TlsError;
use super::files::{PemFile, TlsFiles};
use crate::model::node::TEST_PKI_ORGANISATION;
use crate::settings::Environment;

/// Begins each list in a file of several.
const LIST_BEGINS: &[u8] = b"-----BEGIN X509 CRL-----";

/// Keys, certificates and lists that fit together.
pub(super) struct Material {
    /// The server's certificate, then its issuers.
    pub(super) chain: Vec<X509>,
    pub(super) key: PKey<Private>,
    pub(super) client_ca: Vec<X509>,
    pub(super) crls: Vec<X509Crl>,
    /// Where OpenSSL reads the lists, for it takes them from files only. It checks their signatures again.
    pub(super) crl_files: Vec<PathBuf>,
}

impl Material {
    /// Reads the PEM and checks: a pair, valid `now` (seconds since 1970), no test certificate in production, lists of
    /// trusted authorities.
    pub(super) fn parse(files: &TlsFiles, environment: Environment, now: i64) -> Result<Self, TlsError> {
        let chain = certificates(&files.certificate)?;
        let key = PKey::private_key_from_pem_callback(&files.key.bytes, |_| Ok(0))
            .map_err(|_| files.key.not_pem("private key without a password"))?;
        let client_ca = each(&files.client_ca, certificates)?;
        if environment == Environment::Production {
            let (own, trusted) = (std::iter::once(&files.certificate), files.client_ca.iter());
            own.chain(trusted).try_for_each(refuse_test_pki)?;
        }
        check_pair(files, &chain, &key, now)?;
        let crls = each(&files.crl, |file| lists(file, &client_ca))?;
        let crl_files = files.crl.iter().map(|file| file.path.clone()).collect();
        Ok(Self { chain, key, client_ca, crls, crl_files })
    }

    /// When the first of each kind runs out, in seconds since 1970.
    pub(super) fn expiries(&self) -> Vec<(&'static str, i64)> {
        let first = |kind, times: Vec<&Asn1TimeRef>| times.into_iter().filter_map(seconds).min().map(|at| (kind, at));
        let server = first("server", self.chain.iter().map(|one| one.not_after()).collect());
        let authorities = first("client_ca", self.client_ca.iter().map(|one| one.not_after()).collect());
        let lists = first("crl", self.crls.iter().filter_map(|one| one.next_update()).collect());
        [server, authorities, lists].into_iter().flatten().collect()
    }
}

fn each<T>(files: &[PemFile], read: impl Fn(&PemFile) -> Result<Vec<T>, TlsError>) -> Result<Vec<T>, TlsError> {
    Ok(files.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn certificates(file: &PemFile) -> Result<Vec<X509>, TlsError> {
    let found = X509::stack_from_pem(&file.bytes).unwrap_or_default();
    if found.is_empty() { Err(file.not_pem("certificate")) } else { Ok(found) }
}

fn check_pair(files: &TlsFiles, chain: &[X509], key: &PKey<Private>, now: i64) -> Result<(), TlsError> {
    let own = chain.first().ok_or_else(|| files.certificate.not_pem("certificate"))?;
    if !own.public_key()?.public_eq(key) {
        return Err(TlsError::Mismatch { key: files.key.path.clone(), certificate: files.certificate.path.clone() });
    }
    let (from, until) = (own.not_before(), own.not_after());
    let at = Asn1Time::from_unix(now)?;
    if from <= at && at <= until {
        return Ok(());
    }
    Err(TlsError::NotValidNow { path: files.certificate.path.clone(), from: from.to_string(), until: until.to_string() })
}

fn refuse_test_pki(file: &PemFile) -> Result<(), TlsError> {
    let of_test = |name: &X509NameRef| {
        name.entries_by_nid(Nid::ORGANIZATIONNAME).any(|entry| entry.data().as_slice() == TEST_PKI_ORGANISATION.as_bytes())
    };
    let marked = certificates(file)?.iter().any(|one| of_test(one.subject_name()) || of_test(one.issuer_name()));
    if marked { Err(TlsError::TestPki { setting: file.setting, path: file.path.clone() }) } else { Ok(()) }
}

/// The lists of a file, each signed by one of the authorities.
fn lists(file: &PemFile, authorities: &[X509]) -> Result<Vec<X509Crl>, TlsError> {
    let starts: Vec<usize> = memchr::memmem::find_iter(&file.bytes, LIST_BEGINS).collect();
    if starts.is_empty() {
        return Err(file.not_pem("revocation list"));
    }
    let read = |start: &usize| {
        let text = file.bytes.get(*start..).unwrap_or_default();
        let list = X509Crl::from_pem(text).map_err(|_| file.not_pem("revocation list"))?;
        let signed_by = |authority: &X509| authority.public_key().and_then(|key| list.verify(&key)).unwrap_or(false);
        if authorities.iter().any(signed_by) { Ok(list) } else { Err(TlsError::ForeignList { path: file.path.clone() }) }
    };
    starts.iter().map(read).collect()
}

/// Seconds since 1970.
pub(super) fn seconds(time: &Asn1TimeRef) -> Option<i64> {
    let since = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    Some(i64::from(since.days) * 86_400 + i64::from(since.secs))
}
