//! What both engines have to do alike.

use std::path::Path;

use diesel::prelude::*;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::care_record::{CareRecord, Choice, Noted};
use crate::model::dsp::DspStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::patient_feed::PatientDemographics;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::model::timestamp::Instant;
use crate::store::schema::{associations, document_entries, folders, submission_sets};
use crate::store::test_database::{Database, on_both_databases};
use crate::store::{PatientState, RecordView, ReplacedItem, Store, StoreError};

use super::open;
use super::population::{ENTRIES, fill, folder_id, patient};

/// Contents of all rows in the order of their ids.
fn contents(store: &Store) -> Vec<(String, String)> {
    macro_rules! of {
        ($connection:expr, $table:ident) => {
            $table::table.select(($table::entry_uuid, $table::content)).order($table::entry_uuid).load::<(String, String)>($connection)?
        };
    }
    let read = store.read(|tx| {
        let connection = tx.connection();
        let mut all = of!(connection, submission_sets);
        all.extend(of!(connection, document_entries));
        all.extend(of!(connection, folders));
        all.extend(of!(connection, associations));
        Ok::<_, StoreError>(all)
    });
    read.unwrap()
}

fn filled(database: Database, folder: &Path) -> Store {
    let store = open(database, folder);
    fill(&store, 1);
    store
}

#[test]
fn both_engines_keep_the_same_json() {
    Database::on_postgres("both_engines_keep_the_same_json", |postgres| {
        let folder = tempfile::tempdir().unwrap();
        let (on_postgres, on_sqlite) = (filled(postgres, folder.path()), filled(Database::Sqlite, folder.path()));
        let rows = contents(&on_sqlite);
        assert!(rows.len() > usize::from(ENTRIES));
        assert_eq!(contents(&on_postgres), rows);
    });
}

/// How many submission sets, entries, folders and associations a patient has.
fn counts(store: &Store, patient_id: &PatientId) -> [usize; 4] {
    let any = [AvailabilityStatus::Approved, AvailabilityStatus::Deprecated];
    let (view, query) = (RecordView::whole(patient_id), super::plan_cases::all_of_patient());
    let counted = store.read(|tx| {
        Ok::<_, StoreError>([
            tx.submission_sets_of(&view, &any, i64::MAX)?.len(),
            tx.find_documents(&view, &crate::model::stored_query::FindDocuments { patient_id: patient_id.clone(), ..query }, i64::MAX)?
                .len(),
            tx.folders_of(&view, &any, i64::MAX)?.len(),
            tx.associations_of(&view, MetadataLevel::Two, i64::MAX)?.len(),
        ])
    });
    counted.unwrap()
}

fn a_merge_loses_nothing(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let [first, second, third] =
        ["00000001", "00000002", "00000003"].map(|n| patient().to_string().replace("00000000", n).parse().unwrap());
    let had = (counts(&store, &patient()), counts(&store, &first));
    assert!(had.1.iter().all(|count| *count > 0));
    let merged = store.write(|tx| {
        for new in [&second, &third] {
            tx.insert_patient(new, &PatientDemographics::default(), Instant(1))?;
        }
        // The first follows the second into the third.
        tx.merge_patients(&first, &second, Instant(2))?;
        tx.merge_patients(&second, &third, Instant(3))
    });
    merged.map_err(|error: StoreError| error.to_string()).unwrap();
    assert_eq!((counts(&store, &patient()), counts(&store, &third)), had);
    for gone in [&first, &second] {
        assert_eq!(counts(&store, gone), [0; 4]);
        let state = store.read(|tx| tx.patient(gone)).unwrap().map(|known| known.state);
        assert_eq!(state, Some(PatientState::MergedInto(third.clone())));
    }
}

fn a_failed_transaction_leaves_nothing(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let had = counts(&store, &patient());
    let failed = store.write(|tx| {
        tx.merge_patients(&patient(), &patient().to_string().replace("00000000", "00000001").parse().unwrap(), Instant(2))?;
        // Known, so that it is not added: what the caller makes of it is the caller's.
        match tx.insert_patient(&patient(), &PatientDemographics::default(), Instant(3))? {
            true => Ok(()),
            false => Err(StoreError::Conflict),
        }
    });
    assert!(matches!(failed, Err(StoreError::Conflict)), "{failed:?}");
    assert_eq!(counts(&store, &patient()), had);
}

/// Many ids become several statements; an association between two of them is found by each.
fn an_association_is_found_once_however_many_ids_name_it(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let unknown = (0..600u128).map(|n| crate::model::samples::uuid(0x9_0000 + n));
    let mut ids: Vec<_> = std::iter::once(folder_id()).chain(unknown).collect();
    ids.extend((1..=ENTRIES).map(super::population::entry_id));
    let found = store.read(|tx| tx.associations_touching(&RecordView::whole(&patient()), &ids, MetadataLevel::Two, i64::MAX)).unwrap();
    let mut once: Vec<_> = found.iter().map(|association| association.entry_uuid).collect();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), found.len());
    // Twenty memberships of sets, five of the folder, the folder's own, the appendix.
    assert_eq!(found.len(), 27);
}

/// More ids than one statement may have on either engine give what few ids give, in the same order.
fn objects_are_found_among_any_number_of_ids(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let unknown = |kind: u128| (0..70_000u128).map(move |n| crate::model::samples::uuid(kind + n));
    let known = || (1..=ENTRIES).rev();
    let many = |ids: Vec<EntryUuid>| unknown(0xA0_0000).chain(ids.clone()).chain(unknown(0xB0_0000)).chain(ids).collect::<Vec<_>>();
    let found = store.read(|tx| {
        let (patient, view) = (&patient(), &RecordView::whole(&patient()));
        let entries: Vec<_> = known().map(super::population::entry_id).collect();
        let sets: Vec<_> = known().map(super::population::set_id).collect();
        let both = [ObjectIds::EntryUuids(many(entries.clone())), ObjectIds::EntryUuids(entries)];
        for ids in &both {
            assert_eq!(tx.patients_of_entries(ids, MetadataLevel::One)?, std::slice::from_ref(patient));
            assert_eq!(tx.entries(ids)?.len(), usize::from(ENTRIES));
        }
        let [among_many, among_few] = both.map(|ids| tx.entries_of_record(view, &ids, MetadataLevel::One, 7));
        let (among_many, among_few) = (among_many?, among_few?);
        assert_eq!(among_many.len(), 7);
        assert_eq!(among_many, among_few);
        let [among_many, among_few] = [many(sets.clone()), sets].map(|ids| tx.submission_sets_named(view, &ObjectIds::EntryUuids(ids)));
        assert_eq!(among_many?, among_few?);
        let folders = ObjectIds::LogicalIds(many(vec![folder_id()]));
        assert_eq!(tx.patients_of_folders(&folders, MetadataLevel::One)?, std::slice::from_ref(patient));
        assert_eq!(
            tx.patients_of_submission_sets(&ObjectIds::EntryUuids(many(vec![super::population::set_id(1)])))?,
            std::slice::from_ref(patient)
        );
        tx.folders_named(view, &folders, MetadataLevel::One)
    });
    assert_eq!(found.unwrap().len(), 1);
}

/// Who changes a record says what they saw of it.
fn a_record_changed_meanwhile_is_not_written_over(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let noted = Noted { at: Instant(0), by: "P1".to_owned() };
    let mut record = CareRecord::new(patient(), DspStatus::Inactive { activates_at: Instant(50) }, noted);
    store.write(|tx| tx.insert_care_record(&record)).unwrap();
    assert!(matches!(store.write(|tx| tx.insert_care_record(&record)), Err(StoreError::Duplicate { .. })));
    let due = |now| store.read(|tx| tx.care_records_due(Instant(now), 10)).unwrap();
    assert_eq!((due(49), due(50)), (vec![], vec![patient()]));
    record.status = DspStatus::Active;
    store.write(|tx| tx.update_care_record(&record, 1, Instant(5))).unwrap();
    assert!(matches!(store.write(|tx| tx.update_care_record(&record, 1, Instant(5))), Err(StoreError::Conflict)));
    let stored = store.read(|tx| tx.care_record(&patient())).unwrap().unwrap();
    assert_eq!((stored.version, stored.record), (2, record));
    assert_eq!(due(50), vec![]);
}

/// What is changed in a record stays to be read, until the record is purged.
fn earlier_versions_go_with_the_record(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(database, folder.path());
    let noted = |at| Noted { at: Instant(at), by: "P1".to_owned() };
    let first = CareRecord::new(patient(), DspStatus::Active, noted(0));
    store.write(|tx| tx.insert_care_record(&first)).unwrap();
    let second = CareRecord { emergency_choice: Some(Choice { noted: noted(3), version: 2 }), ..first.clone() };
    store.write(|tx| tx.update_care_record(&second, 1, Instant(3))).unwrap();
    let closed = CareRecord { status: DspStatus::Closed, ..second };
    store.write(|tx| tx.update_care_record(&closed, 2, Instant(4))).unwrap();
    let replaced = || store.read(|tx| tx.replaced_items(first.emergency_setting_id())).unwrap();
    assert_eq!(replaced(), [ReplacedItem { record: first.clone(), replaced_at: Instant(3) }]);
    store.write(|tx| tx.purge_management(&patient())).unwrap();
    store.write(|tx| tx.update_care_record(&CareRecord::purged(patient(), noted(5)), 3, Instant(5))).unwrap();
    assert_eq!(replaced(), []);
}

on_both_databases!(
    a_merge_loses_nothing,
    a_record_changed_meanwhile_is_not_written_over,
    earlier_versions_go_with_the_record,
    a_failed_transaction_leaves_nothing,
    an_association_is_found_once_however_many_ids_name_it,
    objects_are_found_among_any_number_of_ids,
);
