use super::*;
use crate::access::test_registry::call;
use crate::model::person::SubjectClaims;
use crate::transactions::test_services::test_services;
use crate::wire::saml::{AuthnStatement, Confirmation, ConfirmationMethod};

const SECOND: i64 = 1_000_000;
const END: i64 = 10_000 * SECOND;

fn services() -> (Services, impl Sized) {
    let (mut services, behind) = test_services();
    services.persons.always_once = true;
    services.persons.longest_request = Duration::from_secs(1800);
    services.persons.expectations.audiences = vec!["urn:us".to_owned()];
    services.persons.expectations.clock_skew = Duration::from_secs(60);
    services.persons.expectations.maximum_lifetime = Duration::from_secs(3600);
    (services, behind)
}

/// Holds for an hour, until `end`.
fn assertion(id: &str, end: i64) -> Assertion {
    let begin = Instant(end - 3600 * SECOND);
    Assertion {
        id: id.to_owned(),
        issuer: "urn:issuer".to_owned(),
        issued_at: begin,
        name_id: "joan".to_owned(),
        sp_provided_id: None,
        confirmations: vec![Confirmation { method: ConfirmationMethod::Bearer, not_before: None, not_on_or_after: None, recipient: None }],
        not_before: begin,
        not_on_or_after: Instant(end),
        audiences: vec![vec!["urn:us".to_owned()]],
        one_time_use: false,
        authentications: vec![AuthnStatement { at: begin, session_ends: None, context_class: None }],
        claims: SubjectClaims::default(),
    }
}

/// What becomes of an assertion in a request that began at this time; the reason of a refusal.
fn used(services: &Services, assertion: &Assertion, began: i64) -> Result<(), Option<String>> {
    let call = Call { now: Instant(began), ..call() };
    judge(services, &call, assertion).map_err(|rejection| rejection.reason)
}

/// A request is judged by the time at which it began, and may take half an hour to come in. Meanwhile others let go of what
/// has expired.
#[test]
fn a_request_that_comes_in_slowly_cannot_use_an_assertion_again() {
    let (services, _behind) = services();
    let once = assertion("_once", END);
    assert_eq!(used(&services, &once, END - 2 * SECOND), Ok(()));
    assert_eq!(used(&services, &assertion("_later", END + 3000 * SECOND), END + 1800 * SECOND), Ok(()));
    assert_eq!(used(&services, &once, END - SECOND), Err(Some(Refusal::Replayed.to_string())));
    assert_eq!(used(&services, &once, END + 61 * SECOND), Err(Some(Refusal::Expired("the assertion").to_string())));
}
