//! What a source sends comes back as it was sent: ITI-42 on the wire, the registry, ITI-18 on the wire.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::access::test_registry::{Database, TestRegistry, call};
use crate::access::{Action, Door, Failure};
use crate::model::association::{Association, AssociationType};
use crate::model::audit_event::Transaction;
use crate::model::author::Author;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::folder::Folder;
use crate::model::hl7_types::{PatientId, Xcn, Xon};
use crate::model::registry_objects::RegistryObjects;
use crate::model::samples::{self, dtm, uuid};
use crate::model::stored_query::{EntryFilter, GetAll, StoredQuery};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{ExtraClassification, ExtraIdentifier, Extras, InternationalString, LocalizedString, Slot};
use crate::wire::ebrim::{
    ContentRule, read_adhoc_query_response, read_submit_objects, write_adhoc_query_response, write_registry_objects, write_submit_objects,
};
use crate::wire::xml::{Element, XmlLimits, XmlWriter, parse};

fn patient() -> PatientId {
    "P1 '\"<é𝒞>^^^&1.2.3&ISO".parse().unwrap()
}

/// A value whose ends are no white space: around a value it carries no meaning in most attributes.
fn any_value() -> impl Strategy<Value = String> {
    "[!-~é𝒞\u{FFFD}]([ -~é𝒞\u{A0}\u{2028}\t\r\n]{0,12}[!-~é𝒞])?"
}

/// A value without the delimiters of HL7.
fn any_word() -> impl Strategy<Value = String> {
    "[<>\"'a-zé𝒞\\\\%]([<>\"' a-zé𝒞]{0,8}[a-z𝒞])?"
}

fn any_text() -> impl Strategy<Value = InternationalString> {
    let language = weighted(0.8, select(vec!["fr-LU", "de", "en-GB"]));
    let wording = (language, weighted(0.2, Just("UTF-8")), "[ -~é𝒞\t\r\n]{1,12}").prop_map(|(language, charset, value)| LocalizedString {
        language: language.map(str::to_owned),
        charset: charset.map(str::to_owned),
        value,
    });
    vec(wording, 0..4).prop_map(InternationalString)
}

/// Slots whose names the standard does not know, each name once.
fn any_slots() -> impl Strategy<Value = Vec<Slot>> {
    let values = vec("[ -~é𝒞\t\r\n]{0,12}", 1..4);
    let slot = (weighted(0.3, any_value()), values);
    vec(slot, 0..3).prop_map(|slots| {
        let named = slots.into_iter().enumerate();
        named.map(|(n, (slot_type, values))| Slot { name: format!("urn:x:<slot>&{n}"), slot_type, values }).collect()
    })
}

fn any_extras() -> impl Strategy<Value = Extras> {
    let scheme = "urn:uuid:00000000-0000-4000-8000-00000000000[0-9]";
    let classification = (scheme, any_value(), any_text(), any_slots());
    let classification = classification.prop_map(|(scheme, node_representation, name, slots)| ExtraClassification {
        scheme,
        node_representation,
        name,
        slots,
    });
    let identifier = (scheme, any_value(), any_text()).prop_map(|(scheme, value, name)| ExtraIdentifier { scheme, value, name });
    (any_slots(), vec(classification, 0..2), vec(identifier, 0..2)).prop_map(|(slots, classifications, identifiers)| Extras {
        slots,
        classifications,
        identifiers,
    })
}

fn any_code() -> impl Strategy<Value = Code> {
    let display = any_text().prop_filter("a code has a display name", |text| !text.is_empty());
    (any_value(), any_value(), display, any_slots()).prop_map(|(code, scheme, display, extra_slots)| Code {
        code,
        scheme,
        display,
        extra_slots,
    })
}

fn any_author() -> impl Strategy<Value = Author> {
    let person = any_word().prop_map(|family| Xcn::try_from(format!("11^{family}^Anne&x^^^Dr^^^&1.2.3&ISO")).unwrap());
    let institution = any_word().prop_map(|name| Xon::try_from(format!("{name}^^^^^&1.2.3&ISO^^^^45")).unwrap());
    let texts = || vec(any_value(), 0..3);
    (person, vec(institution, 0..3), texts(), texts(), texts(), any_slots()).prop_map(
        |(person, institutions, roles, specialties, telecommunications, extra_slots)| Author {
            person: Some(person),
            institutions,
            roles,
            specialties,
            telecommunications,
            extra_slots,
        },
    )
}

fn any_entry() -> impl Strategy<Value = DocumentEntry> {
    let codes = (any_code(), any_code(), vec(any_code(), 1..3), vec(any_code(), 0..3));
    let texts = (any_text(), any_text(), vec(any_author(), 0..3), weighted(0.5, any_word()));
    let long = weighted(0.7, "[a-z𝒞|&<]{1,20}").prop_flat_map(|piece| (Just(piece), select(vec![1usize, 30, 80])));
    let others = (vec(any_value(), 0..3), long, vec(any_value(), 0..3), any::<bool>(), any::<bool>(), any_extras());
    (codes, texts, others).prop_map(
        |(codes, (title, comments, authors, signer), (info, (uri, times), references, limited, shown, extras))| DocumentEntry {
            class_code: codes.0,
            type_code: codes.1,
            confidentiality_codes: codes.2,
            event_codes: codes.3,
            title,
            comments,
            authors,
            legal_authenticator: signer.map(|name| Xcn::try_from(format!("^{name}")).unwrap()),
            source_patient_info: info,
            uri: uri.map(|uri| uri.repeat(times)),
            reference_ids: references,
            limited_metadata: limited,
            home_community_id: shown.then(|| "urn:oid:1.2.3".parse().unwrap()),
            service_start_time: shown.then(|| dtm("2024")),
            service_stop_time: shown.then(|| dtm("20240229235959")),
            document_availability: shown.then(|| "urn:ihe:iti:2010:DocumentAvailability:Online".to_owned()),
            extras,
            ..samples::entry(uuid(0), &patient(), "2.999.3")
        },
    )
}

fn any_set() -> impl Strategy<Value = SubmissionSet> {
    let recipients = vec(any_value(), 0..3);
    (any_code(), any_text(), any_text(), vec(any_author(), 0..3), recipients, any::<bool>(), any_extras()).prop_map(
        |(content_type_code, title, comments, authors, intended_recipients, limited_metadata, extras)| SubmissionSet {
            content_type_code,
            title,
            comments,
            authors,
            intended_recipients,
            limited_metadata,
            extras,
            ..samples::submission_set(uuid(1), &patient(), "2.999.4")
        },
    )
}

fn any_folder() -> impl Strategy<Value = Folder> {
    (vec(any_code(), 0..3), any_text(), any_text(), any::<bool>(), any_extras()).prop_map(|(codes, title, comments, limited, extras)| {
        Folder {
            // Only limited metadata may do without.
            limited_metadata: limited || codes.is_empty() || title.is_empty(),
            codes,
            title,
            comments,
            extras,
            ..samples::folder(uuid(2), &patient(), "2.999.5")
        }
    })
}

/// A submission whose second entry signs the first, and whose folder holds all entries.
fn any_submission() -> impl Strategy<Value = SubmissionRequest> {
    let link = (weighted(0.5, any_code()), any_text(), any_extras());
    (any_set(), vec(any_entry(), 1..3), weighted(0.5, any_folder()), link).prop_map(|(set, mut entries, folder, link)| {
        let mut associations = Vec::new();
        let mut number = 100;
        let mut id = || {
            number += 1;
            uuid(number)
        };
        for entry in &mut entries {
            entry.entry_uuid = id();
            entry.logical_id = entry.entry_uuid;
            entry.unique_id = format!("2.999.3.{}", entry.entry_uuid.uuid().as_u128()).parse().unwrap();
            associations.push(samples::member(id(), set.entry_uuid, entry.entry_uuid));
            if let Some(folder) = &folder {
                let membership = Association::new(id(), AssociationType::HasMember, folder.entry_uuid, entry.entry_uuid);
                associations.push(samples::member(id(), set.entry_uuid, membership.entry_uuid));
                associations.push(membership);
            }
        }
        if let Some(folder) = &folder {
            associations.push(samples::member(id(), set.entry_uuid, folder.entry_uuid));
        }
        if let [signed, signature] = entries.as_slice() {
            let (documentation, name, extras) = link;
            let signs = Association::new(id(), AssociationType::Signs, signature.entry_uuid, signed.entry_uuid);
            associations.push(Association { documentation, name, extras, ..signs });
        }
        SubmissionRequest { submission_set: set, entries, folders: folder.into_iter().collect(), associations }
    })
}

fn parsed(xml: XmlWriter<Vec<u8>>) -> Element {
    parse(&xml.into_inner(), &XmlLimits::default()).unwrap()
}

/// All of the patient.
fn everything() -> StoredQuery {
    let any = vec![AvailabilityStatus::Approved];
    StoredQuery::GetAll(GetAll {
        patient_id: patient(),
        entry_statuses: any.clone(),
        submission_set_statuses: any.clone(),
        folder_statuses: any,
        entry_filter: EntryFilter {
            format_codes: Vec::new(),
            confidentiality_codes: Vec::new(),
            object_types: vec![DocumentEntryType::Stable],
        },
    })
}

/// Submits what is sent, and gives what a query answers.
fn sent_and_found(door: &Door, sent: &SubmissionRequest) -> RegistryObjects {
    let mut xml = XmlWriter::new(Vec::new());
    write_submit_objects(&mut xml, sent).unwrap();
    let submitted = read_submit_objects(&parsed(xml), ContentRule::InMetadata);
    let submitted = submitted.unwrap_or_else(|faults| panic!("{:?}", faults.iter().map(|fault| &fault.context).collect::<Vec<_>>()));
    let registered =
        door.write(&call(), Transaction::Iti42, |writing| writing.open(&patient(), Action::Submit)?.unwrap().register(&submitted.request));
    registered.unwrap();
    let found = door.read(&call(), Transaction::Iti18, |reading| {
        TestRegistry::found(&mut reading.open(&patient(), Action::Find)?.unwrap(), &everything())
    });
    let mut xml = XmlWriter::new(Vec::new());
    let found = found.unwrap_or_else(|failure: Failure| panic!("{failure}"));
    write_adhoc_query_response(&mut xml, &[], |xml| write_registry_objects(xml, &found)).unwrap();
    let answer = read_adhoc_query_response(&parsed(xml)).unwrap();
    assert_eq!(answer.unreadable, []);
    answer.objects
}

fn metadata_come_back(database: Database, sent: SubmissionRequest) {
    let (_behind, door) = TestRegistry::open_on(database);
    TestRegistry::announce(&door, &patient());
    let mut found = sent_and_found(&door, &sent);
    found.entries.sort_by_key(|entry| entry.entry_uuid);
    found.associations.sort_by_key(|association| association.entry_uuid);
    let mut expected = RegistryObjects {
        submission_sets: vec![sent.submission_set],
        entries: sent.entries,
        folders: sent.folders,
        associations: sent.associations,
    };
    expected.associations.sort_by_key(|association| association.entry_uuid);
    for folder in &mut expected.folders {
        folder.last_update_time = call().now.to_dtm();
    }
    assert_same("submission set", &found.submission_sets, &expected.submission_sets);
    assert_same("entry", &found.entries, &expected.entries);
    assert_same("folder", &found.folders, &expected.folders);
    assert_same("association", &found.associations, &expected.associations);
}

/// Compares as JSON, because a debug print does not show metadata.
fn assert_same<T: serde::Serialize>(what: &str, found: &[T], expected: &[T]) {
    let json = |objects: &[T]| serde_json::to_string_pretty(objects).unwrap();
    let (found, expected) = (json(found), json(expected));
    let difference = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(found == expected, "{what}: found and sent differ: {difference:?}");
}

fn check(database: Database, cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 64, ..Config::default() });
    let result = runner.run(&any_submission(), |sent| {
        metadata_come_back(database, sent);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn metadata_come_back_as_sent_on_sqlite() {
    check(Database::Sqlite, 48);
}

#[test]
fn metadata_come_back_as_sent_on_postgres() {
    Database::on_postgres("metadata_come_back_as_sent", |database| check(database, 12));
}
