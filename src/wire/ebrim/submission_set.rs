//! SubmissionSet as a RegistryPackage (ITI TF-3: 4.2.3.3).

use std::io::{self, Write};

use crate::model::availability_status::AvailabilityStatus;
use crate::model::ids::EntryUuid;
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Dtm;
use crate::wire::xml::XmlWriter;

use super::attributes::Attributes;
use super::schemes as scheme;
use super::write_object::ObjectWriter;

/// Reads a submission set; nothing if a fault, which is noted, leaves it incomplete.
pub(super) fn read(mut from: Attributes<'_, '_>, entry_uuid: EntryUuid) -> Option<SubmissionSet> {
    from.raw.take_classifications(scheme::SET_NODE);
    let limited_metadata = from.limited(scheme::SET_LIMITED);
    let unique_id = from.identifier(scheme::SET_UNIQUE_ID, str::parse);
    let patient_id = from.patient(scheme::SET_PATIENT_ID);
    let source_id = from.identifier(scheme::SET_SOURCE_ID, str::parse);
    let submission_time = from.required("submissionTime", |text| Dtm::try_from(text.to_owned()));
    let content_type_code = from.code_or_absent(scheme::SET_CONTENT_TYPE_CODE);
    let authors = from.authors(scheme::SET_AUTHOR);
    Some(SubmissionSet {
        entry_uuid,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: from.home_community_id(),
        unique_id: unique_id?,
        patient_id: patient_id?,
        source_id: source_id?,
        submission_time: submission_time?,
        content_type_code: content_type_code?,
        title: std::mem::take(&mut from.raw.name),
        comments: std::mem::take(&mut from.raw.description),
        authors,
        intended_recipients: from.values("intendedRecipient"),
        limited_metadata,
        extras: from.into_extras(),
    })
}

/// Writes a submission set with all its attributes.
pub(super) fn write<W: Write>(xml: &mut XmlWriter<W>, set: &SubmissionSet) -> io::Result<()> {
    let id = set.entry_uuid.to_string();
    let mut attributes = vec![("id", id.as_str()), ("lid", &id)];
    if let Some(home) = &set.home_community_id {
        attributes.push(("home", home.as_str()));
    }
    attributes.extend([("objectType", scheme::REGISTRY_PACKAGE), ("status", set.availability_status.urn())]);
    let mut object = ObjectWriter::start(xml, "rim:RegistryPackage", set.entry_uuid, &attributes)?;
    object.slot_if("submissionTime", Some(set.submission_time.as_str()))?;
    object.slot("intendedRecipient", &set.intended_recipients)?;
    object.extra_slots(&set.extras)?;
    object.texts(&set.title, &set.comments, None)?;
    object.node(scheme::SET_NODE)?;
    object.authors(scheme::SET_AUTHOR, &set.authors)?;
    object.codes(scheme::SET_CONTENT_TYPE_CODE, std::slice::from_ref(&set.content_type_code))?;
    if set.limited_metadata {
        object.node(scheme::SET_LIMITED)?;
    }
    object.extra_classifications(&set.extras)?;
    object.identifier(scheme::SET_PATIENT_ID, &set.patient_id.to_string())?;
    object.identifier(scheme::SET_SOURCE_ID, set.source_id.as_str())?;
    object.identifier(scheme::SET_UNIQUE_ID, set.unique_id.as_str())?;
    object.extra_identifiers(&set.extras)?;
    object.end()
}
