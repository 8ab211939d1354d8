//! What is submitted is found with all that was said of it, and comes back byte for byte.

use std::collections::BTreeSet;

use dossier::wire::xml::{Element, XmlLimits, ns, parse};

use super::answer::Answer;
use super::metadata::{Document, Submission, code, slot};
use super::multipart::{Package, package};
use super::query::{find_documents, get_document};
use super::retrieve::{retrieve, retrieve_from};
use crate::mllp::message::announce;
use crate::on_both_databases;
use crate::support::{Database, REPOSITORY, TestServer};

on_both_databases!(
    by_mtom,
    inline,
    a_document_before_the_envelope,
    several_documents,
    an_empty_document,
    every_byte,
    unicode,
    the_longest_values,
    what_the_standard_does_not_know_is_kept,
    registered_only,
);

fn accepted(server: &TestServer, package: &Package) {
    let answer = Answer::read(&server.repository(&package.content_type, &package.body));
    assert!(answer.succeeded(), "{answer}");
}

/// Submits, finds, retrieves and compares.
fn comes_back(database: Database, submission: &Submission, package: &Package) -> TestServer {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    accepted(&server, package);
    assert_eq!(find_documents(&server, "P1", "ObjectRef").objects("ObjectRef").len(), submission.documents.len());
    for document in &submission.documents {
        let found = get_document(&server, &document.unique_id);
        let entries = found.objects("ExtrinsicObject");
        assert_eq!(entries.len(), 1, "{found}");
        assert_same_entry(&document.extrinsic_object(), entries[0]);
        assert_eq!(retrieve(&server, &document.unique_id), document.content);
    }
    server
}

/// That the entry found says all that was submitted, and beside it only what a registry adds.
fn assert_same_entry(submitted: &str, found: &Element) {
    let submitted = submitted.replacen("<rim:ExtrinsicObject", &format!("<rim:ExtrinsicObject xmlns:rim=\"{}\"", ns::RIM), 1);
    let submitted = parse(submitted.as_bytes(), &XmlLimits::default()).unwrap();
    let (submitted, found) = (facts(&submitted), facts(found));
    let missing: Vec<_> = submitted.difference(&found).collect();
    assert!(missing.is_empty(), "not found again: {missing:#?}\nin {found:#?}");
    let is_added = |fact: &String| {
        ["slot hash ", "slot size ", "slot repositoryUniqueId ", "lid ", "status ", "isOpaque false", "version "]
            .iter()
            .any(|start| fact.starts_with(start))
    };
    let added: Vec<_> = found.difference(&submitted).filter(|fact| !is_added(fact)).collect();
    assert!(added.is_empty(), "nobody submitted {added:#?}");
}

/// All that an object says, without the ids that a registry may choose.
fn facts(object: &Element) -> BTreeSet<String> {
    let chosen = ["id", "home", "classifiedObject", "registryObject", "objectType"];
    let mut facts = BTreeSet::new();
    for attribute in object.attributes.iter().filter(|attribute| !chosen.contains(&attribute.name.local.as_str())) {
        facts.insert(format!("{} {}", attribute.name.local, attribute.value));
    }
    for child in object.elements() {
        let fact = match child.name.local.as_str() {
            "Slot" => format!("slot {} {:?}", child.attribute("name").unwrap(), values(child)),
            "Name" | "Description" => format!("{} {:?}", child.name.local, localized(child)),
            "VersionInfo" => format!("version {:?}", child.attribute("versionName")),
            other => format!("{other} {:#?}", facts_of_part(child)),
        };
        assert!(facts.insert(fact.clone()), "said twice: {fact}");
    }
    facts
}

fn facts_of_part(part: &Element) -> BTreeSet<String> {
    // What an ExternalIdentifier is called is fixed by the standard.
    let mut facts = facts(part);
    facts.retain(|fact| !(part.name.local == "ExternalIdentifier" && fact.starts_with("Name ")));
    facts.retain(|fact| fact != "nodeRepresentation ");
    facts
}

fn values(slot: &Element) -> Vec<String> {
    let list = slot.child(ns::RIM, "ValueList").unwrap();
    list.children_named(ns::RIM, "Value").map(Element::text).collect()
}

fn localized(name: &Element) -> Vec<String> {
    name.children_named(ns::RIM, "LocalizedString").map(|string| string.attribute("value").unwrap().to_owned()).collect()
}

fn by_mtom(database: Database) {
    let submission = Submission::note(1, "P1");
    comes_back(database, &submission, &submission.mtom());
}

fn inline(database: Database) {
    let submission = Submission::note(1, "P1");
    comes_back(database, &submission, &submission.inline());
}

fn a_document_before_the_envelope(database: Database) {
    let submission = Submission::note(1, "P1");
    let mut parts = submission.document_parts();
    parts.push(super::multipart::Part::root(&submission.provide_by_reference()));
    comes_back(database, &submission, &package(&parts));
}

fn several_documents(database: Database) {
    let documents = (1..6).map(|number| Document::new(number, "P1", format!("text {number}").as_bytes())).collect();
    let submission = Submission::new(1, "P1", documents);
    let server = comes_back(database, &submission, &submission.mtom());
    let wanted: Vec<_> = submission.documents.iter().rev().map(|document| (REPOSITORY, document.unique_id.as_str())).collect();
    let answer = retrieve_from(&server, &wanted);
    let contents: Vec<_> = answer.parts.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert_eq!(contents, ["text 5", "text 4", "text 3", "text 2", "text 1"]);
}

fn an_empty_document(database: Database) {
    let document = Document::new(1, "P1", b"").slot("hash", &["da39a3ee5e6b4b0d3255bfef95601890afd80709"]).slot("size", &["0"]);
    let submission = Submission::new(1, "P1", vec![document]);
    comes_back(database, &submission, &submission.mtom());
}

fn every_byte(database: Database) {
    // Bytes that look like delimiters and line ends are content too.
    let all: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let content = [b"\r\n--b0undar\r\n\r\n--\r\n".as_slice(), &all, b"\r\n"].concat();
    let submission =
        Submission::new(1, "P1", vec![Document { mime_type: "application/octet-stream".into(), ..Document::new(1, "P1", &content) }]);
    comes_back(database, &submission, &submission.mtom());
}

fn unicode(database: Database) {
    let mut document = Document::new(1, "P1", "Grüße, 𝔘𝔫𝔦 \u{2028}".as_bytes());
    document.title = "Kræft & \"Ängste\" <è> 検査 🩺 e\u{301}".into();
    let document = document.slot("urn:example:été", &["Œuvre & co", "日本"]);
    let submission = Submission::new(1, "P1", vec![document]);
    comes_back(database, &submission, &submission.mtom());
}

/// The longest that ebRIM allows of each, in text that does not compress.
fn the_longest_values(database: Database) {
    let long: String =
        (1..400_u32).flat_map(|number| format!("{:x}é", number.wrapping_mul(2_654_435_761)).chars().collect::<Vec<_>>()).collect();
    let cut = |length: usize| long.chars().take(length).collect::<String>();
    let mut document = Document::new(1, "P1", b"x").slot("urn:example:long", &[&cut(256)]);
    document.title = cut(1024);
    document.classifications = code("Document01", "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", &cut(256), &cut(256), &cut(1024));
    let submission = Submission::new(1, "P1", vec![document]);
    comes_back(database, &submission, &submission.mtom());
}

fn what_the_standard_does_not_know_is_kept(database: Database) {
    let mut document = Document::new(1, "P1", b"x")
        .slot("serviceStartTime", &["20250317"])
        .slot("serviceStopTime", &["202503171015"])
        .slot("legalAuthenticator", &["D05^Lambert^Sophie^^^^^^&2.999.442.2.1&ISO"])
        .slot("sourcePatientInfo", &["PID-5|Exemple^Jeanne^^^", "PID-8|F"])
        .slot("urn:ihe:iti:xds:2013:referenceIdList", &["ORD1^^^&2.999.7&ISO^urn:ihe:iti:xds:2013:order"])
        .slot("urn:example:one", &["a", "b", "a"]);
    document.classifications = [
        code("Document01", "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", "event-1", "2.999.442.1.7", "Event one"),
        code("Document01", "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", "event-2", "2.999.442.1.7", "Event two"),
        code("Document01", "urn:uuid:0b1c2d3e-0000-4000-8000-00000000000c", "own", "2.999.442.1.8", "A scheme of our own"),
    ]
    .concat();
    document.classifications.insert_str(
        0,
        &format!(
            "<rim:Classification id=\"second-author\" classifiedObject=\"Document01\" nodeRepresentation=\"\" \
             classificationScheme=\"urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d\">{}{}{}</rim:Classification>",
            slot("authorPerson", &["D06^Muster^Max^^^^^^&2.999.442.2.1&ISO"]),
            slot("authorInstitution", &["Hôpital Fictif^^^^^^^^^2.999.442.2.3.1", "Cabinet^^^^^^^^^2.999.442.2.3.2"]),
            slot("authorRole", &["medecin^^^&2.999.442.1.5&ISO"]),
        ),
    );
    let submission = Submission::new(1, "P1", vec![document]);
    comes_back(database, &submission, &submission.mtom());
}

fn registered_only(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let document = Document::new(1, "P1", b"")
        .slot("hash", &["68c1fef70eda4125475251c897943837a8a08b57"])
        .slot("size", &["192"])
        .slot("repositoryUniqueId", &["2.999.442.9.77"]);
    let package = Submission::new(1, "P1", vec![document.clone()]).register();
    let answer = Answer::read(&server.registry(&package.content_type, &package.body));
    assert!(answer.succeeded(), "{answer}");
    let found = get_document(&server, &document.unique_id);
    assert_same_entry(&document.extrinsic_object(), found.objects("ExtrinsicObject")[0]);
    // The bytes are elsewhere.
    let answer = retrieve_from(&server, &[(REPOSITORY, &document.unique_id)]);
    assert!(answer.errors()[0].starts_with("XDSDocumentUniqueIdError"), "{answer}");
}
