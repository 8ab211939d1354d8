//! The entries of a Provide Document Bundle by what they are (MHD 4.2, profile *MHD Minimal Provide Document Bundle*).

use serde_json::Value;

use super::lists::{ListKind, kind_of_list};
use super::references::{Domain, id_of_address};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::wire::fhir::fields::{items, text};
use crate::wire::fhir::{Issue, IssueCode};

/// A resource of the bundle.
#[derive(Debug, Clone)]
pub(super) struct Placed<'v> {
    /// The number of its entry.
    pub(super) number: usize,
    /// Where it stands: `Bundle.entry[3].resource`.
    pub(super) path: String,
    /// Its `fullUrl`; empty without one.
    pub(super) full_url: &'v str,
    /// The resource; null for an entry without one.
    pub(super) resource: &'v Value,
    /// Its `request.url`; empty without one.
    pub(super) url: &'v str,
}

/// The resources of the bundle by what they are.
#[derive(Debug, Default)]
pub(super) struct Entries<'v> {
    /// New submission sets.
    pub(super) sets: Vec<Placed<'v>>,
    /// New folders.
    pub(super) folders: Vec<Placed<'v>>,
    /// Folders that are there and change.
    pub(super) folder_updates: Vec<Placed<'v>>,
    /// New DocumentReferences.
    pub(super) documents: Vec<Placed<'v>>,
    /// Binaries and FHIR documents.
    pub(super) contents: Vec<Placed<'v>>,
    /// DocumentReferences that become superseded.
    pub(super) superseded: Vec<(Placed<'v>, EntryUuid)>,
    /// The Patients that come along.
    pub(super) patients: Vec<(Placed<'v>, PatientId)>,
    /// People and organisations that come along, for reference only.
    pub(super) people: Vec<Placed<'v>>,
    /// How many entries there are.
    pub(super) count: usize,
}

/// What an entry without a resource holds.
static NOTHING: Value = Value::Null;

/// Sorts the entries of a bundle.
///
/// # Errors
/// Every entry that has no place in such a bundle, or asks for something else than is done with its kind.
pub(super) fn sorted<'v>(bundle: &'v Value, domain: &Domain<'_>) -> Result<Entries<'v>, Vec<Issue>> {
    let (mut found, mut faults) = (Entries::default(), Vec::new());
    for (number, entry) in items(bundle, "entry").iter().enumerate() {
        found.count = number + 1;
        let placed = Placed {
            number,
            path: format!("Bundle.entry[{number}].resource"),
            full_url: text(entry, "fullUrl").unwrap_or_default(),
            resource: entry.get("resource").unwrap_or(&NOTHING),
            url: text(entry, "request.url").unwrap_or_default(),
        };
        let method = text(entry, "request.method").unwrap_or("POST");
        if let Err(fault) = found.put(placed, method, domain) {
            faults.push(fault);
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

impl<'v> Entries<'v> {
    fn put(&mut self, placed: Placed<'v>, method: &str, domain: &Domain<'_>) -> Result<(), Issue> {
        let kind = text(placed.resource, "resourceType").unwrap_or_else(|| placed.url.split(['/', '?']).next().unwrap_or_default());
        match (kind, kind_of_list(placed.resource), method) {
            ("List", Some(ListKind::SubmissionSet), "POST") => self.sets.push(placed),
            ("List", Some(ListKind::Folder), "POST") => self.folders.push(placed),
            ("List", Some(ListKind::Folder), "PUT") => self.folder_updates.push(placed),
            ("DocumentReference", _, "POST") => self.documents.push(placed),
            ("Binary", _, "POST") => self.contents.push(placed),
            ("Bundle", _, "POST") => {
                check_document(&placed)?;
                self.contents.push(placed);
            }
            ("Parameters", _, "PATCH") => {
                let target = superseding(&placed, domain)?;
                self.superseded.push((placed, target));
            }
            ("Patient", _, "GET" | "POST" | "PUT") => {
                let patient = patient(&placed, domain)?;
                self.patients.push((placed, patient));
            }
            ("Practitioner" | "PractitionerRole" | "Organization" | "RelatedPerson" | "Device", ..) => self.people.push(placed),
            ("List", Some(_), _) | ("DocumentReference" | "Binary" | "Bundle" | "Parameters" | "Patient", ..) => {
                let what = "use POST for what is new, PUT for a folder that is there, PATCH with Parameters for a replaced DocumentReference (MHD 4.2, 2:3.65.4.1.2.1)";
                return Err(fault(
                    IssueCode::NotSupported,
                    &format!("Bundle.entry[{}].request.method", placed.number),
                    &format!("this is not done with a {kind}; {what}"),
                ));
            }
            _ => {
                let what = "not part of a Provide Document Bundle; expected a List with a code of MHDlistTypes, a DocumentReference, a Binary or a document Bundle (MHD 4.2, 2:3.65.4.1.2)";
                return Err(fault(IssueCode::NotSupported, &placed.path, what));
            }
        }
        Ok(())
    }
}

pub(super) fn fault(code: IssueCode, place: &str, what: &str) -> Issue {
    Issue::error(code, format!("{place}: {what}")).at(place)
}

/// A FHIR document (FHIR R4, documents.html; MHD 4.2, 1:33.2.6).
fn check_document(placed: &Placed<'_>) -> Result<(), Issue> {
    match text(placed.resource, "type") {
        Some("document") => Ok(()),
        _ => Err(fault(IssueCode::Value, &format!("{}.type", placed.path), "only a FHIR document is taken as content; write document")),
    }
}

/// Which DocumentReference a patch supersedes: the only change that MHD has for one in a bundle (MHD 4.2, *MHD
/// DocumentReference Patch Parameters*).
fn superseding(placed: &Placed<'_>, domain: &Domain<'_>) -> Result<EntryUuid, Issue> {
    let [operation] = items(placed.resource, "parameter") else { return Err(not_superseding(placed)) };
    let part = |name: &str| items(operation, "part").iter().find(|part| text(part, "name") == Some(name));
    let value = |name: &str| part(name).and_then(|part| ["valueCode", "valueString"].into_iter().find_map(|kind| text(part, kind)));
    let said = (text(operation, "name"), value("type"), value("path"), value("value"));
    if said != (Some("operation"), Some("replace"), Some("DocumentReference.status"), Some("superseded")) {
        return Err(not_superseding(placed));
    }
    let place = format!("Bundle.entry[{}].request.url", placed.number);
    id_of_address(placed.url, "DocumentReference", domain).ok_or_else(|| {
        fault(IssueCode::NotFound, &place, "it names no DocumentReference of this server; write DocumentReference/ and its id")
    })
}

fn not_superseding(placed: &Placed<'_>) -> Issue {
    let what = "expected one operation replace of DocumentReference.status by superseded (MHD 4.2, MHD DocumentReference Patch Parameters); other changes go by PATCH of the DocumentReference itself";
    fault(IssueCode::NotSupported, &placed.path, what)
}

/// Which patient of this domain a Patient is. Matching is by identifier only.
fn patient(placed: &Placed<'_>, domain: &Domain<'_>) -> Result<PatientId, Issue> {
    let by_identifier = items(placed.resource, "identifier").iter().find_map(|identifier| domain.known_patient(identifier));
    by_identifier.or_else(|| domain.patient_of_address(placed.url)).ok_or_else(|| {
        let what = "no identifier of this domain; a patient is found by it and not by name, so write it as urn:oid:AUTHORITY and value, or refer to Patient/ and the id without sending the Patient";
        fault(IssueCode::Required, &format!("{}.identifier", placed.path), what)
    })
}
