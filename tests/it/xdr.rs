//! Document Recipient (ITI TF-1: 15): what is pushed here, whoever it is about and however little is said of it.

use dossier::wire::xml::{Element, ns};

use crate::mllp::message::{announce, announcement, merge};
use crate::on_both_databases;
use crate::support::metadata::{entry as complete_entry, later_member, send, submission_set};
use crate::support::{AUTHORITY, Database, TestServer, send_hl7};
use crate::xds::answer::Answer;
use crate::xds::envelope::{PROVIDE, SOAP, envelope};
use crate::xds::metadata::Submission;
use crate::xds::query::{GET_DOCUMENTS, ask, find_documents};
use crate::xds::retrieve::retrieve;

on_both_databases!(
    limited_metadata_are_kept_as_they_are,
    what_names_no_patient_waits_in_a_record_of_its_own,
    an_unknown_patient_gets_a_record,
    a_known_patient_is_no_matter,
    limited_objects_still_say_what_they_are,
    limited_metadata_are_for_recipients_only,
    an_update_completes_limited_metadata,
);

const UNIQUE_ID: &str = "2.999.442.9.3.1000.1";
const QUEUED: &str = "errorCode=\"DocumentQueued\"";
const ENTRY_PATIENT: &str = "58a6f841-87b3-4a3e-92fd-a8ffeff98427";
const LIMITED: [(&str, &str); 2] =
    [("Document01", "ab9b591b-83ab-4d03-8f5d-f93b1fb92e85"), ("SubmissionSet01", "5003a9db-8d8d-49e6-bf0c-990e34ac7707")];

fn identifier(object: &str, scheme: &str, value: &str) -> String {
    format!(
        "<rim:ExternalIdentifier id=\"{object}-{scheme}\" registryObject=\"{object}\" identificationScheme=\"urn:uuid:{scheme}\" \
         value=\"{value}\"><rim:Name><rim:LocalizedString value=\"n\"/></rim:Name></rim:ExternalIdentifier>"
    )
}

fn node(object: &str, node: &str) -> String {
    format!("<rim:Classification id=\"{object}-{node}\" classifiedObject=\"{object}\" classificationNode=\"urn:uuid:{node}\"/>")
}

/// The least that is taken (ITI TF-3: Table 4.3.1-3, XDR MS), with these parts more in the entry.
fn least(more: &str) -> String {
    let [(document, entry_limited), (set, set_limited)] = LIMITED;
    let entry = [more.to_owned(), node(document, entry_limited), identifier(document, "2e82c1f6-a085-4c72-9da3-8640a32e42ab", UNIQUE_ID)];
    let package = [
        "<rim:Slot name=\"submissionTime\"><rim:ValueList><rim:Value>20250317083000</rim:Value></rim:ValueList></rim:Slot>".to_owned(),
        node(set, "a54d6aa5-d40d-43f9-88c5-b4633d873bdd"),
        node(set, set_limited),
        identifier(set, "96fdda7c-d067-4183-912e-bf5ee74998a8", "2.999.442.9.4.1000.1"),
        identifier(set, "554ac39e-e3fe-47fe-b233-965d2a147832", "2.999.442.9.5"),
    ];
    let body = format!(
        "<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds=\"urn:ihe:iti:xds-b:2007\">\
         <lcm:SubmitObjectsRequest xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
         xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><rim:RegistryObjectList>\
         <rim:ExtrinsicObject id=\"{document}\" mimeType=\"text/plain\" objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\">{}</rim:ExtrinsicObject>\
         <rim:RegistryPackage id=\"{set}\">{}</rim:RegistryPackage>\
         <rim:Association id=\"a1\" associationType=\"urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" sourceObject=\"{set}\" targetObject=\"{document}\">\
         <rim:Slot name=\"SubmissionSetStatus\"><rim:ValueList><rim:Value>Original</rim:Value></rim:ValueList></rim:Slot></rim:Association>\
         </rim:RegistryObjectList></lcm:SubmitObjectsRequest><xds:Document id=\"{document}\">bm90ZSAxCg==</xds:Document>\
         </xds:ProvideAndRegisterDocumentSetRequest>",
        entry.concat(),
        package.concat()
    );
    envelope(PROVIDE, &body)
}

fn receive(server: &TestServer, message: &str) -> Answer {
    Answer::read(&server.recipient(SOAP, message.as_bytes()))
}

/// The answer to GetDocuments, schema valid like every answer to a query.
fn entry(server: &TestServer) -> Element {
    let answer = ask(server, GET_DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryUniqueId", &format!("('{UNIQUE_ID}')"))]);
    assert!(answer.succeeded(), "{answer}");
    answer.objects("ExtrinsicObject")[0].clone()
}

fn patient_of(entry: &Element) -> String {
    let scheme = format!("urn:uuid:{ENTRY_PATIENT}");
    let mut identifiers = entry.children_named(ns::RIM, "ExternalIdentifier");
    identifiers.find(|id| id.attribute("identificationScheme") == Some(&scheme)).unwrap().attribute("value").unwrap().to_owned()
}

fn limited_metadata_are_kept_as_they_are(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let patient = identifier("Document01", ENTRY_PATIENT, &format!("P1^^^&amp;{AUTHORITY}&amp;ISO"));
    let answer = receive(&server, &least(&patient));
    assert!(answer.succeeded() && !answer.envelope.contains("RegistryError"), "{answer}");
    let entry = entry(&server);
    let classifications: Vec<_> = entry
        .children_named(ns::RIM, "Classification")
        .map(|one| one.attribute("classificationNode").or(one.attribute("classificationScheme")).unwrap().to_owned())
        .collect();
    assert_eq!(classifications, [format!("urn:uuid:{}", LIMITED[0].1)], "no code that was not sent");
    let slots: Vec<_> = entry.children_named(ns::RIM, "Slot").map(|slot| slot.attribute("name").unwrap()).collect();
    assert_eq!(slots, ["hash", "repositoryUniqueId", "size"], "only what the repository knows");
    assert_eq!(patient_of(&entry), format!("P1^^^&{AUTHORITY}&ISO"));
    assert_eq!(find_documents(&server, "P1", "LeafClass").objects("ExtrinsicObject").len(), 1);
    assert_eq!(retrieve(&server, UNIQUE_ID), b"note 1\n");
}

fn what_names_no_patient_waits_in_a_record_of_its_own(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let answer = receive(&server, &least(""));
    assert!(answer.succeeded() && answer.envelope.contains(QUEUED), "{answer}");
    assert!(answer.envelope.contains("highestSeverity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning\""), "{answer}");
    let other = least("").replace(UNIQUE_ID, "2.999.442.9.3.1000.2").replace("2.999.442.9.4.1000.1", "2.999.442.9.4.1000.2");
    assert!(receive(&server, &other).succeeded());

    let waiting = patient_of(&entry(&server));
    let number = waiting.split('^').next().unwrap();
    assert!(number.starts_with("RECEIVED-"), "{waiting}");
    assert_eq!(find_documents(&server, number, "ObjectRef").objects("ObjectRef").len(), 1, "the other is in a record of its own");
    // Somebody has found out.
    let acknowledgement = send_hl7(server.mllp, &merge("P1", number));
    assert!(acknowledgement.contains("MSA|AA"), "{acknowledgement}");
    assert_eq!(find_documents(&server, "P1", "ObjectRef").objects("ObjectRef").len(), 1);
    assert_eq!(patient_of(&entry(&server)), format!("P1^^^&{AUTHORITY}&ISO"));
}

fn an_unknown_patient_gets_a_record(database: Database) {
    let server = TestServer::start(database);
    let answer = Answer::read(&server.recipient(SOAP, &Submission::note(1, "P1").inline().body));
    assert!(answer.succeeded() && answer.envelope.contains(QUEUED), "{answer}");
    let acknowledgement = send_hl7(server.mllp, &announcement("P1"));
    assert!(acknowledgement.contains("MSA|AA"), "{acknowledgement}");
    assert_eq!(find_documents(&server, "P1", "ObjectRef").objects("ObjectRef").len(), 1);
}

fn a_known_patient_is_no_matter(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let message = Submission::note(1, "P1").mtom();
    let answer = Answer::read(&server.recipient(&message.content_type, &message.body));
    assert!(answer.succeeded() && !answer.envelope.contains("RegistryError"), "{answer}");
}

/// What no source can be without.
fn limited_objects_still_say_what_they_are(database: Database) {
    let server = TestServer::start(database);
    for (lacking, missing) in [
        ("2e82c1f6-a085-4c72-9da3-8640a32e42ab", "DocumentEntry.uniqueId"),
        ("96fdda7c-d067-4183-912e-bf5ee74998a8", "SubmissionSet.uniqueId"),
        ("554ac39e-e3fe-47fe-b233-965d2a147832", "SubmissionSet.sourceId"),
    ] {
        let message = least("").replace(lacking, "00000000-0000-4000-8000-000000000000");
        let answer = receive(&server, &message);
        assert_eq!(answer.status(), Some("Failure"));
        assert!(answer.envelope.contains(missing), "{answer}");
    }
    for (from, to) in [("submissionTime", "x"), (" mimeType=\"text/plain\"", "")] {
        assert_eq!(receive(&server, &least("").replace(from, to)).status(), Some("Failure"));
    }
}

fn limited_metadata_are_for_recipients_only(database: Database) {
    let server = TestServer::start(database);
    let answer = Answer::read(&server.repository(SOAP, least("").as_bytes()));
    assert_eq!(answer.status(), Some("Failure"));
    assert!(answer.envelope.contains("DocumentEntry.classCode"), "{answer}");
    let unmarked = least("").replace(LIMITED[0].1, "00000000-0000-4000-8000-000000000000");
    assert_eq!(receive(&server, &unmarked).status(), Some("Failure"), "an object without the mark is not limited");
}

/// ITI TF-2: 3.57: the next version has all that the first one lacked.
fn an_update_completes_limited_metadata(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let patient = identifier("Document01", ENTRY_PATIENT, &format!("P1^^^&amp;{AUTHORITY}&amp;ISO"));
    assert!(receive(&server, &least(&patient)).succeeded());
    let first = entry(&server).attribute("id").unwrap().to_owned();
    let objects =
        [submission_set("P1"), complete_entry("Next", Some(&first), "P1", UNIQUE_ID, "Known by now"), later_member("Next", "1", &[])];
    let answer = send(&server, "urn:ihe:iti:2010:UpdateDocumentSet", &objects);
    assert!(answer.contains("ResponseStatusType:Success"), "{answer}");
    let found = find_documents(&server, "P1", "LeafClass");
    let [next] = found.objects("ExtrinsicObject")[..] else { panic!("{found}") };
    assert_eq!(next.attribute("lid"), Some(first.as_str()));
    let marks: Vec<_> = next.children_named(ns::RIM, "Classification").filter_map(|one| one.attribute("classificationNode")).collect();
    assert!(marks.is_empty(), "{marks:?}");
    assert!(next.children_named(ns::RIM, "Slot").any(|slot| slot.attribute("name") == Some("languageCode")));
}
