//! A door to a real store in a folder of its own, for tests of this layer and of those above.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::care_record::CareRecord;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::dsp::DocumentFacts;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, RepositoryUniqueId};
use crate::model::node::NodeProof;
use crate::model::patient_feed::PatientDemographics;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{EntryFilter, GetAll, MetadataLevel, ObjectIds, StoredQuery};
use crate::model::submission_request::SubmissionRequest;
use crate::model::timestamp::Instant;
use crate::store::contents::{ContentStore, FileContents, MasterKey, MasterKeys};
pub(crate) use crate::store::test_database::{Database, on_both_databases};
use crate::store::{PatientState, RecordView, Store};

use super::authority::Authority;
use super::reading_record::Documents;
use super::{Action, Call, Discreet, Door, Failure, Policy, ReadableRecord};

/// What lies behind the door, to look at and to break.
pub(crate) struct TestRegistry {
    store: Arc<Store>,
    contents: Arc<FileContents>,
    _folder: TempDir,
}

/// The circumstances of every call of a test.
pub(crate) fn call() -> Call {
    Call {
        request_id: Uuid::from_u128(7),
        now: Instant(1_742_202_000_000_000),
        source_address: "127.0.0.1".to_owned(),
        caller: None,
        reply_to: None,
        node: NodeProof::None,
        admitted: None,
        asked: None,
        person: None,
        discreet: Discreet::default(),
    }
}

impl TestRegistry {
    /// An empty registry on SQLite, and the door to it.
    pub(crate) fn open() -> (Self, Door) {
        Self::open_on(Database::Sqlite)
    }

    /// An empty registry on a fresh database, and the door to it.
    pub(crate) fn open_on(database: Database) -> (Self, Door) {
        Self::open_under(database, Policy::Open)
    }

    /// The same under a policy.
    pub(crate) fn open_under(database: Database, policy: Policy) -> (Self, Door) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let store = Arc::new(Store::open(&database.create(folder.path()), 2).unwrap());
        store.migrate().unwrap();
        let keys = Arc::new(MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new()));
        let contents = Arc::new(FileContents::open(&path("contents"), keys, 1024 * 1024).unwrap());
        let repository: RepositoryUniqueId = "2.999.442.9.2".parse().unwrap();
        let door = Door::new(Arc::clone(&store), Arc::clone(&contents) as Arc<dyn ContentStore>, policy, repository);
        (Self { store, contents, _folder: folder }, door)
    }

    /// Another door to the same registry, under these rules.
    pub(crate) fn door_under(&self, policy: Policy) -> Door {
        let contents = Arc::clone(&self.contents) as Arc<dyn ContentStore>;
        Door::new(Arc::clone(&self.store), contents, policy, "2.999.442.9.2".parse().unwrap())
    }

    /// The store itself.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// What is known of a patient in use.
    pub(crate) fn patient(&self, id: &str) -> Option<PatientDemographics> {
        let known = self.store.read(|tx| tx.patient(&id.parse().unwrap())).unwrap()?;
        (known.state == PatientState::Active).then_some(known.demographics)
    }

    /// Writes down what the access rules shall know of a document.
    pub(crate) fn set_facts(&self, entry: EntryUuid, facts: &DocumentFacts) {
        self.store.write(|tx| tx.set_document_facts(entry, facts)).unwrap();
    }

    /// What a record shows under this authority.
    pub(super) fn ask_under(&self, patient_id: &PatientId, authority: Authority, query: &StoredQuery) -> RegistryObjects {
        let contents = Arc::clone(&self.contents) as Arc<dyn ContentStore>;
        let mut audit = call().audit_event(Transaction::Iti18);
        let answered = self.store.read(|tx| {
            let documents = Documents { contents: &contents, memory_left: &mut 0 };
            Self::found(&mut ReadableRecord::new(tx, documents, &mut audit, patient_id, authority), query)
        });
        answered.unwrap()
    }

    /// Makes a patient known.
    pub(crate) fn announce(door: &Door, patient_id: &PatientId) {
        let announced = door.write(&call(), Transaction::Iti8, |writing| writing.put_patient(patient_id, Default::default(), &[]));
        announced.unwrap();
    }

    /// All links of a patient, those of the registry's own making included.
    pub(crate) fn associations(&self, patient_id: &PatientId) -> Vec<Association> {
        self.store.read(|tx| tx.associations_of(&RecordView::whole(patient_id), MetadataLevel::Two, i64::MAX)).unwrap()
    }

    /// Into whom a patient was merged.
    pub(crate) fn merged_into(&self, id: &str) -> Option<PatientId> {
        match self.store.read(|tx| tx.patient(&id.parse().unwrap())).unwrap()?.state {
            PatientState::Active => None,
            PatientState::MergedInto(into) => Some(into),
        }
    }

    /// Whom an identifier of another authority names.
    pub(crate) fn alias(&self, alias: &str) -> Option<PatientId> {
        self.store.read(|tx| tx.patient_of_alias(&alias.parse().unwrap())).unwrap()
    }

    /// Version and status of all entries of a document.
    pub(crate) fn status_of_document(&self, unique_id: &str) -> Vec<(u32, AvailabilityStatus)> {
        let ids = ObjectIds::UniqueIds(vec![unique_id.parse().unwrap()]);
        let entries = self.store.read(|tx| tx.entries(&ids)).unwrap();
        entries.iter().map(|entry| (entry.version, entry.availability_status)).collect()
    }

    /// How many establishments and professionals are known.
    pub(crate) fn directory_sizes(&self) -> (i64, i64) {
        self.store.read(|tx| tx.count_directories()).unwrap()
    }

    /// The record of a patient as it is kept.
    pub(crate) fn care_record(&self, id: &str) -> Option<CareRecord> {
        self.store.read(|tx| tx.care_record(&id.parse().unwrap())).unwrap().map(|stored| stored.record)
    }

    /// Puts a record in the place of the one that is kept.
    pub(crate) fn change_care_record(&self, record: &CareRecord) {
        let changed = self.store.write(|tx| {
            let version = tx.care_record(&record.holder)?.unwrap().version;
            tx.update_care_record(record, version, call().now)
        });
        changed.unwrap();
    }

    /// What a thing of a record was before, the latest first: the number of each version and the record with it alone.
    pub(crate) fn earlier(&self, item: Uuid) -> Vec<(u32, CareRecord)> {
        let replaced = self.store.read(|tx| tx.replaced_items(item)).unwrap();
        let version = |record: &CareRecord| record.item_versions().find(|(id, _)| *id == item).unwrap().1;
        replaced.into_iter().map(|item| (version(&item.record), item.record)).collect()
    }

    /// The audit trail, oldest first.
    pub(crate) fn trail(&self) -> Vec<AuditEvent> {
        let rows = self.store.read(|tx| tx.audit_events_after(0, 1000)).unwrap();
        rows.into_iter().map(|(_, event)| event).collect()
    }

    /// The last record of the trail.
    pub(crate) fn last_event(&self) -> AuditEvent {
        self.trail().pop().unwrap()
    }

    /// How many rows tell of these objects, the values that queries look into included.
    pub(crate) fn rows_of(&self, ids: &[EntryUuid]) -> usize {
        self.store.read(|tx| tx.count_rows_of(ids)).unwrap()
    }

    /// Whether the repository has a row for this document.
    pub(crate) fn holds_document(&self, unique_id: &str) -> bool {
        self.store.read(|tx| tx.document(&unique_id.parse().unwrap())).unwrap().is_some()
    }

    /// How many documents the content store holds to which no row refers.
    pub(crate) fn stray_contents(&self) -> usize {
        // Later than all that was written.
        let later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(u32::MAX));
        let keys = self.contents.staged_before(later).unwrap().map(Result::unwrap);
        keys.filter(|key| !self.store.read(|tx| tx.is_content_in_use(&key.to_string())).unwrap()).count()
    }

    /// Takes a table away, so that what needs it fails inside.
    pub(crate) fn break_table(&self, name: &str) {
        self.store.drop_table(name);
    }

    /// Registers one document of this id for a patient.
    pub(crate) fn register(door: &Door, patient_id: &str, unique_id: &str) -> Result<(), Failure> {
        let request = submission(patient_id.parse().unwrap(), unique_id).check().unwrap();
        let patient_id = request.submission_set.patient_id.clone();
        door.write(&call(), Transaction::Iti42, |writing| writing.open(&patient_id, Action::Submit)?.unwrap().register(&request))
    }

    /// The ids of all documents of a patient.
    pub(crate) fn documents(door: &Door, patient_id: &str) -> Vec<String> {
        Self::entries(door, patient_id).iter().map(|entry| entry.unique_id.to_string()).collect()
    }

    /// The approved entries of a patient.
    pub(crate) fn entries(door: &Door, patient_id: &str) -> Vec<DocumentEntry> {
        let patient_id: PatientId = patient_id.parse().unwrap();
        let query = StoredQuery::GetAll(GetAll {
            patient_id: patient_id.clone(),
            entry_statuses: vec![AvailabilityStatus::Approved],
            submission_set_statuses: Vec::new(),
            folder_statuses: Vec::new(),
            entry_filter: EntryFilter {
                format_codes: Vec::new(),
                confidentiality_codes: Vec::new(),
                object_types: vec![DocumentEntryType::Stable],
            },
        });
        let found = door.read(&call(), Transaction::Iti18, |reading| {
            reading.open(&patient_id, Action::Find)?.map(|mut record| Self::found(&mut record, &query)).transpose()
        });
        found.unwrap().unwrap().entries
    }

    /// What a record answers to a query, all of it at once.
    pub(crate) fn found(record: &mut ReadableRecord<'_>, query: &StoredQuery) -> Result<RegistryObjects, Failure> {
        let found = record.find(query, MetadataLevel::One, 0, 1000)?;
        let mut all = RegistryObjects::default();
        record.give(found, |objects| {
            all.append(objects);
            Ok(())
        })?;
        Ok(all)
    }
}

/// A submission of one document, not checked yet.
pub(crate) fn submission(patient_id: PatientId, unique_id: &str) -> SubmissionRequest {
    let [entry_uuid, set_uuid, member] = std::array::from_fn(|_| EntryUuid::random());
    let code = |code: &str| json!({ "code": code, "scheme": "2.999.1" });
    let common = json!({ "availability_status": "Approved", "patient_id": patient_id });
    let set = json!({ "entry_uuid": set_uuid, "unique_id": format!("{unique_id}.1"), "source_id": "2.999.2",
        "submission_time": "2025", "content_type_code": code("c") });
    let entry = json!({ "entry_uuid": entry_uuid, "logical_id": entry_uuid, "version": 1, "object_type": "Stable",
        "unique_id": unique_id, "source_patient_id": patient_id, "class_code": code("c"), "type_code": code("t"),
        "format_code": code("f"), "healthcare_facility_type_code": code("h"), "practice_setting_code": code("p"),
        "confidentiality_codes": [code("N")], "creation_time": "2025", "language_code": "fr-LU", "mime_type": "text/plain",
        "hash": "0".repeat(40), "size": 1, "repository_unique_id": "2.999.442.9.2" });
    let together = |mut object: Value| {
        object.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
        object
    };
    let mut member = Association::new(member, AssociationType::HasMember, set_uuid, entry_uuid);
    member.submission_set_status = Some(SubmissionSetStatus::Original);
    SubmissionRequest {
        submission_set: serde_json::from_value(together(set)).unwrap(),
        entries: vec![serde_json::from_value(together(entry)).unwrap()],
        folders: Vec::new(),
        associations: vec![member],
    }
}
