//! PractitionerRole (mCSD, ITI TF-2: 3.90; FHIR R4, practitionerrole.html): one workplace of a professional.

use serde_json::{Value, json};

use super::elements::{KINDS, days, fault, period, put, reference, text};
use crate::model::directory::{Professional, Workplace};
use crate::wire::fhir::FhirFault;

/// The workplaces of a professional; the id of each is that of the professional, a dot and its number from 1.
pub fn roles_of(entry: &Professional, day: &str) -> Vec<Value> {
    (1..=entry.workplaces.len()).filter_map(|number| role(entry, number, day)).collect()
}

/// The workplace of this number.
pub fn role(entry: &Professional, number: usize, day: &str) -> Option<Value> {
    let place = entry.workplaces.get(number.checked_sub(1)?)?;
    let mut resource = json!({
        "resourceType": "PractitionerRole",
        "id": format!("{}.{number}", entry.id),
        "active": place.is_current_on(day),
        "practitioner": { "reference": format!("Practitioner/{}", entry.id) },
        "code": [{ "coding": [{ "system": KINDS, "code": place.kind }] }],
    });
    if place.from.is_some() || place.until.is_some() {
        put(&mut resource, "period", period(place.from.as_deref(), place.until.as_deref()));
    }
    if let Some(establishment) = &place.establishment {
        put(&mut resource, "organization", json!({ "reference": format!("Organization/{establishment}") }));
        put(&mut resource, "location", json!([{ "reference": format!("Location/{establishment}") }]));
    }
    Some(resource)
}

/// The professional and the workplace that a resource describes.
///
/// # Errors
/// What is missing or wrong.
pub fn read_role(resource: &Value) -> Result<(String, Workplace), FhirFault> {
    let practitioner = reference(resource, "practitioner", "Practitioner");
    let practitioner = practitioner.ok_or_else(|| fault("practitioner", "a reference Practitioner/ID is required"))?;
    let kind = text(resource, "/code/0/coding/0/code").ok_or_else(|| fault("code", "the kind of the workplace is required, as a code"))?;
    let establishment = reference(resource, "organization", "Organization").map(str::to_owned);
    if resource.get("organization").is_some() && establishment.is_none() {
        return Err(fault("organization", "a reference Organization/ID is expected"));
    }
    let (from, until) = resource.get("period").map(|period| days(period, "period")).transpose()?.unwrap_or_default();
    Ok((practitioner.to_owned(), Workplace { kind: kind.to_owned(), establishment, from, until }))
}
