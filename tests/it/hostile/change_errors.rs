//! What a tester can be told of requests that change or remove, or ask about many patients.

use dossier::model::audit_event::Transaction;

use crate::support::metadata::{
    APPENDS, APPROVED, DEPRECATED, HAS_MEMBER, SUBMIT_ASSOCIATION, announce, association, entry, folder, later_member, member, new_status,
    submission_set, uuid,
};
use crate::support::{AUTHORITY, Database, REPOSITORY, TestServer, send_hl7};
use crate::xds::answer::Answer;
use crate::xds::envelope::{SOAP, envelope};

const PATIENT: &str = "P1";
const NOTE: &str = "2.999.442.9.3.2000.1";
const FOLDER: &str = "2.999.442.9.6.2000.1";
const DOCUMENTS: &str = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f";
const FOLDERS: &str = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df";

type Cases = Vec<(String, String)>;

/// The chapters: a title, and each case with the words of the answer.
pub fn chapters() -> Vec<(&'static str, Cases)> {
    let server = TestServer::start(Database::Sqlite);
    announce(&server, PATIENT);
    announce(&server, "P2");
    let objects = [
        submission_set(PATIENT),
        entry(&uuid(1), None, PATIENT, NOTE, "First"),
        folder(&uuid(2), None, PATIENT, FOLDER, "Folder"),
        member(&uuid(1)),
        member(&uuid(2)),
        association(&uuid(3), HAS_MEMBER, &uuid(2), &uuid(1), &[]),
        member(&uuid(3)),
    ];
    let registered = submit(&server, "urn:ihe:iti:2007:RegisterDocumentSet-b", &objects);
    assert!(registered.succeeded(), "{registered}");
    vec![
        ("Updates (ITI-57)", updates(&server, "urn:ihe:iti:2010:UpdateDocumentSet")),
        ("Restricted updates (ITI-92)", updates(&server, "urn:ihe:iti:2018:RestrictedUpdateDocumentSet")),
        ("Removals of metadata (ITI-62)", removals(&server)),
        ("Removals of documents (ITI-86)", document_removals(&server)),
        ("Queries about many patients (ITI-51)", queries(&server)),
        (Transaction::Iti64.as_str(), link_changes(&server)),
    ]
}

fn submit(server: &TestServer, action: &str, objects: &[String]) -> Answer {
    let body = format!(
        "<lcm:SubmitObjectsRequest xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
         xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><rim:RegistryObjectList>{}</rim:RegistryObjectList>\
         </lcm:SubmitObjectsRequest>",
        objects.concat()
    );
    Answer::read(&server.registry(SOAP, envelope(action, &body).as_bytes()))
}

fn updates(server: &TestServer, action: &str) -> Cases {
    let good = entry("Doc", Some(&uuid(1)), PATIENT, NOTE, "Second");
    let lid = format!(" lid=\"{}\"", uuid(1));
    let later = |slots: &[(&str, &str)]| later_member("Doc", "1", slots);
    let bare = |slots: &[(&str, &str)]| association("m", HAS_MEMBER, "Set", "Doc", slots);
    let (original, previous) = (("SubmissionSetStatus", "Original"), ("PreviousVersion", "1"));
    let moved = folder("F", Some(&uuid(2)), "P2", FOLDER, "Moved");
    let cases = [
        ("no lid", good.replace(&lid, ""), later(&[])),
        ("the id as lid", good.replace(&lid, " lid=\"Doc\""), later(&[])),
        ("a lid that is no UUID", good.replace(&lid, " lid=\"Other\""), later(&[])),
        ("a lid that is nowhere", good.replace(&lid, &format!(" lid=\"{}\"", uuid(99))), later(&[])),
        ("an earlier version that is not the latest", good.clone(), later_member("Doc", "2", &[])),
        ("a PreviousVersion that is no number", good.clone(), later_member("Doc", "first", &[])),
        ("an empty PreviousVersion", good.clone(), later_member("Doc", "", &[])),
        ("no PreviousVersion", good.clone(), bare(&[original])),
        ("no SubmissionSetStatus", good.clone(), bare(&[previous])),
        ("a reference as new version", good.clone(), bare(&[("SubmissionSetStatus", "Reference"), previous])),
        ("AssociationPropagation that is neither yes nor no", good.clone(), later(&[("AssociationPropagation", "maybe")])),
        ("a status in a membership", good.clone(), bare(&[original, previous, ("NewStatus", APPROVED)])),
        ("no membership", good.clone(), String::new()),
        ("another uniqueId", good.replace(NOTE, "2.999.442.9.3.2000.9"), later(&[])),
        ("another patient", good.replace("P1^^^", "P2^^^"), later(&[])),
        ("a folder", folder("F", Some(&uuid(2)), PATIENT, FOLDER, "Second"), later_member("F", "2", &[])),
        ("a folder of another patient", moved, later_member("F", "1", &[])),
        ("a membership of what is in the registry", String::new(), later_member(&uuid(1), "1", &[])),
        ("an association that is not in a SubmitAssociation", String::new(), association("a", APPENDS, &uuid(1), &uuid(2), &[])),
        ("nothing to update", String::new(), String::new()),
        ("a second set", submission_set(PATIENT).replace("Set", "Set2"), String::new()),
        ("another status than the object has", String::new(), new_status(&uuid(1), DEPRECATED, APPROVED)),
        ("a status that is none", String::new(), new_status(&uuid(1), APPROVED, "Submitted")),
        ("the status of an object that is nowhere", String::new(), new_status(&uuid(99), APPROVED, DEPRECATED)),
        ("a SubmitAssociation of what is in the registry", String::new(), association("a", SUBMIT_ASSOCIATION, "Set", &uuid(3), &[])),
        ("two versions of one entry", good.clone() + &good.replace("Doc", "Dog"), later(&[]) + &later_member("Dog", "1", &[])),
        ("the id of another object", good.replace("\"Doc\"", &format!("\"{}\"", uuid(3))), later_member(&uuid(3), "1", &[])),
    ];
    let refused = |(name, object, link): &(&str, String, String)| {
        let answer = submit(server, action, &[submission_set(PATIENT), object.clone(), link.clone()]);
        assert!(!answer.succeeded(), "{name}: {answer}");
        ((*name).to_owned(), answer.said())
    };
    let mut all: Cases = cases.iter().map(refused).collect();
    all.push(("no set".to_owned(), submit(server, action, &[good, later(&[])]).said()));
    all
}

fn removals(server: &TestServer) -> Cases {
    let said = |attributes: &str, content: &str| {
        let body = format!(
            "<l:RemoveObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
             xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"{attributes}>{content}</l:RemoveObjectsRequest>"
        );
        Answer::read(&server.registry(SOAP, envelope("urn:ihe:iti:2010:DeleteDocumentSet", &body).as_bytes())).said()
    };
    let list = |ids: &[&str]| {
        let references: String = ids.iter().map(|id| format!("<r:ObjectRef id=\"{id}\"/>")).collect();
        format!("<r:ObjectRefList>{references}</r:ObjectRefList>")
    };
    let cases = [
        ("nothing", said("", "")),
        ("an empty list", said("", &list(&[]))),
        ("a query", said("", &format!("<r:AdhocQuery id=\"q\"/>{}", list(&[&uuid(1)])))),
        ("a deletionScope", said(" deletionScope=\"DeleteRepositoryItemOnly\"", &list(&[&uuid(1)]))),
        ("an id that is none", said("", &list(&["Document01"]))),
        ("an object that is nowhere", said("", &list(&[&uuid(99)]))),
        ("an entry that associations refer to", said("", &list(&[&uuid(1)]))),
        ("a membership whose entry would be left alone", said("", &list(&[&uuid(3)]))),
    ];
    cases.map(|(name, said)| (name.to_owned(), said)).to_vec()
}

fn document_removals(server: &TestServer) -> Cases {
    let said = |requests: &[(&str, &str)]| {
        let request = |(repository, document): &(&str, &str)| {
            format!(
                "<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>\
                 <x:DocumentUniqueId>{document}</x:DocumentUniqueId></x:DocumentRequest>"
            )
        };
        let requests: String = requests.iter().map(request).collect();
        let body = format!(
            "<d:RemoveDocumentsRequest xmlns:d=\"urn:ihe:iti:rmd:2017\" xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</d:RemoveDocumentsRequest>"
        );
        Answer::read(&server.repository(SOAP, envelope("urn:ihe:iti:2017:RemoveDocuments", &body).as_bytes())).said()
    };
    let cases = [
        ("nothing", said(&[])),
        ("a document that is nowhere", said(&[(REPOSITORY, "2.999.5")])),
        ("another repository", said(&[("2.999.1", "2.999.5")])),
        ("an id that is none", said(&[(REPOSITORY, "../etc/passwd")])),
        ("no repository", said(&[("", "2.999.5")])),
        ("no document", said(&[(REPOSITORY, "")])),
    ];
    cases.map(|(name, said)| (name.to_owned(), said)).to_vec()
}

fn queries(server: &TestServer) -> Cases {
    let said = |id: &str, parameters: &[(&str, &str)]| {
        let body = crate::xds::query::adhoc_query(id, "LeafClass", parameters);
        Answer::read(&server.registry(SOAP, envelope("urn:ihe:iti:2009:MultiPatientStoredQuery", &body).as_bytes())).said()
    };
    let approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";
    let status = ("$XDSDocumentEntryStatus", approved);
    let class = ("$XDSDocumentEntryClassCode", "('a^^1.2')");
    let cases = [
        ("no code", said(DOCUMENTS, &[status])),
        ("no status", said(DOCUMENTS, &[class])),
        ("folders without code", said(FOLDERS, &[("$XDSFolderStatus", approved)])),
        ("folders without status", said(FOLDERS, &[("$XDSFolderCodeList", "('a^^1.2')")])),
        ("a query about one patient", said("urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", &[status, class])),
        ("a code twice that cannot be AND", said(DOCUMENTS, &[status, class, class])),
        ("a patient that is none", said(DOCUMENTS, &[status, class, ("$XDSDocumentEntryPatientId", "('x')")])),
    ];
    cases.map(|(name, said)| (name.to_owned(), said)).to_vec()
}

fn link_changes(server: &TestServer) -> Cases {
    use crate::mllp::message::{adt, link_change, readable};
    let id = |id: &str| format!("{id}^^^&{AUTHORITY}&ISO");
    let local = "L1^^^&2.999.1&ISO";
    let cases = [
        ("a patient that is not known", link_change("P9", local, &id("P1"))),
        ("an earlier patient that is not known", link_change("P1", local, &id("P9"))),
        ("no local identifier", adt("A43", "ADT_A43", &[&format!("PID|||{}|| ", id("P1")), &format!("MRG|{}", id("P2"))])),
        ("no MRG", adt("A43", "ADT_A43", &[&format!("PID|||{}~{local}|| ", id("P1"))])),
        ("no PID", adt("A43", "ADT_A43", &[&format!("MRG|{}", id("P2"))])),
        ("an identifier of elsewhere before", link_change("P1", local, "X^^^&2.999.2&ISO")),
    ];
    let said = |(name, message): &(&str, String)| {
        let answer = readable(&send_hl7(server.mllp, message));
        assert!(!answer.contains("\nMSA|AA|"), "{name}: {answer}");
        ((*name).to_owned(), answer)
    };
    cases.iter().map(said).collect()
}
