//! MTOM packages that are not whole, or refer to what is not in them.

use super::scene::{PATIENT, Scene};
use crate::on_both_databases;
use crate::support::Database;
use crate::xds::metadata::{Submission, reference};
use crate::xds::multipart::{Package, Part, package};

on_both_databases!(
    a_reference_to_a_file,
    a_reference_to_the_network,
    a_missing_part,
    an_extra_part,
    a_part_used_twice,
    a_part_without_id,
    two_parts_with_one_id,
    a_truncated_package,
    a_package_without_its_root,
    a_boundary_that_is_not_there,
    lines_that_end_in_lf,
    an_unknown_transfer_encoding,
    base64_that_is_none,
);

fn refused(database: Database, package: &Package, words: &str) {
    Scene::start(database).repository_refuses(package, words);
}

/// A submission whose document is elsewhere.
fn with_reference(href: &str) -> Package {
    let submission = Submission::note(3, PATIENT);
    package(&[Part::root(&submission.provide(&reference("Document03", href)))])
}

fn with_parts(change: impl FnOnce(&mut Vec<Part>)) -> Package {
    let submission = Submission::note(3, PATIENT);
    let mut parts = vec![Part::root(&submission.provide_by_reference())];
    parts.extend(submission.document_parts());
    change(&mut parts);
    package(&parts)
}

fn a_reference_to_a_file(database: Database) {
    refused(
        database,
        &with_reference("file:///etc/passwd"),
        "HTTP 400 soap:Sender: the href of xop:Include is not valid: only parts of the same message may be referred to, by a cid: URL",
    );
}

fn a_reference_to_the_network(database: Database) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let href = format!("http://{}/document", listener.local_addr().unwrap());
    refused(
        database,
        &with_reference(&href),
        "HTTP 400 soap:Sender: the href of xop:Include is not valid: only parts of the same message may be referred to, by a cid: URL",
    );
    assert!(listener.accept().is_err(), "the server went to fetch the document");
}

fn a_missing_part(database: Database) {
    refused(
        database,
        &with_parts(|parts| drop(parts.pop())),
        "HTTP 400 soap:Sender: the Document Document03 refers to the part cid:Document03@dossier.test, which is not in the message or is referred to twice",
    );
}

fn an_extra_part(database: Database) {
    refused(
        database,
        &with_parts(|parts| parts.push(Part::document("unused@dossier.test", b"what is this?"))),
        "HTTP 400 soap:Sender: no Document element refers to the part unused@dossier.test of the message",
    );
}

fn a_part_used_twice(database: Database) {
    let submission = Submission::note(3, PATIENT);
    let twice = ["Document03", "Document04"].map(|id| reference(id, "cid:Document03@dossier.test")).concat();
    let mut parts = vec![Part::root(&submission.provide(&twice))];
    parts.extend(submission.document_parts());
    refused(
        database,
        &package(&parts),
        "HTTP 400 soap:Sender: the Document Document04 refers to the part cid:Document03@dossier.test, which is not in the message or is referred to twice",
    );
}

fn a_part_without_id(database: Database) {
    refused(
        database,
        &with_parts(|parts| drop(parts[1].headers.remove(0))),
        "HTTP 400 soap:Sender: part 2 of the multipart message has no Content-ID, so nothing can refer to it",
    );
}

fn two_parts_with_one_id(database: Database) {
    refused(
        database,
        &with_parts(|parts| parts.push(Part::document("Document03@dossier.test", b"another"))),
        "HTTP 400 soap:Sender: part 3 has the Content-ID of an earlier part",
    );
}

fn a_truncated_package(database: Database) {
    let mut package = with_parts(|_| ());
    let end = package.body.len() - "\r\n--b0undary--\r\n".len();
    package.body.truncate(end);
    refused(database, &package, "HTTP 400 soap:Sender: the message ends before its closing delimiter, in part 2");
}

fn a_package_without_its_root(database: Database) {
    refused(
        database,
        &with_parts(|parts| drop(parts.remove(0))),
        "HTTP 400 soap:Sender: the message has no root part; its Content-ID must be the one named by the start parameter",
    );
}

fn a_boundary_that_is_not_there(database: Database) {
    let mut package = with_parts(|_| ());
    package.content_type = package.content_type.replace("b0undary", "another");
    refused(
        database,
        &package,
        "HTTP 400 soap:Sender: there are more than 4096 bytes before the first delimiter; is the boundary the one of the Content-Type?",
    );
}

fn lines_that_end_in_lf(database: Database) {
    let mut package = with_parts(|_| ());
    package.body.retain(|byte| *byte != b'\r');
    refused(database, &package, "HTTP 400 soap:Sender: lines end in LF near part 0; MIME requires CR LF");
}

fn an_unknown_transfer_encoding(database: Database) {
    refused(
        database,
        &with_parts(|parts| parts[1].headers[2] = "Content-Transfer-Encoding: x-uuencode".into()),
        "HTTP 400 soap:Sender: part 2 has an unsupported Content-Transfer-Encoding; send it as binary",
    );
}

fn base64_that_is_none(database: Database) {
    refused(
        database,
        &with_parts(|parts| parts[1].headers[2] = "Content-Transfer-Encoding: base64".into()),
        "HTTP 400 soap:Sender: part 2 is not valid base64, as which it is announced",
    );
}
