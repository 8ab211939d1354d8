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
pub(super) fn prove(services: &Services, call: &mut Call, request: &mut FhirRequest<'_>, route: &Route) -> Result<(), Refusal> {
    let authorization = request.headers.authorization.as_deref();
    if authorization.is_none() && may_do_without(services, call, route) {
        return Ok(());
    }
    if authorization.is_some() && services.tokens.mode == AssertionMode::Off {
        return Err(Refusal::not_proven("this server does not take tokens in the Authorization header; leave it out"));
    }
    let bearer = iua::prove(services, call, authorization).map_err(|refused| told(refused, call))?;
    let Some(bearer) = bearer else { return Ok(()) };
    let mut person = bearer.person.clone();
    request.bearer = Some(bearer);
    if let Some(reason) = reason(request)? {
        person.claims.access_reason = Some(reason);
    }
    call.person = Some(person);
    Ok(())
}

/// Where a batch was let in by the certificate of a system alone, what each entry asks for is asked again.
///
/// # Errors
/// 401.
pub(super) fn check_known(services: &Services, call: &Call, route: &Route) -> Result<(), Refusal> {
    if call.person.is_some() || route.interaction == Interaction::Batch || may_do_without(services, call, route) {
        return Ok(());
    }
    Err(Refusal::not_proven("this interaction is for people who are known; send a token in the Authorization header"))
}

/// Whether nobody has to be known: for the capability statement, which tells where to get a token; where no token is required;
/// and where a system declares its visits, tells of patients or looks somebody up, by the certificate that it shows.
fn may_do_without(services: &Services, call: &Call, route: &Route) -> bool {
    use Transaction::{Encounter, Import, Iti20, Iti78, Iti83, Iti90, Iti93, Iti104, Iti119};
    let of_systems = matches!(route.transaction, Encounter | Import | Iti20 | Iti78 | Iti83 | Iti90 | Iti93 | Iti104 | Iti119);
    let is_required = services.tokens.mode == AssertionMode::Required && route.transaction != Transaction::Capabilities;
    // What a batch asks for is looked at entry by entry.
    let of_systems = of_systems || route.interaction == Interaction::Batch;
    !route.needs_person && (!is_required || (of_systems && call.node.proven().is_some()))
}

/// Whether the token of a request, if it has one, allows an interaction.
///
/// # Errors
/// 403.
pub(super) fn check_scope(request: &FhirRequest<'_>, route: &Route) -> Result<(), Refusal> {
    match asked(route) {
        Some((resource_type, permission)) => check(request, resource_type, permission, route.transaction),
        None => Ok(()),
    }
}

/// Whether the token of a request, if it has one, allows this with resources of a type.
///
/// # Errors
/// 403.
pub(super) fn check(request: &FhirRequest<'_>, resource: &str, permission: Permission, transaction: Transaction) -> Result<(), Refusal> {
    let Some(bearer) = &request.bearer else { return Ok(()) };
    bearer.check_scope(jwt::Interaction { resource, permission, transaction: Some(transaction.as_str()) }).map_err(of_refused)
}

/// What a token has to allow; nothing for the capability statement, and for a batch, whose entries are asked about one by one.
fn asked(route: &Route) -> Option<(&'static str, Permission)> {
    let permission = match (route.interaction, route.method) {
        (Interaction::Capabilities | Interaction::Batch, _) => return None,
        (Interaction::Create, _) => Permission::Create,
        (Interaction::Read | Interaction::Vread | Interaction::HistoryInstance, _) => Permission::Read,
        (Interaction::Update | Interaction::ConditionalUpdate | Interaction::Patch, _) => Permission::Update,
        (Interaction::Delete, _) => Permission::Delete,
        // A history of a type is a search of it (SMART App Launch 2, scopes for requesting clinical data).
        (Interaction::SearchType | Interaction::HistoryType, _) => Permission::Search,
        // A match is a search whose question is too long for an address.
        (Interaction::Operation("match", _), _) => Permission::Search,
        (Interaction::Operation(..), Method::Get | Method::Head) => Permission::Read,
        (Interaction::Operation(..), _) => Permission::Update,
    };
    // A message at the base tells of patients (ITI-93).
    let at_base = (route.transaction == Transaction::Iti93).then_some("Patient");
    Some((route.resource_type().or(at_base)?, permission))
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
fn told(mut refused: Refused, call: &mut Call) -> Refusal {
    call.person = refused.person.take().map(|person| *person).or_else(|| call.person.take());
    of_refused(refused)
}

fn of_refused(refused: Refused) -> Refusal {
    let code = match refused.status {
        401 => IssueCode::Login,
        403 => IssueCode::Forbidden,
        _ => IssueCode::Transient,
    };
    let refusal = Refusal::of(refused.status, Issue::error(code, refused.told)).because(refused.reason);
    refused.challenge.into_iter().fold(refusal, |refusal, challenge| refusal.header("WWW-Authenticate", challenge))
}
