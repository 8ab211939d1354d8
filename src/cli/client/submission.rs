//! A submission of one entry, made of what the user says and what the file tells.

use uuid::Uuid;

use crate::cli::{Exit, Failure};
use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::author::Author;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use crate::model::hl7_types::Xcn;
use crate::model::ids::{EntryUuid, InvalidIdentifier, RepositoryUniqueId};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Dtm;

use super::{CodeText, Metadata};

/// What the file itself tells.
pub(super) struct FileFacts {
    /// Its name without folders.
    pub(super) name: String,
    /// By its name.
    pub(super) mime_type: &'static str,
    /// Of its content.
    pub(super) hash: Sha1Hex,
    /// In bytes.
    pub(super) size: u64,
    /// When it was last changed.
    pub(super) changed: Dtm,
}

/// What is behind the entry.
pub(super) enum Content {
    /// A file.
    File(FileFacts),
    /// What this repository makes when it is asked for it.
    OnDemand(RepositoryUniqueId),
}

/// What the user says that is no metadata, as the flags have it.
pub(super) struct Order<'a> {
    pub(super) patient: &'a str,
    pub(super) unique_id: Option<&'a str>,
    pub(super) source_id: &'a str,
    pub(super) replaces: Option<&'a str>,
}

/// A submission set with one entry, made at `now`.
pub(super) fn submission(order: &Order<'_>, metadata: Metadata, content: Content, now: Dtm) -> Result<SubmissionRequest, Failure> {
    let authors = author(metadata.author.as_deref())?;
    let replaced = order.replaces.map(|id| parsed("--replaces", id.parse::<EntryUuid>())).transpose()?;
    let entry = entry(order, metadata, content, authors.clone())?;
    let submission_set = SubmissionSet {
        entry_uuid: EntryUuid::random(),
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: parsed("a new uniqueId", fresh_oid().parse())?,
        patient_id: entry.patient_id.clone(),
        source_id: parsed("--source-id", order.source_id.parse())?,
        submission_time: now,
        content_type_code: entry.type_code.clone(),
        title: entry.title.clone(),
        comments: InternationalString::default(),
        authors,
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Extras::default(),
    };
    let member = Association {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..Association::new(EntryUuid::random(), AssociationType::HasMember, submission_set.entry_uuid, entry.entry_uuid)
    };
    let replacement = replaced.map(|old| Association::new(EntryUuid::random(), AssociationType::Replaces, entry.entry_uuid, old));
    let associations = std::iter::once(member).chain(replacement).collect();
    let request = SubmissionRequest { submission_set, entries: vec![entry], folders: Vec::new(), associations };
    request.check().map_err(|faults| {
        let contexts = faults.into_iter().map(|fault| fault.context);
        Failure::new(Exit::Usage, "the submission would not be valid:").with_details(contexts)
    })
}

fn entry(order: &Order<'_>, metadata: Metadata, content: Content, authors: Vec<Author>) -> Result<DocumentEntry, Failure> {
    let entry_uuid = EntryUuid::random();
    let unique_id = order.unique_id.map_or_else(fresh_oid, str::to_owned);
    let patient_id: crate::model::hl7_types::PatientId = parsed("--patient", order.patient.parse())?;
    let creation_time = metadata.creation_time.map(|text| parsed("--creation-time", Dtm::try_from(text))).transpose()?;
    let (file, repository_unique_id) = match content {
        Content::File(file) => (Some(file), None),
        Content::OnDemand(repository) => (None, Some(repository)),
    };
    let object_type = if file.is_some() { DocumentEntryType::Stable } else { DocumentEntryType::OnDemand };
    let title = metadata.title.or_else(|| file.as_ref().map(|file| file.name.clone()));
    let mime_type = metadata.mime_type.or_else(|| file.as_ref().map(|file| file.mime_type.to_owned()));
    Ok(DocumentEntry {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type,
        home_community_id: None,
        unique_id: parsed("--unique-id", unique_id.parse())?,
        source_patient_id: patient_id.clone(),
        patient_id,
        source_patient_info: Vec::new(),
        title: title.as_deref().map(InternationalString::plain).unwrap_or_default(),
        comments: InternationalString::default(),
        authors,
        legal_authenticator: None,
        class_code: code("--class-code", metadata.class_code)?,
        type_code: code("--type-code", metadata.type_code)?,
        format_code: code("--format-code", metadata.format_code)?,
        healthcare_facility_type_code: code("--facility-type-code", metadata.facility_type_code)?,
        practice_setting_code: code("--practice-setting-code", metadata.practice_setting_code)?,
        confidentiality_codes: metadata.confidentiality_codes.into_iter().map(to_code).collect(),
        event_codes: metadata.event_codes.into_iter().map(to_code).collect(),
        creation_time: creation_time.or_else(|| file.as_ref().map(|file| file.changed.clone())),
        service_start_time: None,
        service_stop_time: None,
        language_code: metadata.language.ok_or_else(|| missing("--language"))?,
        mime_type: mime_type.ok_or_else(|| missing("--mime-type"))?,
        size: file.as_ref().map(|file| file.size),
        hash: file.map(|file| file.hash),
        uri: None,
        repository_unique_id,
        reference_ids: Vec::new(),
        document_availability: None,
        limited_metadata: false,
        extras: Extras::default(),
    })
}

/// A UUID as an OID (ITU-T X.667, 6.3).
fn fresh_oid() -> String {
    format!("2.25.{}", Uuid::new_v4().as_u128())
}

fn author(text: Option<&str>) -> Result<Vec<Author>, Failure> {
    let Some(text) = text else { return Ok(Vec::new()) };
    Ok(vec![Author { person: Some(parsed("--author", Xcn::try_from(text.to_owned()))?), ..Author::default() }])
}

fn code(flag: &str, text: Option<CodeText>) -> Result<Code, Failure> {
    text.map(to_code).ok_or_else(|| missing(flag))
}

fn to_code(text: CodeText) -> Code {
    Code::new(&text.code, &text.scheme, &text.display)
}

fn missing(flag: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{flag} is needed"))
}

/// A value as the flag or the metadata file gave it.
pub(super) fn parsed<T>(flag: &str, value: Result<T, InvalidIdentifier>) -> Result<T, Failure> {
    value.map_err(|error| Failure::new(Exit::Usage, format!("{flag} is not {}", error.expected)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Submit;
    use super::*;
    use crate::model::timestamp::Instant;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        submit: Submit,
    }

    fn made(more: &[&str]) -> Result<SubmissionRequest, Failure> {
        let line = ["submit", "a.pdf", "--patient", "P1^^^&1.3.182.4.4&ISO"];
        let submit = Line::try_parse_from(line.iter().chain(more)).unwrap().submit;
        let metadata = submit.metadata().unwrap();
        let file = FileFacts {
            name: "a.pdf".to_owned(),
            mime_type: "application/pdf",
            hash: Sha1Hex::from_digest(&[7; 20]),
            size: 5,
            changed: Instant(0).to_dtm(),
        };
        submission(&submit.order(), metadata, Content::File(file), Instant(1_000_000).to_dtm())
    }

    #[test]
    fn file_and_patient_make_a_valid_submission_with_fresh_ids() {
        let (one, two) = (made(&[]).unwrap(), made(&[]).unwrap());
        let entry = &one.entries[0];
        assert_eq!((entry.title.first(), entry.mime_type.as_str(), entry.size), (Some("a.pdf"), "application/pdf", Some(5)));
        assert_eq!(entry.creation_time.as_ref().map(Dtm::as_str), Some("19700101000000"));
        assert!(entry.unique_id.as_str().starts_with("2.25."));
        assert_ne!(entry.unique_id, two.entries[0].unique_id);
        assert_ne!(one.submission_set.unique_id, two.submission_set.unique_id);
    }

    #[test]
    fn flags_reach_the_entry_and_a_replacement_is_linked() {
        let old = EntryUuid::random().to_string();
        let more = ["--title", "T", "--unique-id", "1.2.3", "--author", "9^Doc^A", "--replaces", &old, "--creation-time", "2026"];
        let request = made(&more).unwrap();
        let entry = &request.entries[0];
        assert_eq!((entry.title.first(), entry.unique_id.as_str()), (Some("T"), "1.2.3"));
        assert_eq!(entry.authors, request.submission_set.authors);
        assert_eq!(entry.creation_time.as_ref().map(Dtm::as_str), Some("2026"));
        let replaces = request.associations.iter().find(|link| link.association_type == AssociationType::Replaces).unwrap();
        assert_eq!((replaces.source, replaces.target.to_string()), (entry.entry_uuid, old));
    }

    #[test]
    fn a_wrong_value_names_its_flag() {
        for (flag, value) in [("--replaces", "x"), ("--unique-id", "no oid"), ("--author", "^^Only"), ("--creation-time", "20261399")] {
            let failure = made(&[flag, value]).unwrap_err();
            assert!(failure.exit_code == Exit::Usage && failure.to_string().starts_with(flag), "{failure}");
        }
    }
}
