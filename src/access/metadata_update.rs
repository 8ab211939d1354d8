//! Updates of metadata: what ITI-57 and ITI-92 do to a record (ITI TF-2: 3.57.4.1.3, 3.92.4.1.3).
//!
//! All versions are made first, then what depends on them: associations propagate to the new versions, new associations
//! are added, statuses change. Whatever is refused, nothing of the update is done.

use std::collections::HashMap;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::update_request::UpdateRequest;
use crate::store::StoreError;

use super::filing::duplicate_as_refusal;
use super::version_rules::{next_entry, next_folder, overtaken};
use super::{Action, Failure, WritableRecord, Writing};

/// From a version that was the latest to the one that is.
#[derive(Default)]
pub(super) struct Succession {
    /// Every new version by the one it follows.
    pub(super) all: HashMap<EntryUuid, EntryUuid>,
    /// Those to which associations propagate.
    pub(super) propagating: HashMap<EntryUuid, EntryUuid>,
}

impl Succession {
    fn add(&mut self, earlier: EntryUuid, later: EntryUuid, propagates: bool) {
        self.all.insert(earlier, later);
        if propagates {
            self.propagating.insert(earlier, later);
        }
    }
}

impl Writing<'_> {
    /// The record to update; nothing if it is closed to the caller. What would be taken from the record of another patient is there
    /// only if that is open to them too: else it is as good as unknown.
    pub fn open_for_update(&mut self, request: &UpdateRequest) -> Result<Option<WritableRecord<'_>>, Failure> {
        let patient_id = &request.submission_set.patient_id;
        let entries = request.entries.iter().map(|version| version.object.logical_id);
        let logical_ids: Vec<_> = entries.chain(request.folders.iter().map(|version| version.object.logical_id)).collect();
        let targets = request.status_updates.iter().map(|update| update.target);
        self.audit.attempted_ids.extend(logical_ids.iter().copied().chain(targets).map(|id| id.to_string()));
        let mut patients = self.tx.patients_of_versions(&logical_ids)?;
        patients.push(patient_id.clone());
        // In one order, so that two moves between the same patients do not wait for each other.
        patients.sort();
        patients.dedup();
        let mut also_open = Vec::new();
        for owner in patients {
            if self.open(&owner, Action::Update)?.is_some() && owner != *patient_id {
                also_open.push(owner);
            }
        }
        Ok(self.open(patient_id, Action::Update)?.map(|record| WritableRecord { also_open, ..record }))
    }
}

impl WritableRecord<'_> {
    /// Carries out all operations of an update, or none.
    pub fn update(&mut self, request: &UpdateRequest) -> Result<(), Failure> {
        self.check_patient()?;
        let set = &request.submission_set;
        let faults = self.taken_by_others(set, &request.own_ids().collect::<Vec<_>>())?;
        if !faults.is_empty() {
            return Err(Failure::Refused(faults));
        }
        self.tx.insert_submission_set(set, self.now).map_err(duplicate_as_refusal)?;
        let succession = self.add_versions(request)?;
        for membership in &request.memberships {
            self.tx.insert_association(membership, &set.patient_id, set.entry_uuid, self.now).map_err(duplicate_as_refusal)?;
        }
        self.propagate_associations(&succession, set.entry_uuid)?;
        self.add_associations(&request.associations, set.entry_uuid)?;
        self.update_statuses(&request.status_updates, &succession)?;
        let status_targets = request.status_updates.iter().map(|update| update.target);
        self.audit.object_ids.extend(request.own_ids().chain(status_targets).map(|id| id.to_string()));
        Ok(())
    }

    /// Checks each new version against the latest one, and only then adds them. Objects are locked in the order of their
    /// ids, so that two updates of the same objects do not wait for each other.
    fn add_versions(&mut self, request: &UpdateRequest) -> Result<Succession, Failure> {
        let (mut faults, mut entries, mut folders) = (Vec::new(), Vec::new(), Vec::new());
        let mut versions: Vec<_> = request.entries.iter().collect();
        versions.sort_by_key(|version| version.object.logical_id);
        for version in versions {
            let latest = self.tx.latest_entry_for_change(version.object.logical_id)?;
            let latest = self.if_seen(latest, |entry| (&entry.patient_id, entry.entry_uuid))?;
            match (next_entry(request.scope, version, latest.as_ref()), latest) {
                (Ok(next), Some(latest)) => match self.facts_of_version(&next, &latest) {
                    Ok(facts) => entries.push((next, facts, latest, version.propagates_associations)),
                    Err(Failure::Refused(found)) => faults.extend(found),
                    Err(failure) => return Err(failure),
                },
                (Ok(_), None) => {}
                (Err(found), _) => faults.extend(found),
            }
        }
        let mut versions: Vec<_> = request.folders.iter().collect();
        versions.sort_by_key(|version| version.object.logical_id);
        for version in versions {
            let latest = self.tx.latest_folder_for_change(version.object.logical_id)?;
            let latest = self.if_seen(latest, |folder| (&folder.patient_id, folder.entry_uuid))?;
            match (next_folder(request.scope, version, latest.as_ref()), latest) {
                (Ok(next), Some(latest)) => {
                    faults.extend(self.check_folder_version(&next, &latest).err());
                    folders.push((next, latest.entry_uuid, version.propagates_associations));
                }
                (Ok(_), None) => {}
                (Err(found), _) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(Failure::Refused(faults));
        }
        let (set, mut succession) = (request.submission_set.entry_uuid, Succession::default());
        for (next, facts, latest, propagates) in entries {
            let earlier = latest.entry_uuid;
            self.tx.insert_entry(&next, &facts, set, self.now).map_err(|error| version_taken(error, "DocumentEntry", next.entry_uuid))?;
            self.tx.set_entry_status(earlier, AvailabilityStatus::Approved, AvailabilityStatus::Deprecated)?;
            self.carry_level(&next, facts.level, earlier)?;
            self.bring_along(&latest, set)?;
            succession.add(earlier, next.entry_uuid, propagates);
        }
        for (next, earlier, propagates) in folders {
            self.tx.insert_folder(&next, set, self.now).map_err(|error| version_taken(error, "Folder", next.entry_uuid))?;
            self.tx.set_folder_status(earlier, AvailabilityStatus::Approved, AvailabilityStatus::Deprecated)?;
            succession.add(earlier, next.entry_uuid, propagates);
        }
        Ok(succession)
    }
}

impl WritableRecord<'_> {
    /// The latest version of an object, unless it is out of the caller's sight: in this record, or in that of the patient from
    /// whom it would be taken.
    fn if_seen<T>(&mut self, latest: Option<T>, place: impl Fn(&T) -> (&PatientId, EntryUuid)) -> Result<Option<T>, StoreError> {
        let Some(latest) = latest else { return Ok(None) };
        let Some(under) = self.authority.under_rules() else { return Ok(Some(latest)) };
        let (owner, id) = place(&latest);
        let seen = match *owner == self.patient_id {
            true => self.tx.is_in_view(&self.view, id)?,
            // Only who may move it between records sees what is in another one.
            false => self.also_open.contains(owner) && under.standing.move_to_patient().is_allowed(),
        };
        Ok(seen.then_some(latest))
    }
}

/// The same version was added between our look and our insert, or another object took the entryUUID.
fn version_taken(error: StoreError, kind: &str, id: EntryUuid) -> Failure {
    match error {
        StoreError::Duplicate { constraint } if constraint.contains("version") => Failure::refused(overtaken(kind, id)),
        other => duplicate_as_refusal(other),
    }
}

#[cfg(test)]
#[path = "metadata_update_tests.rs"]
mod tests;
