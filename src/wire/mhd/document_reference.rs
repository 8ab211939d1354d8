//! DocumentEntry ⇄ DocumentReference (MHD 4.2, 3:4.5.1; mapping *XDS and MHD*).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::codes::{code_of_coding, coding, concept};
use super::fields::Fields;
use super::people::{person_of, plain, practitioner, read_author, write_author, written};
use super::reading::Reading;
use super::references::{Domain, Resources};
use super::relations::relation_of;
use super::remainder::{completed, remainder};
use super::times::date_time;
use super::{source_patient, urls};
use crate::model::association::AssociationType;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use crate::model::dsp::Level;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Instant;
use crate::wire::fhir::fields::{at, items, text};
use crate::wire::fhir::{Issue, IssueCode, dates};

/// The end of a CXi that is the id of an encounter (ITI TF-3: Table 4.2.3.1.7-2).
const ENCOUNTER: &str = "^urn:ihe:iti:xds:2015:encounterId";

/// What of a DocumentReference is not in the entry itself.
#[derive(Debug, Clone, Default)]
pub struct Described<'d> {
    /// When the entry was registered.
    pub registered_at: Option<Instant>,
    /// The documents to which it is related, by the associations that start at it.
    pub relations: &'d [(AssociationType, EntryUuid)],
}

/// An entry as a resource.
pub fn write_document_reference(entry: &DocumentEntry, described: &Described<'_>, domain: &Domain<'_>) -> Value {
    let mut resource = elements(entry, described, domain);
    let natural = read_elements(&mut Reading::new(&resource, "DocumentReference"), &Resources::default(), domain);
    if let (Some(extension), Some(fields)) = (remainder(entry, natural.as_ref()), resource.as_object_mut()) {
        // In front of the first element of its own.
        let place = fields.keys().position(|name| name == "masterIdentifier").unwrap_or(fields.len());
        fields.shift_insert(place, "extension".to_owned(), vec![extension].into());
    }
    resource
}

fn elements(entry: &DocumentEntry, described: &Described<'_>, domain: &Domain<'_>) -> Value {
    let mut contained = vec![source_patient::write("source-patient", &entry.source_patient_id, &entry.source_patient_info)];
    let authors: Vec<_> =
        (1..).zip(&entry.authors).map(|(n, author)| write_author(author, &format!("author-{n}"), &mut contained)).collect();
    contained.extend(entry.legal_authenticator.as_ref().map(|person| practitioner("authenticator", person)));
    let authenticator = entry.legal_authenticator.as_ref().map(|_| json!({ "reference": "#authenticator" }));
    let relates = |(kind, target): &(AssociationType, EntryUuid)| {
        Some(json!({ "code": relation_of(*kind)?, "target": { "reference": format!("DocumentReference/{}", target.uuid()) } }))
    };
    Fields::of_resource("DocumentReference")
        // What all versions share, so that the address of a document stays.
        .with("id", entry.logical_id.uuid().to_string())
        .with("meta", meta(entry, described))
        .with("contained", contained)
        .with("masterIdentifier", master_identifier(&entry.unique_id))
        .with("identifier", json!([{ "use": "official", "system": urls::URN, "value": entry.entry_uuid.to_string() }]))
        .with("status", status_code(entry.availability_status))
        .with("type", concept(&entry.type_code))
        .with("category", concepts(std::slice::from_ref(&entry.class_code)))
        .with("subject", domain.patient_reference(&entry.patient_id))
        .with("date", described.registered_at.map(dates::instant))
        .with("author", authors)
        .with("authenticator", authenticator)
        .with("relatesTo", described.relations.iter().filter_map(relates).collect::<Vec<_>>())
        .with("description", entry.comments.first().unwrap_or_default())
        .with("securityLabel", labels(&entry.confidentiality_codes))
        .with("content", vec![content(entry, domain)])
        .with("context", context(entry))
        .value()
}

fn meta(entry: &DocumentEntry, described: &Described<'_>) -> Value {
    let profile = if entry.limited_metadata { urls::MINIMAL_ENTRY } else { urls::COMPREHENSIVE_ENTRY };
    Fields::default()
        .with("versionId", entry.version.to_string())
        .with("lastUpdated", described.registered_at.map(dates::instant))
        .with("profile", json!([profile]))
        .value()
}

fn content(entry: &DocumentEntry, domain: &Domain<'_>) -> Value {
    let hash = entry.hash.as_ref().and_then(|hash| hex::decode(hash.as_str()).ok()).map(|bytes| STANDARD.encode(bytes));
    let attachment = Fields::default()
        .with("contentType", entry.mime_type.as_str())
        .with("language", entry.language_code.as_str())
        .with("url", format!("{}/Binary/{}", domain.base_url, entry.logical_id.uuid()))
        .with("size", entry.size)
        .with("hash", hash)
        .with("title", entry.title.first().unwrap_or_default())
        .with("creation", entry.creation_time.as_ref().map(date_time));
    Fields::default().with("attachment", attachment).with("format", coding(&entry.format_code)).value()
}

fn context(entry: &DocumentEntry) -> Value {
    let period = Fields::default()
        .with("start", entry.service_start_time.as_ref().map(date_time))
        .with("end", entry.service_stop_time.as_ref().map(date_time));
    let (encounters, others): (Vec<_>, Vec<_>) = entry.reference_ids.iter().partition(|id| id.ends_with(ENCOUNTER));
    Fields::default()
        .with("encounter", encounters.iter().filter_map(|id| related(id)).collect::<Vec<_>>())
        .with("event", concepts(&entry.event_codes))
        .with("period", period)
        .with("facilityType", concept(&entry.healthcare_facility_type_code))
        .with("practiceSetting", concept(&entry.practice_setting_code))
        .with("sourcePatientInfo", json!({ "reference": "#source-patient" }))
        .with("related", others.iter().filter_map(|id| related(id)).collect::<Vec<_>>())
        .value()
}

fn concepts(codes: &[Code]) -> Vec<Value> {
    codes.iter().filter_map(concept).collect()
}

/// The level of the document first, with what it means in the vocabulary of HL7 beside it.
fn labels(codes: &[Code]) -> Vec<Value> {
    let (levels, others): (Vec<_>, Vec<_>) = codes.iter().partition(|code| Level::of_code(&code.code).is_some());
    let label = |code: &Code| {
        let mut codings = vec![coding(code)?];
        codings.extend(Level::of_code(&code.code).map(hl7_label));
        Some(json!({ "coding": codings }))
    };
    levels.into_iter().chain(others).filter_map(label).collect()
}

/// HL7 v3 Confidentiality: normal, restricted, very restricted.
fn hl7_label(level: Level) -> Value {
    let (code, display) = match level {
        Level::Standard => ("N", "normal"),
        Level::Confidential | Level::Announcement => ("R", "restricted"),
        Level::Private => ("V", "very restricted"),
    };
    json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code, "display": display })
}

fn status_code(status: AvailabilityStatus) -> &'static str {
    match status {
        AvailabilityStatus::Approved => "current",
        AvailabilityStatus::Deprecated => "superseded",
    }
}

/// An OID or URN under the system of URNs; an OID with an extension as that extension of the OID's namespace.
fn master_identifier(id: &UniqueId) -> Value {
    match id.as_str() {
        urn if urn.starts_with("urn:") => json!({ "system": urls::URN, "value": urn }),
        other => match other.split_once('^') {
            Some((root, extension)) => json!({ "system": format!("urn:oid:{root}"), "value": extension }),
            None => json!({ "system": urls::URN, "value": format!("urn:oid:{other}") }),
        },
    }
}

/// The uniqueId of a masterIdentifier.
pub(super) fn unique_id_of(identifier: &Value) -> Option<UniqueId> {
    let part = |name: &str| text(identifier, name).unwrap_or_default();
    match (part("system"), part("value")) {
        // An OID is a URI too. One of more than 64 characters, as the guide's examples have, is kept as such (ITI TF-3: 4.2.3.2.26).
        (urls::URN, urn) => urn.strip_prefix("urn:oid:").and_then(|oid| oid.parse().ok()).or_else(|| as_uri(urn)),
        (system, extension) => format!("{}^{extension}", system.strip_prefix("urn:oid:")?).parse().ok(),
    }
}

/// A URI as uniqueId; what begins like an OID has digits and dots.
fn as_uri(urn: &str) -> Option<UniqueId> {
    let is_oid = |oid: &str| oid.starts_with(|c: char| c.is_ascii_digit()) && oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_long = |oid: &str| oid.len() > 64 && is_oid(oid);
    urn.strip_prefix("urn:oid:").is_none_or(is_long).then(|| urn.parse().ok()).flatten()
}

/// A CXi `id^^^&oid&ISO^type` as a logical reference (ITI TF-3: Table 4.2.3.1.7-2).
fn related(cxi: &str) -> Option<Value> {
    let mut parts = cxi.split('^');
    let (id, authority, kind) = (parts.next()?, parts.nth(2).unwrap_or_default(), parts.next().unwrap_or_default());
    let mut authority = authority.split('&').skip(1);
    let (namespace, form) = (authority.next().unwrap_or_default(), authority.next().unwrap_or_default());
    let kind = if kind.is_empty() { Value::Null } else { json!({ "coding": [{ "system": urls::URN, "code": kind }] }) };
    let system = match form {
        _ if namespace.is_empty() => String::new(),
        "URI" => plain(namespace),
        _ => format!("urn:oid:{namespace}"),
    };
    let identifier = Fields::default().with("type", kind).with("system", system).with("value", plain(id)).value();
    (!id.is_empty()).then(|| json!({ "identifier": identifier }))
}

/// Encounters and what else is related, in this order (ITI TF-3: 4.2.3.2.28).
fn reference_ids(resource: &Value) -> Vec<String> {
    let encounters =
        items(resource, "context.encounter").iter().filter_map(|encounter| cxi_of(encounter, ENCOUNTER.trim_start_matches('^')));
    let others = items(resource, "context.related").iter();
    let others = others.filter_map(|related| cxi_of(related, text(related, "identifier.type.coding.0.code").unwrap_or_default()));
    encounters.chain(others).collect()
}

fn cxi_of(related: &Value, kind: &str) -> Option<String> {
    let id = written(text(related, "identifier.value")?);
    let authority = text(related, "identifier.system").map(|system| match system.strip_prefix("urn:oid:") {
        Some(oid) => format!("&{oid}&ISO"),
        None => format!("&{}&URI", written(system)),
    });
    Some(format!("{id}^^^{}^{kind}", authority.unwrap_or_default()).trim_end_matches('^').to_owned())
}

/// The entry that a resource describes. Its `url`, `date` and `relatesTo` are for the caller to look at.
///
/// # Errors
/// Every fault found; `path` is where the resource stands.
pub fn read_document_reference(
    resource: &Value,
    path: &str,
    resources: &Resources<'_>,
    domain: &Domain<'_>,
) -> Result<DocumentEntry, Vec<Issue>> {
    let mut reading = Reading::new(resource, path);
    let natural = read_elements(&mut reading, resources, domain);
    let Some(natural) = natural.filter(|_| reading.faults.is_empty()) else { return Err(reading.faults) };
    Ok(completed(natural, resource, |entry| {
        let plain = elements(entry, &Described::default(), domain);
        read_elements(&mut Reading::new(&plain, path), &Resources::default(), domain)
    }))
}

fn read_elements(from: &mut Reading<'_>, resources: &Resources<'_>, domain: &Domain<'_>) -> Option<DocumentEntry> {
    let resource = from.resource;
    let is_limited = items(resource, "meta.profile").iter().filter_map(Value::as_str).any(|profile| urls::LIMITED.contains(&profile));
    let entry_uuid = entry_uuid_of(resource);
    let unique_id = read_unique_id(from);
    let patient_id = read_subject(from, resources, domain);
    let availability_status = read_status(from);
    let source = at(resource, "context.sourcePatientInfo");
    let (source_patient_id, source_patient_info) =
        source.and_then(|reference| resources.resolve(resource, reference)).map(source_patient::read).unwrap_or_default();
    let referenced = source.and_then(|source| domain.patient_of_reference(source, resource, resources));
    let format_code = read_format(from);
    let words = |text: Option<&str>| text.map(InternationalString::plain).unwrap_or_default();
    let codes = |code: Option<Code>| code.unwrap_or_else(Code::absent);
    Some(DocumentEntry {
        entry_uuid,
        logical_id: logical_id_of(resource).unwrap_or(entry_uuid),
        version: from.text("meta.versionId").and_then(|version| version.parse().ok()).unwrap_or(1),
        availability_status,
        object_type: DocumentEntryType::Stable,
        home_community_id: None,
        source_patient_info,
        title: words(from.text("content.0.attachment.title")),
        comments: words(from.text("description")),
        authors: items(resource, "author").iter().filter_map(|author| read_author(author, resource, resources)).collect(),
        legal_authenticator: at(resource, "authenticator").and_then(|person| person_of(resources.resolve(resource, person)?)),
        class_code: codes(from.codes("category").into_iter().next()),
        type_code: codes(from.code("type")),
        format_code,
        healthcare_facility_type_code: codes(from.code("context.facilityType")),
        practice_setting_code: codes(from.code("context.practiceSetting")),
        confidentiality_codes: from.codes("securityLabel"),
        event_codes: from.codes("context.event"),
        creation_time: from.time("content.0.attachment.creation"),
        service_start_time: from.time("context.period.start"),
        service_stop_time: from.time("context.period.end"),
        language_code: from.text("content.0.attachment.language").unwrap_or_default().to_owned(),
        mime_type: from.text("content.0.attachment.contentType").unwrap_or_default().to_owned(),
        hash: from.text("content.0.attachment.hash").and_then(hash_of),
        size: at(resource, "content.0.attachment.size").and_then(Value::as_u64),
        uri: None,
        repository_unique_id: None,
        reference_ids: reference_ids(resource),
        document_availability: None,
        limited_metadata: is_limited,
        extras: Extras::default(),
        // Last, so that the faults of all else are told, too.
        unique_id: unique_id?,
        patient_id: patient_id?,
        source_patient_id: source_patient_id.or(referenced).or_else(source_patient::not_sent)?,
    })
}

fn read_unique_id(from: &mut Reading<'_>) -> Option<UniqueId> {
    let unique_id = at(from.resource, "masterIdentifier").and_then(unique_id_of);
    if unique_id.is_none() {
        let what = "the id of the document is missing, or none that Document Sharing knows; write system urn:ietf:rfc:3986 with urn:oid:… or urn:uuid:…, or system urn:oid:… with at most 16 characters";
        from.fault(IssueCode::Required, "masterIdentifier", what);
    }
    unique_id
}

fn read_subject(from: &mut Reading<'_>, resources: &Resources<'_>, domain: &Domain<'_>) -> Option<PatientId> {
    // Minimal metadata may name the patient as the source knows them, with an identifier of this domain among theirs.
    let subject = at(from.resource, "subject").or_else(|| at(from.resource, "context.sourcePatientInfo"));
    let patient_id = subject.and_then(|subject| domain.patient_of_reference(subject, from.resource, resources));
    if patient_id.is_none() {
        let what = "it names no patient of this domain; write Patient/ and the id, or an identifier with the OID of the domain's authority";
        from.fault(IssueCode::Required, "subject", what);
    }
    patient_id
}

fn read_status(from: &mut Reading<'_>) -> AvailabilityStatus {
    match from.text("status") {
        Some("superseded") => AvailabilityStatus::Deprecated,
        Some("current") | None => AvailabilityStatus::Approved,
        Some(_) => {
            from.fault(IssueCode::Value, "status", "expected current or superseded (MHD 4.2, value set DocumentReferenceStats)");
            AvailabilityStatus::Approved
        }
    }
}

fn read_format(from: &mut Reading<'_>) -> Code {
    let format = at(from.resource, "content.0.format");
    let code = format.and_then(code_of_coding);
    if format.is_some() && code.is_none() {
        from.fault(IssueCode::Required, "content.0.format", "system and code are both needed (ITI TF-3: 4.2.3.1.2)");
    }
    code.unwrap_or_else(Code::absent)
}

/// The SHA-1 of an attachment: its bytes, or, as the guide's examples have it, its hexadecimal digits, in base64.
fn hash_of(base64: &str) -> Option<Sha1Hex> {
    let bytes = STANDARD.decode(base64).ok()?;
    let digits = if bytes.len() == 20 { hex::encode(bytes) } else { String::from_utf8(bytes).ok()? };
    Sha1Hex::try_from(digits).ok()
}

/// The entryUUID: an identifier that is a UUID, the official one first; or the logical id if it is a UUID; or a fresh one.
pub(super) fn entry_uuid_of(resource: &Value) -> EntryUuid {
    let uuid = |identifier: &&Value| text(identifier, "value").is_some_and(|value| value.parse::<EntryUuid>().is_ok());
    let official = |identifier: &&Value| text(identifier, "use") == Some("official");
    let identifiers = items(resource, "identifier");
    let found = identifiers.iter().filter(official).find(uuid).or_else(|| identifiers.iter().find(uuid));
    let of_identifier = found.and_then(|identifier| text(identifier, "value")?.parse().ok());
    of_identifier.or_else(|| logical_id_of(resource)).unwrap_or_else(EntryUuid::random)
}

/// The logical id, if it is a UUID.
fn logical_id_of(resource: &Value) -> Option<EntryUuid> {
    format!("urn:uuid:{}", text(resource, "id")?).parse().ok()
}

#[cfg(test)]
#[path = "document_reference_tests.rs"]
mod tests;
