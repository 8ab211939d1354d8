//! DocumentEntry as an ExtrinsicObject (ITI TF-3: 4.2.3.2).

use std::io::{self, Write};

use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use crate::model::hl7_types::Xcn;
use crate::model::ids::{EntryUuid, InvalidIdentifier, RepositoryUniqueId};
use crate::model::timestamp::Dtm;
use crate::wire::xml::XmlWriter;

use super::attributes::{Attributes, quoted};
use super::schemes as scheme;
use super::write_object::ObjectWriter;

/// Longest value of a slot; a longer URI is cut into numbered pieces (ITI TF-3: 4.2.3.2.27).
const URI_PIECE: usize = 250;
const REFERENCE_ID_LIST: &str = "urn:ihe:iti:xds:2013:referenceIdList";

/// Where the content of the documents is, which decides what metadata have to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentRule {
    /// In a repository already: hash, size and repositoryUniqueId are required (ITI-42).
    InMetadata,
    /// In this message: the repository computes them, and checks what the source says (ITI-41).
    InMessage,
    /// Nowhere yet: all entries are on-demand, and have neither creationTime nor hash nor size (ITI-61).
    OnDemand,
    /// In a repository already, of an entry of either kind: an on-demand one has no hash and no size (ITI-57).
    InLaterVersion,
}

/// Reads an entry; nothing if a fault, which is noted, leaves it incomplete.
///
/// All attributes are read before the first missing one ends the reading, so that every fault is found.
pub(super) fn read(mut from: Attributes<'_, '_>, entry_uuid: EntryUuid, rule: ContentRule) -> Option<DocumentEntry> {
    let limited_metadata = !from.raw.take_classifications(scheme::ENTRY_LIMITED).is_empty();
    let object_type = object_type(&mut from, rule);
    let on_demand = object_type == Some(DocumentEntryType::OnDemand);
    let unique_id = from.identifier(scheme::ENTRY_UNIQUE_ID, str::parse);
    let patient_id = from.identifier(scheme::ENTRY_PATIENT_ID, str::parse);
    let source_patient_id = from.required("sourcePatientId", str::parse);
    let codes = Codes::read(&mut from);
    let times = Times::read(&mut from, rule, on_demand);
    let language_code = from.required("languageCode", language);
    let mime_type = from.required_xml_attribute("mimeType");
    let content = Content::read(&mut from, rule, on_demand);
    let authors = from.authors(scheme::ENTRY_AUTHOR);
    let codes = codes?;
    let times = times?;
    Some(DocumentEntry {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type: object_type?,
        home_community_id: from.home_community_id(),
        unique_id: unique_id?,
        patient_id: patient_id?,
        source_patient_id: source_patient_id?,
        source_patient_info: from.values("sourcePatientInfo"),
        title: std::mem::take(&mut from.raw.name),
        comments: std::mem::take(&mut from.raw.description),
        authors,
        legal_authenticator: from.parsed("legalAuthenticator", |text| Xcn::try_from(text.to_owned())),
        class_code: codes.class,
        type_code: codes.kind,
        format_code: codes.format,
        healthcare_facility_type_code: codes.facility,
        practice_setting_code: codes.practice,
        confidentiality_codes: codes.confidentiality,
        event_codes: codes.events,
        creation_time: times.creation,
        service_start_time: times.service_start,
        service_stop_time: times.service_stop,
        language_code: language_code?,
        mime_type: mime_type?,
        hash: content.hash,
        size: content.size,
        uri: join_uri(from.values("URI")),
        repository_unique_id: content.repository_unique_id,
        reference_ids: reference_ids(&mut from),
        document_availability: from.value("documentAvailability"),
        limited_metadata,
        extras: from.into_extras(),
    })
}

fn reference_ids(from: &mut Attributes<'_, '_>) -> Vec<String> {
    let ids = from.values(REFERENCE_ID_LIST);
    ids.into_iter().filter(|id| from.fits(REFERENCE_ID_LIST, id)).collect()
}

/// The coded attributes.
struct Codes {
    class: Code,
    kind: Code,
    format: Code,
    facility: Code,
    practice: Code,
    confidentiality: Vec<Code>,
    events: Vec<Code>,
}

impl Codes {
    fn read(from: &mut Attributes<'_, '_>) -> Option<Self> {
        let class = from.one_code(scheme::ENTRY_CLASS_CODE);
        let kind = from.one_code(scheme::ENTRY_TYPE_CODE);
        let format = from.one_code(scheme::ENTRY_FORMAT_CODE);
        let facility = from.one_code(scheme::ENTRY_FACILITY_CODE);
        let practice = from.one_code(scheme::ENTRY_PRACTICE_CODE);
        let confidentiality = from.some_codes(scheme::ENTRY_CONFIDENTIALITY_CODE);
        let events = from.codes(scheme::ENTRY_EVENT_CODE);
        Some(Self { class: class?, kind: kind?, format: format?, facility: facility?, practice: practice?, confidentiality, events })
    }
}

/// The times.
struct Times {
    creation: Option<Dtm>,
    service_start: Option<Dtm>,
    service_stop: Option<Dtm>,
}

impl Times {
    /// The content of an on-demand entry is made later, so it has no creation time (ITI TF-3: Table 4.3.1-3).
    fn read(from: &mut Attributes<'_, '_>, rule: ContentRule, on_demand: bool) -> Option<Self> {
        let dtm = |text: &str| Dtm::try_from(text.to_owned());
        let creation = match rule {
            ContentRule::OnDemand => {
                absent(from, "creationTime", on_demand);
                Some(None)
            }
            _ if on_demand => Some(from.parsed("creationTime", dtm)),
            _ => from.required("creationTime", dtm).map(Some),
        };
        let service_start = from.parsed("serviceStartTime", dtm);
        let service_stop = from.parsed("serviceStopTime", dtm);
        if let (Some(start), Some(stop)) = (&service_start, &service_stop) {
            // A partial stop means its last second: comparing on the shorter precision keeps 20050102 after 200501021000.
            let shorter = start.as_str().len().min(stop.as_str().len());
            if start.as_str().get(..shorter) > stop.as_str().get(..shorter) {
                from.fault("serviceStopTime", format!("{stop} is before serviceStartTime {start}"));
            }
        }
        Some(Self { creation: creation?, service_start, service_stop })
    }
}

/// What the metadata say of the content.
struct Content {
    hash: Option<Sha1Hex>,
    size: Option<u64>,
    repository_unique_id: Option<RepositoryUniqueId>,
}

const SIZE: InvalidIdentifier = InvalidIdentifier { expected: "a size in bytes, digits only" };

fn size(text: &str) -> Result<u64, InvalidIdentifier> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().map_err(|_| SIZE) } else { Err(SIZE) }
}

impl Content {
    fn read(from: &mut Attributes<'_, '_>, rule: ContentRule, on_demand: bool) -> Self {
        let hash = |text: &str| Sha1Hex::try_from(text.to_owned());
        match rule {
            ContentRule::OnDemand => {
                absent(from, "hash", on_demand);
                absent(from, "size", on_demand);
                Self { hash: None, size: None, repository_unique_id: from.required("repositoryUniqueId", str::parse) }
            }
            ContentRule::InLaterVersion | ContentRule::InMetadata if on_demand => Self {
                hash: from.parsed("hash", hash),
                size: from.parsed("size", size),
                repository_unique_id: from.required("repositoryUniqueId", str::parse),
            },
            ContentRule::InMetadata | ContentRule::InLaterVersion => Self {
                hash: from.required("hash", hash),
                size: from.required("size", size),
                repository_unique_id: from.required("repositoryUniqueId", str::parse),
            },
            // The repository that takes the content says where it is, whatever the source thought (ITI TF-2: 3.41.4.1.3).
            ContentRule::InMessage => {
                from.values("repositoryUniqueId");
                Self { hash: from.parsed("hash", hash), size: from.parsed("size", size), repository_unique_id: None }
            }
        }
    }
}

/// What says something of content is no attribute of an entry whose content is made later (ITI TF-2: 3.61.4.1.2, 3.61.4.2.2).
fn absent(from: &mut Attributes<'_, '_>, name: &'static str, on_demand: bool) {
    if !from.values(name).is_empty() && on_demand {
        let context = format!(
            "an on-demand entry has no {name}, for its content is made at each retrieval; leave the slot out (ITI TF-2: 3.61.4.2.2)"
        );
        from.fault(name, context);
    }
}

fn language(text: &str) -> Result<String, InvalidIdentifier> {
    let tag =
        !text.is_empty() && text.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if tag { Ok(text.to_owned()) } else { Err(InvalidIdentifier { expected: "an RFC 5646 language tag such as fr or fr-LU" }) }
}

/// The type, known also where the transaction does not take it, so that no more is complained of than that.
fn object_type(from: &mut Attributes<'_, '_>, rule: ContentRule) -> Option<DocumentEntryType> {
    let uuid = from.required_xml_attribute("objectType")?;
    match DocumentEntryType::from_uuid(&uuid) {
        Some(DocumentEntryType::Stable) if rule == ContentRule::OnDemand => {
            from.fault(
                "objectType",
                "Register On-Demand Document Entry (ITI-61) takes on-demand entries alone; a stable one is registered by ITI-41 or ITI-42 (ITI TF-2: 3.61.4.1.2)",
            );
            Some(DocumentEntryType::Stable)
        }
        Some(DocumentEntryType::Stable) => Some(DocumentEntryType::Stable),
        Some(DocumentEntryType::OnDemand) if matches!(rule, ContentRule::OnDemand | ContentRule::InLaterVersion) => {
            Some(DocumentEntryType::OnDemand)
        }
        Some(DocumentEntryType::OnDemand) => {
            from.fault("objectType", "an on-demand entry is registered by Register On-Demand Document Entry (ITI-61)");
            Some(DocumentEntryType::OnDemand)
        }
        None => {
            let (kind, expected) = match rule {
                ContentRule::OnDemand => ("an on-demand one", DocumentEntryType::OnDemand),
                _ => ("a stable one", DocumentEntryType::Stable),
            };
            let context = format!("{} is not the objectType of a DocumentEntry; {kind} has {}", quoted(&uuid), expected.uuid());
            from.fault("objectType", context);
            None
        }
    }
}

/// `1|first part`, `2|second part`… joined in their order (ITI TF-3: 4.2.3.2.27).
fn join_uri(mut values: Vec<String>) -> Option<String> {
    if values.len() > 1 {
        let position = |value: &String| value.split_once('|').and_then(|(n, _)| n.parse::<u32>().ok()).unwrap_or(u32::MAX);
        values.sort_by_key(position);
        return Some(values.iter().map(|value| value.split_once('|').map_or(value.as_str(), |(_, piece)| piece)).collect());
    }
    values.pop()
}

fn split_uri(uri: &str) -> Vec<String> {
    if uri.chars().count() <= URI_PIECE {
        return vec![uri.to_owned()];
    }
    let characters: Vec<char> = uri.chars().collect();
    characters.chunks(URI_PIECE).enumerate().map(|(n, piece)| format!("{}|{}", n + 1, piece.iter().collect::<String>())).collect()
}

/// Writes an entry with all its attributes.
pub(super) fn write<W: Write>(xml: &mut XmlWriter<W>, entry: &DocumentEntry) -> io::Result<()> {
    let (id, lid) = (entry.entry_uuid.to_string(), entry.logical_id.to_string());
    let mut attributes = vec![("id", id.as_str()), ("lid", &lid)];
    if let Some(home) = &entry.home_community_id {
        attributes.push(("home", home.as_str()));
    }
    attributes.extend([
        ("objectType", entry.object_type.uuid()),
        ("status", entry.availability_status.urn()),
        ("mimeType", &entry.mime_type),
        ("isOpaque", "false"),
    ]);
    let mut object = ObjectWriter::start(xml, "rim:ExtrinsicObject", entry.entry_uuid, &attributes)?;
    write_slots(&mut object, entry)?;
    object.extra_slots(&entry.extras)?;
    object.texts(&entry.title, &entry.comments, Some(entry.version))?;
    object.authors(scheme::ENTRY_AUTHOR, &entry.authors)?;
    let one = |code| std::slice::from_ref(code);
    object.codes(scheme::ENTRY_CLASS_CODE, one(&entry.class_code))?;
    object.codes(scheme::ENTRY_CONFIDENTIALITY_CODE, &entry.confidentiality_codes)?;
    object.codes(scheme::ENTRY_EVENT_CODE, &entry.event_codes)?;
    object.codes(scheme::ENTRY_FORMAT_CODE, one(&entry.format_code))?;
    object.codes(scheme::ENTRY_FACILITY_CODE, one(&entry.healthcare_facility_type_code))?;
    object.codes(scheme::ENTRY_PRACTICE_CODE, one(&entry.practice_setting_code))?;
    object.codes(scheme::ENTRY_TYPE_CODE, one(&entry.type_code))?;
    if entry.limited_metadata {
        object.node(scheme::ENTRY_LIMITED)?;
    }
    object.extra_classifications(&entry.extras)?;
    object.identifier(scheme::ENTRY_PATIENT_ID, &entry.patient_id.to_string())?;
    object.identifier(scheme::ENTRY_UNIQUE_ID, entry.unique_id.as_str())?;
    object.extra_identifiers(&entry.extras)?;
    object.end()
}

fn write_slots<W: Write>(object: &mut ObjectWriter<'_, W>, entry: &DocumentEntry) -> io::Result<()> {
    object.slot_if("creationTime", entry.creation_time.as_ref().map(Dtm::as_str))?;
    object.slot_if("hash", entry.hash.as_ref().map(Sha1Hex::as_str))?;
    object.slot_if("languageCode", Some(&entry.language_code))?;
    object.slot_if("legalAuthenticator", entry.legal_authenticator.as_ref().map(Xcn::as_str))?;
    object.slot_if("repositoryUniqueId", entry.repository_unique_id.as_ref().map(|id| id.as_str()))?;
    object.slot_if("serviceStartTime", entry.service_start_time.as_ref().map(Dtm::as_str))?;
    object.slot_if("serviceStopTime", entry.service_stop_time.as_ref().map(Dtm::as_str))?;
    object.slot_if("size", entry.size.map(|size| size.to_string()).as_deref())?;
    object.slot_if("sourcePatientId", Some(&entry.source_patient_id.to_string()))?;
    object.slot("sourcePatientInfo", &entry.source_patient_info)?;
    if let Some(uri) = &entry.uri {
        object.slot("URI", &split_uri(uri))?;
    }
    object.slot(REFERENCE_ID_LIST, &entry.reference_ids)?;
    object.slot_if("documentAvailability", entry.document_availability.as_deref())
}
