//! What the authorization server does with its requests; blocking, and free of HTTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::sha::sha256;
use serde_json::{Value, json};

use super::answer::{Answer, Told};
use super::codes::{Codes, Granted, proves};
use super::form_page::{dead_end, form};
use super::introspection::about;
use super::parameters::Parameters;
use super::{DemoIssuer, Issued, TokenWish, WishError};
use crate::model::timestamp::Instant;
use crate::settings::sections::DemoAuthorization;
use crate::settings::{DemoClient, Settings};
use crate::wire::fhir::form as urlencoded;

/// The most requests answered in one second, all callers together.
const MOST_A_SECOND: u32 = 50;

/// The authorization server.
pub(in crate::server) struct AuthorizationServer {
    issuer: DemoIssuer,
    clients: Vec<DemoClient>,
    redirect_uris: Vec<String>,
    personas: Vec<String>,
    token_time: Duration,
    codes: Codes,
    /// A second, and how many requests came in it.
    pace: Mutex<(i64, u32)>,
}

impl AuthorizationServer {
    /// As the settings say.
    pub(in crate::server) fn new(settings: &Settings, issuer: DemoIssuer) -> Self {
        let DemoAuthorization { clients, redirect_uris, personas, token_time, .. } = settings.demo_authorization.clone();
        let redirect_uris = redirect_uris.iter().map(|url| url.as_str().to_owned()).collect();
        let (codes, pace) = (Codes::default(), Mutex::default());
        Self { issuer, clients, redirect_uris, personas, token_time, codes, pace }
    }

    /// Whether one more request may be answered now.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let second = now.0.div_euclid(1_000_000);
        *pace = if pace.0 == second { (second, pace.1.saturating_add(1)) } else { (second, 1) };
        pace.1 <= MOST_A_SECOND
    }

    /// The issuer's name.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer.name
    }

    /// The public keys.
    pub(super) fn key_set(&self) -> Value {
        self.issuer.key_set()
    }

    /// The authorization endpoint (OAuth 2.1, 4.1.1): the form.
    pub(super) fn ask(&self, request: &Parameters) -> Answer {
        match self.check(request) {
            Ok(redirect_uri) => self.page(request, redirect_uri, None),
            Err(answer) => answer,
        }
    }

    /// What was chosen in the form.
    pub(super) fn decide(&self, request: &Parameters, now: Instant) -> Told {
        self.decided(request, now).to(request.get("client_id"))
    }

    fn decided(&self, request: &Parameters, now: Instant) -> Told {
        let redirect_uri = match self.check(request) {
            Ok(redirect_uri) => redirect_uri,
            Err(answer) => return Told::refused("invalid_request", answer),
        };
        if request.get("decision") != Some("allow") {
            return Told::refused("access_denied", back(redirect_uri, request, &[("error", "access_denied")]));
        }
        let person = request.owned("person").or_else(|| request.owned("persona"));
        let wish = TokenWish { person: person.unwrap_or_default(), ..self.wish(request, request.get("client_id").unwrap_or_default()) };
        // A wish that cannot be granted is told here, to the one who can mend it.
        let person = match self.issuer.issue(&wish, now) {
            Ok(issued) => issued.person,
            Err(error) => return Told::refused("unknown_person", self.page(request, redirect_uri, Some(&error.to_string()))),
        };
        let challenge = request.owned("code_challenge").unwrap_or_default();
        let told = match self.codes.give(Granted { wish, redirect_uri: redirect_uri.to_owned(), challenge }, now) {
            Ok(Some(code)) => Told::granted("signed-in", back(redirect_uri, request, &[("code", &code), ("iss", self.issuer())])),
            Ok(None) | Err(_) => {
                Told::refused("temporarily_unavailable", back(redirect_uri, request, &[("error", "temporarily_unavailable")]))
            }
        };
        told.about(person)
    }

    /// The token endpoint (OAuth 2.1, 3.2).
    pub(super) fn token(&self, request: &Parameters, authorization: Option<&str>, now: Instant) -> Told {
        match self.client(request, authorization) {
            Some(client) => self.given(request, client, now).to(Some(&client.id)),
            None => Told::error("invalid_client", "the client is not known, or its secret is wrong").to(request.get("client_id")),
        }
    }

    fn given(&self, request: &Parameters, client: &DemoClient, now: Instant) -> Told {
        let issued = match request.get("grant_type") {
            Some("client_credentials") if client.secret.is_none() => {
                return Told::error("unauthorized_client", "this client has no secret; use an authorization code with PKCE");
            }
            Some("client_credentials") => self.issuer.issue_to_client(&self.wish(request, &client.id), now),
            Some("authorization_code") => match self.redeem(request, client, now) {
                Some(wish) => self.issuer.issue(&wish, now),
                None => return Told::error("invalid_grant", "the code, its redirect_uri or its code_verifier is not right"),
            },
            _ => return Told::error("unsupported_grant_type", "use client_credentials or authorization_code"),
        };
        match issued {
            Ok(Issued { person, token, scope, seconds }) => {
                let given = json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope });
                Told::granted("token-issued", Answer::Json(200, given)).about(person)
            }
            Err(WishError::Failed(_)) => Told::refused("temporarily_unavailable", Answer::unavailable("the token could not be made")),
            Err(error) => Told::error("invalid_request", error.to_string()),
        }
    }

    /// The introspection endpoint (RFC 7662, 2): for clients with a secret.
    pub(super) fn introspect(&self, request: &Parameters, authorization: Option<&str>, now: Instant) -> Told {
        let client = self.client(request, authorization).filter(|client| client.secret.is_some());
        let told = match (client, request.get("token")) {
            (Some(_), Some(token)) => Told::granted("introspected", Answer::Json(200, about(token, &self.issuer, now))),
            (Some(_), None) => Told::error("invalid_request", "there is no token"),
            (None, _) => Told::error("invalid_client", "only clients with a secret may ask"),
        };
        told.to(client.map(|client| client.id.as_str()).or_else(|| request.get("client_id")))
    }

    fn page(&self, request: &Parameters, redirect_uri: &str, complaint: Option<&str>) -> Answer {
        let status = if complaint.is_some() { 400 } else { 200 };
        Answer::Page { status, html: form(request, &self.personas, complaint), leads_to: Some(redirect_uri.to_owned()) }
    }

    /// Where the browser goes back to. Nobody is ever sent to an address that the operator did not name (OAuth 2.1, 4.1.2.1).
    fn check(&self, request: &Parameters) -> Result<&str, Answer> {
        let refuse = |why| Answer::Page { status: 400, html: dead_end(why), leads_to: None };
        let known = self.clients.iter().any(|client| request.get("client_id") == Some(&client.id));
        let named = self.redirect_uris.iter().find(|uri| request.get("redirect_uri") == Some(uri));
        let redirect_uri = match (known, named) {
            (false, _) => return Err(refuse("The client_id is none of demo_authorization.clients.")),
            (true, None) => return Err(refuse("The redirect_uri is none of demo_authorization.redirect_uris.")),
            (true, Some(uri)) => uri,
        };
        let error = |error| Err(back(redirect_uri, request, &[("error", error)]));
        let challenge = request.get("code_challenge").is_some_and(|challenge| challenge.len() == 43);
        let target = request.get("resource").or_else(|| request.get("aud"));
        match request.get("response_type") {
            Some("code") if !challenge || request.get("code_challenge_method") != Some("S256") => error("invalid_request"),
            Some("code") if target.is_some_and(|target| target.trim_end_matches('/') != self.issuer.audience) => error("invalid_target"),
            Some("code") => Ok(redirect_uri),
            _ => error("unsupported_response_type"),
        }
    }

    fn wish(&self, request: &Parameters, client: &str) -> TokenWish {
        TokenWish {
            person: String::new(),
            organisation: request.owned("organisation"),
            quality: request.owned("quality"),
            representative: request.owned("representative"),
            access_reason: request.owned("access_reason"),
            client: client.to_owned(),
            scope: request.owned("scope"),
            lifetime: self.token_time,
        }
    }

    /// What a code stands for, if everything belongs together (OAuth 2.1, 4.1.3).
    fn redeem(&self, request: &Parameters, client: &DemoClient, now: Instant) -> Option<TokenWish> {
        let granted = self.codes.take(request.get("code")?, now)?;
        let fits = granted.wish.client == client.id
            && request.get("redirect_uri") == Some(&granted.redirect_uri)
            && proves(request.get("code_verifier")?, &granted.challenge);
        fits.then_some(granted.wish)
    }

    /// The client that asks, if it has proven so; one without a secret has nothing to prove.
    fn client(&self, request: &Parameters, authorization: Option<&str>) -> Option<&DemoClient> {
        let basic = match authorization {
            Some(header) => Some(basic(header)?),
            None => None,
        };
        let named = request.get("client_id").map(|id| (id.to_owned(), request.get("client_secret").unwrap_or_default().to_owned()));
        // RFC 6749, 2.3: not more than one way in one request.
        let (id, secret) = match (basic, named) {
            (Some((id, secret)), None) => (id, secret),
            (Some((id, secret)), Some((same, none))) if id == same && none.is_empty() => (id, secret),
            (None, Some(named)) => named,
            _ => return None,
        };
        let client = self.clients.iter().find(|client| client.id == id)?;
        let expected = client.secret.as_ref().map_or("", |secret| secret.expose());
        // Digests have one length, so that the time of the comparison tells nothing.
        openssl::memcmp::eq(&sha256(expected.as_bytes()), &sha256(secret.as_bytes())).then_some(client)
    }
}

/// Name and secret of HTTP Basic, each form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("Basic"))?;
    let decoded = |text: &str| Some(urlencoded::pairs(&format!("x={text}")).ok()?.pop()?.1);
    Some((decoded(id)?, decoded(secret)?))
}

/// Sends the browser back to the client.
fn back(redirect_uri: &str, request: &Parameters, parameters: &[(&str, &str)]) -> Answer {
    let state = request.get("state").map(|state| ("state", state));
    let pair = |(name, value): (&str, &str)| format!("{name}={}", urlencoded::encoded(value));
    let query: Vec<_> = parameters.iter().copied().chain(state).map(pair).collect();
    Answer::Redirect(format!("{redirect_uri}?{}", query.join("&")))
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
