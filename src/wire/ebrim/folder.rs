//! Folder as a RegistryPackage (ITI TF-3: 4.2.3.4).

use std::io::{self, Write};

use crate::model::availability_status::AvailabilityStatus;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::timestamp::Instant;
use crate::wire::xml::XmlWriter;

use super::attributes::Attributes;
use super::schemes as scheme;
use super::write_object::ObjectWriter;

/// Notes what a source has to say of a folder and does not: a title and a code at least, unless it marks the metadata as
/// limited (ITI TF-3: Table 4.3.1.1-3). A client reads folders of other registries without.
pub(super) fn check_required(from: &mut Attributes<'_, '_>) {
    if from.raw.is_classified_by(scheme::FOLDER_LIMITED) {
        return;
    }
    if from.raw.name.is_empty() {
        from.fault("title", "the Name is missing or empty, and it is required; it holds the title of the folder (ITI TF-3: 4.2.3.4)");
    }
    if !from.raw.is_classified_by(scheme::FOLDER_CODE) {
        from.missing_classification(scheme::FOLDER_CODE);
    }
}

/// Reads a folder; nothing if a fault, which is noted, leaves it incomplete. A lastUpdateTime that the source sent is
/// dropped, because the registry sets it (ITI TF-3: 4.2.3.4.6).
pub(super) fn read(mut from: Attributes<'_, '_>, entry_uuid: EntryUuid) -> Option<Folder> {
    from.raw.take_classifications(scheme::FOLDER_NODE);
    from.raw.take_slots("lastUpdateTime");
    let limited_metadata = from.limited(scheme::FOLDER_LIMITED);
    let unique_id = from.identifier(scheme::FOLDER_UNIQUE_ID, str::parse);
    let patient_id = from.patient(scheme::FOLDER_PATIENT_ID);
    let codes = from.codes(scheme::FOLDER_CODE);
    Some(Folder {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: from.home_community_id(),
        unique_id: unique_id?,
        patient_id: patient_id?,
        codes,
        last_update_time: Instant(0).to_dtm(),
        title: std::mem::take(&mut from.raw.name),
        comments: std::mem::take(&mut from.raw.description),
        limited_metadata,
        extras: from.into_extras(),
    })
}

/// Writes a folder with all its attributes.
pub(super) fn write<W: Write>(xml: &mut XmlWriter<W>, folder: &Folder) -> io::Result<()> {
    let (id, lid) = (folder.entry_uuid.to_string(), folder.logical_id.to_string());
    let mut attributes = vec![("id", id.as_str()), ("lid", &lid)];
    if let Some(home) = &folder.home_community_id {
        attributes.push(("home", home.as_str()));
    }
    attributes.extend([("objectType", scheme::REGISTRY_PACKAGE), ("status", folder.availability_status.urn())]);
    let mut object = ObjectWriter::start(xml, "rim:RegistryPackage", folder.entry_uuid, &attributes)?;
    object.slot_if("lastUpdateTime", Some(folder.last_update_time.as_str()))?;
    object.extra_slots(&folder.extras)?;
    object.texts(&folder.title, &folder.comments, Some(folder.version))?;
    object.node(scheme::FOLDER_NODE)?;
    object.codes(scheme::FOLDER_CODE, &folder.codes)?;
    if folder.limited_metadata {
        object.node(scheme::FOLDER_LIMITED)?;
    }
    object.extra_classifications(&folder.extras)?;
    object.identifier(scheme::FOLDER_PATIENT_ID, &folder.patient_id.to_string())?;
    object.identifier(scheme::FOLDER_UNIQUE_ID, folder.unique_id.as_str())?;
    object.extra_identifiers(&folder.extras)?;
    object.end()
}
