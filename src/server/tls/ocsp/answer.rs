//! What a responder says of one certificate, verified (RFC 6960, 3.2).

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{OcspBasicResponse, OcspCertId, OcspCertStatus, OcspFlag, OcspRequest, OcspResponse, OcspResponseStatus};
use openssl::stack::StackRef;
use openssl::x509::store::X509StoreRef;
use openssl::x509::{X509, X509Ref};

/// How much the clocks of responders may differ from ours, in seconds.
const SKEW: u32 = 60;

/// Why an answer does not count.
#[derive(Debug, thiserror::Error)]
pub(in crate::server::tls) enum BadAnswer {
    #[error("it is no OCSP response: {0}")]
    Unreadable(#[from] ErrorStack),
    #[error("the responder says {0} instead of an answer (RFC 6960, 2.3)")]
    Error(&'static str),
    #[error("its signature is neither that of the certificate's issuer nor of a responder whom the issuer authorised (id-kp-OCSPSigning)")]
    Signature,
    #[error("it was made for another request: its nonce differs")]
    Nonce,
    #[error("it does not speak of the certificate")]
    OtherCertificate,
    #[error("it is out of date, or of a time to come (thisUpdate, nextUpdate)")]
    OutOfDate,
}

/// Names a certificate to a responder: by its issuer and its number.
pub(in crate::server::tls) struct CertificateId {
    certificate: X509,
    issuer: X509,
}

/// What is said of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::tls) enum Standing {
    Good,
    Revoked,
    /// The responder does not know it.
    Unknown,
}

/// A verified answer.
pub(in crate::server::tls) struct Answer {
    response: OcspBasicResponse,
    id: OcspCertId,
}

impl CertificateId {
    /// The certificate's issuer is looked for among these.
    pub(in crate::server::tls) fn of<'a>(certificate: &X509Ref, mut issuers: impl Iterator<Item = &'a X509>) -> Option<Self> {
        let signed_by = |issuer: &X509| {
            issuer.issued(certificate) == openssl::x509::X509VerifyResult::OK
                && issuer.public_key().and_then(|key| certificate.verify(&key)).unwrap_or(false)
        };
        let issuer = issuers.find(|issuer| signed_by(issuer))?.clone();
        Some(Self { certificate: certificate.to_owned(), issuer })
    }

    /// A request for it in DER, without nonce.
    pub(super) fn request(&self) -> Result<Vec<u8>, ErrorStack> {
        let mut request = OcspRequest::new()?;
        request.add_id(self.id()?)?;
        request.to_der()
    }

    /// With SHA-1, which names and protects nothing: every responder knows it (RFC 5019, 2.1.1).
    fn id(&self) -> Result<OcspCertId, ErrorStack> {
        OcspCertId::from_cert(MessageDigest::sha1(), &self.certificate, &self.issuer)
    }
}

impl Answer {
    /// Reads a response in DER and verifies it: signature, certificate, times. `chain` may hold the certificate of the
    /// responder, or lead to it.
    pub(in crate::server::tls) fn read(
        der: &[u8],
        certificate: &CertificateId,
        chain: &StackRef<X509>,
        trust: &X509StoreRef,
    ) -> Result<Self, BadAnswer> {
        let whole = OcspResponse::from_der(der)?;
        refuse_error(whole.status())?;
        let (response, id) = (whole.basic()?, certificate.id()?);
        response.verify(chain, trust, OcspFlag::NO_EXPLICIT).map_err(|_| BadAnswer::Signature)?;
        let answer = Self { response, id };
        answer.in_time().map(|_| ())?;
        Ok(answer)
    }

    /// What it says, as long as it holds.
    pub(in crate::server::tls) fn in_time(&self) -> Result<Standing, BadAnswer> {
        let said = self.response.find_status(&self.id).ok_or(BadAnswer::OtherCertificate)?;
        said.check_validity(SKEW, None).map_err(|_| BadAnswer::OutOfDate)?;
        Ok(standing(said.status))
    }

    /// Whether it said that the certificate is revoked, which does not come undone with time alone.
    pub(super) fn revoked(&self) -> bool {
        self.response.find_status(&self.id).is_some_and(|said| standing(said.status) == Standing::Revoked)
    }
}

fn standing(status: OcspCertStatus) -> Standing {
    match status {
        OcspCertStatus::GOOD => Standing::Good,
        OcspCertStatus::REVOKED => Standing::Revoked,
        _ => Standing::Unknown,
    }
}

fn refuse_error(status: OcspResponseStatus) -> Result<(), BadAnswer> {
    match status {
        OcspResponseStatus::SUCCESSFUL => Ok(()),
        OcspResponseStatus::MALFORMED_REQUEST => Err(BadAnswer::Error("malformedRequest")),
        OcspResponseStatus::TRY_LATER => Err(BadAnswer::Error("tryLater")),
        OcspResponseStatus::SIG_REQUIRED => Err(BadAnswer::Error("sigRequired")),
        OcspResponseStatus::UNAUTHORIZED => Err(BadAnswer::Error("unauthorized")),
        _ => Err(BadAnswer::Error("internalError")),
    }
}
