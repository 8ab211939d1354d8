//! Visits that establishments declare over their own connection (ADT over MLLP with TLS), what they open and what ends it; and a
//! record that outlives its ten years.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant as Moment};

use serde_json::Value;

use super::acts::sees;
use super::people::{at, connector, cx, number, patient, professional};
use super::server::Story;
use super::telling::told;
use crate::on_both_databases;
use crate::support::Database;
use crate::support::submissions::announcement;
use crate::tls::client::connect;
use crate::tls::pki;

on_both_databases!(visits_open_and_end_what_the_care_team_sees, ten_years_after_closing_nothing_is_left);

impl Story {
    /// The acknowledgement code of the announcement of a patient (A28), sent over the connection of an establishment.
    pub fn announced(&self, establishment: &'static str, patient_id: &str) -> String {
        self.acknowledged(establishment, &announcement(patient_id))
    }

    /// The acknowledgement code of a message about a patient, sent over the connection of an establishment.
    pub(super) fn adt(&self, establishment: &'static str, event: &str, patient: &str, segments: &str) -> String {
        let pid = format!("PID|||{}||X^Y", cx(patient));
        let message = format!(
            "MSH|^~\\&|HIS|{establishment}|DOSSIER|DSP|20250317||ADT^{event}|{event}|P|2.5\rEVN|{event}|20250317\r{pid}\r{segments}\r"
        );
        self.acknowledged(establishment, &message)
    }

    fn acknowledged(&self, establishment: &'static str, message: &str) -> String {
        let mut stream = connect(self.server.mllp_tls.unwrap(), pki::pki(), Some(connector(establishment)), |_| {}).unwrap();
        stream.write_all(format!("\u{b}{message}\u{1c}\r").as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(&[0x1c]) && stream.read(&mut byte).is_ok_and(|read| read == 1) {
            answer.extend(byte);
        }
        let answer = String::from_utf8(answer).unwrap();
        answer.split('\r').find_map(|segment| segment.strip_prefix("MSA|")).unwrap_or(&answer).split('|').next().unwrap().to_owned()
    }
}

/// PV1 with the class and the number of the visit.
pub(super) fn pv1(class: &str, visit: &str) -> String {
    format!("PV1||{class}|||||||||||||||||{visit}")
}

fn visits_open_and_end_what_the_care_team_sees(database: Database) {
    let story = told(database);
    let (ward, away) = (at("E1", "I01"), professional("I01"));
    let own_words: BTreeSet<_> = ["K09".to_owned()].into();
    assert!(sees(&story, &ward, "P02").is_empty());
    assert_eq!(story.adt("E1", "A01", "P02", &pv1("I", "V1")), "AA");
    assert_eq!(sees(&story, &ward, "P02"), own_words, "not what is privé");
    assert!(sees(&story, &away, "P02").is_empty(), "only through the establishment's own connection");
    assert!(sees(&story, &at("E2", "B01"), "P02").is_empty(), "no other establishment");
    // The patient refuses, and changes their mind.
    let refusal = |code: &str| format!("{}\rARV||A|{code}", pv1("I", "V1"));
    assert_eq!(story.adt("E1", "A08", "P02", &refusal("OO")), "AA");
    assert!(sees(&story, &ward, "P02").is_empty());
    assert_eq!(story.adt("E1", "A08", "P02", &refusal("NO")), "AA");
    assert_eq!(sees(&story, &ward, "P02"), own_words);
    // Discharge, the follow-up, and after it.
    story.at("2025-03-20T10:00:00+01:00");
    assert_eq!(story.adt("E1", "A03", "P02", &pv1("I", "V1")), "AA");
    story.at("2025-04-18T12:00:00+02:00");
    assert_eq!(sees(&story, &ward, "P02"), own_words);
    story.at("2025-04-20T12:00:00+02:00");
    assert!(sees(&story, &ward, "P02").is_empty());
    // A visit that was declared by mistake.
    assert_eq!(story.adt("E1", "A01", "P02", &pv1("I", "V2")), "AA");
    assert_eq!(story.adt("E1", "A11", "P02", &pv1("I", "V2")), "AA");
    assert!(sees(&story, &ward, "P02").is_empty());
    // A laboratory works for another, under its authorisation; emergency care needs the clearance.
    assert_eq!(story.adt("E2", "A04", "P02", &pv1("O", "L1")), "AA");
    let subcontract = format!("{}|||||||||||||||||||||||||||||||L1^^^&2.999.442.2.3.2&ISO", pv1("O", "L2"));
    assert_eq!(story.adt("E3", "A04", "P02", &subcontract), "AA");
    assert_eq!(sees(&story, &at("E3", "B02"), "P02"), own_words);
    assert_eq!(story.adt("E2", "A08", "P02", &format!("{}\rARV||A|OO", pv1("O", "L1"))), "AA");
    assert!(sees(&story, &at("E3", "B02"), "P02").is_empty(), "the refusal reaches the subcontractor");
    assert_ne!(story.adt("E5", "A01", "P02", &pv1("E", "H1")), "AA");
    assert_ne!(story.adt("E7", "A01", "P02", &pv1("I", "C1")), "AA", "not attested");
}

fn ten_years_after_closing_nothing_is_left(database: Database) {
    let story = told(database);
    let author = at("E1", "I01");
    assert!(story.retrieved_over_soap(&author, "K23"));
    let status = |story: &Story| {
        let path = format!("/fhir/Patient/{}/$dsp-status", number("P10"));
        story.fhir(&patient("P10"), "GET", &path, &[], &Value::Null).body.to_string()
    };
    assert!(status(&story).contains("\"closed\""));
    let before = story.server.content_files();
    story.at("2034-11-05T12:00:00+01:00");
    let patience = Moment::now() + Duration::from_secs(30);
    while !status(&story).contains("\"purged\"") && Moment::now() < patience {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(status(&story).contains("\"purged\""), "{}", status(&story));
    assert!(!story.retrieved_over_soap(&author, "K23"), "its author included");
    assert!(story.server.content_files() < before);
}
