//! Writing (access rules, 6).

use dossier::model::association::{Association, AssociationType};
use dossier::model::ids::EntryUuid;

use super::scene::{P01, P02, Scene, letter, patient, professional};
use crate::on_both_databases;
use crate::support::Database;
use crate::support::submissions::fresh_oid;

on_both_databases!(who_may_not_write_is_told_as_much_as_they_may_know, what_is_out_of_sight_cannot_be_referred_to);

fn refused(answer: Result<impl std::fmt::Debug, String>, says: &str) -> String {
    let told = answer.unwrap_err();
    assert!(told.contains(says), "{told}");
    told
}

fn who_may_not_write_is_told_as_much_as_they_may_know(database: Database) {
    let scene = Scene::start(database);
    let report = |level| letter(P01, "rapports-medicaux", level);
    // Without a mandate there is no patient (5.6), and so it is for a patient who is unknown indeed.
    let told = refused(scene.provide(&professional("D02"), &report(None)), "XDSUnknownPatientId");
    assert_eq!(scene.last_record().decision.as_deref(), Some("no-mandate"));
    let unknown = letter("1900010100000", "rapports-medicaux", None);
    let of_unknown = refused(scene.provide(&professional("D02"), &unknown), "XDSUnknownPatientId");
    assert_eq!(told.replace(P01, "ID"), of_unknown.replace("1900010100000", "ID"));
    // With one, the rule is told: the profession, the type, the level, the format.
    refused(scene.provide(&professional("I02"), &report(None)), "no right to write this type of document");
    refused(scene.provide(&patient(P01), &report(None)), "no right to write this type of document");
    refused(scene.provide(&professional("D01"), &report(Some("PRIVE"))), "cannot be chosen at submission");
    assert_eq!(scene.last_record().decision.as_deref(), Some("MEDECIN-REFERENT level-not-choosable"));
    refused(scene.provide(&professional("D01"), &report(Some("SECRET"))), "is none of the deployment's levels");
    refused(scene.provide(&professional("D01"), &letter(P01, "resultats-biologie", None)), "XDSRegistryError");
    refused(scene.provide(&professional("D01"), &letter(P01, "horoscope", None)), "no right to write this type of document");
    let mut expression = letter(P01, "expression-titulaire", None);
    expression.entries[0].mime_type = "application/pdf".to_owned();
    refused(scene.provide_with(&patient(P01), &expression, b"%PDF-1.7"), "a rule of its own");
    scene.provide_with(&patient(P01), &expression, b"%PDF-1.7 xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"").unwrap();
    // An assistant may, another patient is like one without a mandate.
    scene.provide(&patient(P02), &letter(P01, "expression-titulaire", None)).unwrap();
    assert_eq!(scene.last_record().decision.as_deref(), Some("ASSISTANT"));
    refused(scene.provide(&patient("1947112398312"), &letter(P01, "expression-titulaire", None)), "XDSUnknownPatientId");
}

fn what_is_out_of_sight_cannot_be_referred_to(database: Database) {
    let scene = Scene::start(database);
    let private = scene.provide(&patient(P01), &letter(P01, "expression-titulaire", Some("PRIVE"))).unwrap();
    let relating = |kind, target| {
        let mut request = letter(P01, "rapports-medicaux", None);
        let link = Association::new(EntryUuid::random(), kind, request.entries[0].entry_uuid, target);
        request.associations.push(link);
        request
    };
    let registered = scene.entry_uuid(&patient(P01), P01, private.unique_id.as_str());
    let nothing = EntryUuid::random();
    for kind in [AssociationType::Appends, AssociationType::Replaces] {
        let said = |target: EntryUuid| {
            let request = relating(kind, target);
            let told = refused(scene.provide(&professional("D01"), &request), "UnresolvedReferenceException");
            let told = told.replace(&target.to_string(), "TARGET");
            told.split("; ").next().unwrap().to_owned()
        };
        assert_eq!(said(registered), said(nothing));
    }
    // What is in sight but not one's own is appended to, not replaced.
    let open = scene.provide(&professional("D03"), &letter(P01, "rapports-medicaux", None)).unwrap();
    let open = scene.entry_uuid(&professional("D03"), P01, open.unique_id.as_str());
    refused(scene.provide(&professional("D01"), &relating(AssociationType::Replaces, open)), "only its author replaces a document");
    scene.provide(&professional("D01"), &relating(AssociationType::Appends, open)).unwrap();
    scene.provide(&professional("D03"), &relating(AssociationType::Replaces, open)).unwrap();
    // The id of a document names it once, in whatever record, seen or not.
    let mut again = letter(P01, "rapports-medicaux", None);
    again.entries[0].unique_id = private.unique_id;
    refused(scene.provide(&professional("D01"), &again), "XDSDuplicateUniqueIdInRegistry");
    again.entries[0].unique_id = fresh_oid().parse().unwrap();
    scene.provide(&professional("D01"), &again).unwrap();
}
