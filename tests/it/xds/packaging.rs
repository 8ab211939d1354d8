//! The liberties that the RFCs leave to those who pack a message.

use super::answer::Answer;
use super::metadata::Submission;
use super::multipart::{Package, Part, framed, package};
use super::retrieve::retrieve;
use crate::mllp::message::announce;
use crate::on_both_databases;
use crate::support::{Database, TestServer};

on_both_databases!(
    header_fields_may_be_folded_and_in_any_case,
    a_boundary_may_have_blanks_and_signs,
    the_first_part_is_the_root_where_none_is_named,
    parameters_may_go_without_quotes,
    there_may_be_text_before_and_after,
    a_part_may_be_in_base64,
    a_content_id_may_be_percent_encoded,
    a_body_may_come_in_chunks,
);

fn parts() -> Vec<Part> {
    let submission = Submission::note(1, "P1");
    let mut parts = vec![Part::root(&submission.provide_by_reference())];
    parts.extend(submission.document_parts());
    parts
}

fn accepted(database: Database, package: &Package) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let answer = Answer::read(&server.repository(&package.content_type, &package.body));
    assert!(answer.succeeded(), "{answer}");
    assert_eq!(retrieve(&server, "2.999.442.9.3.1000.1"), b"note 1\n");
}

/// RFC 5322, 2.2.3 and RFC 2045, 5.1.
fn header_fields_may_be_folded_and_in_any_case(database: Database) {
    let mut parts = parts();
    parts[0].headers = [
        "content-type: Application/XOP+XML;\r\n\tcharset=utf-8;\r\n  TYPE=\"application/soap+xml\"",
        "CONTENT-ID:\r\n <root@dossier.test>",
        "Content-Transfer-Encoding: BINARY",
        "X-Whatever: a: b; c",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut package = package(&parts);
    package.content_type = package.content_type.replace("multipart/related; type", "Multipart/Related ;\ttype");
    accepted(database, &package);
}

/// RFC 2046, 5.1.1: `bchars`.
fn a_boundary_may_have_blanks_and_signs(database: Database) {
    let boundary = "=_ a'()+_,-./:=? b";
    let announced = package(&[]).content_type.replace("b0undary", boundary);
    accepted(database, &Package { content_type: announced, body: framed(boundary, &parts()) });
}

/// RFC 2387, 3.2.
fn the_first_part_is_the_root_where_none_is_named(database: Database) {
    let mut package = package(&parts());
    package.content_type = package.content_type.replace("start=\"<root@dossier.test>\"; ", "");
    accepted(database, &package);
}

fn parameters_may_go_without_quotes(database: Database) {
    let mut package = package(&parts());
    package.content_type = package.content_type.replace('"', "");
    accepted(database, &package);
}

/// RFC 2046, 5.1.1: preamble, blanks after a delimiter, epilogue.
fn there_may_be_text_before_and_after(database: Database) {
    let mut package = package(&parts());
    let mut text = String::from_utf8(package.body).unwrap();
    text = text.replace("--b0undary\r\n", "--b0undary \t\r\n");
    package.body = format!("This is a multi-part message in MIME format.\r\n{text}Good bye.\r\n").into_bytes();
    accepted(database, &package);
}

/// RFC 2045, 6.8.
fn a_part_may_be_in_base64(database: Database) {
    let mut parts = parts();
    parts[1].headers[2] = "Content-Transfer-Encoding: base64".into();
    parts[1].body = b"bm90\r\nZSAx\r\nCg==".to_vec();
    accepted(database, &package(&parts));
}

/// RFC 2392, 2.
fn a_content_id_may_be_percent_encoded(database: Database) {
    let mut parts = parts();
    let envelope = String::from_utf8(parts[0].body.clone()).unwrap();
    parts[0].body = envelope.replace("cid:Document01@dossier.test", "cid:Document01%40dossier.test").into_bytes();
    accepted(database, &package(&parts));
}

/// RFC 9112, 7.1.
fn a_body_may_come_in_chunks(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let package = package(&parts());
    let mut connection = crate::support::Connection::open(server.http);
    connection.send_head("POST", "/xds/repository", &[&format!("Content-Type: {}", package.content_type), "Transfer-Encoding: chunked"]);
    for chunk in package.body.chunks(7) {
        assert!(connection.send(&[format!("{:x};e=1\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()));
    }
    assert!(connection.send(b"0\r\n\r\n"));
    assert!(Answer::read(&connection.read_response()).succeeded());
    assert_eq!(retrieve(&server, "2.999.442.9.3.1000.1"), b"note 1\n");
}
