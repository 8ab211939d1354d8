//! A transaction bundle of ITI-65, and the single resource of ITI-105, as a submission (MHD 4.2, 2:3.65.4.1, 2:3.105.4.1).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::bundle_entries::{Entries, Placed, fault, sorted};
use super::document_reference::read_document_reference;
use super::left_out::{left_out_of_document, left_out_of_list};
use super::lists::{read_folder, read_submission_set};
use super::references::{Domain, Resources};
use super::submitted_links::{Objects, check_superseded, memberships, mentions};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::folder::Folder;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Instant;
use crate::wire::fhir::fields::{items, text};
use crate::wire::fhir::{Issue, IssueCode};

/// A submission as a bundle says it.
#[derive(Debug)]
pub struct SubmittedBundle<'v> {
    /// The new objects. Targets outside may be named by their logical id.
    pub request: SubmissionRequest,
    /// The document of each entry, in the order of the entries.
    pub contents: Vec<Content<'v>>,
    /// Folders that are there already and get members.
    pub folders: Vec<FolderUpdate>,
    /// What became of each entry of the bundle, in its order.
    pub outcomes: Vec<EntryOutcome>,
}

/// A document of the bundle.
#[derive(Debug, Clone, Copy)]
pub enum Content<'v> {
    /// The base64 text of a Binary or attachment.
    Base64(&'v str),
    /// A FHIR document, to be written in the format in which the bundle came (MHD 4.2, 2:3.65.4.1.3.1).
    FhirDocument(&'v Value),
}

/// A folder that is there already, as the bundle wants it.
#[derive(Debug)]
pub struct FolderUpdate {
    /// The number of its entry in the bundle.
    pub number: usize,
    /// What the List says. Its entryUUID is made up where `id` is absent.
    pub folder: Folder,
    /// Its entryUUID, by the address or an identifier.
    pub id: Option<EntryUuid>,
    /// All its members.
    pub members: Vec<EntryUuid>,
}

/// What became of an entry of the bundle, once all of it is done.
#[derive(Debug, Clone)]
pub struct EntryOutcome {
    /// What was done.
    pub effect: Effect,
    /// Where it is: `DocumentReference/…`.
    pub address: Option<String>,
    /// What of it was left out.
    pub remarks: Vec<Issue>,
}

/// What is done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    Created,
    /// It was there and changed.
    Changed,
    /// It was there and stays as it is.
    Kept,
}

/// The submission of a transaction bundle. `known` are resources of this server to which the bundle refers.
///
/// # Errors
/// Every fault found, with its place in the bundle.
pub fn read_bundle<'v>(bundle: &'v Value, known: &'v [(String, Value)], domain: Domain<'v>) -> Result<SubmittedBundle<'v>, Vec<Issue>> {
    let mut resources = Resources::of_bundle(bundle);
    known.iter().for_each(|(url, resource)| resources.add(url.clone(), resource));
    let found = sorted(bundle, &domain)?;
    let [list] = found.sets.as_slice() else { return Err(vec![not_one_set(found.sets.len())]) };
    let mut faults = Vec::new();
    let entries =
        read_all(&found.documents, &mut faults, |placed| read_document_reference(placed.resource, &placed.path, &resources, &domain));
    // Minimal metadata may name the patient in the documents alone.
    let patient_id = entries.first().map(|entry| &entry.patient_id);
    let set = noted(read_submission_set(list.resource, &list.path, patient_id, &resources, &domain), &mut faults);
    let folder = |placed: &Placed<'_>| read_folder(placed.resource, &placed.path, patient_id, &resources, &domain);
    let folders = read_all(&found.folders, &mut faults, folder);
    let changed = read_all(&found.folder_updates, &mut faults, folder);
    let contents: Vec<_> = found.documents.iter().filter_map(|placed| noted(content(placed, &resources), &mut faults)).collect();
    check_contents_are_used(&found, &resources, &mut faults);
    let Some(set) = set.filter(|_| faults.is_empty()) else { return Err(faults) };
    check_patients(&found, &set, &mut faults);
    let entries: Vec<_> = entries.into_iter().map(as_new_entry).collect();
    let folders: Vec<_> = folders.into_iter().map(as_new_folder).collect();
    let objects = Objects { ids: ids(&found, &set, &entries, &folders), domain };
    let own: HashSet<_> = objects.ids.values().copied().collect();
    let mut associations = memberships(&set, &entries, &folders);
    for (placed, folder) in found.folders.iter().zip(&folders) {
        let members = objects.of_list(&placed.path, placed.resource, &mut faults);
        associations.extend(super::folder_members(members, folder.entry_uuid, set.entry_uuid));
    }
    let updates = folder_updates(&found, changed, &objects, &mut faults);
    let of_updates: HashSet<_> = found.folder_updates.iter().map(|placed| placed.full_url).collect();
    let mut members = list.resource.clone();
    // A folder that is there already is a member of the set by its new members.
    if let Some(entries) = members.get_mut("entry").and_then(Value::as_array_mut) {
        entries.retain(|entry| !text(entry, "item.reference").is_some_and(|address| of_updates.contains(address)));
    }
    associations.extend(mentions(objects.of_list(&list.path, &members, &mut faults), set.entry_uuid, &own));
    for (placed, entry) in found.documents.iter().zip(&entries) {
        associations.extend(objects.relations(&placed.path, placed.resource, entry, &mut faults));
    }
    check_superseded(&found.superseded, &associations, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let request = SubmissionRequest { submission_set: set, entries, folders, associations };
    let outcomes = outcomes(&found, &request, &resources, &domain);
    Ok(SubmittedBundle { request, contents, folders: updates, outcomes })
}

fn not_one_set(count: usize) -> Issue {
    let what = format!("it holds {count} Lists with the code submissionset; exactly one is expected (MHD 4.2, 2:3.65.4.1.2)");
    fault(IssueCode::Required, "Bundle.entry", &what)
}

/// The submission of one DocumentReference with its document in the attachment. `source` stands for the sending system.
///
/// # Errors
/// Every fault found.
pub fn read_single<'v>(
    resource: &'v Value,
    known: &[(String, Value)],
    domain: Domain<'v>,
    source: &Oid,
    now: Instant,
) -> Result<SubmittedBundle<'v>, Vec<Issue>> {
    let Some(content) = text(resource, "content.0.attachment.data") else {
        let what = "the document is missing; send it inline as base64 (MHD 4.2, 2:3.105.4.1.2)";
        return Err(vec![fault(IssueCode::Required, "DocumentReference.content[0].attachment.data", what)]);
    };
    let request = of_one(resource, known, domain, source, now)?;
    Ok(SubmittedBundle { request, contents: vec![Content::Base64(content)], folders: Vec::new(), outcomes: Vec::new() })
}

/// The submission of one document by a DocumentReference that was made of it.
///
/// # Errors
/// Every fault found.
pub fn read_description(resource: &Value, domain: Domain<'_>, source: &Oid, now: Instant) -> Result<SubmissionRequest, Vec<Issue>> {
    of_one(resource, &[], domain, source, now)
}

fn of_one(
    resource: &Value,
    known: &[(String, Value)],
    domain: Domain<'_>,
    source: &Oid,
    now: Instant,
) -> Result<SubmissionRequest, Vec<Issue>> {
    let (path, mut resources) = ("DocumentReference", Resources::default());
    known.iter().for_each(|(url, resource)| resources.add(url.clone(), resource));
    let entry = as_new_entry(read_document_reference(resource, path, &resources, &domain)?);
    let submission_set = envelope(&entry, source, now).ok_or_else(Vec::new)?;
    let (mut associations, mut faults) = (memberships(&submission_set, std::slice::from_ref(&entry), &[]), Vec::new());
    let objects = Objects { ids: HashMap::new(), domain };
    associations.extend(objects.relations(path, resource, &entry, &mut faults));
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(SubmissionRequest { submission_set, entries: vec![entry], folders: Vec::new(), associations })
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

fn read_all<T>(found: &[Placed<'_>], faults: &mut Vec<Issue>, read: impl Fn(&Placed<'_>) -> Result<T, Vec<Issue>>) -> Vec<T> {
    found.iter().filter_map(|placed| noted(read(placed), faults)).collect()
}

/// The document to which an entry's attachment leads, or that stands in it.
fn content<'v>(placed: &Placed<'v>, resources: &Resources<'v>) -> Result<Content<'v>, Vec<Issue>> {
    let place = format!("{}.content[0].attachment.url", placed.path);
    let wrong = |code, what: &str| vec![fault(code, &place, what)];
    if items(placed.resource, "content").len() != 1 {
        return Err(wrong(IssueCode::Structure, "a DocumentReference has exactly one content (MHD 4.2, DocumentReference)"));
    }
    let resource = text(placed.resource, "content.0.attachment.url").and_then(|url| resources.at(url));
    match (text(placed.resource, "content.0.attachment.data"), resource) {
        (Some(data), None) => return Ok(Content::Base64(data)),
        (Some(_), Some(_)) => return Err(wrong(IssueCode::Structure, "the document is in data, too; send it once")),
        _ => {}
    }
    let what = "it is not the fullUrl of a Binary or document Bundle of this bundle; send the document with it";
    let resource = resource.ok_or_else(|| wrong(IssueCode::Required, what))?;
    match text(resource, "resourceType") {
        Some("Binary") => match text(resource, "data") {
            Some(data) => Ok(Content::Base64(data)),
            None => Err(wrong(IssueCode::Required, "the Binary has no data")),
        },
        Some("Bundle") => Ok(Content::FhirDocument(resource)),
        _ => Err(wrong(IssueCode::Required, what)),
    }
}

/// A document that no DocumentReference describes would be lost.
fn check_contents_are_used(found: &Entries<'_>, resources: &Resources<'_>, faults: &mut Vec<Issue>) {
    let urls = found.documents.iter().filter_map(|placed| text(placed.resource, "content.0.attachment.url"));
    let used: Vec<_> = urls.filter_map(|url| resources.at(url)).collect();
    let used: HashSet<_> = used.into_iter().map(std::ptr::from_ref).collect();
    for placed in found.contents.iter().filter(|placed| !used.contains(&std::ptr::from_ref(placed.resource))) {
        let what = "no DocumentReference of the bundle leads to this document; write its fullUrl into content.attachment.url (MHD 4.2, 2:3.65.4.1.2)";
        faults.push(fault(IssueCode::BusinessRule, &placed.path, what));
    }
}

/// A Patient that comes along is the patient of the submission.
fn check_patients(found: &Entries<'_>, set: &SubmissionSet, faults: &mut Vec<Issue>) {
    for (placed, _) in found.patients.iter().filter(|(_, patient_id)| *patient_id != set.patient_id) {
        let what = "another patient than that of the submission set; send what belongs to one patient at a time";
        faults.push(fault(IssueCode::BusinessRule, &placed.path, what));
    }
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
fn ids<'v>(found: &Entries<'v>, set: &SubmissionSet, entries: &[DocumentEntry], folders: &[Folder]) -> HashMap<&'v str, EntryUuid> {
    let mut ids = HashMap::new();
    let sets = found.sets.iter().map(|placed| (placed.full_url, set.entry_uuid));
    let folders = found.folders.iter().zip(folders).map(|(placed, folder)| (placed.full_url, folder.entry_uuid));
    ids.extend(sets.chain(folders));
    ids.extend(found.documents.iter().zip(entries).map(|(placed, entry)| (placed.full_url, entry.entry_uuid)));
    ids.remove("");
    ids
}

fn folder_updates(found: &Entries<'_>, changed: Vec<Folder>, objects: &Objects<'_>, faults: &mut Vec<Issue>) -> Vec<FolderUpdate> {
    let updates = found.folder_updates.iter().zip(changed);
    let update = |(placed, folder): (&Placed<'_>, Folder)| {
        let by_address = super::references::id_of_address(placed.url, "List", &objects.domain);
        let by_identifier = || text(placed.resource, "id").map(|id| format!("urn:uuid:{id}")).and_then(|id| id.parse().ok());
        let official = items(placed.resource, "identifier").iter().find_map(|identifier| text(identifier, "value")?.parse().ok());
        let members = objects.of_list(&placed.path, placed.resource, faults);
        FolderUpdate { number: placed.number, folder, id: by_address.or(official).or_else(by_identifier), members }
    };
    updates.map(update).collect()
}

fn outcomes(found: &Entries<'_>, request: &SubmissionRequest, resources: &Resources<'_>, domain: &Domain<'_>) -> Vec<EntryOutcome> {
    let outcome = |effect, address: Option<String>, remarks| EntryOutcome { effect, address, remarks };
    let created = |kind: &str, id: EntryUuid, remarks| outcome(Effect::Created, Some(format!("{kind}/{}", id.uuid())), remarks);
    let mut all = vec![outcome(Effect::Kept, None, Vec::new()); found.count];
    let mut put = |number: usize, what: EntryOutcome| {
        if let Some(place) = all.get_mut(number) {
            *place = what;
        }
    };
    for placed in &found.sets {
        put(placed.number, created("List", request.submission_set.entry_uuid, left_out_of_list(placed, resources)));
    }
    for (placed, folder) in found.folders.iter().zip(&request.folders) {
        put(placed.number, created("List", folder.entry_uuid, left_out_of_list(placed, resources)));
    }
    let mut content_of = HashMap::new();
    for (placed, entry) in found.documents.iter().zip(&request.entries) {
        put(placed.number, created("DocumentReference", entry.entry_uuid, left_out_of_document(placed, resources)));
        let content = text(placed.resource, "content.0.attachment.url").and_then(|url| resources.at(url));
        content_of.extend(content.map(|content| (std::ptr::from_ref(content), entry.entry_uuid)));
    }
    for placed in &found.contents {
        let id = content_of.get(&std::ptr::from_ref(placed.resource)).copied().unwrap_or_else(EntryUuid::random);
        put(placed.number, created("Binary", id, Vec::new()));
    }
    for placed in &found.folder_updates {
        put(placed.number, outcome(Effect::Changed, None, Vec::new()));
    }
    for (placed, id) in &found.superseded {
        put(placed.number, outcome(Effect::Changed, Some(format!("DocumentReference/{}", id.uuid())), Vec::new()));
    }
    for (placed, patient_id) in &found.patients {
        let address = text(&domain.patient_reference(patient_id), "reference").map(str::to_owned);
        put(placed.number, outcome(Effect::Kept, address, vec![super::left_out::kept_elsewhere(placed)]));
    }
    for placed in &found.people {
        put(placed.number, outcome(Effect::Kept, None, vec![super::left_out::kept_elsewhere(placed)]));
    }
    all
}
