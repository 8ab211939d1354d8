//! The objects of a query answer. Unlike submitted ones they have a status, a version and a logical id of their own.

use crate::model::association::Association;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;
use crate::model::registry_objects::RegistryObjects;
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Dtm;
use crate::wire::xml::{Element, ns};

use super::attributes::{Attributes, Ids};
use super::document_entry::ContentRule;
use super::limited::Limited;
use super::raw_object::{RawObject, read_slots};
use super::submit_objects::{Kind, classified};
use super::{association, document_entry, folder, submission_set};

/// The objects of a `RegistryObjectList` that can be read, and why the others cannot.
pub(super) fn read_objects(list: &Element) -> (RegistryObjects, Vec<RegistryError>) {
    let (mut objects, mut unreadable) = (RegistryObjects::default(), Vec::new());
    for (kind, raw) in classified(list, &mut unreadable) {
        let mut faults = Vec::new();
        if read_object(kind, raw, &mut objects, &mut faults).is_none() {
            unreadable.append(&mut faults);
        }
    }
    (objects, unreadable)
}

fn read_object(kind: Kind, raw: RawObject<'_>, objects: &mut RegistryObjects, faults: &mut Vec<RegistryError>) -> Option<()> {
    let life = Life::of(&raw, faults)?;
    let (element, id) = (raw.element, life.id);
    // A registry may hold limited metadata and give them as it got them; whom they are about it knows.
    let limited = Limited::default();
    match kind {
        Kind::SubmissionSet => {
            let set = submission_set::read(Attributes::new("SubmissionSet", raw, faults).or_limited(Some(&limited)), id)?;
            objects.submission_sets.push(SubmissionSet { availability_status: life.status, ..set });
        }
        Kind::Entry => {
            // The rule for content in the message asks for least: some registries leave out hash or size.
            let entry =
                document_entry::read(Attributes::new("DocumentEntry", raw, faults).or_limited(Some(&limited)), id, ContentRule::InMessage)?;
            objects.entries.push(DocumentEntry {
                availability_status: life.status,
                logical_id: life.logical_id,
                version: life.version,
                repository_unique_id: slot_value(element, "repositoryUniqueId").and_then(|value| value.parse().ok()),
                ..entry
            });
        }
        Kind::Folder => {
            let read = folder::read(Attributes::new("Folder", raw, faults).or_limited(Some(&limited)), id)?;
            let updated = slot_value(element, "lastUpdateTime").and_then(|value| Dtm::try_from(value).ok());
            objects.folders.push(Folder {
                availability_status: life.status,
                logical_id: life.logical_id,
                version: life.version,
                last_update_time: updated.unwrap_or(read.last_update_time),
                ..read
            });
        }
        Kind::Association => {
            let read = association::read(Attributes::new("Association", raw, faults), id, &Ids::default())?;
            objects.associations.push(Association { availability_status: life.status, ..read });
        }
    }
    Some(())
}

/// What the registry itself says of an object.
struct Life {
    id: EntryUuid,
    logical_id: EntryUuid,
    version: u32,
    status: AvailabilityStatus,
}

impl Life {
    fn of(raw: &RawObject<'_>, faults: &mut Vec<RegistryError>) -> Option<Self> {
        let element = raw.element;
        let Ok(id) = raw.id.parse::<EntryUuid>() else {
            let context = format!("the id of an {} is not an entry UUID (urn:uuid:…)", element.name.local);
            faults.push(RegistryError::metadata(element.name.local.as_str(), context));
            return None;
        };
        let status = match element.attribute("status").map(str::trim).filter(|urn| !urn.is_empty()) {
            None => AvailabilityStatus::Approved,
            Some(urn) => AvailabilityStatus::from_urn(urn).or_else(|| {
                faults.push(RegistryError::metadata(id.to_string(), "the status is neither Approved nor Deprecated"));
                None
            })?,
        };
        let version = element.child(ns::RIM, "VersionInfo").and_then(|info| info.attribute("versionName")?.trim().parse().ok());
        Some(Self {
            id,
            logical_id: element.attribute("lid").and_then(|lid| lid.trim().parse().ok()).unwrap_or(id),
            version: version.unwrap_or(1),
            status,
        })
    }
}

fn slot_value(element: &Element, name: &str) -> Option<String> {
    let slot = read_slots(element).into_iter().find(|slot| slot.name == name)?;
    slot.values.into_iter().map(|value| value.trim().to_owned()).find(|value| !value.is_empty())
}
