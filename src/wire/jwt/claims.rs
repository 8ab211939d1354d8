//! What a token says of a person (IUA 3.71.6.1.1, 3.71.6.1.2), to the same values as the attributes of an assertion.

use serde_json::{Map, Value, json};

use super::Refusal;
use super::reading::Members;
use crate::model::hl7_types::PatientId;
use crate::model::person::{CodedClaim, InstanceIdentifier, SubjectClaims};

/// How an OID is written where a URI is wanted.
const OID: &str = "urn:oid:";

/// Reads the extensions `ihe_iua`, `ihe_bppc` and `dossier`; others, and members that are not known, are passed over. Of
/// `person_id` nothing is taken: the profile does not say whose id it is, and in whose account somebody acts is said once.
pub(super) fn read(token: Members<'_>) -> Result<SubjectClaims, Refusal> {
    let complaint = "the extensions are not objects";
    let none = Map::new();
    let extensions = token.object("extensions", complaint)?.unwrap_or(Members(&none));
    let extension = |name: &str| Ok::<_, Refusal>(extensions.object(name, complaint)?.unwrap_or(Members(&none)));
    let (iua, bppc, own) = (extension("ihe_iua")?, extension("ihe_bppc")?, extension("dossier")?);
    let text = "a claim about the subject is not a text";
    Ok(SubjectClaims {
        subject_id: iua.text("subject_name", text)?,
        organizations: iua.texts("subject_organization", text)?,
        organization_ids: iua.texts("subject_organization_id", text)?,
        home_community_id: iua.text("home_community_id", text)?,
        npi: iua.text("national_provider_identifier", text)?,
        provider_identifiers: own.values("provider_identifier").into_iter().map(identifier).collect::<Result<_, _>>()?,
        roles: iua.values("subject_role").into_iter().map(coded).collect::<Result<_, _>>()?,
        purposes_of_use: iua.values("purpose_of_use").into_iter().map(coded).collect::<Result<_, _>>()?,
        resource_id: bppc.text("patient_id", text)?,
        consent_documents: bppc.texts("doc_id", text)?,
        consent_policies: bppc.texts("acp", text)?,
        person: patient(own, "person")?,
        representative: patient(own, "representative")?,
        access_reason: own.text("access_reason", text)?,
    })
}

/// The same claims as the `extensions` of a token.
pub fn write_claims(claims: &SubjectClaims) -> Value {
    let coded = |claims: &[CodedClaim]| -> Vec<Value> { claims.iter().map(coding).collect() };
    let identifier = |id: &InstanceIdentifier| json!({ "system": format!("{OID}{}", id.root), "value": id.extension });
    let iua = json!({
        "subject_name": claims.subject_id,
        "subject_organization": claims.organizations,
        "subject_organization_id": claims.organization_ids,
        "home_community_id": claims.home_community_id,
        "national_provider_identifier": claims.npi,
        "subject_role": coded(&claims.roles),
        "purpose_of_use": coded(&claims.purposes_of_use),
    });
    let bppc = json!({ "patient_id": claims.resource_id, "doc_id": claims.consent_documents, "acp": claims.consent_policies });
    let own = json!({
        "provider_identifier": claims.provider_identifiers.iter().map(identifier).collect::<Vec<_>>(),
        "person": claims.person.as_ref().map(PatientId::to_string),
        "representative": claims.representative.as_ref().map(PatientId::to_string),
        "access_reason": claims.access_reason,
    });
    without_nothing(json!({ "ihe_iua": without_nothing(iua), "ihe_bppc": without_nothing(bppc), "dossier": without_nothing(own) }))
}

/// The same object without members that say nothing.
fn without_nothing(value: Value) -> Value {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    match value {
        Value::Object(members) => Value::Object(members.into_iter().filter(|(_, value)| says_something(value)).collect()),
        other => other,
    }
}

fn coding(claim: &CodedClaim) -> Value {
    without_nothing(json!({ "system": format!("{OID}{}", claim.system), "code": claim.code, "display": claim.display }))
}

fn patient(own: Members<'_>, name: &str) -> Result<Option<PatientId>, Refusal> {
    let complaint = "a person is not named by a patient id, as in ID^^^&OID&ISO";
    own.text(name, complaint)?.map(|text| text.parse().map_err(|_| Refusal::Malformed(complaint))).transpose()
}

/// A FHIR Coding. Its system is an OID, bare or as a URN, or another URI, which is kept.
fn coded(value: &Value) -> Result<CodedClaim, Refusal> {
    let complaint = "a role or purpose of use is not a FHIR Coding with system and code";
    let members = value.as_object().map(Members).ok_or(Refusal::Malformed(complaint))?;
    match (members.text("code", complaint)?, members.text("system", complaint)?) {
        (Some(code), Some(system)) => Ok(CodedClaim { code, system: bare(system), display: members.text("display", complaint)? }),
        _ => Err(Refusal::Malformed(complaint)),
    }
}

/// A FHIR Identifier whose system is an OID.
fn identifier(value: &Value) -> Result<InstanceIdentifier, Refusal> {
    let complaint = "a provider identifier is not a FHIR Identifier with system and value";
    let members = value.as_object().map(Members).ok_or(Refusal::Malformed(complaint))?;
    match (members.text("system", complaint)?, members.text("value", complaint)?) {
        (Some(system), Some(extension)) => Ok(InstanceIdentifier { root: bare(system), extension }),
        _ => Err(Refusal::Malformed(complaint)),
    }
}

fn bare(system: String) -> String {
    system.strip_prefix(OID).map_or_else(|| system.clone(), str::to_owned)
}
