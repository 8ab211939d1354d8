//! What the plans are shown for.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::activity::ActivityFilter;
use crate::model::association::AssociationType;
use crate::model::audit_actor::ActorKey;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::care_record::Recipient;
use crate::model::document_entry::DocumentEntryType;
use crate::model::dsp::{Author, Level, LevelSet, Sight, Visibility};
use crate::model::entry_search::{EntryNames, EntryOrder, EntrySearch};
use crate::model::ids::{Oid, UniqueId};
use crate::model::samples::{self, SCHEME, dtm};
use crate::model::stored_query::{
    CodeGroup, CodeMatch, EntryFilter, FindDocuments, FindFolders, FindSubmissionSets, MetadataLevel, ObjectIds, TimeRange,
};
use crate::model::timestamp::Instant;
use crate::store::{RecordView, SearchedDirectory, StoreError, Write};

use super::population::{ENTRIES, alias, entry_id, folder_id, patient, set_id};

/// A question or change and its name.
pub(super) type Case = (&'static str, fn(&mut Write) -> Result<(), StoreError>);

const LIMIT: i64 = 1001;
const ANY_STATUS: [AvailabilityStatus; 2] = [AvailabilityStatus::Approved, AvailabilityStatus::Deprecated];

pub(super) const CASES: [Case; 45] = [
    ("FindDocuments: status", |tx| find(tx, all_of_patient())),
    ("FindDocuments: status, class code, creation time", |tx| {
        let creation_time = TimeRange { from: Some(dtm("2005")), to: Some(dtm("2010")) };
        find(tx, FindDocuments { class_codes: codes("class-1"), creation_time, ..all_of_patient() })
    }),
    ("FindDocuments: two groups of event codes", |tx| {
        find(tx, FindDocuments { event_codes: vec![codes("event-0"), codes("event-1")], ..all_of_patient() })
    }),
    ("FindDocuments: authors", |tx| {
        find(tx, FindDocuments { author_persons: vec!["%Weis1%".to_owned(), "%Weis2%".to_owned()], ..all_of_patient() })
    }),
    ("FindDocumentsByReferenceId", |tx| {
        find(tx, FindDocuments { reference_ids: vec![vec!["3^^^&1.2.3&ISO^urn:ihe:iti:xds:2013:order".to_owned()]], ..all_of_patient() })
    }),
    ("FindDocuments in sight of a nurse", |tx| tx.find_documents(&nurse(), &all_of_patient(), LIMIT).map(drop)),
    ("Submission sets in sight of a nurse", |tx| tx.submission_sets_of(&nurse(), &ANY_STATUS, LIMIT).map(drop)),
    ("FindDocuments of somebody without a mandate", |tx| tx.find_documents(&stranger(), &all_of_patient(), LIMIT).map(drop)),
    ("FindFolders in sight of a nurse", |tx| find_folders_in(tx, &nurse())),
    ("Folders as a nurse sees them", |tx| {
        let ids = ObjectIds::EntryUuids(vec![folder_id()]);
        tx.folders_named(&nurse(), &ids, MetadataLevel::One)?;
        tx.folders_in_view(&nurse(), &ids).map(drop)
    }),
    ("Folders in sight of a nurse", |tx| tx.folders_of(&nurse(), &ANY_STATUS, LIMIT).map(drop)),
    ("Associations in sight of a nurse", |tx| {
        tx.associations_touching(&nurse(), &[entry_id(1), set_id(2)], MetadataLevel::One, LIMIT).map(drop)
    }),
    ("FindSubmissionSets", find_submission_sets),
    ("FindFolders", find_folders),
    ("GetDocuments by entryUUID", |tx| get_documents(tx, &ObjectIds::EntryUuids(vec![entry_id(1), entry_id(2)]))),
    ("A page of documents by id", page_by_id),
    ("GetDocuments by uniqueId", |tx| get_documents(tx, &ObjectIds::UniqueIds(vec![unique_id(1), unique_id(2)]))),
    ("GetAssociations", |tx| {
        tx.patients_of_objects(&[entry_id(1), set_id(2)])?;
        tx.associations_touching(&view(), &[entry_id(1), set_id(2)], MetadataLevel::One, LIMIT).map(drop)
    }),
    ("GetSubmissionSets", |tx| {
        tx.associations_to(&view(), &[entry_id(1)], &[AssociationType::HasMember], MetadataLevel::One)?;
        tx.submission_sets_named(&view(), &ObjectIds::EntryUuids(vec![set_id(1)])).map(drop)
    }),
    ("GetSubmissionSetAndContents", get_submission_set_and_contents),
    ("GetFolders by uniqueId", |tx| {
        let ids = ObjectIds::UniqueIds(vec!["2.999.4.1".parse::<Oid>().unwrap()]);
        tx.patients_of_folders(&ids, MetadataLevel::One)?;
        tx.folders_named(&view(), &ids, MetadataLevel::One).map(drop)
    }),
    ("GetAll", get_all),
    ("Retrieval of a document", |tx| {
        let ids = ObjectIds::UniqueIds(vec![unique_id(3)]);
        tx.patients_of_entries(&ids, MetadataLevel::One)?;
        tx.entries_of_record(&view(), &ids, MetadataLevel::One, LIMIT)?;
        tx.document(&unique_id(3)).map(drop)
    }),
    ("Content in use", |tx| tx.is_content_in_use("content-1").map(drop)),
    ("Answer to deliver", |tx| {
        tx.is_answer_due(Instant(100))?;
        tx.take_due_answer(Instant(100), Instant(200)).map(drop)
    }),
    ("Record of a patient", |tx| tx.care_record(&patient()).map(drop)),
    ("Record of a grant", |tx| tx.patient_of_record_item(uuid::Uuid::nil()).map(drop)),
    ("Presence code and attempts", |tx| {
        tx.presence_code(&patient())?;
        tx.hold_presence_code_attempts(&"D01".into(), Instant(100))?;
        tx.presence_code_attempts(&"D01".into(), Some(&patient())).map(drop)
    }),
    ("Notices", |tx| tx.notices_for(&Recipient::Professional("D01".into()), Instant(100), LIMIT).map(drop)),
    ("Records due", |tx| tx.care_records_due(Instant(100), LIMIT).map(drop)),
    ("Patient", |tx| tx.patient(&patient()).map(drop)),
    ("Patient by another identifier", |tx| tx.patient_of_alias(&alias()).map(drop)),
    ("Patient to file under", |tx| tx.patient_for_filing(&patient()).map(drop)),
    ("Ids in use", |tx| {
        tx.submission_sets(&ObjectIds::UniqueIds(vec!["2.999.1.1".parse().unwrap()]))?;
        tx.folders(&ObjectIds::UniqueIds(vec!["2.999.4.1".parse().unwrap()]))?;
        tx.uuids_in_use(&[entry_id(ENTRIES)]).map(drop)
    }),
    ("Connected system of a certificate", |tx| {
        let identities: Vec<_> =
            ["sha256:".to_owned() + &"0".repeat(64), "dns:7.example".to_owned()].map(|text| text.parse().unwrap()).into();
        let found = tx.connected_systems_of(&identities)?;
        assert_eq!(found.len(), 1, "the case finds nothing, so its plan says nothing");
        Ok(())
    }),
    ("Connected systems of an establishment", |tx| {
        let found = tx.systems_of_establishment("C7")?;
        assert_eq!(found.len(), 1, "the case finds nothing, so its plan says nothing");
        tx.connected_system(&found[0].id)?;
        tx.connected_system_stamps(&[&found[0].id]).map(drop)
    }),
    ("Calling professional and organisation", |tx| {
        tx.professionals(&["D7", "D8"])?;
        let found = tx.establishment_of_oid(&"2.999.5.7".parse().unwrap())?;
        assert!(found.is_some() && tx.establishment("C7")? == found, "the case finds nothing, so its plan says nothing");
        Ok(())
    }),
    ("Calling patient", |tx| {
        tx.patients(&[patient(), alias()])?;
        tx.patients_of_aliases(&[patient(), alias()]).map(drop)
    }),
    ("Calling representative", |tx| {
        let found = tx.representation(&"00000019^^^&1.2.3&ISO".parse().unwrap(), &"00000010^^^&1.2.3&ISO".parse().unwrap())?;
        assert!(found.is_some(), "the case finds nothing, so its plan says nothing");
        Ok(())
    }),
    ("Versions of entries of the directories", versions_of_entries),
    ("Entries of the directories that were changed of late", |tx| {
        let during = Instant(100)..Instant(200);
        tx.changed_entries(SearchedDirectory::Patients, &during, LIMIT)?;
        let found = tx.changed_entries(SearchedDirectory::Professionals, &during, LIMIT)?;
        assert_eq!((found.len(), tx.changed_entries(SearchedDirectory::Establishments, &during, LIMIT)?.len()), (100, 100));
        Ok(())
    }),
    ("Change of an entry of a directory", |tx| tx.put_professional(&samples::professional("D7"), Instant(100)).map(drop)),
    ("Activity history", activity_history),
    ("Use of an assertion", |tx| tx.use_assertion("urn:issuer", "_1", Instant(200), Instant(100))),
    ("Merge", |tx| {
        let other = "00000001^^^&1.2.3&ISO".parse().unwrap();
        tx.merge_patients(&other, &patient(), Instant(100))
    }),
];

fn versions_of_entries(tx: &mut Write) -> Result<(), StoreError> {
    tx.professional_stamps(&["D7", "D8"])?;
    tx.establishment_stamps(&["C7"])?;
    tx.representative_stamp(&"00000019^^^&1.2.3&ISO".parse().unwrap(), &"00000010^^^&1.2.3&ISO".parse().unwrap())?;
    assert_eq!(tx.past_professionals("D7")?.len(), 1, "the case finds nothing, so its plan says nothing");
    Ok(())
}

/// All entries of the patient.
pub(super) fn all_of_patient() -> FindDocuments {
    FindDocuments::current(patient())
}

/// The whole record of the patient.
fn view() -> RecordView {
    RecordView::whole(&patient())
}

/// What a nurse sees of it: one type at one level, and what they sent themselves.
fn nurse() -> RecordView {
    let opened = vec![(LevelSet::of(&[Level::Standard]), BTreeSet::from(["letter".into()]))];
    let sight = Sight { opened, own: Some(Author::Professional("I1".into())), deactivated: false };
    RecordView::new(patient(), Visibility::Limited(Arc::new(sight)))
}

/// What somebody without a mandate sees of it: what they sent themselves.
fn stranger() -> RecordView {
    let sight = Sight { opened: Vec::new(), own: Some(Author::Professional("I1".into())), deactivated: false };
    RecordView::new(patient(), Visibility::Limited(Arc::new(sight)))
}

fn codes(code: &str) -> CodeGroup {
    vec![CodeMatch { code: code.to_owned(), scheme: SCHEME.to_owned() }]
}

fn unique_id(n: u8) -> UniqueId {
    format!("2.999.3.{n}").parse().unwrap()
}

fn filter() -> EntryFilter {
    EntryFilter {
        format_codes: codes("format"),
        confidentiality_codes: vec![codes("N")],
        object_types: vec![DocumentEntryType::Stable, DocumentEntryType::OnDemand],
    }
}

fn find(tx: &mut Write, query: FindDocuments) -> Result<(), StoreError> {
    let found = tx.find_documents(&view(), &query, LIMIT)?;
    assert!(!found.is_empty(), "the case finds nothing, so its plan says nothing");
    Ok(())
}

fn find_submission_sets(tx: &mut Write) -> Result<(), StoreError> {
    let query = FindSubmissionSets {
        patient_id: patient(),
        statuses: ANY_STATUS.to_vec(),
        source_ids: Vec::new(),
        submission_time: TimeRange { from: Some(dtm("2024")), to: None },
        author_person: Some("%".to_owned()),
        content_type_codes: Vec::new(),
    };
    tx.find_submission_sets(&view(), &query, LIMIT).map(drop)
}

fn find_folders(tx: &mut Write) -> Result<(), StoreError> {
    find_folders_in(tx, &view())
}

fn find_folders_in(tx: &mut Write, view: &RecordView) -> Result<(), StoreError> {
    let query = FindFolders {
        patient_id: patient(),
        statuses: ANY_STATUS.to_vec(),
        last_update_time: TimeRange { from: Some(dtm("1970")), to: None },
        codes: vec![codes("folder")],
    };
    tx.find_folders(view, &query, LIMIT).map(drop)
}

fn get_documents(tx: &mut Write, ids: &ObjectIds<UniqueId>) -> Result<(), StoreError> {
    tx.patients_of_entries(ids, MetadataLevel::One)?;
    let found = tx.entries_named(&view(), ids, MetadataLevel::One, LIMIT)?;
    tx.entries(&ObjectIds::EntryUuids(found)).map(drop)
}

fn page_by_id(tx: &mut Write) -> Result<(), StoreError> {
    let search = EntrySearch {
        query: all_of_patient(),
        names: vec![EntryNames { ids: vec![entry_id(1)], unique_ids: Vec::new() }],
        registered_from: None,
        registered_to: None,
        conditions: Vec::new(),
        order: EntryOrder { by_creation: false, descending: true },
        after: None,
        count: 50,
        every_version: false,
    };
    assert_eq!(tx.page_of_entries(&view(), &search, LIMIT)?.len(), 1);
    Ok(())
}

fn get_submission_set_and_contents(tx: &mut Write) -> Result<(), StoreError> {
    let ids = ObjectIds::UniqueIds(vec!["2.999.1.1".parse::<Oid>().unwrap()]);
    tx.patients_of_submission_sets(&ids)?;
    tx.submission_sets_named(&view(), &ids)?;
    tx.associations_from(&view(), &[set_id(1)], &[AssociationType::HasMember], MetadataLevel::One)?;
    tx.entries_among(&view(), &[entry_id(1)], &filter(), MetadataLevel::One, LIMIT)?;
    tx.folders_named(&view(), &ObjectIds::EntryUuids(vec![folder_id()]), MetadataLevel::One).map(drop)
}

fn get_all(tx: &mut Write) -> Result<(), StoreError> {
    tx.submission_sets_of(&view(), &ANY_STATUS, LIMIT)?;
    tx.entries_of(&view(), &ANY_STATUS, &filter(), LIMIT)?;
    tx.folders_of(&view(), &ANY_STATUS, LIMIT)?;
    tx.associations_of(&view(), MetadataLevel::One, LIMIT).map(drop)
}

fn activity_history(tx: &mut Write) -> Result<(), StoreError> {
    let filter = ActivityFilter { from: Some(Instant(2)), until: None, ..ActivityFilter::default() };
    let own = ActorKey::Professional("D1".to_owned());
    tx.audit_events_of_patient(&patient(), &filter, Some(&own), None, 50)?;
    let found = tx.audit_events_of_patient(&patient(), &filter, None, Some((9, 1000)), 50)?;
    assert_eq!(found.len(), 8, "each once, the newest first, back to the date");
    tx.audit_event(found[0].id).map(drop)
}
