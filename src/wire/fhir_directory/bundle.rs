//! Bundles of directory entries (FHIR R4, bundle.html), of type `collection`, `transaction` or `batch`.

use std::collections::HashMap;

use serde_json::Value;

use super::elements::{fault, items, key, text};
use super::patient::logical_id;
use super::{read_device, read_organization, read_patient, read_practitioner, read_related_person, read_role};
use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Directory, Establishment, LegalRepresentative, Professional, Workplace};
use crate::model::dsp::Professions;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::model::patient_feed::PatientDemographics;
use crate::wire::directory_file::Fault;
use crate::wire::fhir::{FhirFault, json};

/// What a bundle lists, in the order in which it can be imported: representatives need their patients.
#[derive(Debug, Default)]
pub struct Entries {
    patients: Vec<(PatientId, PatientDemographics)>,
    establishments: Vec<Establishment>,
    systems: Vec<ConnectedSystem>,
    professionals: Vec<Professional>,
    representatives: Vec<LegalRepresentative>,
}

impl Entries {
    /// One directory after the other.
    pub fn into_directories(self) -> Vec<Directory> {
        let all = [
            Directory::Patients(self.patients),
            Directory::Establishments(self.establishments),
            Directory::Systems(self.systems),
            Directory::Professionals(self.professionals),
            Directory::Representatives(self.representatives),
        ];
        all.into_iter().filter(|directory| !directory.is_empty()).collect()
    }
}

/// Reads a whole bundle. References lead to entries of the bundle by `fullUrl` or by type and id, or to known entries by type and
/// key. The first of the `authorities` is the domain's own.
///
/// # Errors
/// Every fault, with the line on which its entry begins and the JSON pointer of the element.
pub fn read_bundle(bytes: &[u8], authorities: &[Oid], professions: &Professions) -> Result<Entries, Vec<Fault>> {
    let one = |place: &str, text: String| vec![Fault { place: place.to_owned(), text }];
    let Some(own) = authorities.first() else { return Err(one("the file", "domain.assigning_authorities is empty".to_owned())) };
    let mut bundle = json::read(bytes).map_err(|fault| one("the file", fault.to_string()))?;
    if json::resource_type(&bundle) != "Bundle" || !matches!(text(&bundle, "/type"), Some("collection" | "transaction" | "batch")) {
        return Err(one("/type", "a Bundle of type collection, transaction or batch is expected".to_owned()));
    }
    let names = names(&bundle, own);
    if let Some(entries) = bundle.get_mut("entry") {
        rename(entries, &names);
    }
    let lines = entry_lines(bytes);
    let (mut read, mut faults, mut workplaces) = (Entries::default(), Vec::new(), Vec::new());
    for (index, entry) in items(&bundle, "entry").enumerate() {
        let line = lines.get(index).copied().unwrap_or(1);
        let place = |path: &str| {
            format!("line {line}, /entry/{index}/resource{}{}", if path.is_empty() { "" } else { "/" }, path.replace('.', "/"))
        };
        let resource = entry.get("resource").unwrap_or(&Value::Null);
        let taken = take(&mut read, &mut workplaces, resource, authorities, professions, own);
        if let Err(FhirFault { what, expression, .. }) = taken {
            faults.push(Fault { place: place(&expression), text: what });
        }
    }
    faults.extend(employ(&mut read.professionals, workplaces));
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn take(
    read: &mut Entries,
    workplaces: &mut Vec<(String, Workplace)>,
    resource: &Value,
    authorities: &[Oid],
    professions: &Professions,
    own: &Oid,
) -> Result<(), FhirFault> {
    match json::resource_type(resource) {
        "Patient" => read.patients.push(read_patient(resource, authorities)?),
        "Organization" => read.establishments.push(read_organization(resource)?),
        "Device" => read.systems.push(read_device(resource)?),
        "Practitioner" => read.professionals.push(read_practitioner(resource, professions)?),
        "PractitionerRole" => workplaces.push(read_role(resource)?),
        "RelatedPerson" => read.representatives.push(read_related_person(resource, own)?),
        _ => {
            return Err(fault(
                "resourceType",
                "a bundle of directories holds Patient, Organization, Device, Practitioner, PractitionerRole and RelatedPerson only",
            ));
        }
    }
    Ok(())
}

/// Gives each professional their workplaces; everybody works somewhere, and every workplace is somebody's.
fn employ(professionals: &mut [Professional], workplaces: Vec<(String, Workplace)>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let fault = |place: String, text: &str| Fault { place, text: text.to_owned() };
    for (practitioner, workplace) in workplaces {
        match professionals.iter_mut().find(|one| one.id == practitioner) {
            Some(professional) => professional.workplaces.push(workplace),
            None => faults.push(fault(
                "a PractitionerRole".to_owned(),
                "its practitioner is not in the bundle; a bundle holds a Practitioner with all roles, or neither",
            )),
        }
    }
    let idle = professionals.iter().enumerate().filter(|(_, one)| one.workplaces.is_empty());
    faults.extend(
        idle.map(|(index, _)| fault(format!("Practitioner {} of the bundle", index + 1), "no PractitionerRole says where they work")),
    );
    faults
}

/// What references may say, with the type and key of the entry that is meant.
fn names(bundle: &Value, own: &Oid) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for entry in items(bundle, "entry") {
        let Some(resource) = entry.get("resource") else { continue };
        let resource_type = json::resource_type(resource);
        let Ok((authority, id)) = key(resource) else { continue };
        let id = match Cx::new(id, authority) {
            Ok(patient_id) if resource_type == "Patient" => logical_id(&patient_id, own),
            _ => id.to_owned(),
        };
        let meant = format!("{resource_type}/{id}");
        names.extend(text(entry, "/fullUrl").map(|url| (url.to_owned(), meant.clone())));
        names.extend(text(resource, "/id").map(|id| (format!("{resource_type}/{id}"), meant.clone())));
    }
    names
}

fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match (name.as_str(), field.as_str().and_then(|text| names.get(text))) {
                    ("reference", Some(meant)) => *field = Value::from(meant.as_str()),
                    _ => rename(field, names),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The line, from 1, on which each object of the list `entry` begins. The bytes are JSON.
fn entry_lines(bytes: &[u8]) -> Vec<usize> {
    let (mut lines, mut line, mut depth, mut in_text, mut is_escaped) = (Vec::new(), 1, 0_usize, false, false);
    let (mut key_start, mut last_text, mut list_name) = (0, &[][..], &[][..]);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => line += 1,
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' if in_text => {
                in_text = false;
                last_text = bytes.get(key_start..at).unwrap_or_default();
            }
            b'"' => (in_text, key_start) = (true, at + 1),
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                match depth {
                    2 => list_name = last_text,
                    3 if *byte == b'{' && list_name == b"entry" => lines.push(line),
                    _ => {}
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
