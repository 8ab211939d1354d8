//! A registry of a realistic shape: one patient through the store, the others as copies of the rows.

use diesel::connection::SimpleConnection;
use uuid::Uuid;

use crate::model::association::{Association, AssociationType};
use crate::model::author::Author;
use crate::model::connected_system::{Attestation, ConnectedSystem, SystemOperator};
use crate::model::dsp::DocumentFacts;
use crate::model::hl7_types::{PatientId, Xcn};
use crate::model::ids::EntryUuid;
use crate::model::patient_feed::PatientDemographics;
use crate::model::samples;
use crate::model::timestamp::Instant;
use crate::store::{Store, StoreError, StoredDocument, Write};

/// The patient whom all questions are about.
pub(super) const PATIENT: &str = "00000000^^^&1.2.3&ISO";
/// How many entries that patient has.
pub(super) const ENTRIES: u8 = 20;

pub(super) fn patient() -> PatientId {
    PATIENT.parse().unwrap()
}

/// The patient's identifier of another authority.
pub(super) fn alias() -> PatientId {
    "00000000^^^&1.2.4&ISO".parse().unwrap()
}

const COPIES_OF_SYSTEMS: &str = "
    INSERT INTO establishments (id, content, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'C' || i, content, i FROM establishments, n WHERE id = 'E0';
    INSERT INTO connected_systems (id, establishment, content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'copy-' || i, 'C' || i, content FROM connected_systems, n WHERE id = 'system-0';
    INSERT INTO system_certificates WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'dns:' || i || '.copy.example', 'copy-' || i FROM n;
    INSERT INTO establishment_oids WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT '2.999.5.' || i, 'C' || i FROM n;
    INSERT INTO professionals (id, content, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'D' || i, content, i FROM professionals, n WHERE id = 'D0';
    UPDATE professionals SET version = 2;
    INSERT INTO directory_versions SELECT 'professionals', id, 1, NULL, 1, content FROM professionals;
    INSERT INTO directory_names WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'professionals', 'weis' || i, 'family', 'D' || i FROM n;
    INSERT INTO directory_names WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        SELECT 'establishments', 'clinic' || i, 'name', 'C' || i FROM n;";

/// Ten connected systems, each with an establishment of its own; system `n` has the certificate `dns:n.example`.
/// The first has a great many copies.
/// For each patient a grant, a presence code, an attempt, a notice and a representative.
const COPIES_OF_MANAGEMENT: &str = "
    INSERT INTO record_items SELECT 'item-' || patient_id, patient_id FROM patients;
    INSERT INTO presence_codes SELECT patient_id, 'hash', 0, 'somebody' FROM patients;
    INSERT INTO presence_code_attempts SELECT 'D' || patient_id, patient_id, 0, '{}' FROM patients;
    INSERT INTO notices SELECT 'notice-' || patient_id, 'professional', 'D' || patient_id, patient_id, 0, '{}' FROM patients;";

/// A record for each patient; every tenth is due one day.
const COPIES_OF_RECORDS: &str = "INSERT INTO care_records (patient_id, version, due_at, content)
    SELECT patient_id, 1, CASE WHEN patient_id LIKE '%0^^^%' THEN 1000 END, '{}' FROM patients WHERE patient_id NOT LIKE '00000000%'";

/// Events of each other patient, every fifth of them by one professional.
const COPIES_OF_EVENTS: &str = "
    INSERT INTO audit_events (occurred_at, transaction_id, outcome, patient_id, content, id, actor)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
        SELECT i, 'ITI-18', 'Success', patient_id, '{}', patient_id || '-' || i, 'professional:D' || (i % 5)
        FROM patients, n WHERE patient_id NOT LIKE '00000000%';
    INSERT INTO audit_event_patients (patient_id, sequence) SELECT patient_id, sequence FROM audit_events WHERE patient_id NOT LIKE '00000000%';";

/// Events of the patient, each after one of another patient.
fn log_events(tx: &mut Write) -> Result<(), StoreError> {
    (1..=ENTRIES).try_for_each(|n| {
        let event = serde_json::json!({ "transaction": "ITI-51", "occurred_at": n, "request_id": Uuid::from_u128(n.into()),
            "source_address": "192.0.2.1", "patient_ids": [if n % 2 == 0 { "x" } else { PATIENT }, PATIENT], "outcome": "Success" });
        let event = serde_json::from_value(event).map_err(|_| StoreError::Failed("no event"))?;
        tx.insert_audit_event(&event)
    })
}

fn fill_directories(tx: &mut Write) -> Result<(), StoreError> {
    tx.put_professional(&samples::professional("D0"), Instant(0))?;
    (0..10).try_for_each(|n| {
        let establishment = samples::establishment(&format!("E{n}"));
        tx.put_establishment(&establishment, Instant(0))?;
        let system = ConnectedSystem {
            id: format!("system-{n}"),
            name: "System".to_owned(),
            operator: SystemOperator::Establishment(establishment.id),
            certificates: vec![format!("dns:{n}.example").parse().unwrap()],
            attestation: Attestation { issued: "2026-01-01".to_owned(), expires: "2027-01-01".to_owned() },
            suspended_from: None,
            contact: "desk@system.example".to_owned(),
        };
        tx.put_connected_system(&system, Instant(0))
    })?;
    Ok(tx.connection().batch_execute(COPIES_OF_SYSTEMS)?)
}

/// Ids of the patient's objects; a clone has the number of its patient in the first eight digits instead of zeros.
pub(super) fn set_id(n: u8) -> EntryUuid {
    samples::uuid(0x1000 + u128::from(n))
}

pub(super) fn entry_id(n: u8) -> EntryUuid {
    samples::uuid(0x2000 + u128::from(n))
}

pub(super) fn folder_id() -> EntryUuid {
    samples::uuid(0x3000)
}

fn link_id(n: u8, what: u8) -> EntryUuid {
    samples::uuid(0x4000 + u128::from(n) * 16 + u128::from(what))
}

/// The patient with [`ENTRIES`] entries in as many submissions, and `others` patients with 5 to 20 of them.
pub(super) fn fill(store: &Store, others: u32) {
    store.write(submit_all).unwrap();
    store.write(fill_directories).unwrap();
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute(&copies(others))?)).unwrap();
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute(&answers(others))?)).unwrap();
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute(COPIES_OF_RECORDS)?)).unwrap();
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute(COPIES_OF_MANAGEMENT)?)).unwrap();
    store.write(log_events).unwrap();
    store.write(|tx| Ok::<_, StoreError>(tx.connection().batch_execute(COPIES_OF_EVENTS)?)).unwrap();
}

fn submit_all(tx: &mut Write) -> Result<(), StoreError> {
    tx.insert_patient(&patient(), &PatientDemographics::default(), Instant(0))?;
    tx.put_patient_alias(&alias(), &patient())?;
    (1..=ENTRIES).try_for_each(|n| submit(tx, n))
}

/// Submission `n`: one entry; the first brings a folder, which the first five entries join; the fourth appends to the second.
fn submit(tx: &mut Write, n: u8) -> Result<(), StoreError> {
    let (patient, at, set) = (patient(), Instant(i64::from(n)), set_id(n));
    tx.insert_submission_set(&samples::submission_set(set, &patient, &format!("2.999.1.{n}")), at)?;
    let mut entry = samples::entry(entry_id(n), &patient, &format!("2.999.3.{n}"));
    entry.class_code = samples::code(&format!("class-{}", n % 4));
    entry.event_codes = (0..n % 3).map(|k| samples::code(&format!("event-{k}"))).collect();
    entry.creation_time = Some(samples::dtm(&format!("20{n:02}0101")));
    entry.authors = vec![Author { person: Xcn::try_from(format!("^Weis{}^Claude", n % 7)).ok(), ..Author::default() }];
    entry.reference_ids = vec![format!("{n}^^^&1.2.3&ISO^urn:ihe:iti:xds:2013:order")];
    tx.insert_entry(&entry, &DocumentFacts::of_no_rules(), set, at)?;
    let mut links = vec![samples::member(link_id(n, 0), set, entry.entry_uuid)];
    if n == 1 {
        tx.insert_folder(&samples::folder(folder_id(), &patient, "2.999.4.1"), set, at)?;
        links.push(samples::member(link_id(n, 1), set, folder_id()));
    }
    if n <= 5 {
        links.push(Association::new(link_id(n, 2), AssociationType::HasMember, folder_id(), entry.entry_uuid));
        links.push(samples::member(link_id(n, 3), set, link_id(n, 2)));
    }
    if n == 4 {
        links.push(Association::new(link_id(n, 4), AssociationType::Appends, entry.entry_uuid, entry_id(2)));
    }
    links.iter().try_for_each(|link| tx.insert_association(link, &patient, set, at))?;
    tx.insert_document(&document(n), at)
}

fn document(n: u8) -> StoredDocument {
    StoredDocument {
        unique_id: format!("2.999.3.{n}").parse().unwrap(),
        content_key: format!("content-{n}"),
        sealed_key: vec![n],
        size: 1,
        sha1: "0".repeat(40),
        sha256: "0".repeat(64),
        mime_type: "text/plain".to_owned(),
    }
}

/// What is copied: a table, its columns, where the rows `t` are, and up to which age of patient they are copied.
const COPIED: [(&str, &str, &str, &str); 8] = [
    ("patients", "patient_id, demographics, created_at, updated_at", "patients t", "t.created_at"),
    ("patient_aliases", "alias, patient_id", "patient_aliases t", "0"),
    (
        "submission_sets",
        "entry_uuid, patient_id, unique_id, source_id, submission_time, content_type_code, availability_status, registered_at, content",
        "submission_sets t",
        "t.registered_at",
    ),
    // Before the entries, while the only ones are the patient's own.
    (
        "object_values",
        "entry_uuid, attribute, value",
        "object_values t LEFT JOIN document_entries e ON e.entry_uuid = t.entry_uuid",
        "coalesce(e.registered_at, 0)",
    ),
    (
        "document_entries",
        "entry_uuid, patient_id, logical_id, version, unique_id, repository_unique_id, availability_status, object_type, class_code, \
             type_code, format_code, healthcare_facility_type_code, practice_setting_code, creation_time, service_start_time, \
             service_stop_time, hash, size, submission_set, registered_at, content",
        "document_entries t",
        "t.registered_at",
    ),
    (
        "folders",
        "entry_uuid, patient_id, logical_id, version, unique_id, availability_status, last_update_time, submission_set, registered_at, \
             content",
        "folders t",
        "t.registered_at",
    ),
    (
        "associations",
        "entry_uuid, patient_id, association_type, source, target, availability_status, submission_set, registered_at, content",
        "associations t",
        "t.registered_at",
    ),
    ("documents", "unique_id, content_key, sealed_key, size, sha1, sha256, mime_type, stored_at", "documents t", "t.stored_at"),
];

/// Statements that copy the patient's rows for patients 1 to `others`. Both engines understand them.
fn copies(others: u32) -> String {
    let copy = |(table, columns, from, age): &(&str, &str, &str, &str)| {
        // An id becomes that of the copy: the patient's number in eight digits, then the rest of the id.
        let values = columns.split(", ").map(|column| match column {
            "alias" | "patient_id" | "entry_uuid" | "logical_id" | "submission_set" | "source" | "target" => {
                format!("substr(CAST(100000000 + n AS TEXT), 2) || substr(t.{column}, 9)")
            }
            "unique_id" | "content_key" => format!("t.{column} || '.' || n"),
            other => format!("t.{other}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        format!(
            "INSERT INTO {table} ({columns}) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {others}) \
             SELECT {values} FROM {from} CROSS JOIN numbers WHERE {age} <= 5 + n % 16;\n"
        )
    };
    // An assertion for each patient as well, each used at another time.
    let links = format!(
        "INSERT INTO legal_representatives (child, representative, content) WITH RECURSIVE numbers (n) AS \
         (SELECT 11 UNION ALL SELECT n + 1 FROM numbers WHERE n < {others}) \
         SELECT c.patient_id, r.patient_id, '{{\"child\": \"' || c.patient_id || '\", \"representative\": \"' || r.patient_id || \
         '\", \"from\": \"2020-01-01\"}}' FROM numbers \
         JOIN patients c ON c.patient_id = substr(CAST(100000000 + n AS TEXT), 2) || '^^^&1.2.3&ISO' \
         JOIN patients r ON r.patient_id = substr(CAST(100000000 + n - n % 10 AS TEXT), 2) || '^^^&1.2.3&ISO';\n"
    );
    let assertions = format!(
        "INSERT INTO used_assertions (issuer, assertion_id, expires_at) WITH RECURSIVE numbers (n) AS \
         (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {others}) SELECT 'urn:issuer', 'a' || n, n * 1000 FROM numbers;\n"
    );
    COPIED.iter().map(copy).chain([links, assertions]).collect()
}

/// A statement that makes `count` answers wait, due one after the other.
fn answers(count: u32) -> String {
    format!(
        "INSERT INTO held_answers (request_id, callback, content_type, content_key, sealed_key, size, attempts, held_at, due_at) \
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
         SELECT '00000000-0000-4000-8000-' || substr(CAST(1000000000000 + n AS TEXT), 2), 'https://a.example:443', 'text/xml', \
         'answer-' || n, d.sealed_key, 1, 0, 0, n FROM documents d CROSS JOIN numbers WHERE d.unique_id = '2.999.3.1';"
    )
}
