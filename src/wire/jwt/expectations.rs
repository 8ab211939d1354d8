//! What this server wants of a token (RFC 9068, 4; RFC 8725; IUA 3.72.7).

use std::time::Duration;

use super::{AccessToken, Refusal};
use crate::model::accepted_claims::{AcceptedClaims, NotAccepted};
use crate::model::skewed_clock::{SkewedClock, micros};
use crate::model::timestamp::Instant;

/// What the operator accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The names of this server as a resource server.
    pub audiences: Vec<String>,
    /// How much clocks may differ.
    pub clock_skew: Duration,
    /// The longest time from when a token holds, or was issued, to when it holds no more.
    pub maximum_lifetime: Duration,
    /// Roles and purposes of use.
    pub claims: AcceptedClaims,
}

impl AccessToken {
    /// Whether the token holds `at` that time, for this server and for a caller whose client certificate has this fingerprint
    /// (SHA-256, lower-case hexadecimal digits).
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn check(&self, expected: &Expectations, at: Instant, certificate: Option<&str>) -> Result<(), Refusal> {
        let clock = SkewedClock::new(at, expected.clock_skew);
        if self.issued_at.is_some_and(|issued| clock.is_ahead(issued)) {
            return Err(Refusal::FromTheFuture("the time at which the token was issued"));
        }
        if self.not_before.is_some_and(|from| clock.is_ahead(from)) {
            return Err(Refusal::FromTheFuture("the time from which the token is valid"));
        }
        if clock.is_over(self.expires_at) {
            return Err(Refusal::Expired);
        }
        // One that does not say from when it holds is taken to have begun now.
        let begins = [self.issued_at, self.not_before].into_iter().flatten().min().unwrap_or(at);
        if self.expires_at.0.saturating_sub(begins.0) > micros(expected.maximum_lifetime) {
            return Err(Refusal::TooLong);
        }
        if !self.audiences.iter().any(|audience| expected.audiences.contains(audience)) {
            return Err(Refusal::WrongAudience);
        }
        if self.certificate.is_some() && self.certificate.as_deref() != certificate {
            return Err(Refusal::WrongCertificate);
        }
        expected.claims.check(&self.issuer, &self.claims).map_err(|why| match why {
            NotAccepted::Role => Refusal::Role,
            NotAccepted::PurposeOfUse => Refusal::PurposeOfUse,
            NotAccepted::AdminIssuer => Refusal::AdminIssuer,
        })
    }
}
