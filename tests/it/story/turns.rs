//! What each rule should give: what others decide, and what time does. Over both protocols; acts and history over FHIR.

use serde_json::{Value, json};

use super::acts::{code, consent, end, grant, sees};
use super::histories::{History, history, sheet};
use super::people::{Who, administrator, at, number, patient, professional, representing, staff};
use super::server::{Answer, Story};
use super::submissions::letter;
use super::telling::{NOW, told, try_level};
use super::visits::pv1;
use crate::on_both_databases;
use crate::support::Database;

on_both_databases!(others_and_time_change_what_is_seen);

fn others_and_time_change_what_is_seen(database: Database) {
    let story = told(database);
    matricules(&story);
    announcements(&story);
    versions(&story);
    misplaced(&story);
    traces(&story);
    sheets(&story);
    blacklisting_is_traced(&story);
    a_wrong_code_is_traced(&story);
    an_assistant_ends(&story);
    emergencies(&story);
    a_subcontractor_is_named(&story);
    inactive(&story);
    story.at("2025-04-02T09:00:00+02:00");
    a_refusal_lasts_for_its_visit(&story);
    story.at("2025-04-04T12:00:00+02:00");
    activated(&story);
    closed_and_opened_again(&story);
    grown_up(&story);
}

fn among(found: &std::collections::BTreeSet<String>, names: &str) -> bool {
    names.split(' ').all(|name| found.contains(name))
}

fn operation(story: &Story, who: &Who, of: &str, name: &str) -> Answer {
    let method = if name == "$dsp-status" { "GET" } else { "POST" };
    story.fhir(who, method, &format!("/fhir/Patient/{}/{name}", number(of)), &[], &Value::Null)
}

fn status(story: &Story, who: &Who, of: &str) -> String {
    operation(story, who, of, "$dsp-status").body["parameter"][0]["valueCode"].as_str().unwrap_or_default().to_owned()
}

/// A document as somebody finds it by its uniqueId.
fn resource(story: &Story, who: &Who, document: &str) -> Value {
    let id = story.document(document).unique_id().unwrap();
    let path = format!("/fhir/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:{id}");
    story.fhir(who, "GET", &path, &[], &Value::Null).body["entry"][0]["resource"].clone()
}

/// Key and identity: the matricule with its check digits, also of somebody whose day of birth nobody knows.
fn matricules(story: &Story) {
    let put = |number: &str, born: &str| {
        let identifier = json!([{ "system": "urn:oid:1.3.182.4.4", "value": number }]);
        let body = json!({ "resourceType": "Patient", "identifier": identifier, "name": [{ "family": "Essai" }], "birthDate": born });
        story.fhir(&staff(), "POST", "/fhir/Patient", &[], &body).status
    };
    assert_eq!(put("1958031498125", "1958-03-14"), 422, "a wrong key");
    let found = story.fhir(&staff(), "GET", &format!("/fhir/Patient/{}", number("P09")), &[], &Value::Null);
    assert_eq!((found.status, &found.body["birthDate"]), (200, &json!("1995")), "born on a day that nobody knows");
    assert_eq!(status(story, &patient("P12"), "P12"), "purged", "ten years after death");
}

fn announcements(story: &Story) {
    let (p03, d06, ward) = (patient("P03"), professional("D06"), at("E1", "D06"));
    let path = format!("/fhir/DocumentReference?patient=Patient/{}", number("P03"));
    assert_eq!(story.fhir(&p03, "GET", &path, &[], &Value::Null).body["total"], 1, "not even counted");
    let mut assistant = consent("assistant", "P03", "-");
    assistant["provision"]["actor"][0]["reference"]["reference"] = json!(format!("Patient/{}", number("P02")));
    assert_eq!(story.fhir(&p03, "POST", "/fhir/Consent", &[], &assistant).status, 201);
    assert_eq!(sees(story, &patient("P02"), "P03"), ["K12".to_owned()].into(), "nor for an assistant");
    assert_eq!(story.adt("E1", "A01", "P03", &pv1("I", "W1")), "AA");
    assert!(among(&sees(story, &at("E1", "I01"), "P03"), "K10"));
    assert_eq!(resource(story, &at("E1", "I01"), "K10")["securityLabel"][0]["coding"][0]["code"], "ANNONCE", "its reader is warned");
    assert_ne!(try_level(story, &at("E1", "I01"), "K12", "STANDARD"), 200, "who does not see it does not change it");
    let silent = history(story, &p03, "P03");
    assert!(!silent.mentions(story, "K10"));
    assert_eq!(try_level(story, &d06, "K10", "STANDARD"), 200, "by another than its author");
    assert!(among(&sees(story, &p03, "P03"), "K10"));
    assert!(among(&sees(story, &ward, "P03"), "K10 K11"));
    let lifted = history(story, &p03, "P03");
    assert!(lifted.mentions(story, "K10"), "what was done to it is told now");
    assert!(lifted.has("change-level", "D06", "0"), "{lifted:?}");
}

fn versions(story: &Story) {
    let d01 = professional("D01");
    assert!(!sees(story, &d01, "P01").contains("K01v1"), "the default is the latest");
    let older = resource(story, &d01, "K01v1");
    assert_eq!((&older["status"], story.retrieved_over_soap(&d01, "K01v1")), (&json!("superseded"), true));
    assert!(!story.retrieved_over_soap(&at("E7", "D01"), "K01v1"));
    // The same document with other bytes.
    let mut again = story.document("K01").request.clone();
    again.associations.clear();
    let mut altered = letter("P01", "resume-patient", "STANDARD");
    altered.entries[0].unique_id = again.entries[0].unique_id.clone();
    assert!(story.provide(&d01, &altered, b"other bytes").is_err(), "nobody edits in place");
    assert!(story.retrieved_over_soap(&d01, "K01"));
}

/// Identito-vigilance takes out of sight what lies in the wrong record, and sends nothing itself.
fn misplaced(story: &Story) {
    let (z01, f01, p01) = (administrator(Some("mauvais patient")), at("E6", "F01"), patient("P01"));
    let document = resource(story, &f01, "K02");
    let path = format!("/fhir/DocumentReference/{}", document["id"].as_str().unwrap());
    let reason = json!({ "resourceType": "Parameters", "parameter": [{ "name": "reason", "valueString": "mauvais patient" }] });
    assert!(story.fhir(&z01, "POST", &format!("{path}/$deactivate"), &[], &reason).status < 300);
    assert!(!sees(story, &p01, "P01").contains("K02") && !sees(story, &f01, "P01").contains("K02"));
    assert!(history(story, &z01, "P01").has_by("Z01", "0"), "it is traced");
    let mut moved = document;
    moved["subject"]["reference"] = json!(format!("Patient/{}", number("P02")));
    assert!(story.fhir(&z01, "PUT", &path, &[], &moved).status >= 400, "a move is no change of metadata");
    let again = letter("P01", "allergies-intolerances", "STANDARD");
    assert_eq!(story.provide(&f01, &again, b"text"), Ok(()), "its author sends it to the right record");
    assert!(story.provide(&z01, &again, b"text").is_err());
    assert!(story.fhir(&z01, "POST", &format!("{path}/$restore"), &[], &reason).status < 300);
    assert!(sees(story, &p01, "P01").contains("K02"));
}

/// The same histories on paper: nothing more and nothing less.
fn sheets(story: &Story) {
    for (who, of) in [(patient("P01"), "P01"), (professional("D01"), "P01"), (at("E6", "F01"), "P01"), (representing("P05", "P04"), "P05")]
    {
        let entries = history(story, &who, of).entries.len();
        let (lines, pdf) = sheet(story, &who, of);
        // What was asked for before is an entry of what is asked for next: the search itself is one more, its further pages too.
        let searches = entries / 100 + 1;
        assert_eq!(lines.len(), entries + searches, "{lines:#?}");
        for line in &lines {
            let name = line.split(',').nth(1).unwrap();
            assert!(pdf.as_ref().is_none_or(|pdf| letters(pdf).contains(&letters(name))), "{name} is not in {pdf:?}");
        }
    }
    for nobody in [patient("P03"), patient("P06")] {
        let (lines, pdf) = sheet(story, &nobody, "P01");
        assert!(lines.is_empty() && pdf.is_none_or(|pdf| pdf.contains("no activity")), "{lines:?}");
    }
    let (lines, _) = sheet(story, &at("E6", "F01"), "P01");
    let own = |line: &&String| line.contains("Joëlle Bettendorf");
    assert_eq!(lines.iter().filter(own).count(), lines.len(), "their own entries alone: {lines:#?}");
}

/// Without spaces: how many there are between short words is for the reader of the PDF to guess.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Who reads which history, and what it shows.
fn traces(story: &Story) {
    for (who, why) in [
        (patient("P01"), "the holder"),
        (patient("P02"), "the assistant"),
        (professional("D01"), "the referring physician"),
        (professional("I02"), "the trusted circle"),
        (administrator(Some("plainte")), "identito-vigilance"),
    ] {
        let seen = history(story, &who, "P01");
        assert!(seen.has("submit", "F01", "0") && seen.has("submit", "D01", "0"), "{why}: {seen:?}");
    }
    let pharmacist = history(story, &at("E6", "F01"), "P01");
    assert!(pharmacist.has("submit", "F01", "0") && pharmacist.is_only_of("F01"), "their own entries alone: {pharmacist:?}");
    for nobody in [patient("P03"), professional("X01"), administrator(None), professional("D09"), at("E7", "I01"), patient("P06")] {
        assert_eq!(history(story, &nobody, "P01").entries.len(), 0);
    }
    assert!(!sees(story, &representing("P05", "P04"), "P05").is_empty());
    let child = history(story, &representing("P05", "P04"), "P05");
    assert!(child.has("submit", "D02", "0") && child.told.contains(&format!("Patient/{}", number("P04"))), "told with who represents");
}

fn blacklisting_is_traced(story: &Story) {
    let (p04, d07) = (patient("P04"), at("E1", "D07"));
    let path = format!("/fhir/Consent?patient={}&category=blacklist&status=active", number("P04"));
    let listed = story.fhir(&p04, "GET", &path, &[], &Value::Null).body["entry"][0]["resource"].clone();
    let version = listed["meta"]["versionId"].as_str().unwrap().to_owned();
    let old = Answer { status: 200, body: listed, etag: Some(format!("W/\"{version}\"")), retry_after: None };
    assert_eq!(end(story, &p04, &old), 204);
    assert!(sees(story, &d07, "P04").len() > 1, "E1 has a mandate");
    assert_eq!(grant(story, &p04, "blacklist", "P04", "D07").status, 201);
    assert_eq!(sees(story, &d07, "P04"), ["K14".to_owned()].into());
    let seen = history(story, &p04, "P04");
    assert!(seen.told.contains("D07") && seen.has_by(number("P04"), "0"), "{seen:?}");
    assert!(!history(story, &d07, "P04").told.contains("blacklist"), "they are not told");
}

fn a_wrong_code_is_traced(story: &Story) {
    let path = |operation: &str| format!("/fhir/Patient/{}/{operation}", number("P01"));
    let set = |text: &str| story.fhir(&patient("P01"), "POST", &path("$presence-code"), &[], &code(text)).status;
    assert_eq!(set("K7M4Q2WX"), 204);
    assert_eq!(story.fhir(&professional("X01"), "POST", &path("$open-consultation"), &[], &code("R9T3HB6N")).status, 403);
    let seen = history(story, &patient("P01"), "P01");
    assert!(seen.has_by("X01", "4"), "{seen:?}");
    assert!(!seen.told.contains("R9T3HB6N") && !seen.told.contains("K7M4Q2WX"));
}

fn an_assistant_ends(story: &Story) {
    let (p01, p02) = (patient("P01"), patient("P02"));
    assert!(!sees(story, &p02, "P01").is_empty());
    let path = format!("/fhir/Consent?patient={}&category=assistant&status=active", number("P01"));
    let named = story.fhir(&p01, "GET", &path, &[], &Value::Null).body["entry"][0]["resource"].clone();
    let version = named["meta"]["versionId"].as_str().unwrap().to_owned();
    let named = Answer { status: 200, body: named, etag: Some(format!("W/\"{version}\"")), retry_after: None };
    assert_eq!(end(story, &p02, &named), 403, "the holder alone");
    assert_eq!(end(story, &p01, &named), 204);
    assert!(sees(story, &p02, "P01").is_empty(), "at once");
}

fn emergencies(story: &Story) {
    let d05 = at("E1", "D05");
    let decision = |visit: &str, text: &str| format!("{}\rARV||A|{text}", pv1("E", visit));
    assert_eq!(story.adt("E1", "A03", "P01", &pv1("I", "M04")), "AA");
    assert_eq!(story.adt("E1", "A04", "P01", &pv1("E", "U1")), "AA");
    assert!(among(&sees(story, &d05, "P01"), "K29"), "P01 has extended it");
    assert_eq!(story.adt("E1", "A04", "P04", &pv1("E", "U2")), "AA");
    assert!(!sees(story, &d05, "P04").contains("K14"), "P04 forbids it");
    assert_eq!(story.adt("E1", "A08", "P04", &decision("U2", "EMERGENCY-EXTENDED")), "AA");
    assert!(sees(story, &d05, "P04").contains("K14"), "unless she consents on arrival");
    // From emergency care to the ward: another mandate, and both in the list.
    assert_eq!(story.adt("E1", "A06", "P08", &pv1("I", "M15")), "AA");
    let path = format!("/fhir/Consent?patient={}&category=mandate&status=active", number("P08"));
    let listed = story.fhir(&patient("P08"), "GET", &path, &[], &Value::Null).body;
    let of_e1 = listed["entry"].as_array().unwrap().iter().filter(|entry| entry.to_string().contains("Organization/E1"));
    assert_eq!(of_e1.count(), 2, "{listed}");
}

/// B02 sent K10 under a mandate of E3's own, which the holder sees.
fn a_subcontractor_is_named(story: &Story) {
    let path = format!("/fhir/Consent?patient={}&category=mandate&status=active", number("P03"));
    let listed = story.fhir(&patient("P03"), "GET", &path, &[], &Value::Null).body.to_string();
    assert!(listed.contains("Organization/E2") && listed.contains("Organization/E3"), "{listed}");
}

fn inactive(story: &Story) {
    let p07 = patient("P07");
    assert_eq!(status(story, &p07, "P07"), "inactive");
    assert!(sees(story, &professional("D01"), "P07").is_empty());
    let open = operation(story, &professional("D01"), "P07", "$dsp-status");
    assert_eq!((open.status, &open.body["parameter"][0]["valueBoolean"]), (200, &json!(false)), "that it is not open, and no more");
    assert!(story.provide(&p07, &letter("P07", "expression-titulaire", "STANDARD"), b"text").is_err());
    story.at("2025-04-03T23:59:00+02:00");
    assert_eq!(status(story, &p07, "P07"), "inactive", "the last minute");
    story.at("2025-04-04T00:00:01+02:00");
    assert_eq!(status(story, &p07, "P07"), "active", "by itself");
    story.at(NOW);
}

fn a_refusal_lasts_for_its_visit(story: &Story) {
    let b01 = at("E2", "B01");
    let sends = || story.provide(&b01, &letter("P11", "resultats-biologie", "STANDARD"), b"text");
    assert_eq!(story.adt("E2", "A03", "P11", &pv1("O", "M16")), "AA");
    assert!(sends().is_err());
    assert_eq!(story.adt("E2", "A04", "P11", &pv1("O", "N1")), "AA");
    assert_eq!(sends(), Ok(()), "another visit, not refused");
    assert!(!sees(story, &b01, "P11").is_empty());
    assert_eq!(story.adt("E2", "A08", "P11", &format!("{}\rARV||A|OO", pv1("O", "N1"))), "AA");
    assert!(sends().is_err(), "refused again");
}

fn activated(story: &Story) {
    let p07 = patient("P07");
    assert_eq!(status(story, &p07, "P07"), "active");
    assert_eq!(story.provide(&p07, &letter("P07", "expression-titulaire", "STANDARD"), b"text"), Ok(()));
    let told = history(story, &p07, "P07");
    let of_the_server = told.entries.iter().filter(|entry| entry.to_string().contains("activat")).count();
    assert!(of_the_server <= 1, "at most once: {told:?}");
    assert_eq!(operation(story, &p07, "P07", "$dsp-close").status, 200);
    assert_eq!(status(story, &p07, "P07"), "closed");
}

fn closed_and_opened_again(story: &Story) {
    let (p10, d01, i01) = (patient("P10"), professional("D01"), at("E1", "I01"));
    assert!(sees(story, &d01, "P10").is_empty());
    assert_eq!(operation(story, &p10, "P10", "$dsp-reopen").status, 200);
    assert_eq!(sees(story, &p10, "P10"), ["K23".to_owned()].into(), "the documents come back");
    assert!(sees(story, &d01, "P10").is_empty(), "the declaration does not");
    assert_eq!(sees(story, &i01, "P10"), ["K23".to_owned()].into(), "author access, as before");
}

/// At eighteen the account is theirs, and the representative acts no more.
fn grown_up(story: &Story) {
    let (own, mother) = (patient("P11"), representing("P11", "P10"));
    let words = letter("P11", "expression-titulaire", "STANDARD");
    story.at("2025-08-15T23:59:00+02:00");
    assert_eq!(story.provide(&mother, &words, b"text"), Ok(()));
    let seen = sees(story, &mother, "P11");
    story.at("2025-08-16T00:01:00+02:00");
    assert!(!seen.is_empty() && sees(story, &mother, "P11").is_empty());
    assert_eq!(sees(story, &own, "P11"), seen);
    assert!(history(story, &own, "P11").told.contains(&format!("Patient/{}", number("P10"))), "what was done for them stays told");
    for (time, mothers) in [("2037-09-29T12:00:00+02:00", true), ("2037-09-30T12:00:00+02:00", false)] {
        story.at(time);
        let expected = if mothers { sees(story, &patient("P05"), "P05") } else { Default::default() };
        assert_eq!(sees(story, &representing("P05", "P04"), "P05"), expected, "P05 at {time}");
    }
    assert_eq!(sees(story, &patient("P05"), "P05").len(), 2);
}

impl History {
    /// Whether it tells of this document.
    fn mentions(&self, story: &Story, document: &str) -> bool {
        self.told.contains(story.document(document).unique_id().unwrap().as_str())
    }
}
