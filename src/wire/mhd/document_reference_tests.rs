use proptest::prelude::*;

use super::*;
use crate::model::author::Author;
use crate::model::hl7_types::{Xcn, Xon};
use crate::model::ids::Oid;
use crate::model::samples::{code, dtm, entry, uuid};
use crate::model::text::{LocalizedString, Slot};
use crate::wire::fhir::json;

fn authorities() -> Vec<Oid> {
    vec!["1.2.3".parse().unwrap()]
}

fn sample() -> DocumentEntry {
    entry(uuid(7), &"P1^^^&1.2.3&ISO".parse().unwrap(), "2.999.3.1")
}

fn through(entry: &DocumentEntry) -> (Value, DocumentEntry) {
    let authorities = authorities();
    let domain = Domain { base_url: "http://x/fhir", authorities: &authorities };
    let written = write_document_reference(entry, &Described::default(), &domain);
    let bytes = json::write(&written, false);
    let read = json::read(&bytes).unwrap_or_else(|fault| panic!("{fault}"));
    let read = read_document_reference(&read, "DocumentReference", &Resources::default(), &domain).unwrap();
    (written, read)
}

#[test]
fn a_usual_entry_needs_no_extension() {
    let usual = DocumentEntry {
        repository_unique_id: None,
        title: InternationalString::plain("Lettre de sortie"),
        authors: vec![Author {
            person: Some(Xcn::try_from("11^Weis^Claude^^^Dr^^^&1.2.3&ISO".to_owned()).unwrap()),
            institutions: vec![Xon::try_from("Hôpital^^^^^&1.2.3&ISO^^^^45".to_owned()).unwrap()],
            roles: vec!["author".to_owned()],
            telecommunications: vec!["^^Internet^claude@example.org".to_owned()],
            ..Author::default()
        }],
        source_patient_info: vec!["PID-5|Muster^Eva".to_owned(), "PID-7|19600101".to_owned(), "PID-8|F".to_owned()],
        reference_ids: vec!["3^^^&1.2.3&ISO^urn:ihe:iti:xds:2013:order".to_owned()],
        creation_time: Some(dtm("20250317090000")),
        ..sample()
    };
    let (written, read) = through(&usual);
    assert_eq!(written.get("extension"), None, "{written:#}");
    assert!(read == usual);
    assert_eq!(text(&written, "subject.reference"), Some("Patient/P1"));
    assert_eq!(text(&written, "content.0.attachment.url"), Some("http://x/fhir/Binary/00000000-0000-0000-0000-000000000007"));
    assert_eq!(text(&written, "masterIdentifier.value"), Some("urn:oid:2.999.3.1"));
    assert_eq!(text(&written, "contained.1.name.0.family"), Some("Weis"));
}

#[test]
fn the_level_stands_first_with_its_meaning_in_hl7() {
    let labelled = DocumentEntry { confidentiality_codes: vec![code("x"), code("PRIVE")], ..sample() };
    let (written, read) = through(&labelled);
    assert_eq!(text(&written, "securityLabel.0.coding.0.code"), Some("PRIVE"));
    assert_eq!(text(&written, "securityLabel.0.coding.1.code"), Some("V"));
    assert!(read == labelled, "the order is kept");
}

#[test]
fn who_changes_an_element_changes_the_attribute() {
    let authorities = authorities();
    let domain = Domain { base_url: "http://x/fhir", authorities: &authorities };
    let coarse = DocumentEntry { creation_time: Some(dtm("2025031709")), ..sample() };
    let mut written = write_document_reference(&coarse, &Described::default(), &domain);
    assert!(written.get("extension").is_some());
    written["content"][0]["attachment"]["creation"] = "2024".into();
    let read = read_document_reference(&written, "DocumentReference", &Resources::default(), &domain).unwrap();
    assert_eq!(read.creation_time, Some(dtm("2024")));
    assert_eq!(read.repository_unique_id, coarse.repository_unique_id, "what has no element stays");
}

#[test]
fn every_fault_is_told_with_its_place() {
    let authorities = authorities();
    let domain = Domain { base_url: "http://x/fhir", authorities: &authorities };
    let poor = json!({ "resourceType": "DocumentReference", "status": "entered-in-error", "type": { "text": "x" },
        "content": [{ "attachment": { "creation": "yesterday" } }] });
    let faults = read_document_reference(&poor, "Bundle.entry[1].resource", &Resources::default(), &domain).unwrap_err();
    let places: Vec<_> = faults.iter().flat_map(|fault| fault.expression.clone()).collect();
    let expected = ["masterIdentifier", "subject", "status", "type", "content[0].attachment.creation"];
    assert_eq!(places, expected.map(|place| format!("Bundle.entry[1].resource.{place}")));
}

fn words() -> impl Strategy<Value = String> {
    "[ -~éß]{0,12}"
}

fn texts() -> impl Strategy<Value = InternationalString> {
    let wording =
        (proptest::option::of("[a-z]{2}"), words()).prop_map(|(language, value)| LocalizedString { language, charset: None, value });
    proptest::collection::vec(wording, 0..3).prop_map(InternationalString)
}

fn codes() -> impl Strategy<Value = Code> {
    let scheme = prop_oneof!["2\\.999\\.[1-9]", Just("http://loinc.org".to_owned()), Just("2.16.840.1.113883.6.1".to_owned()), words()];
    (words(), scheme, texts()).prop_map(|(code, scheme, display)| Code { code, scheme, display, extra_slots: Vec::new() })
}

fn authors() -> impl Strategy<Value = Author> {
    let list = || proptest::collection::vec(words(), 0..3);
    let person = proptest::option::of("[0-9]{1,3}\\^[A-Za-z&\\\\]{0,6}\\^[A-Z a-z]{0,8}\\^?[A-Z]{0,2}");
    (person, proptest::collection::vec("[A-Z][a-z ]{0,8}", 0..3), list(), list(), list()).prop_map(
        |(person, institutions, roles, specialties, telecommunications)| Author {
            person: person.and_then(|text| Xcn::try_from(text).ok()),
            institutions: institutions.into_iter().filter_map(|text| Xon::try_from(text).ok()).collect(),
            roles,
            specialties,
            telecommunications,
            extra_slots: Vec::new(),
        },
    )
}

fn times() -> impl Strategy<Value = Option<crate::model::timestamp::Dtm>> {
    proptest::option::of("20[0-9]{2}(0[1-9](0[1-9](1[0-9]([0-5][0-9]([0-5][0-9])?)?)?)?)?")
        .prop_map(|text| text.and_then(|text| crate::model::timestamp::Dtm::try_from(text).ok()))
}

prop_compose! {
    fn entries()(
        (title, comments, authors, info) in (texts(), texts(), proptest::collection::vec(authors(), 0..3), proptest::collection::vec("(PID-[1-9]\\|)?[ -~]{0,10}", 0..4)),
        (class, kind, format, facility, practice) in (codes(), codes(), codes(), codes(), codes()),
        (labels, events) in (proptest::collection::vec(codes(), 0..3), proptest::collection::vec(codes(), 0..3)),
        (created, start, stop) in (times(), times(), times()),
        (language, mime, references, slot) in (words(), words(), proptest::collection::vec("[0-9a]{0,3}(\\^\\^\\^&(1\\.2&ISO|http://x&URI)(\\^(urn:x:y|urn:ihe:iti:xds:2015:encounterId))?)?", 0..3), words()),
        unique_id in prop_oneof!["2\\.999\\.[1-9]{1,3}", "2\\.999\\^[a-z]{1,5}", "urn:oid:2\\.9", "urn:x:[a-z]{1,3}"],
        (deprecated, on_demand, limited, version) in (any::<bool>(), any::<bool>(), any::<bool>(), 1_u32..9),
        patient in "[A-Za-z0-9]{1,4}\\^\\^\\^&1\\.2\\.[34]&ISO",
    ) -> DocumentEntry {
        let mut entry = sample();
        entry.patient_id = patient.replace("&1.2.4&", "&1.2.3&").parse().unwrap();
        entry.source_patient_id = patient.parse().unwrap();
        (entry.title, entry.comments, entry.authors, entry.source_patient_info) = (title, comments, authors, info);
        (entry.class_code, entry.type_code, entry.format_code) = (class, kind, format);
        (entry.healthcare_facility_type_code, entry.practice_setting_code) = (facility, practice);
        (entry.confidentiality_codes, entry.event_codes) = (labels, events);
        (entry.creation_time, entry.service_start_time, entry.service_stop_time) = (created, start, stop);
        (entry.language_code, entry.mime_type, entry.reference_ids) = (language, mime, references);
        entry.unique_id = unique_id.parse().unwrap();
        entry.availability_status = if deprecated { AvailabilityStatus::Deprecated } else { AvailabilityStatus::Approved };
        entry.object_type = if on_demand { DocumentEntryType::OnDemand } else { DocumentEntryType::Stable };
        (entry.limited_metadata, entry.version) = (limited, version);
        entry.extras.slots = vec![Slot { name: "urn:x:slot".to_owned(), slot_type: None, values: vec![slot] }];
        entry
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(entry in entries()) {
        let (written, read) = through(&entry);
        prop_assert!(read == entry, "{:#}\n{:#}", written, serde_json::to_value(&read).unwrap());
        // And the other way: what was written of what was read is the same resource.
        prop_assert_eq!(through(&read).0, written);
    }
}
