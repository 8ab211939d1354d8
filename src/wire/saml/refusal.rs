//! Why a person was not accepted: the whole truth for the audit trail, and the part of it that the caller is told.

use thiserror::Error;

use crate::model::person::NotBorneOut;
use crate::wire::soap::Fault;

/// Why an assertion, or a message without one, was refused. The text is for the audit trail; it holds no value of the
/// message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no assertion where one is required.
    #[error("no assertion was sent")]
    NoAssertion,
    /// There are several, or one inside another.
    #[error("the Security header holds more than one assertion")]
    SeveralAssertions,
    /// Two elements claim the same identifier.
    #[error("two elements of the Security header have the same identifier")]
    DuplicateId,
    /// The assertion is encrypted, or another kind of token was sent.
    #[error("the Security header holds a token of a kind that is not read here")]
    UnsupportedToken,
    /// The assertion does not have the shape that SAML or the signature profile asks for.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// An algorithm outside the allow-list.
    #[error("unsupported algorithm: {0}")]
    UnsupportedAlgorithm(&'static str),
    /// There is no signature on the assertion itself.
    #[error("the assertion is not signed")]
    Unsigned,
    /// Nobody of that name is trusted.
    #[error("the issuer is not trusted")]
    UnknownIssuer,
    /// Every certificate of the issuer is expired or not yet valid.
    #[error("no certificate of the issuer is valid now")]
    IssuerCertificateNotValid,
    /// The content is not what was signed.
    #[error("the digest of the assertion does not match")]
    DigestMismatch,
    /// The signature is not that of the issuer.
    #[error("the signature is not made with a key of the issuer")]
    BadSignature,
    /// The time of the WS-Security timestamp is over.
    #[error("the WS-Security timestamp has expired")]
    MessageExpired,
    /// The timestamp, or the assertion, comes from the future.
    #[error("{0} lies in the future")]
    FromTheFuture(&'static str),
    /// The assertion, or a part of it, is over.
    #[error("{0} has expired")]
    Expired(&'static str),
    /// The assertion is valid for longer than is allowed.
    #[error("the assertion is valid for longer than xua.maximum_lifetime allows")]
    TooLong,
    /// It is meant for others.
    #[error("the audience is not this server")]
    WrongAudience,
    /// None of its subject confirmations holds.
    #[error("no subject confirmation holds: {0}")]
    NotConfirmed(&'static str),
    /// How the person was authenticated is not accepted.
    #[error("the authentication context class is not accepted")]
    AuthenticationContext,
    /// The role is not accepted.
    #[error("the subject role is not accepted")]
    Role,
    /// The purpose of use is not accepted.
    #[error("the purpose of use is not accepted")]
    PurposeOfUse,
    /// The issuer may not vouch for the operator's staff.
    #[error("the issuer is none of xua.admin_issuers, who may vouch for the role admin")]
    AdminIssuer,
    /// It has served before, and once is all it may.
    #[error("the assertion was used before")]
    Replayed,
    /// The directories say otherwise.
    #[error(transparent)]
    Directory(NotBorneOut),
}

impl Refusal {
    /// The fault for the caller (WS-Security: SOAP Message Security 1.1, 12). It tells what the caller can mend, and of
    /// the rest only that it was refused.
    pub fn fault(self) -> Fault {
        let (code, reason) = self.told();
        Fault::security(code, reason)
    }

    fn told(self) -> (&'static str, String) {
        let not_authenticated = "the assertion could not be authenticated or its subject is not authorized";
        match self {
            Self::NoAssertion => (
                "SecurityTokenUnavailable",
                "a SAML 2.0 assertion about the user is required in the wsse:Security header (ITI TF-2: 3.40), and there is none"
                    .to_owned(),
            ),
            Self::UnsupportedToken => (
                "UnsupportedSecurityToken",
                "the wsse:Security header has to hold one SAML 2.0 assertion that is not encrypted, and no other kind of token".to_owned(),
            ),
            Self::UnsupportedAlgorithm(which) => (
                "UnsupportedAlgorithm",
                format!("{which}; use exclusive canonicalization and RSA or ECDSA (P-256, P-384) with SHA-256, SHA-384 or SHA-512"),
            ),
            Self::SeveralAssertions | Self::DuplicateId => {
                ("InvalidSecurity", format!("{self}; send exactly one, with identifiers of its own"))
            }
            Self::MessageExpired => ("MessageExpired", format!("{self}; send the message with a fresh timestamp")),
            Self::Malformed(_) | Self::Unsigned => ("InvalidSecurityToken", format!("the assertion cannot be used: {self}")),
            Self::FromTheFuture(_) => ("InvalidSecurityToken", format!("{self}; compare the clocks")),
            Self::Expired(_) | Self::TooLong | Self::Replayed => ("InvalidSecurityToken", format!("{self}; get a new assertion")),
            Self::WrongAudience => ("InvalidSecurityToken", format!("{self}; ask the issuer for an assertion for this service")),
            Self::NotConfirmed(_) => ("InvalidSecurityToken", format!("{self}; bearer and holder-of-key are accepted")),
            Self::AuthenticationContext => ("InvalidSecurityToken", format!("{self}; authenticate the user with a stronger method")),
            Self::UnknownIssuer
            | Self::IssuerCertificateNotValid
            | Self::DigestMismatch
            | Self::BadSignature
            | Self::Role
            | Self::PurposeOfUse
            | Self::AdminIssuer
            | Self::Directory(_) => ("FailedAuthentication", not_authenticated.to_owned()),
        }
    }
}
