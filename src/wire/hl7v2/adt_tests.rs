use proptest::prelude::*;

use super::super::error::Refusal;
use super::*;
use crate::model::patient_feed::{AdministrativeSex, DemographicElement, PatientDemographics};

const MSH: &str = "MSH|^~\\&|ADT|CHL|REG|DSP|20260203040506||";
const PID: &str = "PID|||P1^^^NS&1.2.3&ISO^PI||MUSTER^EVA^M^^Dr^^L||19710203|F|||1 RUE DU LAC^BAT 2^ESCH^^L-4001^LUX||||fr";

fn message(kind: &str, rest: &str) -> String {
    format!("{MSH}{kind}|M1|P|2.3.1\rEVN||20260203\r{rest}\r")
}

fn domain() -> PatientIdentificationDomain {
    PatientIdentificationDomain { namespace_id: Some("DSP".into()), universal_id: "1.2.3".parse().unwrap() }
}

fn patient_of(message: &str) -> PatientDemographics {
    match read(message.as_bytes(), Some(&domain())).unwrap().event {
        FeedEvent::Add(patient) | FeedEvent::Revise { patient, .. } => patient,
        FeedEvent::Merge(_) | FeedEvent::ChangeLink(_) => panic!("no patient"),
    }
}

/// MSA-1, the code of ERR-3 and the location of the refusal.
fn refusal(message: &str) -> (&'static str, &'static str, String) {
    let error = read(message.as_bytes(), Some(&domain())).unwrap_err();
    let place = error.location.map(|location| location.to_string()).unwrap_or_default();
    (error.refusal.code(), error.condition.code_and_text().0, place)
}

#[test]
fn an_admission_adds_a_patient() {
    for kind in ["ADT^A01", "ADT^A04^ADT_A01", "ADT^A05^ADT_A05", "ADT^A28^ADT_A05", "ADT^A04^ADT_A04"] {
        let feed = read(message(kind, &format!("{PID}\rPV1||I")).as_bytes(), None).unwrap();
        let FeedEvent::Add(patient) = feed.event else { panic!("{kind}") };
        assert_eq!(patient.identifiers, ["P1^^^&1.2.3&ISO".parse().unwrap()]);
        let name = patient.name.unwrap();
        assert_eq!((name.family.as_deref(), name.given.join(" ").as_str(), name.prefix.as_deref()), (Some("MUSTER"), "EVA M", Some("Dr")));
        assert_eq!((patient.birth_date.unwrap().as_str(), patient.sex), ("19710203", Some(AdministrativeSex::Female)));
        let address = patient.addresses.first().unwrap();
        assert_eq!((address.lines.len(), address.postal_code.as_deref(), address.country.as_deref()), (2, Some("L-4001"), Some("LUX")));
        assert_eq!(
            (feed.message_control_id.as_str(), feed.sender.application.as_str(), feed.receiver.facility.as_str()),
            ("M1", "ADT", "DSP")
        );
    }
}

#[test]
fn the_legal_name_goes_first_and_a_time_of_birth_is_cut_to_the_day() {
    let family = |names: &str| patient_of(&message("ADT^A01", &format!("PID|||P1||{names}||19710203040506.12+0100"))).name.unwrap().family;
    assert_eq!(family("ALIAS^A^^^^^A~LEGAL^B^^^^^L~LATER^C^^^^^L").as_deref(), Some("LEGAL"));
    assert_eq!(family("FIRST^A~SECOND^B").as_deref(), Some("FIRST"));
    let patient = patient_of(&message("ADT^A01", "PID|||P1||||19710203040506.12+0100"));
    assert_eq!(patient.birth_date.unwrap().as_str(), "19710203");
}

#[test]
fn an_update_tells_what_is_taken_away() {
    let feed = read(message("ADT^A08", "PID|||P1^^^&1.2.3&ISO||\"\"||\"\"|M").as_bytes(), None).unwrap();
    let FeedEvent::Revise { patient, removed } = feed.event else { panic!("no revision") };
    assert_eq!(removed, [DemographicElement::Name, DemographicElement::BirthDate]);
    assert!(patient.name.is_none() && patient.birth_date.is_none() && patient.sex == Some(AdministrativeSex::Male));
}

#[test]
fn a_merge_keeps_its_pairs_in_order() {
    let rest = "PID|||S1^^^&1.2.3&ISO||A^B\rPD1|\rMRG|O1^^^&1.2.3&ISO\rPV1||N\rPID|||S2^^^&1.2.3&ISO\rMRG|O2^^^&1.2.3&ISO~X^^^&2.999&ISO";
    for kind in ["ADT^A40^ADT_A39", "ADT^A40"] {
        let FeedEvent::Merge(merges) = read(message(kind, rest).as_bytes(), None).unwrap().event else { panic!("no merge") };
        let merges: Vec<_> = merges.iter().map(|m| (m.surviving[0].id(), m.subsumed[0].id(), m.subsumed.len())).collect();
        assert_eq!(merges, [("S1", "O1", 1), ("S2", "O2", 2)], "{kind}");
    }
}

#[test]
fn identifiers_without_an_oid_are_those_of_the_domain_or_left_aside() {
    let ids = |field: &str| {
        let patient = patient_of(&message("ADT^A01", &format!("PID|||{field}")));
        patient.identifiers.into_iter().map(String::from).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids("P1"), "P1^^^&1.2.3&ISO");
    assert_eq!(ids("P1^^^DSP"), "P1^^^&1.2.3&ISO");
    assert_eq!(ids("X1^^^LAB~P1^^^DSP&&~X2^^^&lab.example&DNS~Q^^^&1.2.4&ISO"), "P1^^^&1.2.3&ISO Q^^^&1.2.4&ISO");
}

#[test]
fn a_message_for_another_receiver_is_rejected() {
    assert_eq!(refusal(&message("ORU^R01", PID)), ("AR", "200", "MSH-9.1".into()));
    assert_eq!(refusal(&message("ADT^A03^ADT_A03", PID)), ("AR", "201", "MSH-9.2".into()));
    assert_eq!(refusal(&message("ADT^A01^ADT_A39", PID)), ("AR", "200", "MSH-9.3".into()));
    assert_eq!(refusal(&message("ADT^A01", PID).replace("|2.3.1", "|2.2")), ("AR", "203", "MSH-12".into()));
    assert_eq!(refusal(&message("ADT^A01", PID).replace("|P|2.3.1", "|X|2.3.1")), ("AR", "202", "MSH-11".into()));
    assert_eq!(refusal("no message"), ("AR", "100", "MSH".into()));
}

#[test]
fn a_faulty_message_is_an_error_with_its_place() {
    let without = |from: &str, to: &str| message("ADT^A01", PID).replace(from, to);
    let merge = |rest: &str| message("ADT^A40", rest);
    for (faulty, code, place) in [
        (without("|ADT^A01|", "||"), "101", "MSH-9.1"),
        (without("|ADT^A01|", "|ADT|"), "101", "MSH-9.2"),
        (without("|M1|", "||"), "101", "MSH-10"),
        (without("|M1|", &format!("|{}|", "M".repeat(200))), "104", "MSH-10"),
        (without("|P|2.3.1", "||2.3.1"), "101", "MSH-11"),
        (without("|2.3.1", "|"), "101", "MSH-12"),
        (without("|20260203040506|", "|yesterday|"), "102", "MSH-7"),
        (without("EVN||", "EVN|A40|"), "103", "EVN-1"),
        (message("ADT^A01", "PV1||I"), "100", "PID"),
        (message("ADT^A01", &format!("{PID}\r{PID}")), "100", "PID[2]"),
        (without("P1^^^NS&1.2.3&ISO^PI", ""), "101", "PID-3"),
        (without("P1^^^NS", "^^^NS"), "101", "PID-3.1"),
        (without("P1^^^NS", "P\\S\\1^^^NS"), "102", "PID-3.1"),
        (without("1.2.3&ISO", "1.2.x&ISO"), "102", "PID-3"),
        (without("EVA", "\\C0102\\"), "102", "PID-5.2"),
        (without("19710203", "19710231"), "102", "PID-7"),
        (without("19710203", "1971-02-03"), "102", "PID-7"),
        (without("19710203", "19710203+1"), "102", "PID-7"),
        (without("19710203", "197102030405061"), "102", "PID-7"),
        (without("|F|", "|W|"), "103", "PID-8"),
        (merge(PID), "100", "PID"),
        (merge("MRG|O^^^&1.2.3&ISO"), "100", "MRG"),
        (merge(&format!("{PID}\r{PID}\rMRG|O^^^&1.2.3&ISO")), "100", "PID"),
        (merge(&format!("{PID}\rMRG|")), "101", "MRG-1"),
        (merge(&format!("{PID}\rMRG|O^^^LAB")), "102", "MRG-1"),
        (merge("PV1||I"), "100", "PID"),
    ] {
        assert_eq!(refusal(&faulty), ("AE", code, place.to_owned()), "{faulty}");
    }
}

#[test]
fn refusals_hold_nothing_of_the_patient() {
    let faulty =
        [("19710203", "20777777"), ("|F|", "|SECRET|"), ("EVA", "\\SECRET\\"), ("P1^^^NS", "SEC\\S\\RET^^^NS"), ("|fr", "|\\XSECRET\\")];
    for (from, to) in faulty {
        let error = read(message("ADT^A01", PID).replace(from, to).as_bytes(), None).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!["SEC", "RET", "2077", "MUSTER"].iter().any(|part| shown.contains(part)), "{shown}");
        assert_eq!(error.refusal, Refusal::Error);
    }
}

proptest! {
    #[test]
    fn any_bytes_within_a_message_give_a_feed_or_an_error(
        kind in prop::sample::select(vec!["ADT^A01", "ADT^A08", "ADT^A40", "ADT^A43"]),
        rest in "(PID|MRG|EVN)\\|[|^~&\\\\\"A-Z0-9.\r]{0,80}\r?(MRG\\|[|^~&\\\\A-Z0-9.]{0,40})?",
    ) {
        drop(read(message(kind, &rest).as_bytes(), Some(&domain())));
    }
}
