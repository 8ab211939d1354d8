//! Why a TLS handshake came to nothing.

use openssl::ssl::{Error, SslRef};

/// Why there is no connection. Nothing here is taken from what the other end says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::server) enum HandshakeRefusal {
    /// A certificate is required, and none was shown.
    NoCertificate,
    /// The certificate leads to no authority of `tls.client_ca`.
    UnknownAuthority,
    /// It has run out, or one of its authorities has.
    Expired,
    /// Its time has not come yet.
    NotYetValid,
    /// A revocation list names it.
    Revoked,
    /// It is not for clients.
    WrongUsage,
    /// An authority has no revocation list, or one that is out of date.
    NoRevocationList,
    /// Something else is wrong with it: a weak key, a broken format.
    UnfitCertificate,
    /// The other end spoke no TLS, or none that is spoken here.
    Protocol,
    /// Nothing came within `tls.handshake_time`.
    TooSlow,
    /// The other end went away or did not want us: nobody was refused here.
    BrokenOff,
}

/// Reasons of OpenSSL's library `SSL` (`sslerr.h`).
const CERTIFICATE_VERIFY_FAILED: i32 = 134;
const PEER_DID_NOT_RETURN_A_CERTIFICATE: i32 = 199;
const UNEXPECTED_EOF: i32 = 294;
/// Above this, the reason is an alert of the other end.
const ALERTS: i32 = 1000;

impl HandshakeRefusal {
    /// The name in log and audit trail.
    pub(in crate::server) fn as_str(self) -> &'static str {
        match self {
            Self::NoCertificate => "tls-no-certificate",
            Self::UnknownAuthority => "tls-unknown-authority",
            Self::Expired => "tls-certificate-expired",
            Self::NotYetValid => "tls-certificate-not-yet-valid",
            Self::Revoked => "tls-certificate-revoked",
            Self::WrongUsage => "tls-certificate-wrong-usage",
            Self::NoRevocationList => "tls-no-revocation-list",
            Self::UnfitCertificate => "tls-unfit-certificate",
            Self::Protocol => "tls-protocol",
            Self::TooSlow => "tls-too-slow",
            Self::BrokenOff => "tls-broken-off",
        }
    }

    /// What OpenSSL says of a handshake that failed.
    pub(super) fn of(connection: &SslRef, error: &Error) -> Self {
        let reasons = error.ssl_error().map(|stack| stack.errors().iter().map(openssl::error::Error::reason_code).collect());
        let reasons: Vec<i32> = reasons.unwrap_or_default();
        let has = |wanted: i32| reasons.contains(&wanted);
        if has(CERTIFICATE_VERIFY_FAILED) {
            Self::of_certificate(connection.verify_result().as_raw())
        } else if has(PEER_DID_NOT_RETURN_A_CERTIFICATE) {
            Self::NoCertificate
        } else if reasons.is_empty() || has(UNEXPECTED_EOF) || reasons.iter().any(|reason| *reason > ALERTS) {
            Self::BrokenOff
        } else {
            Self::Protocol
        }
    }

    /// By the number of OpenSSL's verification error (`x509_vfy.h`).
    fn of_certificate(error: i32) -> Self {
        match error {
            2 | 18..=21 | 27 => Self::UnknownAuthority,
            3 | 11 | 12 => Self::NoRevocationList,
            9 => Self::NotYetValid,
            10 => Self::Expired,
            23 => Self::Revoked,
            26 => Self::WrongUsage,
            _ => Self::UnfitCertificate,
        }
    }
}
