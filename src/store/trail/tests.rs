//! Whoever writes in the trail without the server is found.

use std::path::Path;

use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::amendments::Amendment;
use super::seals::SealRow;
use super::{AuditKeys, ChainedRow, Fields};
use crate::model::asked::Asked;
use crate::model::audit_event::{AuditEvent, PurgeCertificate, Transaction};
use crate::model::hl7_types::PatientId;
use crate::model::samples::audit_event;
use crate::model::timestamp::Instant;
use crate::model::trail::{Finding, Verification};
use crate::store::contents::{MasterKey, MasterKeys};
use crate::store::schema::{audit_amendments, audit_events, audit_seals};
use crate::store::test_database::{Database, on_both_databases};
use crate::store::{PurgedTrace, Read, Store, StoreError, Write};

const MOST: usize = 100;

fn new_keys() -> MasterKeys {
    MasterKeys::new(MasterKey::new_random().unwrap(), Vec::new())
}

fn patient(name: &str) -> PatientId {
    format!("{name}^^^&1.2.3&ISO").parse().unwrap()
}

pub(super) fn event(at: i64, patients: &[&str]) -> AuditEvent {
    AuditEvent { patient_ids: patients.iter().map(|name| patient(name).to_string()).collect(), ..audit_event(at) }
}

pub(super) fn keep(store: &Store, events: &[AuditEvent]) {
    store.write::<_, StoreError>(|tx| events.iter().try_for_each(|event| tx.insert_audit_event(event))).unwrap();
}

fn seal(store: &Store) -> bool {
    store.write(|tx| tx.seal_trail(Instant(1))).unwrap().is_some()
}

fn certify(store: &Store, remove: impl FnOnce(&mut Write) -> Result<PurgedTrace, StoreError>) {
    let removed = store.write::<_, StoreError>(|tx| {
        let trace = remove(tx)?;
        let purged = PurgeCertificate { removal: trace.removal.clone(), ..PurgeCertificate::default() };
        tx.insert_audit_event(&AuditEvent { transaction: Transaction::LifeCycle, purged: Some(purged), ..event(40, &["B"]) })?;
        Ok(trace)
    });
    assert!(removed.unwrap().removal.is_some());
}

/// A trail of two chains with three seals, from which a patient and old technical records were removed.
pub(super) fn trail(database: Database, folder: &Path) -> Store {
    let url = database.create(folder);
    let master = new_keys();
    let open = || Store::open(&url, 2).unwrap().chaining_with(AuditKeys::of(&master).unwrap());
    let (store, other) = (open(), open());
    store.migrate().unwrap();
    assert!(!seal(&store), "there is nothing to seal");
    keep(&store, &[event(10, &["A"]), event(11, &["B"]), event(12, &["A", "B", "C"]), event(13, &[])]);
    keep(&other, &[event(14, &["C", "B"]), event(15, &["A"]), event(16, &["A"])]);
    assert!(seal(&store));
    assert!(!seal(&other), "nothing was written since");
    keep(&store, &[event(17, &["A", "B"])]);
    keep(&other, &[event(18, &["B"]), event(19, &["B"])]);
    certify(&store, |tx| tx.purge_trace(&[patient("A")], &[]));
    certify(&other, |tx| tx.remove_technical_events(Instant(30), 10));
    certify(&other, |tx| tx.purge_trace(&[patient("C")], &[]));
    assert!(seal(&other));
    keep(&store, &[event(20, &["B"])]);
    assert!(seal(&store));
    store
}

pub(super) fn verified(store: &Store) -> Verification {
    store.verify_trail(MOST).unwrap()
}

fn rows(store: &Store) -> Vec<ChainedRow> {
    let all = |tx: &mut Read| {
        Ok::<_, StoreError>(audit_events::table.order(audit_events::sequence).select(ChainedRow::as_select()).load(tx.connection())?)
    };
    store.read(all).unwrap()
}

/// Writes a row as it is given here in the place where it was.
fn overwrite(store: &Store, row: &ChainedRow) {
    let fields = row.fields();
    let columns = (
        audit_events::id.eq(fields.id),
        audit_events::occurred_at.eq(fields.occurred_at),
        audit_events::transaction_id.eq(fields.transaction_id),
        audit_events::outcome.eq(fields.outcome),
        audit_events::patient_id.eq(fields.patient_id),
        audit_events::actor.eq(fields.actor),
        audit_events::content.eq(fields.content),
        audit_events::writer.eq(&row.writer),
        audit_events::number.eq(row.number),
        audit_events::digest.eq(&row.digest),
    );
    let update = diesel::update(audit_events::table.find(row.sequence)).set(columns);
    store.write::<_, StoreError>(|tx| Ok(update.execute(tx.connection()).map(drop)?)).unwrap();
}

fn a_trail_that_only_the_server_wrote_is_whole(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(database, folder.path());
    let found = verified(&store);
    assert_eq!(found.findings, []);
    assert_eq!((found.chains, found.seals, found.unsealed, found.unchained), (2, 3, 0, 0));
    assert_eq!((found.records, found.removed, found.redacted), (10, 4, 3));
    keep(&store, &[event(50, &[])]);
    assert_eq!(verified(&store).unsealed, 1);
}

fn what_a_failed_transaction_wrote_leaves_no_gap(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(database, folder.path());
    let failed: Result<(), StoreError> = store.write(|tx| {
        tx.insert_audit_event(&event(60, &["B"]))?;
        Err(StoreError::Conflict)
    });
    assert!(failed.is_err());
    keep(&store, &[event(61, &["B"])]);
    assert_eq!(verified(&store).findings, []);
}

fn many_threads_write_chains_without_waiting_for_each_other(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(database, folder.path());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || (0..10).for_each(|number| keep(store, &[event(100 * thread + number, &["B"])])));
        }
    });
    let found = verified(&store);
    assert_eq!((found.findings.as_slice(), found.unsealed), ([].as_slice(), 40));
}

#[test]
fn each_byte_of_each_record_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(Database::Sqlite, folder.path());
    let rows = rows(&store);
    let change = (0..rows.len(), 0..9_usize, any::<prop::sample::Index>(), 1..=127_u8);
    let mut runner = TestRunner::new(ProptestConfig { cases: 400, ..ProptestConfig::default() });
    let outcome = runner.run(&change, |(place, column, at, flip)| {
        let before = &rows[place];
        let Some(after) = before.changed(column, at, flip) else { return Ok(()) };
        overwrite(&store, &after);
        let found = verified(&store);
        overwrite(&store, before);
        prop_assert!(names(&found, &after) || names(&found, before), "{column} of {place}: {:?}", found.findings);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(verified(&store).findings, [], "what was put back is whole again");
}

/// Whether a finding names the record's place, or the record.
fn names(found: &Verification, row: &ChainedRow) -> bool {
    found.findings.iter().any(|finding| match finding {
        Finding::Changed { event, .. } | Finding::Misplaced { event, .. } | Finding::Unchained { event } => *event == row.id,
        Finding::Missing { writer, first, last } => {
            Some(writer.to_string()) == row.writer && row.number.is_some_and(|number| (*first..=*last).contains(&number))
        }
        _ => false,
    })
}

impl ChainedRow {
    /// The row with one byte of one column changed; nothing where that is no text, or no change.
    fn changed(&self, column: usize, at: prop::sample::Index, flip: u8) -> Option<Self> {
        let mut row = self.clone();
        let text = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            let place = at.index(bytes.len());
            bytes[place] ^= flip;
            String::from_utf8(bytes).ok().filter(|changed| !changed.contains('\0'))
        };
        let mut fields = row.fields();
        match column {
            0 => fields.id = text(&fields.id)?,
            1 => fields.occurred_at ^= i64::from(flip),
            2 => fields.transaction_id = text(&fields.transaction_id)?,
            3 => fields.outcome = text(&fields.outcome)?,
            4 => fields.patient_id = fields.patient_id.map_or_else(|| Some(patient("D").to_string()), |_| None),
            5 => fields.actor = Some("professional D99".to_owned()),
            6 => fields.content = text(&fields.content)?,
            7 => row.writer = Some(text(row.writer.as_deref()?)?),
            _ => {
                let digest = row.digest.as_mut()?;
                let place = at.index(digest.len());
                digest[place] ^= flip;
            }
        }
        row.set_fields(fields);
        Some(row)
    }
}

#[test]
fn a_record_that_is_gone_is_missed_and_one_that_came_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    for place in 0..10 {
        let folder = tempfile::tempdir_in(&folder).unwrap();
        let store = trail(Database::Sqlite, folder.path());
        let row = &rows(&store)[place];
        store.tamper(&format!("PRAGMA foreign_keys = OFF; DELETE FROM audit_events WHERE sequence = {}", row.sequence));
        assert!(names(&verified(&store), row), "record {place}: {:?}", verified(&store).findings);
    }
    let store = trail(Database::Sqlite, folder.path());
    for (writer, number) in [("NULL", "NULL"), ("writer", "99"), ("writer", "-1"), ("'11111111-1111-4111-8111-111111111111'", "1")] {
        let id = Uuid::new_v4();
        store.tamper(&format!(
            "INSERT INTO audit_events (occurred_at, transaction_id, outcome, content, id, writer, number, digest)
             SELECT occurred_at, transaction_id, outcome, content, '{id}', {writer}, {number}, digest FROM audit_events WHERE sequence = 2"
        ));
        let found = verified(&store);
        let is_noticed = found.findings.iter().any(|finding| match finding {
            Finding::Changed { event, .. } | Finding::Misplaced { event, .. } | Finding::Unchained { event } => *event == id.to_string(),
            // What comes after a gap cannot be checked; the gap leads to it.
            Finding::Missing { last, .. } => *last == 98,
            _ => false,
        });
        assert!(is_noticed, "{writer} {number}: {:?}", found.findings);
        store.tamper(&format!("DELETE FROM audit_events WHERE id = '{id}'"));
    }
    assert_eq!(verified(&store).findings, []);
}

fn records_that_changed_places_are_named(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(database, folder.path());
    let rows = rows(&store);
    let (one, two) = (&rows[0], &rows[rows.len() - 1]);
    let (mut in_ones_place, mut in_twos_place) = (one.clone(), two.clone());
    in_ones_place.set_fields(Fields { id: Uuid::new_v4().to_string(), ..two.fields() });
    in_twos_place.set_fields(one.fields());
    overwrite(&store, &in_ones_place);
    overwrite(&store, &in_twos_place);
    in_ones_place.set_fields(two.fields());
    overwrite(&store, &in_ones_place);
    let found = verified(&store);
    assert!(names(&found, one) && names(&found, two), "{:?}", found.findings);
}

#[test]
fn seals_and_what_removals_left_are_watched_too() {
    let statements = [
        "DELETE FROM audit_seals WHERE number = 1",
        "DELETE FROM audit_seals WHERE number = 3",
        "DELETE FROM audit_seals",
        "UPDATE audit_seals SET content = replace(content, '\"number\":2', '\"number\":2 ') WHERE number = 2",
        "UPDATE audit_seals SET number = 7 WHERE number = 3",
        "DELETE FROM audit_writers",
        "INSERT INTO audit_seals SELECT 0, content, signature FROM audit_seals WHERE number = 1",
        "UPDATE audit_writers SET sealed = sealed - 1",
        "DELETE FROM audit_amendments WHERE record_hash IS NULL",
        "DELETE FROM audit_amendments WHERE record_hash IS NOT NULL",
        "UPDATE audit_amendments SET last = last + 1 WHERE record_hash IS NULL",
        "UPDATE audit_amendments SET removal = '11111111-1111-4111-8111-111111111111'",
        "UPDATE audit_amendments SET digest = x'00'",
        "DELETE FROM audit_event_patients",
        "INSERT INTO audit_event_patients SELECT 'D^^^&1.2.3&ISO', sequence FROM audit_events",
    ];
    for statement in statements {
        let folder = tempfile::tempdir().unwrap();
        let store = trail(Database::Sqlite, folder.path());
        keep(&store, &[event(70, &["B", "E"])]);
        assert_eq!(verified(&store).findings, []);
        store.tamper(statement);
        assert_ne!(verified(&store).findings, [], "{statement}");
    }
}

/// Whoever removes records and writes amendments and a certificate for it has no key to put the certificate into a chain.
#[test]
fn a_removal_without_a_genuine_certificate_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(Database::Sqlite, folder.path());
    let row = rows(&store).into_iter().find(|row| row.number == Some(2)).unwrap();
    let forged = Amendment {
        writer: row.writer.clone().unwrap(),
        first: 2,
        last: 2,
        generation: 9,
        digest: row.digest.clone().unwrap(),
        record_hash: None,
        removal: Uuid::new_v4().to_string(),
    };
    let insert = diesel::insert_into(audit_amendments::table).values(&forged);
    store.write::<_, StoreError>(|tx| Ok(insert.execute(tx.connection()).map(drop)?)).unwrap();
    store.tamper(&format!("DELETE FROM audit_events WHERE sequence = {}", row.sequence));
    assert_eq!(verified(&store).findings, [Finding::Uncertified { removal: forged.removal }]);
}

#[test]
fn a_trail_under_other_keys_is_not_the_servers() {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(Database::Sqlite, folder.path());
    let earlier = store.verify_trail(MOST).unwrap();
    let url = format!("sqlite:{}", std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path().display());
    drop(store);
    let stranger = Store::open(&url, 1).unwrap().chaining_with(AuditKeys::of(&new_keys()).unwrap());
    let found = verified(&stranger);
    assert_eq!(found.findings.iter().filter(|finding| matches!(finding, Finding::BrokenSeal { .. })).count() as u64, earlier.seals);
    assert!(found.findings.iter().any(|finding| matches!(finding, Finding::Changed { .. })));
}

fn records_from_before_there_were_chains_get_theirs_with_the_first_seal(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database.create(folder.path()), 2).unwrap();
    store.migrate().unwrap();
    keep(&store, &[event(1, &["A"]), event(2, &["A", "B"])]);
    let store = store.chaining_with(AuditKeys::of(&new_keys()).unwrap());
    store.tamper("UPDATE audit_events SET writer = NULL, number = NULL, digest = NULL; DELETE FROM audit_writers;");
    assert_eq!((verified(&store).unchained, verified(&store).findings), (2, vec![]));
    assert!(seal(&store));
    let found = verified(&store);
    assert_eq!((found.unchained, found.records, found.unsealed, found.findings), (0, 2, 0, vec![]));
}

#[test]
fn a_new_master_key_leaves_what_was_chained_under_the_old_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let url = Database::Sqlite.create(folder.path());
    let hex = [0xa5_u8; 32].map(|byte| format!("{byte:02x}")).concat();
    let old = || MasterKey::from_hex(&hex).unwrap();
    let store = Store::open(&url, 1).unwrap().chaining_with(AuditKeys::of(&MasterKeys::new(old(), Vec::new())).unwrap());
    store.migrate().unwrap();
    keep(&store, &[event(1, &["A"])]);
    assert!(seal(&store));
    let rotated = MasterKeys::new(MasterKey::new_random().unwrap(), vec![old()]);
    let store = store.chaining_with(AuditKeys::of(&rotated).unwrap());
    keep(&store, &[event(2, &["A"])]);
    assert!(seal(&store));
    assert_eq!((verified(&store).seals, verified(&store).findings), (2, vec![]));
}

/// What was asked goes with the patient, also from records about others, and the chains stay whole.
fn a_purge_leaves_no_word_of_a_query_about_the_patient(database: Database) {
    const WORDS: &str = "birthdate=1958-03-14&given=Wanda";
    let folder = tempfile::tempdir().unwrap();
    let store = trail(database, folder.path());
    let asking = |at, patients: &[&str]| AuditEvent { asked: Some(Asked::query(WORDS)), ..event(at, patients) };
    keep(&store, &[asking(70, &["D"]), asking(71, &["B", "D"]), asking(72, &["D", "B"]), event(73, &["B"])]);
    let contents = || rows(&store).into_iter().map(|row| row.content).collect::<Vec<_>>();
    assert_eq!(contents().iter().filter(|content| content.contains(WORDS)).count(), 3);
    let delivered = || store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 1000)).unwrap();
    let before = delivered().len();

    certify(&store, |tx| tx.purge_trace(&[patient("D")], &[]));

    assert_eq!(contents().iter().filter(|content| content.contains("Wanda") || content.contains("D^^^")).count(), 0);
    assert!(delivered().iter().all(|(_, event)| event.asked.as_ref().is_none_or(|asked| asked.query.is_none())));
    assert_eq!(delivered().len(), before, "one went, and the certificate came");
    assert_eq!(verified(&store).findings, []);
}

#[test]
fn a_seal_can_be_checked_with_the_public_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = trail(Database::Sqlite, folder.path());
    let row: SealRow =
        store.read::<_, StoreError>(|tx| Ok(audit_seals::table.select(SealRow::as_select()).first(tx.connection())?)).unwrap();
    let key = openssl::pkey::PKey::public_key_from_pem(&store.audit_keys().current().public_key_pem().unwrap()).unwrap();
    let mut verifier = openssl::sign::Verifier::new_without_digest(&key).unwrap();
    assert!(verifier.verify_oneshot(&row.signature, row.content.as_bytes()).unwrap());
}

on_both_databases!(
    a_trail_that_only_the_server_wrote_is_whole,
    what_a_failed_transaction_wrote_leaves_no_gap,
    many_threads_write_chains_without_waiting_for_each_other,
    records_that_changed_places_are_named,
    a_purge_leaves_no_word_of_a_query_about_the_patient,
    records_from_before_there_were_chains_get_theirs_with_the_first_seal,
);
