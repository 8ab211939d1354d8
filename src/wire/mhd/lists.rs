//! SubmissionSet and Folder ⇄ List (MHD 4.2, 3:4.5.2; mappings *XDS and MHD*).

use serde_json::{Value, json};

use super::codes::concept;
use super::document_reference::entry_uuid_of;
use super::fields::Fields;
use super::people::{organization, organization_of, person_of, practitioner, read_author, write_author};
use super::reading::Reading;
use super::references::{Domain, Resources};
use super::remainder::{completed, remainder};
use super::telecom::{contact_point, xtn_of};
use super::times::date_time;
use super::urls::{self, list_type};
use crate::model::author::Author;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::folder::Folder;
use crate::model::hl7_types::{PatientId, Xcn, Xon};
use crate::model::ids::{EntryUuid, Oid};
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Dtm;
use crate::wire::fhir::fields::{at, codings, items, text};
use crate::wire::fhir::{Issue, IssueCode};

/// What a List stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// A submission set.
    SubmissionSet,
    /// A folder.
    Folder,
}

/// What a List stands for, by its `code`; nothing for any other list.
pub fn kind_of_list(list: &Value) -> Option<ListKind> {
    let code = codings(list, "code").find(|coding| coding.system == urls::LIST_TYPES)?;
    match code.code {
        list_type::SUBMISSION_SET => Some(ListKind::SubmissionSet),
        list_type::FOLDER => Some(ListKind::Folder),
        _ => None,
    }
}

/// A submission set as a resource that refers to these members, such as `DocumentReference/…`.
pub fn write_submission_set(set: &SubmissionSet, members: &[String], domain: &Domain<'_>) -> Value {
    let plain = set_elements(set, members, domain, None);
    let natural = read_set(&mut Reading::new(&plain, "List"), None, &Resources::default(), domain);
    match remainder(set, natural.as_ref()) {
        None => plain,
        extension => set_elements(set, members, domain, extension),
    }
}

/// A folder as a resource that refers to these members.
pub fn write_folder(folder: &Folder, members: &[String], domain: &Domain<'_>) -> Value {
    let plain = folder_elements(folder, members, domain, None);
    let natural = read_folder_elements(&mut Reading::new(&plain, "List"), None, &Resources::default(), domain);
    match remainder(folder, natural.as_ref()) {
        None => plain,
        extension => folder_elements(folder, members, domain, extension),
    }
}

fn set_elements(set: &SubmissionSet, members: &[String], domain: &Domain<'_>, remainder: Option<Value>) -> Value {
    let mut contained = Vec::new();
    let source = set.authors.first().map(|author| write_author(author, "source", &mut contained));
    let mut extensions = designations(std::slice::from_ref(&set.content_type_code));
    let source_id = json!({ "system": urls::URN, "value": format!("urn:oid:{}", set.source_id) });
    extensions.push(json!({ "url": urls::SOURCE_ID, "valueIdentifier": source_id }));
    for (number, recipient) in (1..).zip(&set.intended_recipients) {
        let reference = write_recipient(recipient, &format!("recipient-{number}"), &mut contained);
        if reference.as_object().is_some_and(|fields| !fields.is_empty()) {
            extensions.push(json!({ "url": urls::INTENDED_RECIPIENT, "valueReference": reference }));
        }
    }
    extensions.extend(remainder);
    let profile = if set.limited_metadata { urls::MINIMAL_SET } else { urls::COMPREHENSIVE_SET };
    list(set.entry_uuid, 1, profile)
        .with("contained", contained)
        .with("extension", extensions)
        .with("identifier", identifiers(set.entry_uuid, &set.unique_id))
        .with("status", status_code(set.availability_status))
        .with("mode", "working")
        .with("title", set.title.first().unwrap_or_default())
        .with("code", json!({ "coding": [{ "system": urls::LIST_TYPES, "code": list_type::SUBMISSION_SET }] }))
        .with("subject", domain.patient_reference(&set.patient_id))
        .with("date", date_time(&set.submission_time))
        .with("source", source)
        .with("note", notes(&set.comments))
        .with("entry", entries(members))
        .value()
}

fn folder_elements(folder: &Folder, members: &[String], domain: &Domain<'_>, remainder: Option<Value>) -> Value {
    let mut extensions = designations(&folder.codes);
    extensions.extend(remainder);
    let profile = if folder.limited_metadata { urls::MINIMAL_FOLDER } else { urls::COMPREHENSIVE_FOLDER };
    list(folder.entry_uuid, folder.version, profile)
        .with("extension", extensions)
        .with("identifier", identifiers(folder.entry_uuid, &folder.unique_id))
        .with("status", status_code(folder.availability_status))
        .with("mode", "working")
        .with("title", folder.title.first().unwrap_or_default())
        .with("code", json!({ "coding": [{ "system": urls::LIST_TYPES, "code": list_type::FOLDER }] }))
        .with("subject", domain.patient_reference(&folder.patient_id))
        .with("date", date_time(&folder.last_update_time))
        .with("note", notes(&folder.comments))
        .with("entry", entries(members))
        .value()
}

fn list(id: EntryUuid, version: u32, profile: &str) -> Fields {
    let meta = json!({ "versionId": version.to_string(), "profile": [profile] });
    Fields::of_resource("List").with("id", id.uuid().to_string()).with("meta", meta)
}

fn identifiers(id: EntryUuid, unique_id: &Oid) -> Value {
    json!([
        { "use": "official", "system": urls::URN, "value": id.to_string() },
        { "use": "usual", "system": urls::URN, "value": format!("urn:oid:{unique_id}") },
    ])
}

fn designations(codes: &[Code]) -> Vec<Value> {
    let codes = codes.iter().filter_map(concept);
    codes.map(|concept| json!({ "url": urls::DESIGNATION_TYPE, "valueCodeableConcept": concept })).collect()
}

fn notes(comments: &InternationalString) -> Value {
    match comments.first().unwrap_or_default() {
        "" => Value::Null,
        text => json!([{ "text": text }]),
    }
}

fn entries(members: &[String]) -> Vec<Value> {
    members.iter().map(|member| json!({ "item": { "reference": member } })).collect()
}

fn status_code(status: AvailabilityStatus) -> &'static str {
    match status {
        AvailabilityStatus::Approved => "current",
        AvailabilityStatus::Deprecated => "retired",
    }
}

/// XON|XCN|XTN (ITI TF-3: 4.2.3.3.7): the person if there is one, or else the organisation, with the address.
fn write_recipient(recipient: &str, name: &str, contained: &mut Vec<Value>) -> Value {
    let mut parts = recipient.split('|');
    let organisation = parts.next().and_then(|text| Xon::try_from(text.to_owned()).ok()).map(|xon| organization(name, &xon));
    let person = parts.next().and_then(|text| Xcn::try_from(text.to_owned()).ok()).map(|xcn| practitioner(name, &xcn));
    let address = parts.next().and_then(contact_point);
    let of_address = || address.is_some().then(|| json!({ "resourceType": "Practitioner", "id": name }));
    match person.or(organisation).or_else(of_address) {
        Some(mut resource) => {
            if let (Some(address), Some(fields)) = (address, resource.as_object_mut()) {
                fields.insert("telecom".to_owned(), json!([address]));
            }
            contained.push(resource);
            json!({ "reference": format!("#{name}") })
        }
        None => Fields::default().with("display", recipient).value(),
    }
}

/// The author, to whom the extension adds an organisation (MHD 4.2, extension *ihe-authorOrg*).
fn read_source(source: &Value, list: &Value, resources: &Resources<'_>) -> Option<Author> {
    let organisation = extensions(source, urls::AUTHOR_ORGANIZATION).find_map(|extension| {
        let reference = extension.get("valueReference")?;
        resources.resolve(list, reference).and_then(organization_of)
    });
    match (read_author(source, list, resources), organisation) {
        (Some(author), Some(organisation)) if author.institutions.is_empty() => Some(Author { institutions: vec![organisation], ..author }),
        (None, Some(organisation)) => Some(Author { institutions: vec![organisation], ..Author::default() }),
        (author, _) => author,
    }
}

fn read_recipient(reference: &Value, list: &Value, resources: &Resources<'_>) -> Option<String> {
    let Some(resource) = resources.resolve(list, reference) else { return text(reference, "display").map(str::to_owned) };
    let (organisation, person) = match text(resource, "resourceType") {
        Some("Organization") => (organization_of(resource).map(|xon| xon.as_str().to_owned()), None),
        _ => (None, person_of(resource).map(|xcn| xcn.as_str().to_owned())),
    };
    let address = items(resource, "telecom").iter().find_map(xtn_of);
    let recipient = [organisation, person, address].map(Option::unwrap_or_default).join("|");
    let recipient = recipient.trim_end_matches('|');
    (!recipient.is_empty()).then(|| recipient.to_owned())
}

/// The submission set that a List describes.
///
/// # Errors
/// Every fault found; `path` is where the resource stands.
pub fn read_submission_set(
    list: &Value,
    path: &str,
    of_documents: Option<&PatientId>,
    resources: &Resources<'_>,
    domain: &Domain<'_>,
) -> Result<SubmissionSet, Vec<Issue>> {
    let mut reading = Reading::new(list, path);
    let natural = read_set(&mut reading, of_documents, resources, domain);
    let Some(natural) = natural.filter(|_| reading.faults.is_empty()) else { return Err(reading.faults) };
    Ok(completed(natural, list, |set| {
        let plain = set_elements(set, &[], domain, None);
        read_set(&mut Reading::new(&plain, path), None, &Resources::default(), domain)
    }))
}

/// The folder that a List describes.
///
/// # Errors
/// Every fault found; `path` is where the resource stands.
pub fn read_folder(
    list: &Value,
    path: &str,
    of_documents: Option<&PatientId>,
    resources: &Resources<'_>,
    domain: &Domain<'_>,
) -> Result<Folder, Vec<Issue>> {
    let mut reading = Reading::new(list, path);
    let natural = read_folder_elements(&mut reading, of_documents, resources, domain);
    let Some(natural) = natural.filter(|_| reading.faults.is_empty()) else { return Err(reading.faults) };
    Ok(completed(natural, list, |folder| {
        let plain = folder_elements(folder, &[], domain, None);
        read_folder_elements(&mut Reading::new(&plain, path), None, &Resources::default(), domain)
    }))
}

fn read_set(
    from: &mut Reading<'_>,
    of_documents: Option<&PatientId>,
    resources: &Resources<'_>,
    domain: &Domain<'_>,
) -> Option<SubmissionSet> {
    let list = from.resource;
    let (patient_id, entry_uuid) = (patient(from, of_documents, resources, domain), entry_uuid_of(list));
    let source_id = extensions(list, urls::SOURCE_ID).next().and_then(|extension| oid_of(extension.get("valueIdentifier")?));
    if source_id.is_none() {
        let what = "the extension ihe-sourceId with an Identifier urn:oid:… of the sending system is missing (MHD 4.2, SubmissionSet)";
        from.fault(IssueCode::Required, "extension", what);
    }
    let submission_time = date(from);
    let reference = |extension: &Value| read_recipient(extension.get("valueReference")?, list, resources);
    Some(SubmissionSet {
        entry_uuid,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: unique_id(list, entry_uuid)?,
        patient_id: patient_id?,
        source_id: source_id?,
        submission_time: submission_time?,
        content_type_code: designation_codes(list).into_iter().next().unwrap_or_else(Code::absent),
        title: words(from.text("title")),
        comments: words(from.text("note.0.text")),
        authors: at(list, "source").and_then(|source| read_source(source, list, resources)).into_iter().collect(),
        intended_recipients: extensions(list, urls::INTENDED_RECIPIENT).filter_map(reference).collect(),
        limited_metadata: is_limited(list),
        extras: Extras::default(),
    })
}

fn read_folder_elements(
    from: &mut Reading<'_>,
    of_documents: Option<&PatientId>,
    resources: &Resources<'_>,
    domain: &Domain<'_>,
) -> Option<Folder> {
    let list = from.resource;
    let (patient_id, entry_uuid) = (patient(from, of_documents, resources, domain), entry_uuid_of(list));
    Some(Folder {
        entry_uuid,
        logical_id: entry_uuid,
        version: from.text("meta.versionId").and_then(|version| version.parse().ok()).unwrap_or(1),
        availability_status: if from.text("status") == Some("retired") {
            AvailabilityStatus::Deprecated
        } else {
            AvailabilityStatus::Approved
        },
        home_community_id: None,
        unique_id: unique_id(list, entry_uuid)?,
        patient_id: patient_id?,
        codes: designation_codes(list),
        last_update_time: date(from)?,
        title: words(from.text("title")),
        comments: words(from.text("note.0.text")),
        limited_metadata: is_limited(list),
        extras: Extras::default(),
    })
}

fn words(text: Option<&str>) -> InternationalString {
    text.map(InternationalString::plain).unwrap_or_default()
}

fn is_limited(list: &Value) -> bool {
    items(list, "meta.profile").iter().filter_map(Value::as_str).any(|profile| urls::LIMITED.contains(&profile))
}

/// The patient of a List; where it names none, as minimal metadata may, that of the documents sent with it.
fn patient(from: &mut Reading<'_>, of_documents: Option<&PatientId>, resources: &Resources<'_>, domain: &Domain<'_>) -> Option<PatientId> {
    let patient = match at(from.resource, "subject") {
        Some(subject) => domain.patient_of_reference(subject, from.resource, resources),
        None => of_documents.cloned(),
    };
    if patient.is_none() {
        let what = "it names no patient of this domain; write Patient/ and the id, or an identifier with the OID of the domain's authority";
        from.fault(IssueCode::Required, "subject", what);
    }
    patient
}

fn date(from: &mut Reading<'_>) -> Option<Dtm> {
    if from.text("date").is_none() {
        from.fault(IssueCode::Required, "date", "the time is missing (MHD 4.2, 3:4.5.2)");
    }
    from.time("date")
}

fn extensions<'v>(list: &'v Value, url: &'static str) -> impl Iterator<Item = &'v Value> {
    items(list, "extension").iter().filter(move |extension| text(extension, "url") == Some(url))
}

fn designation_codes(list: &Value) -> Vec<Code> {
    extensions(list, urls::DESIGNATION_TYPE)
        .filter_map(|extension| super::codes::code_of_concept(extension.get("valueCodeableConcept")?))
        .collect()
}

/// An OID as Identifier: `urn:oid:…` as value, whatever the system.
fn oid_of(identifier: &Value) -> Option<Oid> {
    text(identifier, "value")?.strip_prefix("urn:oid:")?.parse().ok()
}

/// The uniqueId: an identifier that is an OID, or else one made of a UUID (ITU-T X.667). What is too long for an OID has one that
/// stands for it, so that the list is found by it again.
fn unique_id(list: &Value, entry_uuid: EntryUuid) -> Option<Oid> {
    let standing = |identifier: &Value| Oid::standing_for(text(identifier, "value")?.strip_prefix("urn:oid:")?);
    let given = items(list, "identifier").iter().find_map(|identifier| oid_of(identifier).or_else(|| standing(identifier)));
    given.or_else(|| format!("2.25.{}", entry_uuid.uuid().as_u128()).parse().ok())
}

/// The references of a List to its members.
pub(super) fn members(list: &Value) -> impl Iterator<Item = &Value> {
    items(list, "entry").iter().filter_map(|entry| entry.get("item"))
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
