//! SubmitObjectsRequest as an update of metadata: later versions, changes of status, new associations
//! (ITI TF-2: 3.57.4.1.3, 3.92.4.1.2).

use std::collections::HashMap;
use std::mem;

use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::RegistryError;
use crate::model::submission_set::SubmissionSet;
use crate::model::update_request::{NewVersion, UpdateRequest, UpdateRule, UpdateScope};
use crate::wire::xml::{Element, ns};

use super::attributes::{Attributes, Ids, quoted};
use super::document_entry::ContentRule;
use super::raw_object::RawObject;
use super::submit_objects::{Kind, classified};
use super::update_links::{Annotation, Links, Message, read_links};
use super::{document_entry, folder, submission_set};

/// Reads `lcm:SubmitObjectsRequest` as an update; gives every fault found.
pub fn read_update_objects(request: &Element, scope: UpdateScope) -> Result<UpdateRequest, Vec<RegistryError>> {
    let Some(list) = request.child(ns::RIM, "RegistryObjectList") else {
        return Err(vec![RegistryError::metadata(
            "SubmitObjectsRequest",
            "the element rim:RegistryObjectList is missing; it holds the metadata objects",
        )]);
    };
    let mut faults = Vec::new();
    let mut update = Update { scope, ids: Ids::default(), sets: Vec::new(), entries: Vec::new(), folders: Vec::new() };
    let mut links = Vec::new();
    let objects = classified(list, &mut faults);
    let numbered: Vec<_> = objects.into_iter().map(|(kind, raw)| (kind, update.ids.assign(raw.id), raw)).collect();
    for (kind, uuid, raw) in numbered {
        match kind {
            Kind::SubmissionSet => {
                update.sets.push((uuid, submission_set::read(Attributes::submitted("SubmissionSet", raw, &mut faults), uuid)));
            }
            Kind::Entry => update.read_entry(Attributes::submitted("DocumentEntry", raw, &mut faults), uuid),
            Kind::Folder => update.read_folder(Attributes::submitted("Folder", raw, &mut faults), uuid),
            Kind::Association => links.push((uuid, raw)),
        }
    }
    update.assemble(links, faults).map_err(|errors| update.ids.as_sent(errors))
}

/// The objects that were read so far; a version that could not be read keeps its id, so that its association is understood.
struct Update {
    scope: UpdateScope,
    ids: Ids,
    sets: Vec<(EntryUuid, Option<SubmissionSet>)>,
    entries: Vec<(EntryUuid, Option<DocumentEntry>)>,
    folders: Vec<(EntryUuid, Option<Folder>)>,
}

impl Update {
    fn read_entry(&mut self, mut from: Attributes<'_, '_>, uuid: EntryUuid) {
        let logical_id = self.logical_id(&mut from, uuid);
        let entry = document_entry::read(from, uuid, ContentRule::InLaterVersion);
        self.entries.push((uuid, logical_id.and_then(|logical_id| Some(DocumentEntry { logical_id, ..entry? }))));
    }

    fn read_folder(&mut self, mut from: Attributes<'_, '_>, uuid: EntryUuid) {
        if self.scope == UpdateScope::Restricted {
            from.fault_as(
                self.scope.code(UpdateRule::Operation),
                "id",
                "a restricted update changes DocumentEntries, not Folders; use Update Document Set (ITI-57)",
            );
        }
        folder::check_required(&mut from);
        let logical_id = self.logical_id(&mut from, uuid);
        let folder = folder::read(from, uuid);
        self.folders.push((uuid, logical_id.and_then(|logical_id| Some(Folder { logical_id, ..folder? }))));
    }

    /// An update brings later versions alone: their logicalID is the entryUUID of the first (ITI TF-2: 3.57.4.1.3.1).
    fn logical_id(&self, from: &mut Attributes<'_, '_>, uuid: EntryUuid) -> Option<EntryUuid> {
        let context = match from.logical_id().map(|lid| (lid, lid.parse::<EntryUuid>())) {
            None => "the lid is missing, which makes this a first version; first versions are registered by ITI-41 or ITI-42".to_owned(),
            Some((lid, parsed)) if lid == from.raw.id || parsed == Ok(uuid) => {
                format!(
                    "the lid {} is the id, which makes this a first version; first versions are registered by ITI-41 or ITI-42",
                    quoted(lid)
                )
            }
            Some((_, Ok(logical_id))) => return Some(logical_id),
            Some((lid, Err(error))) => format!("the lid {} is not {error}; it is that of the object in the registry", quoted(lid)),
        };
        from.fault_as(self.scope.code(UpdateRule::Request), "logicalID", context);
        None
    }

    fn assemble(
        &mut self,
        links: Vec<(EntryUuid, RawObject<'_>)>,
        mut faults: Vec<RegistryError>,
    ) -> Result<UpdateRequest, Vec<RegistryError>> {
        if self.sets.len() != 1 {
            let context =
                format!("the message holds {} SubmissionSets; an update has exactly one (ITI TF-2: 3.57.4.1.3.1)", self.sets.len());
            faults.push(RegistryError::new(self.scope.code(UpdateRule::Request), "RegistryObjectList", context));
        }
        let Some((set_id, set)) = self.sets.pop() else { return Err(faults) };
        let entries = self.entries.iter().map(|(uuid, _)| *uuid).collect();
        let folders = self.folders.iter().map(|(uuid, _)| *uuid).collect();
        let message = Message { scope: self.scope, ids: &self.ids, set_id, entries, folders };
        let Links { mut annotations, memberships, associations, status_updates } = read_links(&message, links, &mut faults);
        let entries = joined("DocumentEntry", self.scope, mem::take(&mut self.entries), &mut annotations, &mut faults);
        let folders = joined("Folder", self.scope, mem::take(&mut self.folders), &mut annotations, &mut faults);
        match set {
            Some(submission_set) if faults.is_empty() => {
                UpdateRequest { scope: self.scope, submission_set, entries, folders, memberships, associations, status_updates }.check()
            }
            _ => Err(faults),
        }
    }
}

/// Joins the new versions with the annotations of their memberships (ITI TF-2: 3.57.4.1.3.1).
fn joined<T>(
    kind: &str,
    scope: UpdateScope,
    objects: Vec<(EntryUuid, Option<T>)>,
    annotations: &mut HashMap<EntryUuid, Option<Annotation>>,
    faults: &mut Vec<RegistryError>,
) -> Vec<NewVersion<T>> {
    let mut joined = Vec::new();
    for (uuid, object) in objects {
        let Some(annotation) = annotations.remove(&uuid) else {
            let context = format!(
                "no HasMember association links the SubmissionSet to this {kind}; its slot PreviousVersion says which version it follows (ITI TF-2: 3.57.4.1.3.1)"
            );
            faults.push(RegistryError::new(scope.code(UpdateRule::Annotation), format!("{kind}({uuid})"), context));
            continue;
        };
        if let (Some(object), Some(Annotation { previous_version, propagates_associations })) = (object, annotation) {
            joined.push(NewVersion { object, previous_version, propagates_associations });
        }
    }
    joined
}
