//! Requests that are too large or too slow.

use super::scene::{PATIENT, Scene};
use crate::on_both_databases;
use crate::support::{Connection, Database};
use crate::xds::answer::Answer;
use crate::xds::metadata::{Document, Submission};
use crate::xds::multipart::{Part, package};

/// What keeps the settings in agreement with each other at small sizes.
const SMALL: [(&str, &str); 3] =
    [("limits.request_size", "64KiB"), ("limits.soap_message_size", "32KiB"), ("limits.document_size", "16KiB")];

on_both_databases!(
    too_much_xml,
    too_large_a_document,
    too_large_an_inline_document,
    too_large_a_request,
    too_many_parts,
    a_client_that_falls_silent,
    a_client_that_leaves
);

fn large(size: usize) -> Submission {
    Submission::new(3, PATIENT, vec![Document::new(3, PATIENT, &vec![b'x'; size])])
}

fn too_much_xml(database: Database) {
    let mut scene = Scene::start_with(database, &SMALL);
    scene.repository_refuses(&large(33_000).inline(), "HTTP 413 soap:Sender: the message is longer than the 32768 bytes of XML that this server takes; send documents as MTOM attachments");
}

fn too_large_a_document(database: Database) {
    let mut scene = Scene::start_with(database, &SMALL);
    scene.repository_refuses(
        &large(16_385).mtom(),
        "HTTP 413 soap:Sender: a document is larger than the 16384 bytes that this repository takes; nothing was stored",
    );
}

fn too_large_an_inline_document(database: Database) {
    let mut scene = Scene::start_with(database, &SMALL);
    scene.repository_refuses(
        &large(16_385).inline(),
        "HTTP 413 soap:Sender: a document is larger than the 16384 bytes that this repository takes; nothing was stored",
    );
}

fn too_large_a_request(database: Database) {
    let mut scene = Scene::start_with(database, &SMALL);
    let submission = Submission::new(3, PATIENT, (3..8).map(|number| Document::new(number, PATIENT, &[b'x'; 16_000])).collect());
    scene.repository_refuses(&submission.mtom(), "HTTP 413 soap:Sender: the request is larger than this server takes; nothing was stored");
}

fn too_many_parts(database: Database) {
    let mut scene = Scene::start_with(database, &[("limits.parts", "3")]);
    let submission = Submission::new(3, PATIENT, (3..6).map(|number| Document::new(number, PATIENT, b"x")).collect());
    scene.repository_refuses(&submission.mtom(), "HTTP 400 soap:Sender: the message has more than 3 parts");
}

/// A package of which the last byte never comes: the document has been received.
fn unfinished() -> (String, String, Vec<u8>) {
    let submission = Submission::note(3, PATIENT);
    let mut parts = vec![Part::root(&submission.provide_by_reference())];
    parts.extend(submission.document_parts());
    let package = package(&parts);
    let headers = (format!("Content-Type: {}", package.content_type), format!("Content-Length: {}", package.body.len()));
    (headers.0, headers.1, package.body[..package.body.len() - 6].to_vec())
}

fn a_client_that_falls_silent(database: Database) {
    let mut scene = Scene::start_with(database, &[("limits.idle_time", "1s")]);
    let (content_type, length, body) = unfinished();
    let mut connection = Connection::open(scene.server.http);
    connection.send_head("POST", "/xds/repository", &[&content_type, &length]);
    assert!(connection.send(&body));
    let answer = Answer::read(&connection.read_response());
    assert_eq!(answer.said(), "HTTP 408 soap:Sender: the request did not arrive in time; nothing was stored, send it again");
    scene.was_refused(&answer.envelope);
}

fn a_client_that_leaves(database: Database) {
    let mut scene = Scene::start(database);
    let (content_type, length, body) = unfinished();
    let mut connection = Connection::open(scene.server.http);
    connection.send_head("POST", "/xds/repository", &[&content_type, &length]);
    assert!(connection.send(&body));
    drop(connection);
    scene.was_without_effect("");
}
