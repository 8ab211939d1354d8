//! What a new version of an object has in common with the one it follows (ITI TF-2: 3.57.4.1.3.3.1, 3.57.4.1.3.3.3, 3.92.4.1.3).

use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::update_request::{NewVersion, UpdateRule, UpdateScope};

/// What a missing `documentAvailability` means (ITI TF-3: 4.2.3.2.30).
const ONLINE: &str = "urn:ihe:iti:2010:DocumentAvailability:Online";

/// The entry as it is to be stored, or every reason why it cannot follow `latest`.
pub(super) fn next_entry(
    scope: UpdateScope,
    version: &NewVersion<DocumentEntry>,
    latest: Option<&DocumentEntry>,
) -> Result<DocumentEntry, Vec<RegistryError>> {
    let entry = &version.object;
    let mut faults = Faults { kind: "DocumentEntry", id: entry.entry_uuid, found: Vec::new() };
    let Some(latest) = latest else { return Err(faults.unknown(entry.logical_id)) };
    faults.check_version(version.previous_version, latest.version);
    faults.check_status(scope, latest.availability_status);
    faults.same(scope.code(UpdateRule::Identifier), "uniqueId", &entry.unique_id, &latest.unique_id);
    faults.same(scope.code(UpdateRule::ObjectType), "objectType", &entry.object_type, &latest.object_type);
    if scope == UpdateScope::Restricted {
        check_unmodified(entry, latest, &mut faults);
    }
    faults.none_found()?;
    Ok(DocumentEntry {
        version: latest.version.saturating_add(1),
        availability_status: latest.availability_status,
        home_community_id: entry.home_community_id.clone().or_else(|| latest.home_community_id.clone()),
        ..entry.clone()
    })
}

/// What tells where a document is and whose it is stays under a restricted update (ITI TF-1: 48.4.1).
fn check_unmodified(entry: &DocumentEntry, latest: &DocumentEntry, faults: &mut Faults) {
    const CODE: ErrorCode = ErrorCode::UnmodifiableMetadataError;
    faults.same(ErrorCode::PatientIdReconciliationError, "patientId", &entry.patient_id, &latest.patient_id);
    faults.same(CODE, "sourcePatientId", &entry.source_patient_id, &latest.source_patient_id);
    faults.same(CODE, "repositoryUniqueId", &entry.repository_unique_id, &latest.repository_unique_id);
    let availability = |entry: &DocumentEntry| entry.document_availability.clone().unwrap_or_else(|| ONLINE.to_owned());
    faults.same(CODE, "documentAvailability", &availability(entry), &availability(latest));
    if entry.home_community_id.is_some() {
        faults.same(CODE, "homeCommunityId", &entry.home_community_id, &latest.home_community_id);
    }
}

/// The folder as it is to be stored, or every reason why it cannot follow `latest`. Its membership has not changed, so
/// neither has its lastUpdateTime (ITI TF-3: 4.2.3.4.6).
pub(super) fn next_folder(scope: UpdateScope, version: &NewVersion<Folder>, latest: Option<&Folder>) -> Result<Folder, Vec<RegistryError>> {
    let folder = &version.object;
    let mut faults = Faults { kind: "Folder", id: folder.entry_uuid, found: Vec::new() };
    let Some(latest) = latest else { return Err(faults.unknown(folder.logical_id)) };
    faults.check_version(version.previous_version, latest.version);
    faults.check_status(scope, latest.availability_status);
    faults.same(scope.code(UpdateRule::Identifier), "uniqueId", &folder.unique_id, &latest.unique_id);
    faults.none_found()?;
    Ok(Folder {
        version: latest.version.saturating_add(1),
        availability_status: latest.availability_status,
        home_community_id: folder.home_community_id.clone().or_else(|| latest.home_community_id.clone()),
        last_update_time: latest.last_update_time.clone(),
        ..folder.clone()
    })
}

/// That another update of the same object was first.
pub(super) fn overtaken(kind: &str, id: EntryUuid) -> RegistryError {
    let context =
        "another update that arrived at the same time has made this version; read the object again and repeat the change on what it is now";
    RegistryError::new(ErrorCode::MetadataVersionError, format!("{kind}({id})/PreviousVersion"), context)
}

/// The faults of one new version.
struct Faults {
    kind: &'static str,
    id: EntryUuid,
    found: Vec<RegistryError>,
}

impl Faults {
    fn push(&mut self, code: ErrorCode, attribute: &str, context: String) {
        self.found.push(RegistryError::new(code, format!("{}({})/{attribute}", self.kind, self.id), context));
    }

    fn unknown(mut self, logical_id: EntryUuid) -> Vec<RegistryError> {
        let context = format!("no {} with the logicalID {logical_id} is in the registry, so it has no version to follow", self.kind);
        self.push(ErrorCode::MetadataVersionError, "logicalID", context);
        self.found
    }

    fn check_version(&mut self, known: u32, latest: u32) {
        if known != latest {
            let context = format!(
                "PreviousVersion is {known}, but the latest version is {latest}; read the object again and repeat the change on what it is now"
            );
            self.push(ErrorCode::MetadataVersionError, "PreviousVersion", context);
        }
    }

    /// ITI-57 updates approved objects; ITI-92 leaves the status as it is.
    fn check_status(&mut self, scope: UpdateScope, latest: AvailabilityStatus) {
        if scope == UpdateScope::Full && latest != AvailabilityStatus::Approved {
            let context = "the latest version is not approved; approve it first by an UpdateAvailabilityStatus association";
            self.push(ErrorCode::MetadataUpdateError, "availabilityStatus", context.to_owned());
        }
    }

    /// An attribute that every version has with the same value. The values may name a patient, so they are not repeated.
    fn same<T: PartialEq>(&mut self, code: ErrorCode, attribute: &str, new: &T, latest: &T) {
        if new != latest {
            let context = format!("{attribute} differs from that of the latest version; this transaction does not change it");
            self.push(code, attribute, context);
        }
    }

    fn none_found(&mut self) -> Result<(), Vec<RegistryError>> {
        let found = std::mem::take(&mut self.found);
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}
