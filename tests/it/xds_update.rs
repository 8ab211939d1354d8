//! Update Document Set (ITI-57) and Restricted Update Document Set (ITI-92), seen through Registry Stored Query.

use crate::on_both_databases;
use crate::support::metadata::{
    APPENDS, APPROVED, DEPRECATED, HAS_MEMBER, REPLACES, SUBMIT_ASSOCIATION, announce, ask, association, entry, folder, later_member,
    member, new_status, send, submission_set, uuid,
};
use crate::support::{Database, TestServer};

const ITI42: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
const ITI57: &str = "urn:ihe:iti:2010:UpdateDocumentSet";
const ITI92: &str = "urn:ihe:iti:2018:RestrictedUpdateDocumentSet";
const GET_DOCUMENTS: &str = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
const GET_FOLDERS: &str = "5737b14c-8a1a-4539-b659-e03a34a5e1e4";
const GET_FOLDER_AND_CONTENTS: &str = "b909a503-523d-4517-8acf-8e5834dfc4c7";
const GET_ASSOCIATIONS: &str = "a7ae438b-4bc2-4642-93e9-be891f7bb155";

const EVA: &str = "P1";
const PAUL: &str = "P2";
const NOTE: &str = "2.999.442.9.3.2000.1";
const FOLDER: &str = "2.999.442.9.6.2000.1";

on_both_databases!(
    a_new_version_takes_the_place_of_the_earlier_one,
    associations_propagate_to_new_versions_unless_told_not_to,
    folder_and_entry_move_to_another_patient_together_or_not_at_all,
    associations_are_added_and_taken_out_of_force,
    statuses_change_and_a_new_version_is_meant_where_there_is_one,
    a_restricted_update_keeps_status_and_identity,
    what_breaks_a_rule_is_refused_whole,
    one_of_many_parallel_updates_wins,
    replacements_know_versions,
);

/// A server that knows two patients and one note of the first, in a folder: entry 1, folder 2.
fn server_with_note(database: Database) -> TestServer {
    let server = TestServer::start(database);
    announce(&server, EVA);
    announce(&server, PAUL);
    let objects = [
        submission_set(EVA),
        entry(&uuid(1), None, EVA, NOTE, "First"),
        folder(&uuid(2), None, EVA, FOLDER, "Folder"),
        member(&uuid(1)),
        member(&uuid(2)),
        association(&uuid(3), HAS_MEMBER, &uuid(2), &uuid(1), &[]),
        member(&uuid(3)),
    ];
    assert_success(&send(&server, ITI42, &objects));
    server
}

fn assert_success(answer: &str) {
    assert!(answer.contains("ResponseStatusType:Success"), "{answer}");
}

fn assert_refused(answer: &str, code: &str) {
    assert!(answer.contains("ResponseStatusType:Failure") && answer.contains(&format!("errorCode=\"{code}\"")), "not {code}: {answer}");
}

fn count(answer: &str, what: &str) -> usize {
    assert_success(answer);
    answer.matches(what).count()
}

/// How many entries, folders and associations an answer has.
fn counts(answer: &str) -> (usize, usize, usize) {
    (count(answer, "<rim:ExtrinsicObject "), count(answer, "<rim:RegistryPackage "), count(answer, "<rim:Association "))
}

/// The second version of the note.
fn update_note(server: &TestServer, action: &str, id: &str, previous: &str) -> String {
    send(server, action, &[submission_set(EVA), entry(id, Some(&uuid(1)), EVA, NOTE, "Second"), later_member(id, previous, &[])])
}

fn versions_of_note(server: &TestServer) -> String {
    ask(server, GET_DOCUMENTS, &[("$XDSDocumentEntryLogicalID", &format!("('{}')", uuid(1))), ("$MetadataLevel", "2")])
}

fn a_new_version_takes_the_place_of_the_earlier_one(database: Database) {
    let server = server_with_note(database);
    assert_success(&update_note(&server, ITI57, "Doc", "1"));
    assert_refused(&update_note(&server, ITI57, "Doc", "1"), "XDSMetadataVersionError");
    assert_success(&update_note(&server, ITI57, &uuid(9), "2"));

    let by_unique_id = ("$XDSDocumentEntryUniqueId", format!("('{NOTE}')"));
    let current = ask(&server, GET_DOCUMENTS, &[(by_unique_id.0, &by_unique_id.1)]);
    assert_eq!(counts(&current).0, 1);
    assert!(
        current.contains("value=\"Second\"") && current.contains("versionName=\"3\"") && current.contains(&format!("lid=\"{}\"", uuid(1)))
    );
    let all = versions_of_note(&server);
    assert_eq!((counts(&all).0, count(&all, APPROVED), count(&all, DEPRECATED)), (3, 1, 2), "{all}");
    assert!(all.contains("value=\"First\""));
    let earlier = ("$XDSDocumentEntryEntryUUID", format!("('{}')", uuid(1)));
    assert_eq!(counts(&ask(&server, GET_DOCUMENTS, &[(earlier.0, &earlier.1)])).0, 0);
    assert_eq!(counts(&ask(&server, GET_DOCUMENTS, &[(earlier.0, &earlier.1), ("$MetadataLevel", "2")])).0, 1);
}

fn contents(server: &TestServer, level: &str) -> (usize, usize, usize) {
    counts(&ask(server, GET_FOLDER_AND_CONTENTS, &[("$XDSFolderUniqueId", &format!("'{FOLDER}'")), ("$MetadataLevel", level)]))
}

fn associations_propagate_to_new_versions_unless_told_not_to(database: Database) {
    let server = server_with_note(database);
    let renamed = |previous: &str, more: &[(&str, &str)]| {
        let objects = [submission_set(EVA), folder("F", Some(&uuid(2)), EVA, FOLDER, "Renamed"), later_member("F", previous, more)];
        assert_success(&send(&server, ITI57, &objects));
    };
    assert_success(&update_note(&server, ITI57, "Doc", "1"));
    assert_eq!(contents(&server, "1"), (1, 1, 1));
    assert_eq!(contents(&server, "2"), (2, 1, 2));
    renamed("1", &[]);
    assert_eq!(contents(&server, "1"), (1, 1, 1));
    let both = [
        submission_set(EVA),
        entry("Doc", Some(&uuid(1)), EVA, NOTE, "Third"),
        folder("F", Some(&uuid(2)), EVA, FOLDER, "Both"),
        later_member("Doc", "2", &[("AssociationPropagation", "yes")]),
        later_member("F", "2", &[]),
    ];
    assert_success(&send(&server, ITI57, &both));
    assert_eq!(contents(&server, "1"), (1, 1, 1));
    renamed("3", &[("AssociationPropagation", "no")]);
    assert_eq!(contents(&server, "1"), (0, 1, 0));
}

fn folder_and_entry_move_to_another_patient_together_or_not_at_all(database: Database) {
    let server = server_with_note(database);
    let note = |more: &[(&str, &str)]| [entry("Doc", Some(&uuid(1)), PAUL, NOTE, "Moved"), later_member("Doc", "1", more)].concat();
    let moved = [folder("F", Some(&uuid(2)), PAUL, FOLDER, "Moved"), later_member("F", "1", &[])].concat();
    assert_refused(&send(&server, ITI57, &[submission_set(EVA), note(&[])]), "XDSPatientIdDoesNotMatch");
    assert_refused(&send(&server, ITI57, &[submission_set("P9"), note(&[]).replace("P2^", "P9^")]), "XDSUnknownPatientId");
    assert_refused(&send(&server, ITI57, &[submission_set(PAUL), note(&[])]), "XDSPatientIDReconciliationError");
    assert_refused(&send(&server, ITI57, &[submission_set(PAUL), moved.clone()]), "XDSPatientIDReconciliationError");
    assert_refused(&send(&server, ITI92, &[submission_set(PAUL), note(&[])]), "XDSPatientIDReconciliationError");
    assert_eq!(contents(&server, "2"), (1, 1, 1), "a refused update changed something");

    assert_success(&send(&server, ITI57, &[submission_set(PAUL), note(&[]), moved]));
    assert_eq!(contents(&server, "1"), (1, 1, 1));
    let versions = versions_of_note(&server);
    assert_refused(&versions, "XDSResultNotSinglePatient");
}

fn associations_are_added_and_taken_out_of_force(database: Database) {
    let server = server_with_note(database);
    let addendum = "2.999.442.9.3.2000.2";
    let second = [submission_set(EVA), entry(&uuid(5), None, EVA, addendum, "Addendum"), member(&uuid(5))];
    assert_success(&send(&server, ITI42, &second));
    let add = |kind: &str, source: u32, target: u32| {
        let link = association(&uuid(6), kind, &uuid(source), &uuid(target), &[]);
        send(&server, ITI57, &[submission_set(EVA), link, association("op", SUBMIT_ASSOCIATION, "Set", &uuid(6), &[])])
    };
    for (kind, source, target) in [(HAS_MEMBER, 2, 1), (HAS_MEMBER, 5, 1), (APPENDS, 5, 2), (APPENDS, 5, 77)] {
        assert_refused(&add(kind, source, target), "XDSMetadataUpdateError");
    }
    assert_success(&add(APPENDS, 5, 1));
    let touching = |level: &str| ask(&server, GET_ASSOCIATIONS, &[("$uuid", &format!("('{}')", uuid(5))), ("$MetadataLevel", level)]);
    assert_eq!(count(&touching("1"), APPENDS), 1);
    let set_status =
        |target: u32, original: &str, new: &str| send(&server, ITI57, &[submission_set(EVA), new_status(&uuid(target), original, new)]);
    assert_refused(&set_status(6, DEPRECATED, APPROVED), "XDSMetadataUpdateError");
    assert_success(&set_status(6, APPROVED, DEPRECATED));
    assert_eq!((count(&touching("1"), APPENDS), count(&touching("2"), APPENDS)), (0, 1));
    // The addendum does not follow the note out of use, now that the association is not in force.
    assert_success(&set_status(6, DEPRECATED, APPROVED));
    assert_eq!(count(&touching("1"), APPENDS), 1);
    // A new version of the note keeps its addendum.
    assert_success(&update_note(&server, ITI57, "Doc", "1"));
    assert_eq!((count(&touching("1"), APPENDS), count(&touching("2"), APPENDS)), (1, 2));
}

fn statuses_change_and_a_new_version_is_meant_where_there_is_one(database: Database) {
    let server = server_with_note(database);
    let versions = |update: &str| {
        let objects =
            [submission_set(EVA), entry("Doc", Some(&uuid(1)), EVA, NOTE, "Second"), later_member("Doc", "1", &[]), update.to_owned()];
        send(&server, ITI57, &objects)
    };
    assert_success(&versions(&new_status(&uuid(1), APPROVED, DEPRECATED)));
    let all = versions_of_note(&server);
    assert_eq!((counts(&all).0, count(&all, DEPRECATED)), (2, 2), "{all}");
    // The first version is history.
    let history = [submission_set(EVA), new_status(&uuid(1), DEPRECATED, APPROVED)];
    assert_refused(&send(&server, ITI57, &history), "XDSMetadataUpdateError");
    // What is out of use is not updated, unless by the transaction that leaves the status alone.
    assert_refused(&update_note(&server, ITI57, "Doc", "2"), "XDSMetadataUpdateError");
    assert_success(&update_note(&server, ITI92, "Doc", "2"));
    let all = versions_of_note(&server);
    assert_eq!((counts(&all).0, count(&all, DEPRECATED)), (3, 3), "{all}");

    assert_success(&send(&server, ITI57, &[submission_set(EVA), new_status(&uuid(2), APPROVED, DEPRECATED)]));
    let folders =
        |level: &str| counts(&ask(&server, GET_FOLDERS, &[("$XDSFolderUniqueId", &format!("('{FOLDER}')")), ("$MetadataLevel", level)])).1;
    assert_eq!((folders("1"), folders("2")), (0, 1));
}

fn a_restricted_update_keeps_status_and_identity(database: Database) {
    let server = server_with_note(database);
    let changed = |from: &str, to: &str| {
        let entry = entry("Doc", Some(&uuid(1)), EVA, NOTE, "Second").replacen(from, to, 1);
        assert!(entry.contains(to), "{from}");
        send(&server, ITI92, &[submission_set(EVA), entry, later_member("Doc", "1", &[])])
    };
    let refused = [
        (NOTE, "2.999.442.9.3.2000.9", "XDSMetadataIdentifierError"),
        ("7edca82f-054d-47f2-a032-9b2a5b5186c1", "34268e47-fdf5-41a6-ba33-82133c465248", "XDSObjectTypeError"),
        ("1.3.6.1.4.1.21367.13.60.1", "1.3.6.1.4.1.21367.13.60.2", "UnmodifiableMetadataError"),
        (
            "<rim:Slot name=\"size\"",
            "<rim:Slot name=\"documentAvailability\"><rim:ValueList><rim:Value>urn:ihe:iti:2010:DocumentAvailability:Offline</rim:Value></rim:ValueList></rim:Slot><rim:Slot name=\"size\"",
            "UnmodifiableMetadataError",
        ),
        ("<rim:Value>P1^", "<rim:Value>P7^", "UnmodifiableMetadataError"),
        ("<rim:Slot name=\"languageCode\"", "<rim:Slot name=\"lost\"", "XDSRegistryMetadataError"),
    ];
    for (from, to, code) in refused {
        assert_refused(&changed(from, to), code);
    }
    let folder = [submission_set(EVA), folder("F", Some(&uuid(2)), EVA, FOLDER, "Renamed"), later_member("F", "1", &[])];
    assert_refused(&send(&server, ITI92, &folder), "UnmodifiableMetadataError");
    let status = [submission_set(EVA), new_status(&uuid(1), APPROVED, DEPRECATED)];
    assert_refused(&send(&server, ITI92, &status), "UnmodifiableMetadataError");
    assert_success(&changed("fr-LU", "de-LU"));
    assert!(versions_of_note(&server).contains("de-LU"));
}

/// Every way to break a rule of an update, with the code that each of the transactions has for it.
fn what_breaks_a_rule_is_refused_whole(database: Database) {
    let server = server_with_note(database);
    let good = entry("Doc", Some(&uuid(1)), EVA, NOTE, "Second");
    let lid = format!(" lid=\"{}\"", uuid(1));
    let with = |entry: &str, member: &str| vec![submission_set(EVA), entry.to_owned(), member.to_owned()];
    let bare = |slots: &[(&str, &str)]| association("m", HAS_MEMBER, "Set", "Doc", slots);
    let (original, previous) = (("SubmissionSetStatus", "Original"), ("PreviousVersion", "1"));
    let (update, operation) = ("XDSMetadataUpdateError", "XDSMetadataUpdateOperationError");
    let (request, annotation) = ("XDSInvalidRequestException", "XDSMetadataAnnotationError");
    let version = ("XDSMetadataVersionError", "XDSMetadataVersionError");
    let unmodifiable = "UnmodifiableMetadataError";
    let cases = [
        (with(&good.replace(&lid, ""), &later_member("Doc", "1", &[])), (update, request)),
        (with(&good.replace(&lid, " lid=\"Doc\""), &later_member("Doc", "1", &[])), (update, request)),
        (with(&good.replace(&lid, " lid=\"Other\""), &later_member("Doc", "1", &[])), (update, request)),
        (with(&good.replace(&lid, &format!(" lid=\"{}\"", uuid(99))), &later_member("Doc", "1", &[])), version),
        (with(&good, &later_member("Doc", "2", &[])), version),
        (with(&good, &later_member("Doc", "01", &[])), (update, annotation)),
        (with(&good, &later_member("Doc", "", &[])), (update, annotation)),
        (with(&good, &later_member("Doc", "1", &[("AssociationPropagation", "maybe")])), (update, annotation)),
        (with(&good, &bare(&[original])), (update, annotation)),
        (with(&good, &bare(&[previous])), (update, annotation)),
        (with(&good, &bare(&[("SubmissionSetStatus", "Reference"), previous])), (update, annotation)),
        (with(&good, &bare(&[original, previous, ("NewStatus", APPROVED)])), (operation, unmodifiable)),
        (with(&good, ""), (update, annotation)),
        (with(&good, &[bare(&[original, previous]), later_member("Doc", "1", &[])].concat()), (operation, unmodifiable)),
        (with("", &later_member(&uuid(1), "1", &[])), (operation, unmodifiable)),
        (with("", &association("a", APPENDS, &uuid(1), &uuid(2), &[])), (operation, unmodifiable)),
        (with("", ""), (operation, unmodifiable)),
        (vec![good.clone(), later_member("Doc", "1", &[])], (update, request)),
        (with(&good, &(submission_set(EVA).replace("Set", "Set2") + &later_member("Doc", "1", &[]))), (update, request)),
        (with("", &new_status(&uuid(1), DEPRECATED, APPROVED)), (update, unmodifiable)),
        (with("", &new_status(&uuid(1), APPROVED, "urn:oasis:names:tc:ebxml-regrep:StatusType:Submitted")), (update, unmodifiable)),
        (with("", &new_status(&uuid(99), APPROVED, DEPRECATED)), (update, unmodifiable)),
        (with("", &association("a", SUBMIT_ASSOCIATION, "Set", &uuid(3), &[])), (update, unmodifiable)),
        (
            with(
                "",
                &(new_status(&uuid(1), APPROVED, DEPRECATED) + &new_status(&uuid(1), APPROVED, APPROVED).replace("id=\"s-", "id=\"t-")),
            ),
            (operation, unmodifiable),
        ),
        (with(&(good.clone() + &good.replace("Doc", "Dog")), &(later_member("Doc", "1", &[]) + &later_member("Dog", "1", &[]))), version),
        (
            with(&good.replace("\"Doc\"", &format!("\"{}\"", uuid(3))), &later_member(&uuid(3), "1", &[])),
            ("XDSDuplicateUniqueIdInRegistry", "XDSDuplicateUniqueIdInRegistry"),
        ),
    ];
    for (n, (objects, (full, restricted))) in cases.iter().enumerate() {
        for (action, code) in [(ITI57, full), (ITI92, restricted)] {
            let answer = send(&server, action, objects);
            assert!(answer.contains("ResponseStatusType:Failure"), "case {n}: {answer}");
            assert!(answer.contains(&format!("errorCode=\"{code}\"")), "case {n} wants {code} of {action}: {answer}");
        }
    }
    let later = [submission_set(EVA), good, member("Doc")];
    assert_refused(&send(&server, ITI42, &later), "XDSRegistryMetadataError");
    let later = [submission_set(EVA), folder("F", Some(&uuid(2)), EVA, "2.999.442.9.6.2000.2", "Later"), member("F")];
    assert_refused(&send(&server, ITI42, &later), "XDSRegistryMetadataError");
    let queries = [
        ("$MetadataLevel", "3"),
        ("$MetadataLevel", "one"),
        ("$XDSDocumentEntryLogicalID", "('urn:uuid:00000000-0000-4000-8000-000000000001')"),
    ];
    for (name, value) in queries {
        assert_refused(&ask(&server, GET_DOCUMENTS, &[(name, value)]), "XDSRegistryError");
    }
    assert_eq!(contents(&server, "2"), (1, 1, 1), "a refused update changed something");
}

fn one_of_many_parallel_updates_wins(database: Database) {
    let server = server_with_note(database);
    let answers: Vec<String> = std::thread::scope(|scope| {
        let updates: Vec<_> = (0..8).map(|_| scope.spawn(|| update_note(&server, ITI57, "Doc", "1"))).collect();
        updates.into_iter().map(|update| update.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.contains("ResponseStatusType:Success"));
    assert_eq!(won.len(), 1, "{answers:?}");
    lost.iter().for_each(|answer| assert_refused(answer, "XDSMetadataVersionError"));
    let all = versions_of_note(&server);
    assert_eq!((counts(&all).0, count(&all, APPROVED), contents(&server, "1")), (2, 1, (1, 1, 1)));
}

/// A submission replaces the latest version, and its successor takes the place in the folder as it is now.
fn replacements_know_versions(database: Database) {
    let server = server_with_note(database);
    let both = [
        submission_set(EVA),
        entry(&uuid(11), Some(&uuid(1)), EVA, NOTE, "Second"),
        folder(&uuid(12), Some(&uuid(2)), EVA, FOLDER, "Renamed"),
        later_member(&uuid(11), "1", &[]),
        later_member(&uuid(12), "1", &[]),
    ];
    assert_success(&send(&server, ITI57, &both));
    let replace = |target: u32| {
        let successor = entry("New", None, EVA, "2.999.442.9.3.2000.3", "Successor");
        let link = association("r", REPLACES, "New", &uuid(target), &[]);
        send(&server, ITI42, &[submission_set(EVA), successor, member("New"), link])
    };
    assert_refused(&replace(1), "XDSRegistryDeprecatedDocumentError");
    assert_success(&replace(11));
    assert_eq!(contents(&server, "1"), (2, 1, 2));
    assert_eq!(contents(&server, "2"), (3, 2, 3));
    let late = [submission_set(EVA), association(&uuid(20), HAS_MEMBER, &uuid(2), &uuid(11), &[]), member(&uuid(20))];
    assert_refused(&send(&server, ITI42, &late), "XDSRegistryMetadataError");
}
