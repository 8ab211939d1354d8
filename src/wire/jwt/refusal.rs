//! Why an access token was not accepted: the whole truth, for the audit trail only.

use thiserror::Error;

/// Why a token, or a request without one, was refused. The text holds no value of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no token where one is required.
    #[error("no access token was sent")]
    NoToken,
    /// The header is no bearer token.
    #[error("the Authorization header is not one bearer token")]
    NotBearer,
    /// It is larger than any token has to be.
    #[error("the token is longer than 16384 characters")]
    TooLarge,
    /// It is not what it should be.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// It is a JWT of another type.
    #[error("the typ of the header is not that of an access token")]
    WrongType,
    /// The algorithm is not accepted; `none` and HMAC never are.
    #[error("the signature algorithm is not accepted")]
    Algorithm,
    /// Nobody of that name is trusted.
    #[error("the issuer is not trusted")]
    UnknownIssuer,
    /// The issuer has no such key.
    #[error("the issuer has no key with the kid of the token")]
    UnknownKey,
    /// The keys of the issuer cannot be had now.
    #[error("the keys of the issuer cannot be had now")]
    NoKeys,
    /// The signature is not that of the issuer.
    #[error("the signature is not made with the key of the issuer")]
    BadSignature,
    /// It comes from the future.
    #[error("{0} lies in the future")]
    FromTheFuture(&'static str),
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// It is valid for longer than is allowed.
    #[error("the token is valid for longer than iua.maximum_lifetime allows")]
    TooLong,
    /// It is meant for others.
    #[error("the audience is not this server")]
    WrongAudience,
    /// It is bound to another client certificate.
    #[error("the token is bound to a certificate that is not that of the connection")]
    WrongCertificate,
    /// The role is not accepted.
    #[error("the subject role is not accepted")]
    Role,
    /// The purpose of use is not accepted.
    #[error("the purpose of use is not accepted")]
    PurposeOfUse,
    /// The issuer may not vouch for the operator's staff.
    #[error("the issuer is none of iua.admin_issuers, who may vouch for the role admin")]
    AdminIssuer,
    /// The authorization server says that it holds no more, or never did.
    #[error("introspection says that the token is not active")]
    NotActive,
    /// The authorization server did not say.
    #[error("introspection gave no answer")]
    NoIntrospection,
}
