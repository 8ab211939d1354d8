//! The person behind a FHIR request. The one place where a token is looked at.

use super::{FhirRequest, Refusal};
use crate::access::Call;
use crate::model::person::Person;
use crate::transactions::Services;

/// The proven person, or nobody if the request names none. A token that does not hold is a refusal, never nobody.
///
/// So far no token is understood: whoever is proven by the connection's own means stands in the call.
pub(super) fn prove(_services: &Services, call: &Call, request: &FhirRequest<'_>) -> Result<Option<Person>, Refusal> {
    match request.headers.authorization {
        Some(_) => Err(Refusal::not_proven("this server does not take tokens in the Authorization header; leave it out")),
        None => Ok(call.person.clone()),
    }
}
