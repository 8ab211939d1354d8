//! A link change moves the documents of one local patient (ITI TF-2: 3.64.4.1.3).

use dossier::wire::xml::Element;

use super::message::{announce, link_change, merge, pid_3};
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};
use crate::xds::answer::{Answer, walk};
use crate::xds::metadata::{APPENDS, Document, HAS_MEMBER, REPLACES, Submission, association, folder, member};
use crate::xds::query::{ask, find_documents, get_all};
use crate::xds::retrieve::retrieve;

on_both_databases!(
    documents_and_their_folder_move_as_new_versions,
    only_documents_of_the_local_patient_move,
    local_ids_merge_under_one_xad_pid,
    a_move_can_merge_local_ids_too,
    what_is_obsolete_stays,
    references_follow_the_document,
    the_same_message_again_changes_nothing,
    patients_who_are_not_known_prevent_it,
);

const GET_ASSOCIATIONS: &str = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155";
const LOCAL: &str = "L_1%^^^&2.999.5&ISO";
const OTHER: &str = "Lx1%^^^&2.999.5&ISO";

fn start(database: Database) -> TestServer {
    let server = TestServer::start(database);
    announce(&server, &["OLD", "NEW"]);
    server
}

/// The document of that number, whose source knows its patient as `local`.
fn document(number: u32, local: &str) -> Document {
    Document { source_patient: local.to_owned(), ..Document::new(number, "OLD", format!("note {number}\n").as_bytes()) }
}

fn submit(server: &TestServer, submission: Submission) {
    let package = submission.mtom();
    let answer = Answer::read(&server.repository(&package.content_type, &package.body));
    assert!(answer.succeeded(), "{answer}");
}

fn accepted(server: &TestServer, message: &str) {
    let answer = send_hl7(server.mllp, message);
    assert!(answer.contains("\rMSA|AA|"), "{answer}");
}

/// Puts objects of a submission into its folder 1.
fn filed(submission: Submission, objects: &[&str]) -> Submission {
    objects.iter().enumerate().fold(submission, |submission, (n, object)| {
        let filed = submission.object(&member(&format!("as-filed{n}"), "Folder01", object, None));
        filed.object(&member(&format!("as-link{n}"), "SubmissionSet01", &format!("as-filed{n}"), None))
    })
}

/// A patient's objects.
struct Record(Answer);

fn record(server: &TestServer, patient: &str) -> Record {
    let answer = get_all(server, patient);
    assert!(answer.succeeded(), "{answer}");
    Record(answer)
}

impl Record {
    /// Title, version and last word of the status of all entries, sorted.
    fn entries(&self) -> Vec<String> {
        summaries(self.0.objects("ExtrinsicObject"))
    }

    /// The same of folders.
    fn folders(&self) -> Vec<String> {
        summaries(self.packages(true))
    }

    /// Folders, which have versions, or submission sets, which have none.
    fn packages(&self, versioned: bool) -> Vec<&Element> {
        self.0.objects("RegistryPackage").into_iter().filter(|package| version(package).is_empty() != versioned).collect()
    }

    fn submission_sets(&self) -> usize {
        self.packages(false).len()
    }

    /// The id of the entry or folder with that title and status.
    fn id(&self, wanted: &str, status: &str) -> String {
        let objects = self.0.objects("");
        let fits = |object: &&&Element| title(object) == wanted && attribute(object, "status").ends_with(status);
        attribute(objects.iter().find(fits).unwrap_or_else(|| panic!("no {wanted} in {}", self.0)), "id")
    }

    /// How many approved associations of this kind link the two.
    fn links(&self, kind: &str, source: &str, target: &str) -> usize {
        let is = |link: &Element, name: &str, value: &str| attribute(link, name) == value;
        let fits = |link: &&&Element| {
            is(link, "associationType", kind)
                && is(link, "sourceObject", source)
                && is(link, "targetObject", target)
                && attribute(link, "status").ends_with("Approved")
        };
        self.0.objects("Association").iter().filter(fits).count()
    }
}

fn attribute(object: &Element, name: &str) -> String {
    object.attribute(name).unwrap_or_default().to_owned()
}

/// Whether one of the object's values is this.
fn says(object: &Element, value: &str) -> bool {
    let mut found = false;
    walk(object, &mut |element| found |= element.text() == value);
    found
}

fn title(object: &Element) -> String {
    let text = object.elements().find(|child| child.name.local == "Name").and_then(|name| name.elements().next());
    text.map(|text| attribute(text, "value")).unwrap_or_default()
}

fn version(object: &Element) -> String {
    let info = object.elements().find(|child| child.name.local == "VersionInfo");
    info.map(|info| attribute(info, "versionName")).unwrap_or_default()
}

fn summaries(objects: Vec<&Element>) -> Vec<String> {
    let status = |object: &Element| attribute(object, "status").rsplit(':').next().unwrap_or_default().to_owned();
    let mut all: Vec<_> = objects.iter().map(|object| format!("{} v{} {}", title(object), version(object), status(object))).collect();
    all.sort();
    all
}

fn documents_and_their_folder_move_as_new_versions(database: Database) {
    let server = start(database);
    let first = Submission::new(1, "OLD", vec![document(1, LOCAL)]).object(&folder(1, "OLD"));
    submit(&server, filed(first, &["Document01"]));
    let target = record(&server, "OLD").id("Note 1", "Approved");
    submit(&server, Submission::new(2, "OLD", vec![document(2, LOCAL)]).object(&association("as-1", APPENDS, "Document02", &target, "")));
    accepted(&server, &link_change("NEW", LOCAL, &pid_3("OLD")));

    let (old, new) = (record(&server, "OLD"), record(&server, "NEW"));
    assert_eq!(old.entries(), ["Note 1 v1 Deprecated", "Note 2 v1 Deprecated"]);
    assert_eq!(old.folders(), ["Folder 1 v1 Deprecated"]);
    assert_eq!(new.entries(), ["Note 1 v2 Approved", "Note 2 v2 Approved"]);
    assert_eq!(new.folders(), ["Folder 1 v2 Approved"]);
    assert_eq!((old.submission_sets(), new.submission_sets()), (2, 1));
    let [note_1, note_2, folder] = ["Note 1", "Note 2", "Folder 1"].map(|title| new.id(title, "Approved"));
    assert_eq!(new.links(APPENDS, &note_2, &note_1), 1, "{}", new.0);
    assert_eq!((new.links(HAS_MEMBER, &folder, &note_1), new.links(HAS_MEMBER, &folder, &note_2)), (1, 0));
    let set = attribute(new.packages(false)[0], "id");
    assert!([&note_1, &note_2, &folder].iter().all(|id| new.links(HAS_MEMBER, &set, id) == 1), "{}", new.0);
    assert_eq!(new.0.envelope.matches("PreviousVersion").count(), 3, "{}", new.0);
    assert_eq!(new.0.envelope.matches(&format!("lid=\"{target}\"")).count(), 1, "{}", new.0);
    assert_eq!(find_documents(&server, "NEW", "LeafClass").objects("ExtrinsicObject").len(), 2);
    assert_eq!(find_documents(&server, "OLD", "LeafClass").objects("ExtrinsicObject").len(), 0);
    assert_eq!(retrieve(&server, "2.999.442.9.3.1000.1"), b"note 1\n");
}

fn only_documents_of_the_local_patient_move(database: Database) {
    let server = start(database);
    let both = Submission::new(1, "OLD", vec![document(1, LOCAL), document(2, OTHER)]).object(&folder(1, "OLD"));
    submit(&server, filed(both, &["Document01", "Document02"]));
    accepted(&server, &link_change("NEW", LOCAL, &pid_3("OLD")));

    let (old, new) = (record(&server, "OLD"), record(&server, "NEW"));
    assert_eq!(old.entries(), ["Note 1 v1 Deprecated", "Note 2 v1 Approved"]);
    assert_eq!((old.folders(), new.folders()), (vec!["Folder 1 v1 Approved".to_owned()], Vec::new()), "the folder also holds another's");
    assert_eq!(new.entries(), ["Note 1 v2 Approved"]);
}

fn local_ids_merge_under_one_xad_pid(database: Database) {
    let server = start(database);
    let both = Submission::new(1, "OLD", vec![document(1, LOCAL), document(2, OTHER)]).object(&folder(1, "OLD"));
    submit(&server, filed(both, &["Document01", "Document02"]));
    accepted(&server, &link_change("OLD", OTHER, &format!("{}~{LOCAL}", pid_3("OLD"))));

    let after = record(&server, "OLD");
    assert_eq!(after.entries(), ["Note 1 v1 Deprecated", "Note 1 v2 Approved", "Note 2 v1 Approved"]);
    let new = after.id("Note 1", "Approved");
    assert_eq!(after.links(HAS_MEMBER, &after.id("Folder 1", "Approved"), &new), 1, "it is still in its folder");
    let current = find_documents(&server, "OLD", "LeafClass");
    assert!(!current.envelope.contains("L_1%") && current.envelope.matches("Lx1%").count() == 2, "{current}");
}

fn a_move_can_merge_local_ids_too(database: Database) {
    let server = start(database);
    submit(&server, Submission::new(1, "OLD", vec![document(1, LOCAL), document(2, OTHER)]));
    accepted(&server, &link_change("NEW", OTHER, &format!("{}~{LOCAL}", pid_3("OLD"))));
    assert_eq!(record(&server, "OLD").entries(), ["Note 1 v1 Deprecated", "Note 2 v1 Deprecated"]);
    let new = record(&server, "NEW");
    assert_eq!(new.entries(), ["Note 1 v2 Approved", "Note 2 v2 Approved"]);
    assert!(!new.0.envelope.contains("L_1%"), "{}", new.0);
}

fn what_is_obsolete_stays(database: Database) {
    let server = start(database);
    submit(&server, Submission::new(1, "OLD", vec![document(1, LOCAL)]));
    let target = record(&server, "OLD").id("Note 1", "Approved");
    submit(&server, Submission::new(2, "OLD", vec![document(2, LOCAL)]).object(&association("as-1", REPLACES, "Document02", &target, "")));
    accepted(&server, &link_change("NEW", LOCAL, &pid_3("OLD")));
    let (old, new) = (record(&server, "OLD"), record(&server, "NEW"));
    assert_eq!(old.entries(), ["Note 1 v1 Deprecated", "Note 2 v1 Deprecated"]);
    assert_eq!(new.entries(), ["Note 2 v2 Approved"]);
    assert_eq!(old.links(REPLACES, &old.id("Note 2", "Deprecated"), &target), 1);
    assert!(!new.0.envelope.contains("RPLC"), "{}", new.0);
}

fn references_follow_the_document(database: Database) {
    let server = start(database);
    submit(&server, Submission::new(1, "OLD", vec![document(1, LOCAL)]));
    let old = record(&server, "OLD").id("Note 1", "Approved");
    let mention = Submission { documents: Vec::new(), ..Submission::new(2, "OLD", Vec::new()) };
    submit(&server, mention.object(&member("as-1", "SubmissionSet01", &old, Some("Reference"))));
    accepted(&server, &link_change("NEW", LOCAL, &pid_3("OLD")));
    let references = |id: &str| {
        let ids = format!("('{id}')");
        let answer = ask(&server, GET_ASSOCIATIONS, "LeafClass", &[("$uuid", &ids), ("$MetadataLevel", "2")]);
        let links = answer.objects("Association").into_iter().filter(|link| says(link, "Reference"));
        let mut all: Vec<_> = links.map(|link| (attribute(link, "sourceObject"), attribute(link, "status"))).collect();
        all.sort();
        all
    };
    let (was, is) = (references(&old), references(&record(&server, "NEW").id("Note 1", "Approved")));
    assert_eq!((was.len(), is.len()), (1, 1));
    assert_eq!(was[0].0, is[0].0, "the same submission set mentions it");
    assert!(was[0].1.ends_with("Deprecated") && is[0].1.ends_with("Approved"), "{was:?} {is:?}");
}

fn the_same_message_again_changes_nothing(database: Database) {
    let server = start(database);
    submit(&server, Submission::new(1, "OLD", vec![document(1, LOCAL)]));
    for _ in 0..2 {
        accepted(&server, &link_change("NEW", LOCAL, &pid_3("OLD")));
        let new = record(&server, "NEW");
        assert_eq!((new.entries(), new.submission_sets()), (vec!["Note 1 v2 Approved".to_owned()], 1));
    }
    accepted(&server, &link_change("OLD", LOCAL, &pid_3("NEW")));
    assert_eq!(record(&server, "NEW").entries(), ["Note 1 v2 Deprecated"]);
    assert_eq!(record(&server, "OLD").entries(), ["Note 1 v1 Deprecated", "Note 1 v3 Approved"]);
}

fn patients_who_are_not_known_prevent_it(database: Database) {
    let server = start(database);
    submit(&server, Submission::new(1, "OLD", vec![document(1, LOCAL)]));
    let refused = |message: &str, place: &str, code: &str| {
        let answer = send_hl7(server.mllp, message);
        assert!(answer.contains(&format!("\rMSA|AE|MSG1\rERR||{place}|{code}^")), "{answer}");
        assert_eq!(record(&server, "OLD").entries(), ["Note 1 v1 Approved"]);
    };
    refused(&link_change("NOBODY", LOCAL, &pid_3("OLD")), "PID^1^3", "204");
    refused(&link_change("NEW", LOCAL, &pid_3("NOBODY")), "PID^1^3", "204");
    refused(&link_change("OLD", LOCAL, &pid_3("OLD")), "PID^1^3", "205");
    refused(&link_change("NEW", LOCAL, LOCAL), "MRG^1^1", "204");
    refused(&link_change("NEW", LOCAL, &format!("{}~X^^^&2.999.6&ISO", pid_3("OLD"))), "MRG^1^1", "102");
    announce(&server, &["GONE"]);
    accepted(&server, &merge("NEW", "GONE"));
    refused(&link_change("GONE", LOCAL, &pid_3("OLD")), "PID^1^3", "204");
}
