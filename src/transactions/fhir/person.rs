//! The person behind a FHIR request. The one place where a token is looked at.

use super::{FhirRequest, Interaction, Method, Refusal, Route};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::iua::{self, Refused};
use crate::transactions::{AssertionMode, Services};
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::jwt::{self, Permission};

/// The longest reason of an access, in bytes.
const LONGEST_REASON: usize = 1000;

/// Notes the proven person in the call, who stays as they are if the request names none. A token that does not hold is a
/// refusal, never nobody; and so is one that does not allow this interaction.
pub(super) fn prove(services: &Services, call: &mut Call, request: &FhirRequest<'_>, route: &Route) -> Result<(), Refusal> {
    let authorization = request.headers.authorization.as_deref();
    // Whoever may ask without being known needs no token: the capability statement tells where to get one.
    if authorization.is_none() && !route.needs_person {
        return Ok(());
    }
    if authorization.is_some() && services.tokens.mode == AssertionMode::Off {
        return Err(Refusal::not_proven("this server does not take tokens in the Authorization header; leave it out"));
    }
    let bearer = iua::prove(services, call, authorization).map_err(|refused| told(refused, call))?;
    let Some(bearer) = bearer else { return Ok(()) };
    if let Some(interaction) = asked(route) {
        bearer.check_scope(interaction).map_err(|refused| told(refused, call))?;
    }
    let mut person = bearer.person;
    if let Some(reason) = reason(request)? {
        person.claims.access_reason = Some(reason);
    }
    call.person = Some(person);
    Ok(())
}

/// What a token has to allow; nothing for the capability statement.
fn asked(route: &Route) -> Option<jwt::Interaction<'static>> {
    let permission = match (route.interaction, route.method) {
        (Interaction::Capabilities, _) => return None,
        (Interaction::Batch | Interaction::Create, _) => Permission::Create,
        (Interaction::Read | Interaction::Vread | Interaction::HistoryInstance, _) => Permission::Read,
        (Interaction::Update | Interaction::ConditionalUpdate | Interaction::Patch, _) => Permission::Update,
        (Interaction::Delete, _) => Permission::Delete,
        (Interaction::SearchType, _) => Permission::Search,
        // A match is a search whose question is too long for an address.
        (Interaction::Operation("match", _), _) => Permission::Search,
        (Interaction::Operation(..), Method::Get | Method::Head) => Permission::Read,
        (Interaction::Operation(..), _) => Permission::Update,
    };
    // A bundle at the base provides documents (ITI-65), a message tells of patients (ITI-93).
    let at_base = if route.transaction == Transaction::Iti93 { "Patient" } else { "DocumentReference" };
    let resource = route.resource_type().unwrap_or(at_base);
    Some(jwt::Interaction { resource, permission, transaction: Some(route.transaction.as_str()) })
}

/// Why a record administrator opens the record, where it is said with this request alone.
fn reason(request: &FhirRequest<'_>) -> Result<Option<String>, Refusal> {
    let Some(reason) = request.headers.access_reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) else {
        return Ok(None);
    };
    if reason.len() > LONGEST_REASON || reason.chars().any(char::is_control) {
        let mend = format!("write one line of at most {LONGEST_REASON} bytes");
        return Err(Refusal::invalid("http.Access-Reason", "the reason is too long or not one line", &mend));
    }
    Ok(Some(reason.to_owned()))
}

/// What the caller is told, and only that; the person, as far as they are proven, is for the audit trail.
fn told(refused: Refused, call: &mut Call) -> Refusal {
    call.person = refused.person.map(|person| *person).or_else(|| call.person.take());
    let code = match refused.status {
        401 => IssueCode::Login,
        403 => IssueCode::Forbidden,
        _ => IssueCode::Transient,
    };
    let refusal = Refusal::of(refused.status, Issue::error(code, refused.told)).because(refused.reason);
    refused.challenge.into_iter().fold(refusal, |refusal, challenge| refusal.header("WWW-Authenticate", challenge))
}
