//! What an OCSP responder says of the server's own certificate, shown to clients that ask (RFC 6066, 8).

use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::ssl::SslRef;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use super::TlsError;
use super::files::PemFile;
use super::ocsp::{Answer, BadAnswer, CertificateId, Standing};

/// A response, and what was read of it.
#[derive(Clone)]
pub(super) struct Staple {
    response: Arc<[u8]>,
    answer: Arc<Answer>,
}

impl Staple {
    /// Reads it. It has to say that the first certificate of `chain` is good, signed for its issuer, which has to be there.
    pub(super) fn read(file: &PemFile, chain: &[X509]) -> Result<Self, TlsError> {
        let unfit = |reason: String| TlsError::Staple { path: file.path.clone(), reason };
        let id = chain.first().and_then(|own| CertificateId::of(own, chain.iter()));
        let id = id.ok_or_else(|| unfit("tls.certificate does not hold the certificate of its issuer".to_owned()))?;
        let answer = verified(&file.bytes, &id, chain).map_err(|error| unfit(error.to_string()))?;
        match answer.in_time() {
            Ok(Standing::Good) => Ok(Self { response: file.bytes.as_slice().into(), answer: Arc::new(answer) }),
            Ok(Standing::Revoked | Standing::Unknown) => Err(unfit("it does not say that the certificate is good".to_owned())),
            Err(error) => Err(unfit(error.to_string())),
        }
    }

    /// Shows it while it is in time: an old one would make clients go away who can do without.
    pub(super) fn show(&self, connection: &mut SslRef) -> Result<bool, ErrorStack> {
        if self.answer.in_time().is_err() {
            return Ok(false);
        }
        connection.set_ocsp_status(&self.response)?;
        Ok(true)
    }
}

/// The server's own issuers are believed for this alone.
fn verified(response: &[u8], id: &CertificateId, chain: &[X509]) -> Result<Answer, BadAnswer> {
    let (mut store, mut between) = (X509StoreBuilder::new()?, Stack::new()?);
    store.set_flags(openssl::x509::verify::X509VerifyFlags::PARTIAL_CHAIN)?;
    for issuer in chain.iter().skip(1) {
        store.add_cert(issuer.clone())?;
        between.push(issuer.clone())?;
    }
    Answer::read(response, id, &between, &store.build())
}
