//! Organization (mCSD, ITI TF-2: 3.90; FHIR R4, organization.html): establishments.

use serde_json::{Value, json};

use super::elements::{KINDS, URIS, days, extension, extensions, fault, identifier, items, key, period, put, reference, text};
use crate::model::directory::Establishment;
use crate::model::ids::Oid;
use crate::wire::fhir::FhirFault;

/// An establishment; it is active on a day of its attestation.
pub fn organization(entry: &Establishment, day: &str) -> Value {
    let oids = entry.oids().map(|oid| json!({ "system": URIS, "value": format!("urn:oid:{oid}") }));
    let identifiers: Vec<_> = [identifier(&entry.assigning_authority, &entry.id)].into_iter().chain(oids).collect();
    let kind = |kind: &String| json!({ "coding": [{ "system": KINDS, "code": kind }] });
    let mut resource = json!({
        "resourceType": "Organization",
        "id": entry.id,
        "identifier": identifiers,
        "active": entry.is_attested_on(day),
        "type": entry.kinds.iter().map(kind).collect::<Vec<_>>(),
        "name": entry.name,
    });
    put(&mut resource, "extension", Value::Array(own_extensions(entry)));
    resource
}

fn own_extensions(entry: &Establishment) -> Vec<Value> {
    let mut extensions = vec![extension("attested", "valueBoolean", entry.attested.into())];
    if entry.attested_from.is_some() || entry.attested_until.is_some() {
        let days = period(entry.attested_from.as_deref(), entry.attested_until.as_deref());
        extensions.push(extension("attestation", "valuePeriod", days));
    }
    if entry.emergency_clearance {
        extensions.push(extension("emergency-clearance", "valueBoolean", true.into()));
    }
    let contractor = entry.subcontractor_of.iter().map(|id| json!({ "reference": format!("Organization/{id}") }));
    extensions.extend(contractor.map(|contractor| extension("subcontractor-of", "valueReference", contractor)));
    extensions
}

/// The establishment that a resource describes. Where it does not say whether it is attested, `active` tells, and a missing one
/// means no: an attestation is never assumed.
///
/// # Errors
/// What is missing or wrong.
pub fn read_organization(resource: &Value) -> Result<Establishment, FhirFault> {
    let (assigning_authority, id) = key(resource)?;
    let name = text(resource, "/name").ok_or_else(|| fault("name", "a name is required"))?;
    let kinds: Vec<_> = items(resource, "type").filter_map(|kind| text(kind, "/coding/0/code")).map(str::to_owned).collect();
    if kinds.is_empty() {
        return Err(fault("type", "at least one kind of establishment is required, as a code"));
    }
    let is_uri = |found: &&Value| text(found, "/system") == Some(URIS);
    let uris = items(resource, "identifier").filter(is_uri).filter_map(|found| text(found, "/value")?.strip_prefix("urn:oid:"));
    let oids: Result<Vec<Oid>, _> = uris.map(str::parse).collect();
    let mut oids = oids.map_err(|_| fault("identifier", "a URI of the form urn:oid: holds an OID"))?.into_iter();
    let attested = extensions(resource, "attested", "valueBoolean").next().or_else(|| resource.get("active"));
    let attestation = extensions(resource, "attestation", "valuePeriod").next();
    let (attested_from, attested_until) = attestation.map(|period| days(period, "extension")).transpose()?.unwrap_or_default();
    let mut contractors = extensions(resource, "subcontractor-of", "valueReference");
    let contractor = contractors.next().and_then(|found| reference(&json!({ "of": found }), "of", "Organization").map(str::to_owned));
    Ok(Establishment {
        id: id.to_owned(),
        assigning_authority,
        name: name.to_owned(),
        kinds,
        oid: oids.next(),
        other_oids: oids.collect(),
        attested: attested.and_then(Value::as_bool).unwrap_or(false),
        attested_from,
        attested_until,
        emergency_clearance: extensions(resource, "emergency-clearance", "valueBoolean").any(|value| value == &Value::Bool(true)),
        subcontractor_of: contractor,
        note: None,
    })
}
