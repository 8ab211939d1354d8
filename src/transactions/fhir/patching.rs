//! The body of a PATCH (FHIR R4, http.html#patch): JSON Patch or FHIRPath Patch.

use serde_json::Value;

use super::request::media_type;
use super::{FhirRequest, Refusal};
use crate::wire::fhir::{broken_rules, json_patch, path_patch, read_json_patch};

/// A change that was read off a request.
pub(super) enum Patch {
    /// RFC 6902.
    Json(Vec<Value>),
    /// FHIR R4, fhirpatch.html.
    Path(Value),
}

impl Patch {
    /// The patch in the body of a request.
    ///
    /// # Errors
    /// 415 for another type, 400 for what is no patch, and those of reading a resource.
    pub(super) fn of(request: &mut FhirRequest<'_>) -> Result<Self, Refusal> {
        let content_type = request.headers.content_type.as_deref().map(media_type).unwrap_or_default();
        match content_type.as_str() {
            "application/json-patch+json" => {
                let operations = read_json_patch(&request.whole_body()?);
                operations.map(Self::Json).map_err(|fault| Refusal::of(400, fault.issue()))
            }
            "application/fhir+json" | "application/fhir+xml" | "application/json" | "application/xml" => {
                request.resource_of_type("Parameters").map(Self::Path)
            }
            _ if request.given.is_some() => request.resource_of_type("Parameters").map(Self::Path),
            _ => Err(Refusal::unsupported_media_type(
                "send a JSON Patch (RFC 6902) as application/json-patch+json, or a FHIRPath Patch as Parameters in application/fhir+json",
            )),
        }
    }

    /// The resource that it makes of this one, valid again.
    ///
    /// # Errors
    /// 422 for what cannot be applied, and for a result that is no valid resource.
    pub(super) fn apply(&self, resource: &Value) -> Result<Value, Refusal> {
        let patched = match self {
            Self::Json(operations) => json_patch(resource, operations),
            Self::Path(parameters) => path_patch(resource, parameters),
        };
        let patched = patched.map_err(|fault| Refusal::of(422, fault.issue()))?;
        match broken_rules(&patched) {
            issues if issues.is_empty() => Ok(patched),
            issues => Err(Refusal::of_issues(422, issues)),
        }
    }
}
