//! What is not the XML that SOAP allows.

use dossier::model::audit_event::Transaction;

use super::scene::{PATIENT, Scene};
use crate::on_both_databases;
use crate::support::Database;
use crate::xds::answer::Answer;
use crate::xds::envelope::{PROVIDE, SOAP, envelope};
use crate::xds::metadata::Submission;

on_both_databases!(not_xml, a_bomb_of_entities, an_external_entity, a_half_message, too_deep, another_encoding);

fn refused(database: Database, body: &[u8], words: &str) {
    let mut scene = Scene::start(database);
    let answer = Answer::read(&scene.server.repository(SOAP, body));
    assert_eq!(answer.said(), words);
    assert_eq!(scene.was_refused(&answer.envelope).transaction, Transaction::Unknown);
}

fn not_xml(database: Database) {
    refused(
        database,
        b"{\"resourceType\": \"Bundle\"}",
        "HTTP 400 soap:Sender: XML refused at line 1, column 1: not well-formed: there is text outside the root element",
    );
}

fn a_bomb_of_entities(database: Database) {
    let entities: String = (1..10).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    let bomb = format!("<!DOCTYPE bomb [<!ENTITY e0 \"ha\">{entities}]>");
    refused(
        database,
        with_doctype(&bomb, "&e9;").as_bytes(),
        "HTTP 400 soap:Sender: XML refused at line 1, column 39: a document type declaration (<!DOCTYPE) is not allowed",
    );
}

fn an_external_entity(database: Database) {
    let doctype = "<!DOCTYPE x [<!ENTITY file SYSTEM \"file:///etc/passwd\">]>";
    refused(
        database,
        with_doctype(doctype, "&file;").as_bytes(),
        "HTTP 400 soap:Sender: XML refused at line 1, column 39: a document type declaration (<!DOCTYPE) is not allowed",
    );
}

/// A submission whose title is the reference.
fn with_doctype(doctype: &str, reference: &str) -> String {
    let message = String::from_utf8(Submission::note(3, PATIENT).inline().body).unwrap();
    let (declaration, rest) = message.split_once("?>").unwrap();
    format!("{declaration}?>{doctype}{}", rest.replace("Note 3", reference))
}

fn a_half_message(database: Database) {
    let whole = Submission::note(3, PATIENT).inline().body;
    refused(
        database,
        &whole[..whole.len() / 2],
        "HTTP 400 soap:Sender: XML refused at line 2, column 3514, in /soap:Envelope/soap:Body/xds:ProvideAndRegisterDocumentSetRequest/lcm:SubmitObjectsRequest/rim:RegistryObjectList/rim:ExtrinsicObject: not well-formed: the document ends inside markup",
    );
}

fn too_deep(database: Database) {
    let deep = format!("{}{}", "<a>".repeat(70), "</a>".repeat(70));
    refused(
        database,
        envelope(PROVIDE, &deep).as_bytes(),
        "HTTP 400 soap:Sender: XML refused at line 2, column 518, in /soap:Envelope/soap:Body/a/a/a/a/a/a/a/a/a/a/a/a/a/a/…: elements are nested more than 64 deep",
    );
}

fn another_encoding(database: Database) {
    let message = String::from_utf8(Submission::note(3, PATIENT).inline().body).unwrap();
    let utf_16: Vec<u8> = message.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect();
    refused(
        database,
        &[&[0xfe, 0xff], utf_16.as_slice()].concat(),
        "HTTP 400 soap:Sender: XML refused at line 1, column 1: the document is not in UTF-8; send it in UTF-8",
    );
}
