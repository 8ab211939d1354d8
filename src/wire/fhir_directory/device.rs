//! Device (FHIR R4, device.html): a connected system, the certificates by which it is known, and its attestation of conformity.

use serde_json::{Value, json};

use super::elements::{days, extension, extensions, fault, items, period, put, reference, text};
use crate::model::civil_day::day_after;
use crate::model::connected_system::{Attestation, ConnectedSystem, SystemOperator};
use crate::model::node::{CertificateIdentity, InvalidIdentity};
use crate::wire::fhir::FhirFault;

/// The system of the identifier that is the key of a connected system.
const KEYS: &str = "urn:dossier:connected-system";
/// The system of identifiers that name a certificate: `sha256:…`, `dns:…`, `uri:…` or `subject:…`.
const CERTIFICATES: &str = "urn:dossier:certificate";

/// A connected system.
pub fn device(system: &ConnectedSystem) -> Value {
    let identifier = |kind: &str, value: &str| json!({ "system": kind, "value": value });
    let certificates = system.certificates.iter().map(|certificate| identifier(CERTIFICATES, certificate.as_str()));
    let Attestation { issued, expires } = &system.attestation;
    let mut extensions = vec![extension("attestation", "valuePeriod", period(Some(issued), Some(expires)))];
    extensions.extend(system.suspended_from.iter().map(|day| extension("suspended-from", "valueDate", day.as_str().into())));
    let mut resource = json!({
        "resourceType": "Device",
        "id": system.id,
        "identifier": std::iter::once(identifier(KEYS, &system.id)).chain(certificates).collect::<Vec<_>>(),
        "deviceName": [{ "name": system.name, "type": "user-friendly-name" }],
        "contact": [{ "system": "other", "value": system.contact }],
    });
    match &system.operator {
        SystemOperator::Establishment(id) => put(&mut resource, "owner", json!({ "reference": format!("Organization/{id}") })),
        SystemOperator::PracticeSoftware(product) => {
            extensions.push(extension("practice-software", "valueString", product.as_str().into()))
        }
    }
    put(&mut resource, "extension", extensions.into());
    resource
}

/// The connected system that a resource describes.
///
/// # Errors
/// What is missing or wrong.
pub fn read_device(resource: &Value) -> Result<ConnectedSystem, FhirFault> {
    let of_kind = |kind: &'static str| items(resource, "identifier").filter(move |found| text(found, "/system") == Some(kind));
    let id = of_kind(KEYS).find_map(|found| text(found, "/value")).filter(|id| is_logical_id(id));
    let id = id.ok_or_else(|| {
        fault(
            "identifier",
            "a key is required: an identifier of the system urn:dossier:connected-system with 1 to 64 letters, digits, hyphens and dots",
        )
    })?;
    let certificates = of_kind(CERTIFICATES).map(|found| text(found, "/value").unwrap_or_default().parse());
    let certificates: Result<Vec<CertificateIdentity>, InvalidIdentity> = certificates.collect();
    let certificates = certificates.map_err(|error| fault("identifier", &error.to_string()))?;
    if certificates.is_empty() {
        return Err(fault("identifier", "at least one certificate is required: an identifier of the system urn:dossier:certificate"));
    }
    let name = text(resource, "/deviceName/0/name").ok_or_else(|| fault("deviceName", "a name is required"))?;
    let contact = text(resource, "/contact/0/value").ok_or_else(|| fault("contact", "whom its people contact is required"))?;
    Ok(ConnectedSystem {
        id: id.to_owned(),
        name: name.to_owned(),
        operator: operator(resource)?,
        certificates,
        attestation: attestation(resource)?,
        suspended_from: suspended_from(resource)?,
        contact: contact.to_owned(),
    })
}

fn operator(resource: &Value) -> Result<SystemOperator, FhirFault> {
    let software = extensions(resource, "practice-software", "valueString").next().and_then(Value::as_str);
    match (reference(resource, "owner", "Organization"), software) {
        (Some(id), None) => Ok(SystemOperator::Establishment(id.to_owned())),
        (None, Some(product)) => Ok(SystemOperator::PracticeSoftware(product.to_owned())),
        _ => Err(fault(
            "owner",
            "a system calls for an Organization/ID, or is practice software (extension practice-software); name one of the two",
        )),
    }
}

fn attestation(resource: &Value) -> Result<Attestation, FhirFault> {
    let days = extensions(resource, "attestation", "valuePeriod").next().map(|period| days(period, "extension")).transpose()?;
    match days.unwrap_or_default() {
        (Some(issued), Some(expires)) => Ok(Attestation { issued, expires }),
        _ => Err(fault("extension", "the attestation is required, as a period with its first and its last day")),
    }
}

fn suspended_from(resource: &Value) -> Result<Option<String>, FhirFault> {
    let Some(value) = extensions(resource, "suspended-from", "valueDate").next() else { return Ok(None) };
    let day = value.as_str().filter(|day| day_after(day).is_some());
    day.map(|day| Some(day.to_owned())).ok_or_else(|| fault("extension", "suspended-from is a day YYYY-MM-DD"))
}

/// FHIR R4, datatypes.html#id.
fn is_logical_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(operator: SystemOperator) -> ConnectedSystem {
        ConnectedSystem {
            id: "his-e1".to_owned(),
            name: "Hospital system".to_owned(),
            operator,
            certificates: vec!["dns:his.example".parse().unwrap(), format!("sha256:{}", "0a".repeat(32)).parse().unwrap()],
            attestation: Attestation { issued: "2025-01-01".to_owned(), expires: "2026-01-01".to_owned() },
            suspended_from: Some("2025-06-01".to_owned()),
            contact: "attestation@platform.example".to_owned(),
        }
    }

    #[test]
    fn a_system_comes_back_as_it_was_written() {
        for operator in [SystemOperator::Establishment("E1".to_owned()), SystemOperator::PracticeSoftware("Cabinet 1.0".to_owned())] {
            let system = system(operator);
            let written = device(&system);
            assert_eq!(written["extension"][0]["valuePeriod"]["end"], "2025-12-31", "the last day with it");
            assert_eq!(read_device(&written).unwrap(), system);
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let good = device(&system(SystemOperator::Establishment("E1".to_owned())));
        for (path, value, place) in [
            ("/identifier/0/value", json!("a key"), "identifier"),
            ("/identifier/1/value", json!("his.example"), "identifier"),
            ("/identifier", json!([{ "system": KEYS, "value": "x" }]), "identifier"),
            ("/deviceName", json!([]), "deviceName"),
            ("/contact", json!([]), "contact"),
            ("/owner", json!({ "display": "E1" }), "owner"),
            ("/extension/0/valuePeriod", json!({ "start": "2025-01-01" }), "extension"),
            ("/extension/1/valueDate", json!("2025-06"), "extension"),
        ] {
            let mut faulty = good.clone();
            *faulty.pointer_mut(path).unwrap() = value;
            assert_eq!(read_device(&faulty).unwrap_err().expression, place, "{path}");
        }
    }
}
