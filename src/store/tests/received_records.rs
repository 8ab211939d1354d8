//! Records of other systems stand and fall with the records of their reception.

use std::path::Path;

use diesel::prelude::*;
use uuid::Uuid;

use super::super::schema::received_records;
use super::super::{Store, StoreError};
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::hl7_types::PatientId;
use crate::model::received_record::{ReceivedRecord, RecordFormat, SyslogNames, Transport};
use crate::model::samples::audit_event;
use crate::model::timestamp::Instant;
use crate::model::trail::Finding;
use crate::store::contents::{MasterKey, MasterKeys};
use crate::store::test_database::Database;
use crate::store::trail::AuditKeys;

fn patient(name: &str) -> PatientId {
    format!("{name}^^^&1.2.3&ISO").parse().unwrap()
}

fn record(number: u128) -> ReceivedRecord {
    ReceivedRecord {
        id: Uuid::from_u128(number),
        received_at: Instant(100),
        recorded_at: Instant(i64::try_from(number).unwrap()),
        transport: Transport::SyslogTls,
        format: RecordFormat::Syslog,
        sender: "10.0.0.1".to_owned(),
        certificate: Some("CN=his".to_owned()),
        names: SyslogNames { priority: Some(85), hostname: Some("his".to_owned()), ..SyslogNames::default() },
        content: vec![1, 2, 3],
    }
}

/// Records 1 to 4: 1 and 2 of nobody, 3 of A, 4 of A and B.
fn received(database: Database, folder: &Path) -> Store {
    let keys = MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new());
    let store = Store::open(&database.create(folder), 2).unwrap().chaining_with(AuditKeys::of(&keys).unwrap());
    store.migrate().unwrap();
    for (number, patients) in [(1, &[][..]), (2, &[]), (3, &["A"]), (4, &["A", "B"])] {
        let patient_ids = patients.iter().map(|name| patient(name).to_string()).collect();
        let mut event = AuditEvent { transaction: Transaction::Iti20, patient_ids, ..audit_event(100) };
        store.write::<_, StoreError>(|tx| tx.insert_received_record(&record(number), &mut event)).unwrap();
    }
    store.write::<_, StoreError>(|tx| tx.seal_trail(Instant(1))).unwrap();
    store
}

fn findings(store: &Store) -> Vec<Finding> {
    store.verify_trail(10).unwrap().findings
}

fn left(store: &Store) -> Vec<ReceivedRecord> {
    store.read::<_, StoreError>(|tx| tx.received_records(Instant(0), (Instant(i64::MAX), Uuid::nil()), 10)).unwrap()
}

fn event(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

fn whatever_is_done_to_a_received_record_is_found(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = received(database, folder.path());
    assert_eq!((findings(&store), store.verify_trail(10).unwrap().received), (vec![], 4));
    assert_eq!(left(&store), [record(4), record(3), record(2), record(1)]);
    macro_rules! change {
        ($number:expr, $column:ident, $value:expr) => {{
            let row = received_records::table.find(event($number));
            let update = diesel::update(row).set(received_records::$column.eq($value));
            store.write::<_, StoreError>(|tx| Ok(update.execute(tx.connection()).map(drop)?)).unwrap();
            findings(&store)
        }};
    }
    let changed = |number| vec![Finding::ReceivedChanged { event: event(number) }];
    assert_eq!(change!(1, content, vec![1_u8, 2, 4]), changed(1));
    assert_eq!(change!(1, content, vec![1_u8, 2, 3]), []);
    assert_eq!(change!(1, recorded_at, 7_i64), changed(1));
    assert_eq!(change!(1, recorded_at, 1_i64), []);
    assert_eq!(change!(1, certificate, None::<String>), changed(1));
    assert_eq!(change!(1, certificate, Some("CN=his")), []);
    assert_eq!(change!(1, priority, Some(86)), changed(1));
    assert_eq!(change!(1, priority, Some(85)), []);
    assert_eq!(change!(1, app_name, Some("")), changed(1));
    assert_eq!(change!(1, app_name, None::<String>), []);
    // One put in the place of another.
    let found = change!(1, id, event(9));
    assert_eq!(found, [Finding::ReceivedMissing { event: event(1) }, Finding::ReceivedUnknown { event: event(9) }]);
}

fn received_records_go_with_their_receptions(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = received(database, folder.path());
    let purged = store.write::<_, StoreError>(|tx| tx.purge_trace(&[patient("A")], &[])).unwrap();
    assert_eq!((purged.removed, purged.redacted), (1, 1));
    assert_eq!(left(&store), [record(2), record(1)], "what named a purged patient is gone, whoever else it named");
    let removed = store.write::<_, StoreError>(|tx| tx.remove_technical_events(Instant(200), 1)).unwrap();
    assert_eq!((removed.removed, left(&store).len()), (1, 1));
    let uncertified = findings(&store);
    assert!(uncertified.iter().all(|finding| matches!(finding, Finding::Uncertified { .. })), "{uncertified:?}");
}

#[test]
fn whatever_is_done_is_found_on_sqlite() {
    whatever_is_done_to_a_received_record_is_found(Database::Sqlite);
}

#[test]
fn whatever_is_done_is_found_on_postgres() {
    Database::on_postgres("whatever_is_done_is_found", whatever_is_done_to_a_received_record_is_found);
}

#[test]
fn they_go_with_their_receptions_on_sqlite() {
    received_records_go_with_their_receptions(Database::Sqlite);
}

#[test]
fn they_go_with_their_receptions_on_postgres() {
    Database::on_postgres("they_go_with_their_receptions", received_records_go_with_their_receptions);
}
