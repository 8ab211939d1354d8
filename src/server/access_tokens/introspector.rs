//! Asks the authorization server about opaque tokens (RFC 7662, IUA ITI-102).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::sha::sha256;
use ureq::Agent;

use super::asking;
use crate::model::skewed_clock::micros;
use crate::model::timestamp::Instant;
use crate::settings::{Secret, Settings};
use crate::transactions::Places;
use crate::transactions::iua::Introspection;
use crate::wire::fhir::form;
use crate::wire::jwt::{AccessToken, Refusal, introspected};

/// The most answers kept at one time.
const MOST_ANSWERS: usize = 10_000;

/// Questions under way at one time: invented tokens cannot take the places of all requests.
const MOST_QUESTIONS: usize = 16;

/// What is asked where, under which name.
pub(super) struct Introspector {
    agent: Agent,
    url: String,
    issuer: String,
    client: String,
    secret: Secret,
    keep: Duration,
    /// Answers by the SHA-256 of the token, each with the time at which it was given.
    answers: Mutex<Answers>,
    questions: Places,
}

type Answers = HashMap<[u8; 32], (Instant, Result<AccessToken, Refusal>)>;

impl Introspector {
    /// As the settings say; nothing, where they do not want it.
    pub(super) fn new(settings: &Settings) -> Option<Self> {
        let iua = &settings.iua;
        Some(Self {
            agent: asking::agent(),
            url: iua.introspection_url.as_ref()?.as_str().to_owned(),
            issuer: iua.introspection_issuer.clone()?,
            client: iua.introspection_client.clone()?,
            secret: iua.introspection_secret.clone()?,
            keep: iua.introspection_cache,
            answers: Mutex::default(),
            questions: Places::new(MOST_QUESTIONS),
        })
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_fresh(&self, given: Instant, at: Instant) -> bool {
        (0..micros(self.keep)).contains(&at.0.saturating_sub(given.0))
    }

    /// RFC 6749, 2.3.1: name and secret are form-encoded before they are put together.
    fn credentials(&self) -> String {
        let [client, secret] = [self.client.as_str(), self.secret.expose()].map(|text| form::encoded(text).replace(':', "%3A"));
        let both = format!("{client}:{secret}");
        format!("Basic {}", STANDARD.encode(both))
    }
}

impl Introspection for Introspector {
    fn ask(&self, token: &str, at: Instant) -> Result<AccessToken, Refusal> {
        let name = sha256(token.as_bytes());
        if let Some((_, answer)) = self.answers().get(&name).filter(|(given, _)| self.is_fresh(*given, at)) {
            return answer.clone();
        }
        let _question = self.questions.take().ok_or(Refusal::NoIntrospection)?;
        let request = self.agent.post(&self.url).header("Authorization", self.credentials()).header("Accept", "application/json");
        let form = format!("token={}&token_type_hint=access_token", form::encoded(token));
        let answer = asking::body(request.content_type("application/x-www-form-urlencoded").send(form)).map_err(|error| {
            tracing::error!(%error, "introspection gave no answer");
            Refusal::NoIntrospection
        })?;
        let answer = introspected(&answer, &self.issuer);
        let mut answers = self.answers();
        if answers.len() >= MOST_ANSWERS {
            answers.retain(|_, (given, _)| self.is_fresh(*given, at));
        }
        if answers.len() < MOST_ANSWERS {
            answers.insert(name, (at, answer.clone()));
        }
        answer
    }
}

#[cfg(test)]
#[path = "introspector_tests.rs"]
mod tests;
