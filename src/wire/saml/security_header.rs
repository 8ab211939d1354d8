//! The `wsse:Security` header block of a message (WS-Security: SOAP Message Security 1.1, 5).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::issuers::TrustedIssuers;
use super::reading::{at_most_one, instant, only, text};
use super::{Assertion, Refusal, signature};
use crate::model::timestamp::Instant;
use crate::wire::xml::{Element, ns};

/// The header block that is meant for this server, as it came. Nothing in it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityHeader {
    /// The block.
    pub element: Element,
    /// The namespaces declared by the elements around it, outermost first: prefix and namespace name.
    pub scope: Vec<(Arc<str>, Arc<str>)>,
    /// Whether its sender says that it must be understood.
    pub must_understand: bool,
}

/// What else may stand in a security header beside the assertion. A timestamp is checked. A signature over the message is
/// not: the connection protects the message, and no value is ever read by way of such a signature.
const KNOWN: [(&str, &str); 4] =
    [(ns::WSU, "Timestamp"), (ns::WSSE, "SecurityTokenReference"), (ns::WSSE, "BinarySecurityToken"), (ns::DSIG, "Signature")];

impl SecurityHeader {
    /// The one assertion of the message, verified with a key of its issuer whose certificate is valid `at` that time, and
    /// read. Nothing, if the header holds no token at all.
    pub fn assertion(&self, issuers: &TrustedIssuers, at: Instant) -> Result<Option<Assertion>, Refusal> {
        let Some(element) = self.only_assertion()? else { return Ok(None) };
        let issuer = text(only(element, ns::SAML, "Issuer", "there is not exactly one Issuer")?, "the Issuer is not a name")?;
        let keys = issuers.keys_of(&issuer).ok_or(Refusal::UnknownIssuer)?;
        let keys: Vec<_> = keys.iter().filter(|key| key.is_valid_at(at)).collect();
        if keys.is_empty() {
            return Err(Refusal::IssuerCertificateNotValid);
        }
        let scope = self.scope.iter().chain(&self.element.namespaces).map(|(prefix, namespace)| (&**prefix, &**namespace));
        signature::verify(element, &scope.collect::<Vec<_>>(), &keys)?;
        // From the same nodes that were digested just now.
        Assertion::read(element).map(Some)
    }

    /// Refuses a message whose `wsu:Timestamp` is over or from the future (WS-Security, 10).
    pub fn check_timestamp(&self, at: Instant, skew: Duration) -> Result<(), Refusal> {
        let malformed = "the Timestamp has no valid Created or Expires";
        let Some(timestamp) = at_most_one(&self.element, ns::WSU, "Timestamp", "there is more than one Timestamp")? else { return Ok(()) };
        let time = |local: &str| match at_most_one(timestamp, ns::WSU, local, malformed)? {
            Some(element) => instant(&text(element, malformed)?).map(Some).ok_or(Refusal::Malformed(malformed)),
            None => Ok(None),
        };
        let skew = i64::try_from(skew.as_micros()).unwrap_or(i64::MAX);
        if time("Created")?.is_some_and(|created| created.0.saturating_sub(skew) > at.0) {
            return Err(Refusal::FromTheFuture("the time at which the message was created"));
        }
        match time("Expires")?.is_some_and(|expires| expires.0.saturating_add(skew) <= at.0) {
            true => Err(Refusal::MessageExpired),
            false => Ok(()),
        }
    }

    /// The only assertion, a child of the header; there must be no other anywhere below it, and no identifier twice.
    fn only_assertion(&self) -> Result<Option<&Element>, Refusal> {
        let mut seen = Seen::default();
        seen.look_at(&self.element)?;
        let mut assertions = self.element.elements().filter(|child| child.is(ns::SAML, "Assertion"));
        match (assertions.next(), seen.assertions) {
            _ if seen.encrypted => Err(Refusal::UnsupportedToken),
            (None, 0) if self.element.elements().any(|child| !is_known(child)) => Err(Refusal::UnsupportedToken),
            (None, 0) => Ok(None),
            (Some(_), 1) if self.element.elements().any(|child| !is_known(child) && !child.is(ns::SAML, "Assertion")) => {
                Err(Refusal::UnsupportedToken)
            }
            (Some(assertion), 1) => Ok(Some(assertion)),
            (None, 1) => Err(Refusal::Malformed("the assertion is not a child of the Security header")),
            _ => Err(Refusal::SeveralAssertions),
        }
    }
}

fn is_known(element: &Element) -> bool {
    KNOWN.iter().any(|(namespace, local)| element.is(namespace, local))
}

/// What there is in a security header, at any depth.
#[derive(Default)]
struct Seen<'e> {
    ids: HashSet<&'e str>,
    assertions: usize,
    encrypted: bool,
}

impl<'e> Seen<'e> {
    fn look_at(&mut self, element: &'e Element) -> Result<(), Refusal> {
        // By local name in any namespace: who disguises an assertion is no better than who sends two.
        self.assertions += usize::from(element.name.local == "Assertion");
        self.encrypted |= matches!(element.name.local.as_str(), "EncryptedAssertion" | "EncryptedData");
        for attribute in &element.attributes {
            let is_id = attribute.name.local.eq_ignore_ascii_case("id") || attribute.name.local == "AssertionID";
            if is_id && !self.ids.insert(&attribute.value) {
                return Err(Refusal::DuplicateId);
            }
        }
        element.elements().try_for_each(|child| self.look_at(child))
    }
}
