//! RelatedPerson (FHIR R4, relatedperson.html): the legal representative of a minor.

use serde_json::{Value, json};

use super::elements::{days, extension, extensions, fault, identifier, items, of_oid, period, put, reference};
use super::patient::{logical_id, patient_of_logical_id};
use crate::model::directory::LegalRepresentative;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::wire::fhir::FhirFault;

/// A representative; the id is that of the child, a dot and that of the representative.
pub fn related_person(link: &LegalRepresentative, own: &Oid) -> Value {
    let mut resource = json!({
        "resourceType": "RelatedPerson",
        "id": format!("{}.{}", logical_id(&link.child, own), logical_id(&link.representative, own)),
        "identifier": [identifier(link.representative.assigning_authority(), link.representative.id())],
        "active": link.revoked.is_none(),
        "patient": { "reference": format!("Patient/{}", logical_id(&link.child, own)) },
        "relationship": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD" }] }],
        "period": period(Some(&link.from), link.until.as_deref()),
    });
    let revoked = link.revoked.iter().map(|day| extension("revoked", "valueDate", day.as_str().into()));
    put(&mut resource, "extension", revoked.collect());
    resource
}

/// Child and representative of such an id.
pub fn representation_of_logical_id(id: &str, own: &Oid) -> Option<(PatientId, PatientId)> {
    let (child, representative) = id.split_once('.')?;
    Some((patient_of_logical_id(child, own)?, patient_of_logical_id(representative, own)?))
}

/// The representation that a resource describes.
///
/// # Errors
/// What is missing or wrong.
pub fn read_related_person(resource: &Value, own: &Oid) -> Result<LegalRepresentative, FhirFault> {
    let child = reference(resource, "patient", "Patient").and_then(|id| patient_of_logical_id(id, own));
    let child = child.ok_or_else(|| fault("patient", "a reference Patient/ID is required"))?;
    let representative = items(resource, "identifier").find_map(of_oid).and_then(|(authority, id)| Cx::new(id, authority).ok());
    let representative = representative.ok_or_else(|| fault("identifier", "the patient identifier of the representative is required"))?;
    if child == representative {
        return Err(fault("identifier", "nobody is their own representative"));
    }
    let (from, until) = resource.get("period").map(|period| days(period, "period")).transpose()?.unwrap_or_default();
    let from = from.ok_or_else(|| fault("period", "the first day is required"))?;
    let revoked = extensions(resource, "revoked", "valueDate").next().and_then(Value::as_str).map(str::to_owned);
    let is_active = resource.get("active").and_then(Value::as_bool).unwrap_or(true);
    // Without a day of the decision, it was never valid.
    let revoked = revoked.or_else(|| (!is_active).then(|| from.clone()));
    Ok(LegalRepresentative { child, representative, from, until, revoked })
}
