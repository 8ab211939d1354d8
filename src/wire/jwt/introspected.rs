//! The answer of introspection (RFC 7662, 2.2; IUA 3.102).

use super::reading::Members;
use super::unique_json::unique_object;
use super::{AccessToken, Refusal};

/// Whether a token has the three parts of a signed JWT, so that it is verified here rather than asked about.
pub fn is_compact_jws(token: &str) -> bool {
    token.split('.').count() == 3
}

/// What the authorization server says of a token. It speaks for `issuer`, whether it names itself or not; another name is
/// refused.
///
/// # Errors
/// [`Refusal::NotActive`], or that the answer is malformed.
pub fn introspected(answer: &[u8], issuer: &str) -> Result<AccessToken, Refusal> {
    let members = unique_object(answer).ok_or(Refusal::Malformed("the answer of introspection is not an object"))?;
    let said = Members(&members);
    if said.get("active").and_then(serde_json::Value::as_bool) != Some(true) {
        return Err(Refusal::NotActive);
    }
    if said.text("iss", "the iss is not a text")?.is_some_and(|named| named != issuer) {
        return Err(Refusal::UnknownIssuer);
    }
    AccessToken::read_for(issuer.to_owned(), &members)
}
