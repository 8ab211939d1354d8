//! The metadata of a sample document: from the JSON beside it to a submission.

use serde::Deserialize;
use uuid::Uuid;

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::author::Author;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use crate::model::hl7_types::{Xcn, Xon};
use crate::model::ids::{EntryUuid, InvalidIdentifier, Oid, UniqueId};
use crate::model::patient_feed::PatientDemographics;
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Dtm;

use super::SamplePatient;

/// The metadata as `fixtures/README.md` describes them.
#[derive(Deserialize)]
pub(super) struct Metadata {
    /// Name of the patient within the fixtures.
    pub(super) patient: String,
    pub(super) expected: Expected,
    unique_id: UniqueId,
    replaces: Option<UniqueId>,
    submission_set: SampleSet,
    #[serde(flatten)]
    document: SampleEntry,
}

#[derive(Deserialize)]
struct SampleEntry {
    title: String,
    comments: Option<String>,
    author: Maker,
    class_code: SampleCode,
    type_code: SampleCode,
    format_code: SampleCode,
    healthcare_facility_type_code: SampleCode,
    practice_setting_code: SampleCode,
    confidentiality_codes: Vec<SampleCode>,
    event_codes: Vec<SampleCode>,
    creation_time: Dtm,
    service_start_time: Option<Dtm>,
    service_stop_time: Option<Dtm>,
    language_code: String,
    mime_type: String,
    size: u64,
    hash: Sha1Hex,
}

/// Whether the document would be taken under access rules.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Expected {
    Accepted,
    Refused,
}

#[derive(Deserialize)]
struct SampleCode {
    code: String,
    scheme: String,
    display: String,
}

#[derive(Deserialize)]
struct Maker {
    person: Option<Person>,
    institutions: Vec<Institution>,
    roles: Vec<SampleCode>,
    specialties: Vec<String>,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    assigning_authority: Oid,
    family: String,
    given: String,
}

#[derive(Deserialize)]
struct Institution {
    name: String,
    oid: Oid,
}

#[derive(Deserialize)]
struct SampleSet {
    unique_id: Oid,
    submission_time: Dtm,
    content_type_code: SampleCode,
    source_id: Oid,
    title: String,
    author: Maker,
}

/// The same document gets the same entry at every start, so that a document can name the one it replaces.
fn entry_uuid(unique_id: &UniqueId) -> EntryUuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, unique_id.as_str().as_bytes()).into()
}

impl Metadata {
    /// The submission of this one document.
    pub(super) fn into_request(self, patient: &SamplePatient) -> Result<SubmissionRequest, InvalidIdentifier> {
        let entry_uuid = entry_uuid(&self.unique_id);
        let set_uuid = entry_uuid.part("SubmissionSet");
        let mut member = Association::new(entry_uuid.part("HasMember"), AssociationType::HasMember, set_uuid, entry_uuid);
        member.submission_set_status = Some(SubmissionSetStatus::Original);
        let replaced = self.replaces.as_ref().map(self::entry_uuid);
        let replacement = replaced.map(|old| Association::new(entry_uuid.part("RPLC"), AssociationType::Replaces, entry_uuid, old));
        let (metadata, set) = (self.document, self.submission_set);
        Ok(SubmissionRequest {
            submission_set: set.into_submission_set(set_uuid, patient)?,
            entries: vec![metadata.into_entry(entry_uuid, self.unique_id, patient)?],
            folders: Vec::new(),
            associations: std::iter::once(member).chain(replacement).collect(),
        })
    }
}

impl SampleSet {
    fn into_submission_set(self, entry_uuid: EntryUuid, patient: &SamplePatient) -> Result<SubmissionSet, InvalidIdentifier> {
        Ok(SubmissionSet {
            entry_uuid,
            availability_status: AvailabilityStatus::Approved,
            home_community_id: None,
            unique_id: self.unique_id,
            patient_id: patient.patient_id.clone(),
            source_id: self.source_id,
            submission_time: self.submission_time,
            content_type_code: self.content_type_code.into(),
            title: InternationalString::plain(&self.title),
            comments: InternationalString::default(),
            authors: vec![self.author.try_into()?],
            intended_recipients: Vec::new(),
            limited_metadata: false,
            extras: Extras::default(),
        })
    }
}

impl SampleEntry {
    fn into_entry(self, entry_uuid: EntryUuid, unique_id: UniqueId, patient: &SamplePatient) -> Result<DocumentEntry, InvalidIdentifier> {
        let codes = |codes: Vec<SampleCode>| codes.into_iter().map(Code::from).collect();
        Ok(DocumentEntry {
            entry_uuid,
            logical_id: entry_uuid,
            version: 1,
            availability_status: AvailabilityStatus::Approved,
            object_type: DocumentEntryType::Stable,
            home_community_id: None,
            unique_id,
            patient_id: patient.patient_id.clone(),
            source_patient_id: patient.patient_id.clone(),
            source_patient_info: source_patient_info(&patient.demographics),
            title: InternationalString::plain(&self.title),
            comments: self.comments.as_deref().map(InternationalString::plain).unwrap_or_default(),
            authors: vec![self.author.try_into()?],
            legal_authenticator: None,
            class_code: self.class_code.into(),
            type_code: self.type_code.into(),
            format_code: self.format_code.into(),
            healthcare_facility_type_code: self.healthcare_facility_type_code.into(),
            practice_setting_code: self.practice_setting_code.into(),
            confidentiality_codes: codes(self.confidentiality_codes),
            event_codes: codes(self.event_codes),
            creation_time: Some(self.creation_time),
            service_start_time: self.service_start_time,
            service_stop_time: self.service_stop_time,
            language_code: self.language_code,
            mime_type: self.mime_type,
            hash: Some(self.hash),
            size: Some(self.size),
            uri: None,
            repository_unique_id: None,
            reference_ids: Vec::new(),
            document_availability: None,
            limited_metadata: false,
            extras: Extras::default(),
        })
    }
}

/// Demographics at the time of the document (ITI TF-3: 4.2.3.2.23).
fn source_patient_info(patient: &PatientDemographics) -> Vec<String> {
    let identifier = patient.identifiers.first().map(|id| format!("PID-3|{id}"));
    let name = patient.name.as_ref().map(|name| {
        let given = name.given.first().map(String::as_str).unwrap_or_default();
        format!("PID-5|{}^{given}^^^", name.family.as_deref().unwrap_or_default())
    });
    let birth_date = patient.birth_date.as_ref().map(|date| format!("PID-7|{}", date.as_str()));
    let sex = patient.sex.map(|sex| format!("PID-8|{}", sex.code()));
    [identifier, name, birth_date, sex].into_iter().flatten().collect()
}

impl From<SampleCode> for Code {
    fn from(SampleCode { code, scheme, display }: SampleCode) -> Self {
        Self::new(&code, &scheme, &display)
    }
}

impl TryFrom<Maker> for Author {
    type Error = InvalidIdentifier;

    fn try_from(maker: Maker) -> Result<Self, Self::Error> {
        let person = maker.person.map(|Person { id, assigning_authority, family, given }| {
            Xcn::try_from(format!("{id}^{family}^{given}^^^^^^&{assigning_authority}&ISO"))
        });
        let institutions = maker.institutions.into_iter().map(|Institution { name, oid }| Xon::try_from(format!("{name}^^^^^^^^^{oid}")));
        Ok(Self {
            person: person.transpose()?,
            institutions: institutions.collect::<Result<_, _>>()?,
            roles: maker.roles.into_iter().map(|SampleCode { code, scheme, .. }| format!("{code}^^^&{scheme}&ISO")).collect(),
            specialties: maker.specialties,
            ..Self::default()
        })
    }
}
