//! A transaction bundle of ITI-65, and the single resource of ITI-105, as a submission (MHD 4.2, 2:3.65.4.1, 2:3.105.4.1).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::document_reference::read_document_reference;
use super::lists::{ListKind, kind_of_list, members, read_folder, read_submission_set};
use super::references::{Domain, Resources};
use super::relations::association_of;
use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::folder::Folder;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Instant;
use crate::wire::fhir::fields::{at, items, text};
use crate::wire::fhir::{Issue, IssueCode};

/// A submission as a bundle says it.
#[derive(Debug)]
pub struct SubmittedBundle<'v> {
    /// The objects.
    pub request: SubmissionRequest,
    /// The base64 text of each entry's document, in the order of the entries.
    pub contents: Vec<&'v str>,
    /// What became of each entry of the bundle, in its order: the type of the resource and the object's id.
    pub created: Vec<(&'static str, EntryUuid)>,
}

/// Where the objects of the bundle are.
#[derive(Default)]
struct Found<'v> {
    sets: Vec<(String, &'v Value)>,
    folders: Vec<(String, &'v Value)>,
    entries: Vec<(String, &'v Value)>,
    /// Kinds of all entries of the bundle in order, with their `fullUrl`.
    order: Vec<(&'static str, &'v str)>,
}

/// What an entry without a resource holds.
static NOTHING: Value = Value::Null;

/// The submission of a transaction bundle.
///
/// # Errors
/// Every fault found, with its place in the bundle.
pub fn read_bundle<'v>(bundle: &'v Value, domain: &Domain<'_>) -> Result<SubmittedBundle<'v>, Vec<Issue>> {
    let resources = Resources::of_bundle(bundle);
    let found = sorted(bundle)?;
    let [(path, list)] = found.sets.as_slice() else {
        let what = format!(
            "the bundle holds {} Lists with the code submissionset; exactly one is expected (MHD 4.2, 2:3.65.4.1.2)",
            found.sets.len()
        );
        return Err(vec![Issue::error(IssueCode::Required, what).at("Bundle.entry")]);
    };
    let mut faults = Vec::new();
    let set = noted(read_submission_set(list, path, &resources, domain), &mut faults);
    let entries = read_all(&found.entries, &mut faults, |resource, path| read_document_reference(resource, path, &resources, domain));
    let folders = read_all(&found.folders, &mut faults, |resource, path| read_folder(resource, path, &resources, domain));
    let contents: Vec<_> = found.entries.iter().filter_map(|(path, entry)| noted(content(entry, path, &resources), &mut faults)).collect();
    let Some(set) = set.filter(|_| faults.is_empty()) else { return Err(faults) };
    let entries: Vec<_> = entries.into_iter().map(as_new_entry).collect();
    let folders: Vec<_> = folders.into_iter().map(as_new_folder).collect();
    let ids = ids(bundle, &found, &set, &entries, &folders);
    let mut associations = memberships(&set, &entries, &folders);
    for ((path, list), folder) in found.folders.iter().zip(&folders) {
        let objects = objects_of_list(path, list, &ids, &mut faults);
        associations.extend(folder_members(objects, folder.entry_uuid, set.entry_uuid));
    }
    associations.extend(mentions(objects_of_list(path, list, &ids, &mut faults), &set, &ids));
    for ((path, resource), entry) in found.entries.iter().zip(&entries) {
        relations(path, resource, entry, &ids, &mut associations, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let created = found.order.iter().map(|(kind, url)| (*kind, ids.get(url).copied().unwrap_or_else(EntryUuid::random))).collect();
    let request = SubmissionRequest { submission_set: set, entries, folders, associations };
    Ok(SubmittedBundle { request, contents, created })
}

/// The submission of one DocumentReference with its document in the attachment. `source` stands for the sending system.
///
/// # Errors
/// Every fault found.
pub fn read_single<'v>(resource: &'v Value, domain: &Domain<'_>, source: &Oid, now: Instant) -> Result<SubmittedBundle<'v>, Vec<Issue>> {
    let (path, resources) = ("DocumentReference", Resources::default());
    let entry = as_new_entry(read_document_reference(resource, path, &resources, domain)?);
    let Some(content) = text(resource, "content.0.attachment.data") else {
        let place = "DocumentReference.content[0].attachment.data";
        return Err(vec![
            Issue::error(
                IssueCode::Required,
                format!("{place}: the document is missing; send it inline as base64 (MHD 4.2, 2:3.105.4.1.2)"),
            )
            .at(place),
        ]);
    };
    let submission_set = envelope(&entry, source, now).ok_or_else(Vec::new)?;
    let mut associations = memberships(&submission_set, std::slice::from_ref(&entry), &[]);
    let mut faults = Vec::new();
    relations(path, resource, &entry, &HashMap::new(), &mut associations, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let created = vec![("DocumentReference", entry.entry_uuid)];
    let request = SubmissionRequest { submission_set, entries: vec![entry], folders: Vec::new(), associations };
    Ok(SubmittedBundle { request, contents: vec![content], created })
}

/// The submission set of one entry whose sender made none. `source` stands for the sending system.
pub fn envelope(entry: &DocumentEntry, source: &Oid, now: Instant) -> Option<SubmissionSet> {
    let entry_uuid = EntryUuid::random();
    Some(SubmissionSet {
        entry_uuid,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        // An OID that nothing else has (ITU-T X.667: the arc of UUIDs).
        unique_id: format!("2.25.{}", entry_uuid.uuid().as_u128()).parse().ok()?,
        patient_id: entry.patient_id.clone(),
        source_id: source.clone(),
        submission_time: now.to_dtm(),
        content_type_code: entry.type_code.clone(),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        authors: entry.authors.clone(),
        intended_recipients: Vec::new(),
        limited_metadata: entry.limited_metadata,
        extras: Extras::default(),
    })
}

fn noted<T>(result: Result<T, Vec<Issue>>, faults: &mut Vec<Issue>) -> Option<T> {
    result.map_err(|found| faults.extend(found)).ok()
}

fn read_all<T>(found: &[(String, &Value)], faults: &mut Vec<Issue>, read: impl Fn(&Value, &str) -> Result<T, Vec<Issue>>) -> Vec<T> {
    found.iter().filter_map(|(path, resource)| noted(read(resource, path), faults)).collect()
}

/// The resources of the bundle by what they are.
fn sorted(bundle: &Value) -> Result<Found<'_>, Vec<Issue>> {
    let (mut found, mut faults) = (Found::default(), Vec::new());
    for (number, entry) in items(bundle, "entry").iter().enumerate() {
        let path = format!("Bundle.entry[{number}].resource");
        let full_url = text(entry, "fullUrl").unwrap_or_default();
        let resource = entry.get("resource").unwrap_or(&NOTHING);
        let kind = match (text(resource, "resourceType"), kind_of_list(resource)) {
            (Some("List"), Some(ListKind::SubmissionSet)) => {
                found.sets.push((path.clone(), resource));
                "List"
            }
            (Some("List"), Some(ListKind::Folder)) => {
                found.folders.push((path.clone(), resource));
                "List"
            }
            (Some("DocumentReference"), _) => {
                found.entries.push((path.clone(), resource));
                "DocumentReference"
            }
            (Some("Binary"), _) => "Binary",
            // For reference only: this server keeps its patients and people elsewhere.
            (Some("Patient"), _) => "Patient",
            (Some("Practitioner"), _) => "Practitioner",
            (Some("PractitionerRole"), _) => "PractitionerRole",
            (Some("Organization"), _) => "Organization",
            _ => {
                let what = format!(
                    "{path}: not part of a Provide Document Bundle; expected a List with a code of MHDlistTypes, DocumentReference or Binary (MHD 4.2, 2:3.65.4.1.2)"
                );
                faults.push(Issue::error(IssueCode::NotSupported, what).at(path));
                continue;
            }
        };
        let method = text(entry, "request.method").unwrap_or("POST");
        if method != "POST" && !matches!(kind, "Patient" | "Practitioner" | "PractitionerRole" | "Organization") {
            let place = format!("Bundle.entry[{number}].request.method");
            faults.push(Issue::error(IssueCode::NotSupported, format!("{place}: {kind} can only be created here; write POST")).at(place));
        }
        found.order.push((kind, full_url));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The base64 text of the document that an entry's attachment leads to, or that stands in it.
fn content<'v>(entry: &'v Value, path: &str, resources: &Resources<'v>) -> Result<&'v str, Vec<Issue>> {
    let place = format!("{path}.content[0].attachment.url");
    let fault = |code, what: &str| vec![Issue::error(code, format!("{place}: {what}")).at(place.clone())];
    if items(entry, "content").len() != 1 {
        return Err(fault(IssueCode::Structure, "a DocumentReference has exactly one content (MHD 4.2, DocumentReference)"));
    }
    if let Some(data) = text(entry, "content.0.attachment.data") {
        return Ok(data);
    }
    let resource = text(entry, "content.0.attachment.url").and_then(|url| resources.at(url));
    let binary = resource.filter(|resource| text(resource, "resourceType") == Some("Binary"));
    let binary =
        binary.ok_or_else(|| fault(IssueCode::Required, "it is not the fullUrl of a Binary of this bundle; send the document with it"))?;
    text(binary, "data").ok_or_else(|| fault(IssueCode::Required, "the Binary has no data"))
}

/// What the registry alone decides on, as it is for what is new.
fn as_new_entry(entry: DocumentEntry) -> DocumentEntry {
    DocumentEntry {
        logical_id: entry.entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type: DocumentEntryType::Stable,
        repository_unique_id: None,
        limited_metadata: entry.limited_metadata || lacks_something(&entry),
        ..entry
    }
}

/// Whether the metadata are fewer than the registry asks of a complete entry (ITI TF-3: Table 4.3.1-3).
fn lacks_something(entry: &DocumentEntry) -> bool {
    let codes =
        [&entry.class_code, &entry.type_code, &entry.format_code, &entry.healthcare_facility_type_code, &entry.practice_setting_code];
    codes.into_iter().any(Code::is_absent)
        || entry.confidentiality_codes.is_empty()
        || entry.language_code.is_empty()
        || entry.creation_time.is_none()
}

fn as_new_folder(folder: Folder) -> Folder {
    Folder { logical_id: folder.entry_uuid, version: 1, availability_status: AvailabilityStatus::Approved, ..folder }
}

/// The object that each `fullUrl` stands for.
fn ids<'v>(
    bundle: &'v Value,
    found: &Found<'v>,
    set: &SubmissionSet,
    entries: &[DocumentEntry],
    folders: &[Folder],
) -> HashMap<&'v str, EntryUuid> {
    let url_of = |resource: &Value| {
        items(bundle, "entry")
            .iter()
            .find(|entry| entry.get("resource").is_some_and(|known| std::ptr::eq(known, resource)))
            .and_then(|entry| text(entry, "fullUrl"))
    };
    let mut ids = HashMap::new();
    let mut put = |resource: &Value, id: EntryUuid| ids.extend(url_of(resource).map(|url| (url, id)));
    found.sets.iter().for_each(|(_, resource)| put(resource, set.entry_uuid));
    found.entries.iter().zip(entries).for_each(|((_, resource), entry)| put(resource, entry.entry_uuid));
    found.folders.iter().zip(folders).for_each(|((_, resource), folder)| put(resource, folder.entry_uuid));
    for ((_, resource), entry) in found.entries.iter().zip(entries) {
        // The Binary is found again under the id of its entry.
        ids.extend(text(resource, "content.0.attachment.url").map(|url| (url, entry.entry_uuid)));
    }
    ids
}

fn member(set: EntryUuid, member: EntryUuid, status: SubmissionSetStatus) -> Association {
    let mut membership = Association::new(EntryUuid::random(), AssociationType::HasMember, set, member);
    membership.submission_set_status = Some(status);
    membership
}

/// Every new object is a member of the set, whether or not the List says so.
fn memberships(set: &SubmissionSet, entries: &[DocumentEntry], folders: &[Folder]) -> Vec<Association> {
    let new = entries.iter().map(|entry| entry.entry_uuid).chain(folders.iter().map(|folder| folder.entry_uuid));
    new.map(|id| member(set.entry_uuid, id, SubmissionSetStatus::Original)).collect()
}

/// The object that a reference means: one of the bundle, or one of this server by its logical id or its entryUUID.
fn object_of(reference: &Value, ids: &HashMap<&str, EntryUuid>) -> Option<EntryUuid> {
    let by_identifier = || text(reference, "identifier.value").and_then(|value| value.parse().ok());
    let Some(address) = text(reference, "reference") else { return by_identifier() };
    let of_bundle = ids.get(address).copied();
    let logical = || format!("urn:uuid:{}", address.rsplit('/').next()?).parse().ok();
    of_bundle.or_else(|| address.parse().ok()).or_else(logical).or_else(by_identifier)
}

fn unresolved(place: &str) -> Issue {
    let what = format!(
        "{place}: it leads neither to a resource of the bundle nor to one of this server; write its fullUrl, or DocumentReference/ and its id"
    );
    Issue::error(IssueCode::NotFound, what).at(place)
}

/// The objects that a List names, those that lead nowhere among the faults.
fn objects_of_list(path: &str, list: &Value, ids: &HashMap<&str, EntryUuid>, faults: &mut Vec<Issue>) -> Vec<EntryUuid> {
    let found = members(list).enumerate().map(|(number, reference)| (number, object_of(reference, ids)));
    let mut objects = Vec::new();
    for (number, object) in found {
        match object {
            Some(id) => objects.push(id),
            None => faults.push(unresolved(&format!("{path}.entry[{number}].item"))),
        }
    }
    objects
}

/// The memberships of a new folder, each of which the set brings.
fn folder_members(members: Vec<EntryUuid>, folder: EntryUuid, set: EntryUuid) -> impl Iterator<Item = Association> {
    members.into_iter().flat_map(move |id| {
        let link = Association::new(EntryUuid::random(), AssociationType::HasMember, folder, id);
        [member(set, link.entry_uuid, SubmissionSetStatus::Original), link]
    })
}

/// Members of the set that were there before.
fn mentions(members: Vec<EntryUuid>, set: &SubmissionSet, ids: &HashMap<&str, EntryUuid>) -> impl Iterator<Item = Association> + use<> {
    let (set, own): (_, HashSet<_>) = (set.entry_uuid, ids.values().copied().collect());
    members.into_iter().filter(move |id| !own.contains(id)).map(move |id| member(set, id, SubmissionSetStatus::Reference))
}

fn relations(
    path: &str,
    resource: &Value,
    entry: &DocumentEntry,
    ids: &HashMap<&str, EntryUuid>,
    associations: &mut Vec<Association>,
    faults: &mut Vec<Issue>,
) {
    for (number, relation) in items(resource, "relatesTo").iter().enumerate() {
        let place = format!("{path}.relatesTo[{number}]");
        let Some(kind) = text(relation, "code").and_then(association_of) else {
            let what = format!("{place}.code: expected replaces, transforms, appends or signs");
            faults.push(Issue::error(IssueCode::Value, what).at(format!("{place}.code")));
            continue;
        };
        match at(relation, "target").and_then(|target| object_of(target, ids)) {
            Some(target) => associations.push(Association::new(EntryUuid::random(), kind, entry.entry_uuid, target)),
            None => faults.push(unresolved(&format!("{place}.target"))),
        }
    }
}
