//! What this server wants of an assertion (SAML Core, 2; ITI TF-2: 3.40.4.1.3).

use std::time::Duration;

use super::{Assertion, AuthnStatement, Confirmation, ConfirmationMethod, Refusal};
use crate::model::accepted_claims::{AcceptedClaims, NotAccepted};
use crate::model::skewed_clock::{SkewedClock as Clock, micros};
use crate::model::timestamp::Instant;

/// What the operator accepts. An empty list of contexts accepts any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The names of this server as a service.
    pub audiences: Vec<String>,
    /// The names and addresses of this server that a confirmation may be addressed to, beside the audiences.
    pub recipients: Vec<String>,
    /// How much clocks may differ.
    pub clock_skew: Duration,
    /// The longest time from `NotBefore` to `NotOnOrAfter`.
    pub maximum_lifetime: Duration,
    /// Authentication context classes.
    pub authn_contexts: Vec<String>,
    /// Roles and purposes of use.
    pub claims: AcceptedClaims,
}

impl Assertion {
    /// Whether the assertion holds `at` that time, for this server and for a caller whose client certificate has this
    /// fingerprint (SHA-256, lower-case hexadecimal digits).
    pub fn check(&self, expected: &Expectations, at: Instant, certificate: Option<&str>) -> Result<(), Refusal> {
        let clock = Clock::new(at, expected.clock_skew);
        if clock.is_ahead(self.issued_at) || clock.is_ahead(self.not_before) {
            return Err(Refusal::FromTheFuture("the time from which the assertion is valid"));
        }
        if clock.is_over(self.not_on_or_after) {
            return Err(Refusal::Expired("the assertion"));
        }
        if self.not_on_or_after.0.saturating_sub(self.not_before.0) > micros(expected.maximum_lifetime) {
            return Err(Refusal::TooLong);
        }
        self.check_audience(expected)?;
        self.check_confirmation(expected, clock, certificate)?;
        self.authentications.iter().try_for_each(|statement| check_authentication(statement, expected, clock))?;
        if self.authentications.is_empty() {
            return Err(Refusal::Malformed("there is no AuthnStatement"));
        }
        self.check_claims(expected)
    }

    fn check_audience(&self, expected: &Expectations) -> Result<(), Refusal> {
        let is_for_us = |audiences: &Vec<String>| audiences.iter().any(|audience| expected.audiences.contains(audience));
        match !self.audiences.is_empty() && self.audiences.iter().all(is_for_us) {
            true => Ok(()),
            false => Err(Refusal::WrongAudience),
        }
    }

    /// One confirmation that holds is enough; of several that do not, the first says why.
    fn check_confirmation(&self, expected: &Expectations, clock: Clock, certificate: Option<&str>) -> Result<(), Refusal> {
        let mut refusal = None;
        for confirmation in &self.confirmations {
            match confirms(confirmation, expected, clock, certificate) {
                Ok(()) => return Ok(()),
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        Err(refusal.unwrap_or(Refusal::NotConfirmed("there is none")))
    }

    fn check_claims(&self, expected: &Expectations) -> Result<(), Refusal> {
        expected.claims.check(&self.issuer, &self.claims).map_err(|why| match why {
            NotAccepted::Role => Refusal::Role,
            NotAccepted::PurposeOfUse => Refusal::PurposeOfUse,
            NotAccepted::AdminIssuer => Refusal::AdminIssuer,
        })
    }
}

fn confirms(confirmation: &Confirmation, expected: &Expectations, clock: Clock, certificate: Option<&str>) -> Result<(), Refusal> {
    match &confirmation.method {
        ConfirmationMethod::Bearer => {}
        ConfirmationMethod::HolderOfKey(keys) => match certificate {
            Some(certificate) if keys.iter().any(|key| key == certificate) => {}
            Some(_) => return Err(Refusal::NotConfirmed("the client certificate of the connection is not that of the holder of the key")),
            None => return Err(Refusal::NotConfirmed("the connection has no client certificate to show that the key is held")),
        },
        ConfirmationMethod::Other => return Err(Refusal::NotConfirmed("the method is not accepted")),
    }
    if confirmation.not_before.is_some_and(|from| clock.is_ahead(from)) {
        return Err(Refusal::FromTheFuture("the time from which the subject confirmation is valid"));
    }
    if confirmation.not_on_or_after.is_some_and(|until| clock.is_over(until)) {
        return Err(Refusal::Expired("the subject confirmation"));
    }
    let is_us = |recipient: &String| expected.audiences.contains(recipient) || expected.recipients.contains(recipient);
    match confirmation.recipient.as_ref().is_none_or(is_us) {
        true => Ok(()),
        false => Err(Refusal::NotConfirmed("the recipient is not this server")),
    }
}

fn check_authentication(statement: &AuthnStatement, expected: &Expectations, clock: Clock) -> Result<(), Refusal> {
    if clock.is_ahead(statement.at) {
        return Err(Refusal::FromTheFuture("the authentication of the user"));
    }
    if statement.session_ends.is_some_and(|end| clock.is_over(end)) {
        return Err(Refusal::Expired("the session of the user"));
    }
    let accepted = |class: &String| expected.authn_contexts.contains(class);
    match expected.authn_contexts.is_empty() || statement.context_class.as_ref().is_some_and(accepted) {
        true => Ok(()),
        false => Err(Refusal::AuthenticationContext),
    }
}
