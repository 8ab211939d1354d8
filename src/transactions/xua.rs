//! Provide X-User Assertion [ITI-40] (ITI TF-2: 3.40): who the person is for whom a SOAP request is made.

use std::sync::Arc;
use std::time::Duration;

use crate::access::{Call, Failure};
use crate::model::audit_event::Transaction;
use crate::model::in_force::InForce;
use crate::model::person::{Person, ProvingToken, TokenKind};
use crate::model::timestamp::Instant;
use crate::wire::saml::{Assertion, Expectations, Refusal, SecurityHeader, TrustedIssuers};
use crate::wire::soap::{Fault, HeaderName};
use crate::wire::xml::ns;

use super::soap_message::Rejection;
use super::{Services, directory_check};

/// What the operator wants to know of people.
#[derive(Debug, Default)]
pub struct PersonRules {
    /// Whether assertions are read at all, and whether a request needs one.
    pub mode: AssertionMode,
    /// Whose assertions are trusted.
    pub issuers: Arc<InForce<TrustedIssuers>>,
    /// What has to be in them.
    pub expectations: Expectations,
    /// Whether every assertion may be used once only, even one that does not say so of itself.
    pub always_once: bool,
    /// How long a request may take to come in. It is judged by the time at which it began, so an assertion that was used is
    /// remembered for so much longer than it holds.
    pub longest_request: Duration,
    /// Whether the directories have to bear out the subject: a professional with an account in use and a valid licence, a patient,
    /// a registered legal representative; and the organisation that they name.
    pub in_directory: bool,
}

/// Whether requests carry assertions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AssertionMode {
    /// None is read.
    #[default]
    Off,
    /// One that is sent has to be good.
    Optional,
    /// There has to be one, and it has to be good.
    Required,
}

/// Why a request goes no further, with the person as far as they are proven.
pub(super) struct NotProven {
    pub(super) rejection: Rejection,
    pub(super) person: Option<Box<Person>>,
}

/// The person behind a request, proven; nothing, where nobody has to be.
pub(super) fn prove(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    security: Option<&SecurityHeader>,
) -> Result<Option<Person>, NotProven> {
    let rules = &services.persons;
    // A feed comes from a system, behind which nobody asks for anything: there is none over MLLP either. Where the access rules
    // hold, its certificate has to prove that system.
    let is_of_system = transaction == Transaction::Iti44 && (call.node.proven().is_some() || !services.door.has_access_rules());
    let mode = match rules.mode {
        AssertionMode::Required if is_of_system => AssertionMode::Optional,
        mode => mode,
    };
    let refused = |refusal: Refusal| NotProven { rejection: refuse(refusal), person: None };
    let assertion = match (mode, security) {
        (AssertionMode::Off, Some(security)) if security.must_understand => return Err(not_understood()),
        (AssertionMode::Off, _) => return Ok(None),
        (_, None) => None,
        (_, Some(security)) => {
            security.check_timestamp(call.now, rules.expectations.clock_skew).map_err(refused)?;
            security.assertion(&rules.issuers.current(), call.now).map_err(refused)?
        }
    };
    match assertion {
        Some(assertion) => accept(services, call, assertion).map(Some),
        None if mode == AssertionMode::Optional => Ok(None),
        None => Err(refused(Refusal::NoAssertion)),
    }
}

/// Judges a genuine assertion. Whoever it names is named in the audit trail, also if they are refused.
fn accept(services: &Services, call: &Call, assertion: Assertion) -> Result<Person, NotProven> {
    let judged = judge(services, call, &assertion);
    let (issuer, name_id, alias, claims) = (assertion.issuer, assertion.name_id, assertion.sp_provided_id, assertion.claims);
    let token = Some(ProvingToken { kind: TokenKind::Saml, id: assertion.id });
    let person = Person { issuer, name_id, alias, token, claims };
    let proven = judged.and_then(|()| if services.persons.in_directory { check_directories(services, call, &person) } else { Ok(()) });
    match proven {
        Ok(()) => Ok(person),
        Err(rejection) => Err(NotProven { rejection, person: Some(Box::new(person)) }),
    }
}

fn judge(services: &Services, call: &Call, assertion: &Assertion) -> Result<(), Rejection> {
    let rules = &services.persons;
    assertion.check(&rules.expectations, call.now, call.node.proven().map(|node| node.fingerprint.as_str())).map_err(refuse)?;
    if !rules.always_once && !assertion.one_time_use {
        return Ok(());
    }
    let longer = rules.expectations.clock_skew.saturating_add(rules.longest_request);
    let longer = i64::try_from(longer.as_micros()).unwrap_or(i64::MAX);
    let forgotten_at = Instant(assertion.not_on_or_after.0.saturating_add(longer));
    match services.door.use_assertion(&assertion.issuer, &assertion.id, forgotten_at, call.now) {
        Ok(true) => Ok(()),
        Ok(false) => Err(refuse(Refusal::Replayed)),
        Err(failure) => Err(unproven(&failure)),
    }
}

fn check_directories(services: &Services, call: &Call, person: &Person) -> Result<(), Rejection> {
    let borne_out = directory_check::borne_out(services, call, person).map_err(|failure| unproven(&failure))?;
    borne_out.map_err(|why| refuse(Refusal::Directory(why)))
}

fn refuse(refusal: Refusal) -> Rejection {
    let fault = refusal.fault();
    Rejection { reason: Some(refusal.to_string()), ..fault.into() }
}

fn unproven(failure: &Failure) -> Rejection {
    tracing::error!(error = %failure, "a person could not be proven");
    Fault::receiver("the server could not find out who the user is; nothing was done, send the request again later").into()
}

fn not_understood() -> NotProven {
    let header = HeaderName { namespace: ns::WSSE.to_owned(), local: "Security".to_owned() };
    NotProven { rejection: Fault::must_understand(vec![header]).into(), person: None }
}

#[cfg(test)]
#[path = "xua_tests.rs"]
mod tests;
