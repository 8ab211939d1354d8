//! ITI-43 of on-demand entries, without snapshots.

use dossier::model::association::AssociationType;
use dossier::model::audit_event::Transaction;
use dossier::model::author::Author;
use dossier::model::document_entry::DocumentEntry;

use super::scene::{
    ITI61, LIST, alone, assert_refused, assert_registered, find, linked, on_demand, provide, register, retrieve, retrieve_all, start, trail,
};
use crate::on_both_databases;
use crate::support::Database;
use crate::support::schema_validity::assert_cda_schema_valid;
use crate::xds_scene::{PARTIAL, SUCCESS, entry, link};

on_both_databases!(
    the_content_is_made_from_the_record,
    only_what_is_in_force_is_listed,
    what_others_make_or_nobody_makes_is_not_given,
    a_promise_that_is_not_one_patients_is_not_kept,
    what_one_answer_may_cost_is_bounded,
);

fn the_content_is_made_from_the_record(database: Database) {
    let (scene, patient, promise) = start(database, &[]);
    let other = scene.announce("DEMAND2");
    provide(&scene, &other, "2.999.61.200", "Not of this patient");
    let given = retrieve(&scene, LIST);
    assert!(given.text.contains(SUCCESS) && given.text.contains("<xdsb:mimeType>text/xml</xdsb:mimeType>"), "{}", given.text);
    let (new_id, content) = (given.new_id.unwrap(), given.content.unwrap());
    assert!(given.text.contains(&format!("<xdsb:DocumentUniqueId>{LIST}</xdsb:DocumentUniqueId>")), "{}", given.text);
    assert_ne!(new_id, LIST);
    assert_cda_schema_valid(&content);
    assert_eq!(given.new_repository, None, "it is kept nowhere");
    for part in
        [&format!("<id root=\"{new_id}\"/>"), "Ce qui est au dossier", "Documents actuels", "Compte rendu", "2.999.61.100", "Exemple"]
    {
        assert!(content.contains(part), "{part} is not in {content}");
    }
    assert!(!content.contains("Not of this patient"), "{content}");
    let filed = find(&scene, &patient, None);
    assert!(filed.matches("<rim:ExtrinsicObject").count() == 1 && !filed.contains(&new_id), "nothing is registered: {filed}");
    assert!(retrieve(&scene, &new_id).text.contains("XDSDocumentUniqueIdError"));

    let events = trail(&scene);
    let event = events.iter().find(|event| event.transaction == Transaction::Iti43).unwrap();
    assert!(event.patient_ids == [patient] && event.object_ids.contains(&LIST.to_owned()), "{event:?}");
    assert!(!event.object_ids.contains(&promise.entry_uuid.to_string()), "what is listed is named, not the promise twice");
}

fn only_what_is_in_force_is_listed(database: Database) {
    let (scene, patient, _) = start(database, &[]);
    let old = provide(&scene, &patient, "2.999.61.201", "First wording");
    let new = entry(&patient, "2.999.61.202", "c");
    let replaces = link(AssociationType::Replaces, new.entry_uuid, old.entry_uuid);
    scene.provide(&linked(&patient, "2.999.61.203", new, vec![replaces]), b"second wording");
    let content = retrieve(&scene, LIST).content.unwrap();
    assert!(!content.contains("First wording") && content.contains("2.999.61.202"), "{content}");

    let (first, again) = (retrieve(&scene, LIST), retrieve(&scene, LIST));
    assert_eq!(first.new_id == again.new_id, first.content == again.content, "one id is one content");
}

fn what_others_make_or_nobody_makes_is_not_given(database: Database) {
    let (scene, patient, _) = start(database, &[("on_demand.assembler", "off")]);
    assert_refused(&retrieve(&scene, LIST).text, "XDSDocumentUniqueIdError", "on_demand.assembler");
    let mut theirs = on_demand(&patient, "2.999.61.204");
    theirs.repository_unique_id = Some("2.999.61.77".parse().unwrap());
    assert_registered(&register(&scene, ITI61, &alone(&patient, "2.999.61.205", theirs)));
    assert_refused(&retrieve(&scene, "2.999.61.204").text, "XDSDocumentUniqueIdError", "no document with uniqueId");
}

fn what_one_answer_may_cost_is_bounded(database: Database) {
    let (scene, patient, _) = start(database, &[("limits.query_results", "2")]);
    // Authors make a list of one entry large: about a megabyte, of which an answer holds sixteen.
    let author =
        |number: usize| Author { person: Some(format!("^{number}{}^Autrice", "x".repeat(240)).try_into().unwrap()), ..Author::default() };
    let many = DocumentEntry { authors: (0..4000).map(author).collect(), ..entry(&patient, "2.999.61.207", "c") };
    scene.provide(&alone(&patient, "2.999.61.207.9", many), b"by many");
    let answer = retrieve_all(&scene, &[LIST; 20]);
    assert!(answer.contains(PARTIAL) && answer.contains("errorCode=\"XDSRepositoryOutOfResources\""), "{}", answer.len());
    let (given, refused) = (answer.matches("<xdsb:DocumentResponse>").count(), answer.matches("errorCode=").count());
    assert!(given > 10 && refused > 0 && given + refused == 20, "{given} and {refused}");
    provide(&scene, &patient, "2.999.61.208", "One too many");
    assert_refused(&retrieve(&scene, LIST).text, "XDSTooManyResults", "more than the 2 current documents");
}

fn a_promise_that_is_not_one_patients_is_not_kept(database: Database) {
    let (scene, _, _) = start(database, &[]);
    let other = scene.announce("DEMAND3");
    assert_registered(&register(&scene, ITI61, &alone(&other, "2.999.61.206", on_demand(&other, LIST))));
    assert_refused(&retrieve(&scene, LIST).text, "XDSDocumentUniqueIdError", "no document with uniqueId");
}
