//! Reading (access rules, 5).

use super::scene::{P01, P02, Scene, letter, patient, professional, record_administrator};
use crate::on_both_databases;
use crate::support::Database;
use crate::support::submissions::fresh_oid;

on_both_databases!(each_sees_what_their_mandate_shows, who_may_not_read_is_told_what_is_told_of_nothing, a_patient_may_see_no_announcement);

/// 5.6 and 5.8: mandates, levels and authorship.
fn each_sees_what_their_mandate_shows(database: Database) {
    let scene = Scene::start(database);
    let open = scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", None)).unwrap().unique_id.to_string();
    let confidential =
        scene.provide(&professional("D03"), &letter(P01, "rapports-medicaux", Some("CONFIDENTIEL"))).unwrap().unique_id.to_string();
    let private = scene.provide(&patient(P01), &letter(P01, "expression-titulaire", Some("PRIVE"))).unwrap().unique_id.to_string();
    let all = [open, confidential.clone(), private.clone()];
    for (who, expected) in [
        (professional("D01"), &all[..2]),
        (professional("I02"), &all[..2]),
        (patient(P01), &all[..]),
        // The assistant of P01.
        (patient(P02), &all[..]),
        // No mandate: a physician, a laboratory's physician, a physician whom another patient shut out.
        (professional("D02"), &[]),
        (professional("B01"), &[]),
        (professional("D04"), &[]),
    ] {
        assert_eq!(scene.find(&who, P01), expected);
    }
    // Levels hide documents from retrieval as well.
    assert_eq!(scene.retrieve(&patient(P02), &private).unwrap(), b"text");
    assert_eq!(scene.last_record().decision.as_deref(), Some("ASSISTANT"));
    assert_eq!(scene.retrieve(&professional("I02"), &confidential).unwrap(), b"text");
    assert_eq!(scene.last_record().decision.as_deref(), Some("CMC"));
}

/// 5, *No leak*: an unknown id and a hidden one, an unknown patient and a closed record, get the same answer.
fn who_may_not_read_is_told_what_is_told_of_nothing(database: Database) {
    let scene = Scene::start(database);
    let hidden = scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", None)).unwrap().unique_id.to_string();
    let nothing = fresh_oid();
    let without = |answer: Result<Vec<u8>, String>, id: &str| answer.unwrap_err().replace(id, "ID");
    let of_hidden = without(scene.retrieve(&professional("D02"), &hidden), &hidden);
    let record = scene.last_record();
    assert_eq!(record.decision.as_deref(), Some("no-mandate"));
    assert!(record.patient_ids[0].starts_with(P01), "a refused attempt is about its patient: {record:?}");
    assert_eq!(of_hidden, without(scene.retrieve(&professional("D02"), &nothing), &nothing));
    assert!(scene.find(&professional("D02"), P01).is_empty());
    assert!(scene.find(&professional("D02"), "1900010100000").is_empty());
    // The administrator says why, or gets nothing.
    assert_eq!(scene.find(&record_administrator("Z01", "doublon signalé"), P01).len(), 1);
    assert!(scene.find(&record_administrator("Z01", " "), P01).is_empty());
    assert_eq!(scene.last_record().decision.as_deref(), Some("reason-missing"));
}

/// 5.8: `annonce` is for professionals, until one of them has told the patient.
fn a_patient_may_see_no_announcement(database: Database) {
    let scene = Scene::start(database);
    let announced = scene.provide(&professional("D01"), &letter(P01, "rapports-medicaux", Some("ANNONCE"))).unwrap().unique_id;
    assert!(scene.find(&patient(P01), P01).is_empty());
    assert_eq!(scene.find(&professional("D03"), P01), [announced.to_string()]);
}
