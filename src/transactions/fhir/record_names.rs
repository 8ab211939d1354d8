//! Which patients and resources the words of a request name.

use uuid::Uuid;

use super::{FhirRequest, Params, Refusal};
use crate::model::hl7_types::{Cx, PatientId};
use crate::transactions::Services;
use crate::wire::fhir::{Issue, IssueCode, RecordNames};

/// How references in a request are read.
///
/// # Errors
/// 500 for a server without an assigning authority, which does not start.
pub(super) fn names<'a>(services: &'a Services, request: &'a FhirRequest<'_>) -> Result<RecordNames<'a>, Refusal> {
    let authority = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    Ok(RecordNames { base_url: &request.base_url, authority })
}

/// The patient of `Patient/{id}`: the identifier that the affinity domain's own authority gave.
///
/// # Errors
/// 404 for what cannot be an identifier.
pub(super) fn patient(services: &Services, params: &Params) -> Result<PatientId, Refusal> {
    let authority = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    Cx::new(params.id(), authority.clone()).map_err(|_| Refusal::not_found())
}

/// The name of a resource of ours.
///
/// # Errors
/// 404 for what is no UUID.
pub(super) fn uuid(params: &Params) -> Result<Uuid, Refusal> {
    params.id().parse().map_err(|_| Refusal::not_found())
}

/// The version that the request wants to change.
///
/// # Errors
/// 428 without `If-Match`, 400 for one that is no version.
pub(super) fn required_version(request: &FhirRequest<'_>) -> Result<u64, Refusal> {
    request.expected_version()?.ok_or_else(|| {
        let text = "http.If-Match: a change says which version it changes; read the resource and send its ETag as If-Match (RFC 6585, 3)";
        Refusal::of(428, Issue::error(IssueCode::Required, text).at("http.If-Match"))
    })
}
