//! A decision costs the same number of statements however many documents it is about: visibility is part of the statement that
//! finds, never a loop over what was found.

use std::sync::Arc;

use uuid::Uuid;

use crate::access::caller::tests::{P04, P06, Said, call_of, population};
use crate::access::test_registry::{TestRegistry, call, submission};
use crate::access::{Action, Door, Failure, Policy};
use crate::model::audit_event::Transaction;
use crate::model::care_record::{CareRecord, Grant, GrantKind, Noted};
use crate::model::dsp::{DocumentFacts, DspStatus, HabilitationMatrix, Level, Period, Right, Rules};
use crate::model::hl7_types::PatientId;
use crate::model::stored_query::{FindDocuments, MetadataLevel, StoredQuery};
use crate::model::timestamp::Instant;
use crate::store::RecordView;
use crate::store::test_database::Database;

/// What a referring physician reads.
const LEVELS: [Level; 3] = [Level::Standard, Level::Confidential, Level::Announcement];

fn rules() -> Arc<Rules> {
    let right = Right { read: true, write: false };
    let cells = [("medecin".into(), "letter".into(), right), ("medecin-referent".into(), "letter".into(), right)];
    Arc::new(Rules { matrix: HabilitationMatrix::new(cells), ..Rules::default() })
}

/// A record with so many documents that D01 reads as the referring physician, at levels that take turns.
fn fill(behind: &TestRegistry, door: &Door, patient: &str, documents: usize) {
    let holder: PatientId = patient.parse().unwrap();
    let registered = door.write(&call(), Transaction::Iti42, |writing| {
        (0..documents).try_for_each(|number| {
            let request = submission(holder.clone(), &format!("2.999.{documents}.{number}")).check().unwrap();
            writing.open(&holder, Action::Submit)?.unwrap().register(&request)
        })
    });
    registered.unwrap();
    let all = FindDocuments::current(holder.clone());
    let entries = door.store().read(|tx| Ok::<_, Failure>(tx.find_documents(&RecordView::whole(&holder), &all, i64::MAX)?)).unwrap();
    for (entry, level) in entries.into_iter().zip(LEVELS.iter().cycle()) {
        behind.set_facts(entry, &DocumentFacts { document_type: "letter".into(), level: *level, ..DocumentFacts::of_no_rules() });
    }
    let given = Noted { at: Instant(0), by: "test".to_owned() };
    let mut record = CareRecord::new(holder, DspStatus::Active, given.clone());
    let kind = GrantKind::ReferringPhysician("D01".into());
    record.grants.push(Grant { id: Uuid::new_v4(), kind, period: Period::from(Instant(0)), given, ended: None, version: 1 });
    door.store().write(|tx| Ok::<_, Failure>(tx.insert_care_record(&record)?)).unwrap();
}

/// The statements of one request that finds all documents of a patient, its audit record included; how many it finds.
fn asked(door: &Door, patient: &str) -> (usize, usize) {
    let (patient_id, mut found) = (patient.parse::<PatientId>().unwrap(), 0);
    let asking = call_of(Said { roles: &["professionnel"], id: "D01", ..Said::default() });
    let query = StoredQuery::FindDocuments(Box::new(FindDocuments::current(patient_id.clone())));
    let statements = door.store().statements_of(|| {
        let answered = door.read(&asking, Transaction::Iti18, |reading| {
            let Some(mut record) = reading.open(&patient_id, Action::Find)? else { return Ok(0) };
            Ok(record.find(&query, MetadataLevel::One, 0, 2000)?.entries.len())
        });
        found = answered.unwrap();
    });
    (statements, found)
}

#[test]
fn a_decision_asks_as_much_about_a_thousand_documents_as_about_ten() {
    let (behind, open) = population(Database::Sqlite);
    fill(&behind, &open, P04, 10);
    fill(&behind, &open, P06, 1000);
    let ruled = behind.door_under(Policy::CareRecord(rules()));
    let [(few, ten), (many, thousand)] = [P04, P06].map(|patient| asked(&ruled, patient));
    assert_eq!((ten, thousand), (10, 1000));
    assert_eq!(few, many, "statements under the access rules");
    let [(open_few, _), (open_many, _)] = [P04, P06].map(|patient| asked(&open, patient));
    assert_eq!(open_few, open_many, "statements under the open policy");
    println!("{many} statements under the access rules, {open_many} under the open policy");
    assert!(few > open_few, "who calls, and the record, are asked for");
}
