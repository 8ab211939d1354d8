//! What a token says (RFC 9068, 2.2; IUA 3.71.6.1). Nothing is judged here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::claims;
use super::reading::Members;
use super::{Refusal, Scopes};
use crate::model::person::SubjectClaims;
use crate::model::timestamp::Instant;

/// What its issuer says with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Who says it.
    pub issuer: String,
    /// Of whom.
    pub subject: String,
    /// Its identifier, unique within the issuer; introspection need not tell it.
    pub token_id: Option<String>,
    /// For whom it is; this server has to be among them.
    pub audiences: Vec<String>,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// From when it holds.
    pub not_before: Option<Instant>,
    /// When it holds no more.
    pub expires_at: Instant,
    /// To which client it was given.
    pub client_id: Option<String>,
    /// What may be done with it.
    pub scopes: Scopes,
    /// The client certificate to which it is bound: its SHA-256, as lower-case hexadecimal digits (RFC 8705, 3.1).
    pub certificate: Option<String>,
    /// What is said of the person.
    pub claims: SubjectClaims,
}

/// What a JWT of IUA needs in addition to what an answer of introspection has.
const NEEDED: [&str; 3] = ["there is no jti", "there is no scope", "there is no aud"];

impl AccessToken {
    /// Reads the payload of a JWT.
    pub(super) fn read(payload: &Map<String, Value>) -> Result<Self, Refusal> {
        let [no_id, no_scope, no_audience] = NEEDED.map(Refusal::Malformed);
        let issuer = Members(payload).text("iss", "the iss is not a text")?.ok_or(Refusal::Malformed("there is no iss"))?;
        let token = Self::read_for(issuer, payload)?;
        match &token {
            Self { token_id: None, .. } => Err(no_id),
            Self { audiences, .. } if audiences.is_empty() => Err(no_audience),
            _ if !payload.contains_key("scope") => Err(no_scope),
            _ => Ok(token),
        }
    }

    /// Reads the members that JWT and introspection share, as said by this issuer.
    pub(super) fn read_for(issuer: String, members: &Map<String, Value>) -> Result<Self, Refusal> {
        let said = Members(members);
        let token_id = said.text("jti", "the jti is not a text")?;
        if token_id.as_ref().is_some_and(|id| id.len() > 256) {
            return Err(Refusal::Malformed("the jti is longer than 256 characters"));
        }
        Ok(Self {
            issuer,
            subject: said.text("sub", "the sub is not a text")?.ok_or(Refusal::Malformed("there is no sub"))?,
            token_id,
            audiences: said.texts("aud", "the aud is neither a text nor a list of texts")?,
            issued_at: said.time("iat", "the iat is not a time")?,
            not_before: said.time("nbf", "the nbf is not a time")?,
            expires_at: said.time("exp", "the exp is not a time")?.ok_or(Refusal::Malformed("there is no exp"))?,
            client_id: said.text("client_id", "the client_id is not a text")?,
            scopes: Scopes::read(said.text("scope", "the scope is not a text")?.as_deref().unwrap_or_default())?,
            certificate: certificate(said)?,
            claims: claims::read(said)?,
        })
    }
}

/// The thumbprint of a certificate (RFC 8705, 3.1). A confirmation of another kind makes the token worth nothing here: who
/// cannot check it must not take the token (RFC 7800, 3.1).
fn certificate(said: Members<'_>) -> Result<Option<String>, Refusal> {
    let complaint = "the cnf is not the SHA-256 thumbprint of a certificate";
    let Some(confirmation) = said.object("cnf", complaint)? else { return Ok(None) };
    let thumbprint = confirmation.text("x5t#S256", complaint)?.filter(|_| confirmation.0.len() == 1);
    let bytes = thumbprint.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).filter(|bytes| bytes.len() == 32);
    bytes.map(|bytes| Some(hex::encode(bytes))).ok_or(Refusal::Malformed(complaint))
}
