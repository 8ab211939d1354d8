//! What the files hold, checked.

use std::path::PathBuf;

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Crl};

use super::TlsError;
use super::files::{PemFile, TlsFiles};
use super::pem::{certificates, pair, refuse_test_pki};
use super::staple::Staple;
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
    /// What a responder says of the server's certificate.
    pub(super) staple: Option<Staple>,
}

impl Material {
    /// Reads the PEM and checks: a pair, valid `now` (seconds since 1970), no test certificate in production, lists of
    /// trusted authorities.
    pub(super) fn parse(files: &TlsFiles, environment: Environment, now: i64) -> Result<Self, TlsError> {
        let (chain, key) = pair(&files.certificate, &files.key, now)?;
        let client_ca = each(&files.client_ca, certificates)?;
        if environment == Environment::Production {
            let (own, trusted) = (std::iter::once(&files.certificate), files.client_ca.iter());
            own.chain(trusted).try_for_each(refuse_test_pki)?;
        }
        let crls = each(&files.crl, |file| lists(file, &client_ca))?;
        let crl_files = files.crl.iter().map(|file| file.path.clone()).collect();
        let staple = files.ocsp_staple.as_ref().map(|file| Staple::read(file, &chain)).transpose()?;
        Ok(Self { chain, key, client_ca, crls, crl_files, staple })
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
