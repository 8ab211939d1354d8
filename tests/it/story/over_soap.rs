//! What each rule should give: acts over SOAP, and that the patient's history tells of them, of those that were refused as well.

use std::process::Command;

use dossier::model::association::{Association, AssociationType, SubmissionSetStatus};
use dossier::model::code::Code;
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::text::{InternationalString, Slot};
use serde_json::Value;

use super::acts::sees;
use super::histories::{History, history};
use super::people::{MATRICULE, Who, administrator, at, cx, number, patient, professional};
use super::server::Story;
use super::submissions::letter;
use super::telling::told;
use crate::no_leak::row::{ITI42, ITI57, ITI62, ITI86, ITI92, REGISTRY, STORE, document_requests, submit_objects};
use crate::on_both_databases;
use crate::support::Database;

on_both_databases!(acts_over_soap_have_their_effect_and_are_told);

const LEVELS: &str = "2.999.442.1.3";

fn acts_over_soap_have_their_effect_and_are_told(database: Database) {
    let story = told(database);
    retrieving(&story);
    levels(&story);
    replacing_and_appending(&story);
    descriptions(&story);
    removing(&story);
    moving(&story);
    waiting_for_word(&story);
    printed(&story);
}

fn retrieving(story: &Story) {
    for (who, document, given, why) in [
        (professional("D08"), "K07", true, "the author, whose mandate was cut"),
        (professional("D04"), "K08", true, "the author, although shut out and privé"),
        (professional("D09"), "K22", false, "without a licence"),
        (professional("D01"), "K21", true, "the MR, confidentiel"),
        (professional("I02"), "K05", true, "the trusted circle, whatever the profession"),
        (professional("X01"), "K09", false, "the consultation is over"),
        (at("E1", "I01"), "K02", true, "a ward nurse during the stay"),
        (at("E1", "I01"), "K29", false, "not confidentiel"),
        (at("E1", "D05"), "K20", true, "emergency, standard setting"),
        (at("E1", "D05"), "K21", false, "not confidentiel"),
        (at("E1", "D07"), "K13", false, "shut out, although E1 has a mandate"),
        (at("E1", "D07"), "K14", true, "their own"),
        (patient("P03"), "K11", false, "annonce"),
        (patient("P02"), "K01", true, "the assistant"),
        (professional("D03"), "K17", false, "the patient as a physician"),
        (patient("P06"), "K17", true, "the physician as a patient"),
        (at("E7", "I01"), "K02", false, "not attested"),
    ] {
        assert_eq!(story.retrieved_over_soap(&who, document), given, "{document}: {why}");
    }
}

/// A submission set of this patient with one new version of a document.
fn version(story: &Story, (seen_by, of): (&Who, &str), to: &str, document: &str, change: impl FnOnce(&mut SubmissionRequest)) -> String {
    let mut entry = story.entry_over_soap(seen_by, of, document);
    let previous = Slot { name: "PreviousVersion".to_owned(), slot_type: None, values: vec![entry.version.to_string()] };
    let mut request = letter(to, "resume-patient", "STANDARD");
    entry.entry_uuid = EntryUuid::random();
    let mut membership =
        Association::new(EntryUuid::random(), AssociationType::HasMember, request.submission_set.entry_uuid, entry.entry_uuid);
    membership.submission_set_status = Some(SubmissionSetStatus::Original);
    membership.extras.slots.push(previous);
    request.entries = vec![entry];
    request.associations = vec![membership];
    change(&mut request);
    submit_objects(&request, "")
}

fn succeeds(answer: &str) -> bool {
    answer.contains("ResponseStatusType:Success")
}

fn set_level(request: &mut SubmissionRequest, level: &str) {
    let codes = &mut request.entries[0].confidentiality_codes;
    codes.retain(|code| code.scheme != LEVELS);
    codes.push(Code::new(level, LEVELS, level));
}

/// The newest entry of the history by this person and that transaction, as the patient reads it.
fn last_by(story: &Story, of: &str, by: &str, transaction: &str) -> Value {
    let all = history(story, &patient(of), of);
    all.entries
        .iter()
        .find(|entry| is_by(entry, by) && entry["subtype"][0]["code"] == transaction)
        .unwrap_or_else(|| panic!("nothing by {by}: {all:?}"))
        .clone()
}

fn is_by(entry: &Value, id: &str) -> bool {
    entry["agent"][0]["who"]["reference"].as_str().is_some_and(|who| who.ends_with(&format!("/{id}")))
}

/// The mandate, the action, whether it was done, and whether it names the document.
fn in_short(story: &Story, entry: &Value, document: &str) -> (String, String, bool, bool) {
    let mandate = entry["extension"][0]["valueCoding"]["code"].as_str().unwrap_or("-").to_owned();
    let action = entry["subtype"].as_array().unwrap().last().unwrap()["code"].as_str().unwrap().to_owned();
    let id = story.document(document).unique_id().unwrap();
    (mandate, action, entry["outcome"] == "0", entry.to_string().contains(id.as_str()))
}

/// Who changes the level of which document of whom to what over which transaction, and by which mandate; none if it is refused.
fn levels(story: &Story) {
    let reason = administrator(Some("contrôle"));
    for (who, by, of, document, to, action, mandate) in [
        (professional("D01"), "D01", "P01", "K03", "CONFIDENTIEL", ITI57, Some("MEDECIN-REFERENT")),
        (professional("I02"), "I02", "P01", "K03", "STANDARD", ITI92, Some("CMC")),
        (patient("P02"), number("P02"), "P01", "K03", "CONFIDENTIEL", ITI92, Some("ASSISTANT")),
        (patient("P01"), number("P01"), "P01", "K03", "STANDARD", ITI57, Some("TITULAIRE")),
        (patient("P01"), number("P01"), "P01", "K02", "PRIVE", ITI57, Some("TITULAIRE")),
        (professional("D01"), "D01", "P01", "K02", "STANDARD", ITI57, None),
        (at("E6", "F01"), "F01", "P01", "K02", "STANDARD", ITI57, Some("CONSULTATION")),
        (at("E6", "F01"), "F01", "P01", "K03", "CONFIDENTIEL", ITI57, None),
        (professional("D08"), "D08", "P01", "K07", "CONFIDENTIEL", ITI57, None),
        (at("E1", "I01"), "I01", "P01", "K29", "STANDARD", ITI92, None),
        (professional("D06"), "D06", "P03", "K12", "PRIVE", ITI57, None),
        (professional("D06"), "D06", "P03", "K12", "ANNONCE", ITI57, None),
        (administrator(Some("contrôle")), "Z01", "P01", "K05", "CONFIDENTIEL", ITI57, None),
    ] {
        let before = story.entry_over_soap(&reason, of, document);
        let answer =
            story.soap_action(&who, REGISTRY, action, &version(story, (&reason, of), of, document, |request| set_level(request, to)));
        assert_eq!(succeeds(&answer), mandate.is_some(), "{by} {document} {to}: {answer}");
        let now = story.entry_over_soap(&reason, of, document);
        let has = |level: &str| now.confidentiality_codes.iter().any(|code| code.scheme == LEVELS && code.code == level);
        assert!(if mandate.is_some() { has(to) } else { now == before }, "{by} {document} {to}: {:?}", now.confidentiality_codes);
        let entry = last_by(story, of, by, if action == ITI57 { "ITI-57" } else { "ITI-92" });
        let (under, what, done, named) = in_short(story, &entry, document);
        assert_eq!((done, named), (mandate.is_some(), true), "{by} {document} {to}: {entry}");
        if let Some(mandate) = mandate {
            assert_eq!((under.as_str(), what.as_str()), (mandate, "change-level"), "{entry}");
        }
    }
    assert!(sees(story, &professional("D01"), "P01").contains("K02"));
}

/// A letter that has to do with a document that is there.
fn linked(story: &Story, (reader, of): (&Who, &str), document: &str, document_type: &str, kind: AssociationType) -> SubmissionRequest {
    let target = story.entry_over_soap(reader, of, document).entry_uuid;
    let mut request = letter(of, document_type, "STANDARD");
    request.associations.push(Association::new(EntryUuid::random(), kind, request.entries[0].entry_uuid, target));
    request
}

fn replacing_and_appending(story: &Story) {
    let reason = administrator(Some("contrôle"));
    let (replaces, appends) = (AssociationType::Replaces, AssociationType::Appends);
    for (who, by, of, document, document_type, kind, taken) in [
        (professional("D03"), "D03", "P01", "K01", "resume-patient", replaces, false),
        (professional("D01"), "D01", "P01", "K01", "resume-patient", replaces, true),
        (patient("P01"), number("P01"), "P02", "K09", "expression-titulaire", replaces, false),
        (patient("P02"), number("P02"), "P02", "K09", "expression-titulaire", replaces, true),
        (professional("D03"), "D03", "P01", "K05", "cr-actes-diagnostiques", appends, true),
        (at("E1", "I01"), "I01", "P01", "K02", "suivi-soins-pluridisciplinaires", appends, true),
        (at("E1", "I01"), "I01", "P01", "K29", "suivi-soins-pluridisciplinaires", appends, false),
        (at("E1", "I01"), "I01", "P01", "K02", "cr-actes-diagnostiques", appends, false),
        (at("E1", "D07"), "D07", "P04", "K14", "cr-actes-diagnostiques", appends, false),
    ] {
        let sent = story.provide(&who, &linked(story, (&reason, of), document, document_type, kind), b"text");
        assert_eq!(sent.is_ok(), taken, "{by} {document} {kind:?}: {sent:?}");
        let entry = last_by(story, of, by, "ITI-41");
        assert_eq!(entry["outcome"] == "0", taken, "{entry}");
    }
    assert!(!sees(story, &patient("P01"), "P01").contains("K01"), "replaced");
    assert!(!sees(story, &patient("P02"), "P02").contains("K09"), "replaced");
    // Metadata alone, of a document that another repository holds (ITI-42).
    for (who, of, taken) in [(professional("D01"), "P01", true), (professional("X01"), "P01", false), (at("E2", "B01"), "P11", false)] {
        let mut request = letter(of, "resume-patient", "STANDARD");
        let entry = &mut request.entries[0];
        entry.repository_unique_id = Some("2.999.77".parse().unwrap());
        entry.hash = Some("68c1fef70eda4125475251c897943837a8a08b57".to_owned().try_into().unwrap());
        entry.size = Some(7);
        let answer = story.soap_action(&who, REGISTRY, ITI42, &submit_objects(&request, ""));
        assert_eq!(succeeds(&answer), taken, "{answer}");
    }
}

/// What describes a document is its author's to change (ITI-57, ITI-92).
fn descriptions(story: &Story) {
    let reason = administrator(Some("contrôle"));
    let retitled = |request: &mut SubmissionRequest| request.entries[0].title = InternationalString::plain("Autre titre");
    for (who, by, action, taken) in [
        (professional("D03"), "D03", ITI57, true),
        (professional("D03"), "D03", ITI92, true),
        (professional("D01"), "D01", ITI57, false),
        (patient("P01"), number("P01"), ITI92, false),
    ] {
        let answer = story.soap_action(&who, REGISTRY, action, &version(story, (&reason, "P01"), "P01", "K03", retitled));
        assert_eq!(succeeds(&answer), taken, "{by} {action}: {answer}");
        let entry = last_by(story, "P01", by, if action == ITI57 { "ITI-57" } else { "ITI-92" });
        let (_, what, done, named) = in_short(story, &entry, "K03");
        assert_eq!((what.as_str(), done, named), ("update", taken, true), "{entry}");
    }
}

fn remove_metadata(story: &Story, who: &Who, id: EntryUuid) -> String {
    let body = format!(
        r#"<l:RemoveObjectsRequest xmlns:l="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><ObjectRefList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><ObjectRef id="{id}"/></ObjectRefList></l:RemoveObjectsRequest>"#
    );
    story.soap_action(who, REGISTRY, ITI62, &body)
}

fn remove_document(story: &Story, who: &Who, unique_id: &str) -> String {
    story.soap_action(who, STORE, ITI86, &document_requests("RemoveDocumentsRequest", "urn:ihe:iti:rmd:2017", &[unique_id]))
}

/// Nobody removes anything; who tries is told of.
fn removing(story: &Story) {
    let reason = administrator(Some("contrôle"));
    let entry = story.entry_over_soap(&reason, "P01", "K03");
    for (who, by) in [
        (patient("P01"), number("P01")),
        (professional("D03"), "D03"),
        (professional("D01"), "D01"),
        (administrator(Some("doublon")), "Z01"),
    ] {
        let answers = [
            ("ITI-62", remove_metadata(story, &who, entry.entry_uuid)),
            ("ITI-86", remove_document(story, &who, entry.unique_id.as_str())),
        ];
        for (transaction, answer) in answers {
            assert!(answer.contains("ResponseStatusType:Failure"), "{by}: {answer}");
            let told = last_by(story, "P01", by, transaction);
            let (_, what, done, named) = in_short(story, &told, "K03");
            assert_eq!((what.as_str(), done, named), ("remove", false, true), "{told}");
        }
    }
    assert!(sees(story, &patient("P01"), "P01").contains("K03") && story.retrieved_over_soap(&patient("P01"), "K03"));
}

/// To the right patient, by identito-vigilance with a reason alone (ITI-57).
fn moving(story: &Story) {
    let reason = administrator(Some("mauvais patient"));
    let moved = |request: &mut SubmissionRequest| {
        request.entries[0].patient_id = cx("P06").parse().unwrap();
    };
    let body = || version(story, (&reason, "P01"), "P06", "K26", moved);
    for who in [at("E1", "X02"), professional("D01"), patient("P01"), patient("P06"), professional("D03"), administrator(None)] {
        let answer = story.soap_action(&who, REGISTRY, ITI57, &body());
        assert!(answer.contains("ResponseStatusType:Failure"), "{answer}");
    }
    let restricted = story.soap_action(&reason, REGISTRY, ITI92, &body());
    assert!(restricted.contains("ResponseStatusType:Failure"), "{restricted}");
    assert!(sees(story, &patient("P01"), "P01").contains("K26"));
    let answer = story.soap_action(&reason, REGISTRY, ITI57, &body());
    assert!(succeeds(&answer), "{answer}");
    assert!(!sees(story, &patient("P01"), "P01").contains("K26") && sees(story, &patient("P06"), "P06").contains("K26"));
    assert!(story.retrieved_over_soap(&patient("P06"), "K26") && !story.retrieved_over_soap(&patient("P01"), "K26"));
    for of in ["P01", "P06"] {
        let entry = last_by(story, of, "Z01", "ITI-57");
        assert!(entry["outcome"] == "0" && entry.to_string().contains("mauvais patient"), "{entry}");
    }
}

impl History {
    /// How many entries there are by this person.
    fn count_by(&self, by: &str) -> usize {
        self.entries.iter().filter(|entry| is_by(entry, by)).count()
    }
}

/// What waits for a professional's word is in no history of the patient, whatever is done or tried, and cannot be found out.
fn waiting_for_word(story: &Story) {
    let (p03, d06, b02) = (patient("P03"), professional("D06"), at("E3", "B02"));
    let entry = story.entry_over_soap(&d06, "P03", "K10");
    let retitled = |request: &mut SubmissionRequest| request.entries[0].title = InternationalString::plain("Marqueurs");
    let count = |by: &str| history(story, &p03, "P03").count_by(by);
    let before = (count("D06"), count("B02"), count(number("P03")));
    // The patient tries out ids: of what waits, and of nothing.
    let nothing = EntryUuid::random();
    assert_eq!(
        remove_metadata(story, &p03, entry.entry_uuid).replace(&entry.entry_uuid.to_string(), "ID").len(),
        remove_metadata(story, &p03, nothing).replace(&nothing.to_string(), "ID").len()
    );
    remove_document(story, &p03, entry.unique_id.as_str());
    remove_document(story, &p03, &crate::support::submissions::fresh_oid());
    // A professional tries, and the author does.
    assert!(!succeeds(&remove_document(story, &d06, entry.unique_id.as_str())));
    assert!(!succeeds(&story.soap_action(&d06, REGISTRY, ITI57, &version(story, (&d06, "P03"), "P03", "K10", retitled))));
    assert!(succeeds(&story.soap_action(&b02, REGISTRY, ITI57, &version(story, (&b02, "P03"), "P03", "K10", retitled))));
    let after = (count("D06"), count("B02"), count(number("P03")));
    assert_eq!((after.0, after.1), (before.0, before.1), "of others");
    assert_eq!(after.2, before.2 + 3, "the patient's looks into the history alone");
    // By another professional who reads it: then all of it is told.
    let lifted =
        story.soap_action(&d06, REGISTRY, ITI57, &version(story, (&d06, "P03"), "P03", "K10", |request| set_level(request, "STANDARD")));
    assert!(succeeds(&lifted), "{lifted}");
    assert!(sees(story, &p03, "P03").contains("K10"));
    let (under, what, done, named) = in_short(story, &last_by(story, "P03", "D06", "ITI-57"), "K10");
    assert_eq!((under.as_str(), what.as_str(), done, named), ("CMC", "change-level", true, true));
    assert!(count("B02") > before.1 && count("D06") > before.0 + 1);
}

/// The operator's command prints the same.
fn printed(story: &Story) {
    let settings = [
        "profile=ihe-connectathon".to_owned(),
        "environment=test".to_owned(),
        format!("domain.assigning_authorities={MATRICULE}"),
        format!("data.directory={}", story.server.folder.path().join("data").display()),
        format!("database.url={}", story.server.database_url),
    ];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.args(["history", number("P01"), "--json"]).args(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = program.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    for told in ["ITI-57", "ITI-92", "ITI-62", "ITI-86", "mauvais patient"] {
        assert!(text.contains(told), "{told}: {text}");
    }
}
