//! What references lead to: contained resources, entries of the same bundle, patients of this domain.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::{EntryUuid, Oid};

/// Where this server is, and whose patients it knows.
#[derive(Debug, Clone, Copy)]
pub struct Domain<'d> {
    /// The address of the FHIR interface, without a slash at the end.
    pub base_url: &'d str,
    /// The authorities whose patient ids documents are filed under. The logical id of a Patient is the id of the first.
    pub authorities: &'d [Oid],
}

impl Domain<'_> {
    /// A Reference to a patient.
    pub fn patient_reference(&self, patient_id: &PatientId) -> Value {
        let identifier = patient_identifier(patient_id);
        let is_own = self.authorities.first() == Some(patient_id.assigning_authority());
        match is_own && is_id(patient_id.id()) {
            true => json!({ "reference": format!("Patient/{}", patient_id.id()), "identifier": identifier }),
            false => json!({ "identifier": identifier }),
        }
    }

    /// The patient of a logical id.
    pub fn patient_of_id(&self, id: &str) -> Option<PatientId> {
        Cx::new(id, self.authorities.first()?.clone()).ok()
    }

    /// The patient of an Identifier with the OID of an authority.
    pub fn patient_of_identifier(&self, system: &str, value: &str) -> Option<PatientId> {
        Cx::new(value, system.strip_prefix("urn:oid:")?.parse().ok()?).ok()
    }

    /// The patient whom a relative or absolute address of this server names.
    pub fn patient_of_address(&self, address: &str) -> Option<PatientId> {
        let relative = address.strip_prefix(self.base_url).map_or(address, |path| path.trim_start_matches('/'));
        let id = relative.strip_prefix("Patient/")?;
        let id = id.split_once("/_history/").map_or(id, |(id, _)| id);
        is_id(id).then(|| self.patient_of_id(id)).flatten()
    }

    /// The patient of an Identifier of an authority of this domain.
    pub(super) fn known_patient(&self, identifier: &Value) -> Option<PatientId> {
        let text = |name: &str| identifier.get(name).and_then(Value::as_str).unwrap_or_default();
        let patient = self.patient_of_identifier(text("system"), text("value"))?;
        self.authorities.contains(patient.assigning_authority()).then_some(patient)
    }

    /// An address below this server without the server's own; nothing for one elsewhere.
    pub(super) fn relative<'a>(&self, address: &'a str) -> Option<&'a str> {
        match address.strip_prefix(self.base_url) {
            Some(path) => path.strip_prefix('/'),
            None => (!address.contains(':')).then_some(address),
        }
    }

    /// The patient of a `subject`: by its identifier of an authority of this domain, by its address, or by the Patient to
    /// which it leads in the same message.
    pub fn patient_of_reference(&self, reference: &Value, owner: &Value, resources: &Resources<'_>) -> Option<PatientId> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let of_resource = || {
            let patient = resources.resolve(owner, reference)?;
            patient.get("identifier").and_then(Value::as_array)?.iter().find_map(|identifier| self.known_patient(identifier))
        };
        let by_identifier = reference.get("identifier").and_then(|identifier| self.known_patient(identifier));
        by_identifier.or_else(|| self.patient_of_address(&text(reference, "reference"))).or_else(of_resource)
    }
}

/// The Identifier of a patient.
pub(super) fn patient_identifier(patient_id: &Cx) -> Value {
    json!({ "system": format!("urn:oid:{}", patient_id.assigning_authority()), "value": patient_id.id() })
}

/// The UUID in an address `TYPE/UUID` of this server, relative or absolute, of whatever version.
pub(super) fn id_of_address(address: &str, resource_type: &str, domain: &Domain<'_>) -> Option<EntryUuid> {
    let id = domain.relative(address)?.strip_prefix(resource_type)?.strip_prefix('/')?;
    format!("urn:uuid:{}", id.split('/').next()?).parse().ok()
}

/// The addresses of people and establishments of this server to which a message refers, below its base, each once. What is
/// within a FHIR document is not looked at.
pub fn people_referred_to(message: &Value, domain: &Domain<'_>) -> Vec<String> {
    let (mut found, mut left) = (Vec::new(), vec![message]);
    while let Some(value) = left.pop() {
        match value {
            Value::Array(items) => left.extend(items),
            Value::Object(fields) if fields.get("type").and_then(Value::as_str) != Some("document") => {
                let address = fields.get("reference").and_then(Value::as_str).and_then(|address| domain.relative(address));
                found.extend(address.filter(|address| is_of_directory(address)).map(str::to_owned));
                left.extend(fields.values());
            }
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_of_directory(address: &str) -> bool {
    matches!(address.split_once('/'), Some(("Practitioner" | "PractitionerRole" | "Organization", id)) if is_id(id))
}

/// Whether text is a logical id (FHIR R4, datatypes.html#id).
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// The resources of a bundle by their `fullUrl`.
#[derive(Debug, Clone, Default)]
pub struct Resources<'r>(Vec<(Cow<'r, str>, &'r Value)>);

impl<'r> Resources<'r> {
    /// Those of a bundle.
    pub fn of_bundle(bundle: &'r Value) -> Self {
        let entries = bundle.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Self(entries.iter().filter_map(|entry| Some((entry.get("fullUrl")?.as_str()?.into(), entry.get("resource")?))).collect())
    }

    /// Adds a resource of this server, which references name relatively or absolutely.
    pub fn add(&mut self, full_url: String, resource: &'r Value) {
        self.0.push((full_url.into(), resource));
    }

    /// What a Reference of `owner` leads to.
    pub fn resolve<'v>(&self, owner: &'v Value, reference: &Value) -> Option<&'v Value>
    where
        'r: 'v,
    {
        let address = reference.get("reference")?.as_str()?;
        match address.strip_prefix('#') {
            Some(id) => {
                let contained = owner.get("contained").and_then(Value::as_array)?;
                contained.iter().find(|resource| resource.get("id").and_then(Value::as_str) == Some(id))
            }
            None => self.at(address),
        }
    }

    /// The resource at an address; a relative one is that of an entry whose `fullUrl` ends with it.
    pub fn at(&self, address: &str) -> Option<&'r Value> {
        let is_it = |full_url: &str| {
            full_url == address || (address.contains('/') && full_url.strip_suffix(address).is_some_and(|base| base.ends_with('/')))
        };
        self.0.iter().find(|(full_url, _)| is_it(full_url)).map(|(_, resource)| *resource)
    }
}
