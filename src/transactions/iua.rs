//! Incorporate Access Token [ITI-72] (IHE IUA, 3.72): who the person is for whom a FHIR request is made, and what the token
//! lets them do.

use std::sync::Arc;

use crate::access::Call;
use crate::model::person::{Person, ProvingToken, TokenKind};
use crate::model::timestamp::Instant;
use crate::wire::jwt::{
    AccessToken, Expectations, Interaction, IssuerKeys, NoKey, Refusal, Scopes, SignatureAlgorithm, VerificationKey, is_compact_jws, verify,
};

use super::{AssertionMode, Services, directory_check};

/// What the operator wants to know of the people behind FHIR requests.
pub struct TokenRules {
    /// Whether tokens are read at all, and whether a request needs one.
    pub mode: AssertionMode,
    /// Accepted signature algorithms.
    pub algorithms: Vec<SignatureAlgorithm>,
    /// What has to be in tokens.
    pub expectations: Expectations,
    /// The keys of the trusted issuers.
    pub keys: Arc<dyn IssuerKeys>,
    /// Who is asked about tokens that are no signed JWT; nobody: they are refused.
    pub introspection: Option<Arc<dyn Introspection>>,
    /// Whether the directories have to bear out the subject.
    pub in_directory: bool,
}

/// Tells what an opaque token says (ITI-102, RFC 7662).
pub trait Introspection: Send + Sync {
    /// What the authorization server says of a token `at` that time.
    ///
    /// # Errors
    /// [`Refusal`]: without an answer nobody is proven.
    fn ask(&self, token: &str, at: Instant) -> Result<AccessToken, Refusal>;
}

impl Default for TokenRules {
    /// No token is read.
    fn default() -> Self {
        Self {
            mode: AssertionMode::Off,
            algorithms: Vec::new(),
            expectations: Expectations::default(),
            keys: Arc::new(Nobody),
            introspection: None,
            in_directory: false,
        }
    }
}

/// No issuer is trusted.
struct Nobody;

impl IssuerKeys for Nobody {
    fn key(&self, _: &str, _: &str, _: Instant) -> Result<VerificationKey, NoKey> {
        Err(NoKey::UnknownIssuer)
    }
}

/// Who a token is about, and what it lets them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The person.
    pub person: Person,
    scopes: Scopes,
}

/// Why a request goes no further (RFC 6750, 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// HTTP status: 401, 403, or 503 if it could not be found out who calls.
    pub status: u16,
    /// The header `WWW-Authenticate` of the answer. It tells no more than the standard asks for.
    pub challenge: Option<&'static str>,
    /// What the answer tells the caller.
    pub told: &'static str,
    /// Why, for the audit trail only.
    pub reason: String,
    /// The person as far as they are proven.
    pub person: Option<Box<Person>>,
}

const NO_TOKEN: &str = "Bearer realm=\"dossier\"";
const INVALID_TOKEN: &str = "Bearer realm=\"dossier\", error=\"invalid_token\"";
const NOT_FOUND_OUT: &str = "the server could not find out who the user is; nothing was done, send the request again later";
const INSUFFICIENT_SCOPE: &str = "Bearer realm=\"dossier\", error=\"insufficient_scope\"";

/// The person behind a request with this `Authorization` header, proven; nothing, where nobody has to be. Blocks.
///
/// # Errors
/// [`Refused`].
pub fn prove(services: &Services, call: &Call, authorization: Option<&str>) -> Result<Option<Bearer>, Refused> {
    let rules = &services.tokens;
    match (rules.mode, authorization) {
        (AssertionMode::Off, _) | (AssertionMode::Optional, None) => Ok(None),
        (AssertionMode::Required, None) => Err(refused(Refusal::NoToken)),
        (AssertionMode::Optional | AssertionMode::Required, Some(header)) => {
            let token = bearer_token(header).and_then(|token| read(rules, token, call.now)).map_err(refused)?;
            accept(services, call, token).map(Some)
        }
    }
}

impl Bearer {
    /// Whether the token lets its bearer do so.
    ///
    /// # Errors
    /// [`Refused`] with status 403.
    pub fn check_scope(&self, interaction: Interaction<'_>) -> Result<(), Refused> {
        if self.scopes.allow(interaction, &self.person.claims) {
            return Ok(());
        }
        Err(Refused {
            status: 403,
            challenge: Some(INSUFFICIENT_SCOPE),
            told: "the access token does not allow this; ask the authorization server for one with the scope of this interaction",
            reason: "insufficient_scope".to_owned(),
            person: Some(Box::new(self.person.clone())),
        })
    }
}

/// The token of the header (RFC 6750, 2.1); the scheme in whatever case (RFC 9110, 11.1).
fn bearer_token(header: &str) -> Result<&str, Refusal> {
    let (scheme, token) = header.trim().split_once(' ').ok_or(Refusal::NotBearer)?;
    let token = token.trim_start_matches(' ');
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if scheme.eq_ignore_ascii_case("Bearer") && is_token { Ok(token) } else { Err(Refusal::NotBearer) }
}

fn read(rules: &TokenRules, token: &str, at: Instant) -> Result<AccessToken, Refusal> {
    match &rules.introspection {
        Some(introspection) if !is_compact_jws(token) => introspection.ask(token, at),
        Some(_) | None => verify(token, &rules.algorithms, &*rules.keys, at),
    }
}

/// Judges a genuine token. Whoever it names is named in the audit trail, also if they are refused.
fn accept(services: &Services, call: &Call, token: AccessToken) -> Result<Bearer, Refused> {
    let rules = &services.tokens;
    let certificate = call.node.proven().map(|node| node.fingerprint.as_str());
    let judged = token.check(&rules.expectations, call.now, certificate).map_err(refused);
    let AccessToken { issuer, subject, token_id, claims, scopes, .. } = token;
    let token = token_id.map(|id| ProvingToken { kind: TokenKind::Oauth, id });
    let person = Person { issuer, name_id: subject, alias: None, token, claims };
    let proven = judged.and_then(|()| if rules.in_directory { check_directories(services, call, &person) } else { Ok(()) });
    match proven {
        Ok(()) => Ok(Bearer { person, scopes }),
        Err(refused) => Err(Refused { person: Some(Box::new(person)), ..refused }),
    }
}

/// Whether the directories bear out the person, as for an assertion.
fn check_directories(services: &Services, call: &Call, person: &Person) -> Result<(), Refused> {
    match directory_check::borne_out(services, call, person) {
        Ok(borne_out) => borne_out.map_err(|why| refused_because(why.to_string())),
        Err(failure) => {
            tracing::error!(error = %failure, "a person could not be proven");
            let reason = "the directories could not be asked".to_owned();
            Err(Refused { status: 503, challenge: None, told: NOT_FOUND_OUT, reason, person: None })
        }
    }
}

fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::NoToken => Refused {
            challenge: Some(NO_TOKEN),
            told: "an access token about the user is required: send it as Authorization: Bearer (IHE ITI TF-2: 3.72)",
            ..refused_because(refusal.to_string())
        },
        // Another token would fare no better; the same may be good a little later.
        Refusal::NoKeys | Refusal::NoIntrospection => {
            Refused { status: 503, challenge: None, told: NOT_FOUND_OUT, ..refused_because(refusal.to_string()) }
        }
        other => refused_because(other.to_string()),
    }
}

fn refused_because(reason: String) -> Refused {
    let told = "the access token is not accepted; get a new one for this service from the authorization server";
    Refused { status: 401, challenge: Some(INVALID_TOKEN), told, reason, person: None }
}

#[cfg(test)]
#[path = "iua_tests.rs"]
mod tests;
