//! Location and HealthcareService (mCSD, ITI TF-2: 3.90; FHIR R4, location.html, healthcareservice.html): where an establishment is
//! and what it does, as far as the directory has facts. Both follow from the establishment and have its version.

use serde_json::{Value, json};

use super::elements::{KINDS, identifier};
use crate::model::directory::Establishment;

/// The place of an establishment, under the same id.
pub fn location(entry: &Establishment, day: &str) -> Value {
    json!({
        "resourceType": "Location",
        "id": entry.id,
        "identifier": [identifier(&entry.assigning_authority, &entry.id)],
        "status": if entry.is_attested_on(day) { "active" } else { "inactive" },
        "name": entry.name,
        "mode": "instance",
        "type": entry.kinds.iter().map(|kind| concept(kind)).collect::<Vec<_>>(),
        "managingOrganization": { "reference": format!("Organization/{}", entry.id) },
    })
}

/// What an establishment provides: one service for each of its kinds, whose id is that of the establishment, a dot and the kind.
pub fn services_of(entry: &Establishment, day: &str) -> Vec<Value> {
    let service = |kind: &String| {
        json!({
            "resourceType": "HealthcareService",
            "id": format!("{}.{kind}", entry.id),
            "active": entry.is_attested_on(day),
            "providedBy": { "reference": format!("Organization/{}", entry.id) },
            "type": [concept(kind)],
            "location": [{ "reference": format!("Location/{}", entry.id) }],
            "name": format!("{} ({kind})", entry.name),
        })
    };
    entry.kinds.iter().map(service).collect()
}

fn concept(kind: &str) -> Value {
    json!({ "coding": [{ "system": KINDS, "code": kind }] })
}
