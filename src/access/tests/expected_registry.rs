//! What a registry has to hold after submissions, kept in vectors.

use std::collections::HashMap;

use proptest::sample::Index;

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::model::samples;
use crate::model::submission_request::SubmissionRequest;
use crate::model::timestamp::{Dtm, Instant};

use super::submissions::{Sketch, patients};

/// The records of the two patients.
#[derive(Default)]
pub(super) struct Expected {
    records: [RegistryObjects; 2],
    numbers: u32,
    /// When folders and associations came.
    came: HashMap<EntryUuid, Instant>,
    /// When the last submission came.
    last: Option<Instant>,
}

impl Expected {
    pub(super) fn record(&self, patient_id: &PatientId) -> &RegistryObjects {
        &self.records[patients().iter().position(|known| known == patient_id).unwrap()]
    }

    pub(super) fn records(&self) -> &[RegistryObjects; 2] {
        &self.records
    }

    /// When a folder changed last for a reader to whom nobody shows members but these.
    pub(super) fn change_in_sight(&self, folder: EntryUuid, links: &[Association], shown: impl Fn(EntryUuid) -> bool) -> Dtm {
        let is_seen =
            |link: &&Association| link.association_type == AssociationType::HasMember && link.source == folder && shown(link.target);
        let joined = links.iter().filter(is_seen).map(|link| self.came[&link.entry_uuid]);
        joined.fold(self.came[&folder], Instant::max).to_dtm()
    }

    fn id(&mut self) -> EntryUuid {
        self.numbers += 1;
        samples::uuid(self.numbers.into())
    }

    fn link(&mut self, kind: AssociationType, source: EntryUuid, target: EntryUuid) -> Association {
        Association::new(self.id(), kind, source, target)
    }

    fn member(&mut self, source: EntryUuid, target: EntryUuid) -> Association {
        samples::member(self.id(), source, target)
    }

    /// A sketch as a submission that refers to what is there.
    pub(super) fn submission(&mut self, sketch: Sketch) -> SubmissionRequest {
        let record = self.records[sketch.patient].clone();
        // A uniqueId stays with the type of entry that had it first.
        let object_type = sketch.entries[0].object_type;
        let entries = self.records.iter().flat_map(|record| &record.entries).filter(|entry| entry.object_type == object_type);
        let documents: Vec<_> = entries.map(|entry| entry.unique_id.clone()).collect();
        let mut request = self.objects(&sketch);
        let current: Vec<_> = record.entries.iter().filter(|entry| entry.availability_status == AvailabilityStatus::Approved).collect();
        let folders: Vec<_> = record.folders.iter().collect();
        let (set, first) = (request.submission_set.entry_uuid, request.entries[0].entry_uuid);
        let last = request.entries.last().unwrap().entry_uuid;
        if let Some((target, kind)) = sketch.replaces
            && let Some(target) = picked(&current, target)
        {
            request.associations.push(self.link(kind, first, target.entry_uuid));
        }
        if let Some((target, kind)) = sketch.relates
            && let Some(target) = picked(&current, target)
        {
            request.associations.push(self.link(kind, last, target.entry_uuid));
        }
        if let Some(target) = sketch.mentions.and_then(|index| picked(&current, index)) {
            let mut mention = self.link(AssociationType::HasMember, set, target.entry_uuid);
            mention.submission_set_status = Some(SubmissionSetStatus::Reference);
            request.associations.push(mention);
        }
        if let Some(folder) = sketch.joins.and_then(|index| picked(&folders, index)) {
            self.put_into(&mut request, folder.entry_uuid, last);
        }
        if let Some(unique_id) = sketch.resubmits.and_then(|index| picked(&documents, index)) {
            request.entries[0].unique_id = unique_id;
        }
        request.check().unwrap()
    }

    /// The new objects with their ids and memberships.
    fn objects(&mut self, sketch: &Sketch) -> SubmissionRequest {
        let patient_id = patients()[sketch.patient].clone();
        let mut set = sketch.set.clone();
        (set.entry_uuid, set.patient_id) = (self.id(), patient_id.clone());
        set.unique_id = format!("2.999.4.{}", self.numbers).parse().unwrap();
        let set_id = set.entry_uuid;
        let mut request = SubmissionRequest { submission_set: set, entries: Vec::new(), folders: Vec::new(), associations: Vec::new() };
        for mut entry in sketch.entries.iter().cloned() {
            (entry.entry_uuid, entry.patient_id) = (self.id(), patient_id.clone());
            entry.logical_id = entry.entry_uuid;
            entry.unique_id = format!("2.999.3.{}", self.numbers).parse().unwrap();
            request.associations.push(self.member(set_id, entry.entry_uuid));
            request.entries.push(entry);
        }
        if let Some(mut folder) = sketch.folder.clone() {
            (folder.entry_uuid, folder.patient_id) = (self.id(), patient_id);
            folder.logical_id = folder.entry_uuid;
            folder.unique_id = format!("2.999.5.{}", self.numbers).parse().unwrap();
            request.associations.push(self.member(set_id, folder.entry_uuid));
            for index in &sketch.folder_members {
                let entry = request.entries[index.index(request.entries.len())].entry_uuid;
                self.put_into(&mut request, folder.entry_uuid, entry);
            }
            request.folders.push(folder);
        }
        request
    }

    fn put_into(&mut self, request: &mut SubmissionRequest, folder: EntryUuid, entry: EntryUuid) {
        let membership = self.link(AssociationType::HasMember, folder, entry);
        let brought = self.member(request.submission_set.entry_uuid, membership.entry_uuid);
        request.associations.extend([membership, brought]);
    }

    /// What the registry makes of a submission; gives the memberships it has to add itself, as folder and entry.
    pub(super) fn accept(&mut self, request: SubmissionRequest, now: Instant) -> Vec<(EntryUuid, EntryUuid)> {
        let patient = patients().iter().position(|known| *known == request.submission_set.patient_id).unwrap();
        self.last = Some(now);
        let new = request.folders.iter().map(|folder| folder.entry_uuid).chain(request.associations.iter().map(|link| link.entry_uuid));
        self.came.extend(new.map(|id| (id, now)));
        let record = &mut self.records[patient];
        record.submission_sets.push(request.submission_set);
        record.entries.extend(request.entries);
        record.folders.extend(request.folders.into_iter().map(|mut folder| {
            folder.last_update_time = now.to_dtm();
            folder
        }));
        record.associations.extend(request.associations.iter().cloned());
        let mut joined = Vec::new();
        for replacement in request.associations.iter().filter(|link| link.association_type.replaces()) {
            obsolete(record, replacement.target);
            let is_folder = |id: EntryUuid| record.folders.iter().any(|folder| folder.entry_uuid == id);
            let memberships = record.associations.iter().filter(|link| link.target == replacement.target && is_folder(link.source));
            let stated =
                |folder: EntryUuid| request.associations.iter().any(|link| link.source == folder && link.target == replacement.source);
            joined.extend(memberships.map(|link| (link.source, replacement.source)).filter(|(folder, _)| !stated(*folder)));
        }
        let grown = request.associations.iter().map(|link| link.source).chain(joined.iter().map(|(folder, _)| *folder));
        for id in grown {
            for folder in record.folders.iter_mut().filter(|folder| folder.entry_uuid == id) {
                folder.last_update_time = now.to_dtm();
            }
        }
        joined
    }

    /// Takes over the links that the registry made, whose ids nobody can foretell, if they are those it had to make.
    pub(super) fn adopt(&mut self, patient_id: &PatientId, actual: Vec<Association>, mut joined: Vec<(EntryUuid, EntryUuid)>) {
        let patient = patients().iter().position(|known| known == patient_id).unwrap();
        let record = &mut self.records[patient];
        let known: Vec<_> = record.associations.iter().map(|link| link.entry_uuid).collect();
        let new: Vec<_> = actual.into_iter().filter(|link| !known.contains(&link.entry_uuid)).collect();
        let came = self.last.unwrap();
        self.came.extend(new.iter().map(|link| (link.entry_uuid, came)));
        let set = record.submission_sets.last().unwrap().entry_uuid;
        let (brought, memberships): (Vec<_>, Vec<_>) = new.into_iter().partition(|link| link.source == set);
        let mut made: Vec<_> = memberships.iter().map(|link| (link.source, link.target)).collect();
        made.sort();
        joined.sort();
        assert_eq!(made, joined, "the successor of a replaced document takes its places in folders");
        let mut bringing: Vec<_> = brought.iter().map(|link| link.target).collect();
        let mut brought_ids: Vec<_> = memberships.iter().map(|link| link.entry_uuid).collect();
        bringing.sort();
        brought_ids.sort();
        assert_eq!(bringing, brought_ids, "each new membership is a member of the submission set");
        record.associations.extend(memberships.into_iter().chain(brought));
    }
}

fn picked<T: Clone>(from: &[T], index: Index) -> Option<T> {
    (!from.is_empty()).then(|| index.get(from).clone())
}

/// Makes an entry obsolete, and all that was added to it.
fn obsolete(record: &mut RegistryObjects, id: EntryUuid) {
    for entry in record.entries.iter_mut().filter(|entry| entry.entry_uuid == id) {
        entry.availability_status = AvailabilityStatus::Deprecated;
    }
    let adds = [AssociationType::Appends, AssociationType::Transforms];
    let addenda: Vec<_> = record
        .associations
        .iter()
        .filter(|link| link.target == id && adds.contains(&link.association_type))
        .map(|link| link.source)
        .collect();
    addenda.into_iter().for_each(|addendum| obsolete(record, addendum));
}
