//! Documents and metadata that do not fit together.

use super::scene::{PATIENT, Scene};
use crate::on_both_databases;
use crate::support::Database;
use crate::xds::metadata::{Document, Submission};
use crate::xds::multipart::Package;

on_both_databases!(
    a_wrong_hash,
    a_wrong_size,
    a_document_without_entry,
    an_entry_without_document,
    two_documents_with_one_id,
    inline_base64_that_is_none
);

fn refused(database: Database, package: &Package, words: &str) {
    Scene::start(database).repository_refuses(package, words);
}

fn submission(document: Document) -> Submission {
    Submission::new(3, PATIENT, vec![document])
}

fn a_wrong_hash(database: Database) {
    let document = Document::new(3, PATIENT, b"note 3\n").slot("hash", &["da39a3ee5e6b4b0d3255bfef95601890afd80709"]);
    refused(
        database,
        &submission(document).mtom(),
        "HTTP 200 Failure\nXDSRepositoryMetadataError | DocumentEntry(Document03)/hash | DocumentEntry.hash is da39a3ee5e6b4b0d3255bfef95601890afd80709, but the document received has b73a98b0c69c365ab6a722fc6b5318c92c865c85; it was altered on its way, or the metadata are of another document",
    );
}

fn a_wrong_size(database: Database) {
    let document = Document::new(3, PATIENT, b"note 3\n").slot("size", &["8"]);
    refused(
        database,
        &submission(document).inline(),
        "HTTP 200 Failure\nXDSRepositoryMetadataError | DocumentEntry(Document03)/size | DocumentEntry.size is 8, but the document received has 7; it was altered on its way, or the metadata are of another document",
    );
}

fn a_document_without_entry(database: Database) {
    let submission = Submission::note(3, PATIENT);
    let text = submission
        .provide("<xds:Document id=\"Document03\">bm90ZQ==</xds:Document><xds:Document id=\"Document04\">bm90ZQ==</xds:Document>");
    refused(
        database,
        &Package { body: text.into_bytes(), ..submission.inline() },
        "HTTP 200 Failure\nXDSMissingDocumentMetadata | Document(Document04) | the Document Document04 has no DocumentEntry with this id in the message",
    );
}

fn an_entry_without_document(database: Database) {
    let submission = Submission::note(3, PATIENT);
    refused(
        database,
        &Package { body: submission.provide("").into_bytes(), ..submission.inline() },
        "HTTP 200 Failure\nXDSMissingDocument | DocumentEntry(Document03) | the DocumentEntry Document03 has no Document element with this id in the message",
    );
}

fn two_documents_with_one_id(database: Database) {
    let submission = Submission::note(3, PATIENT);
    let text = submission.provide(&"<xds:Document id=\"Document03\">bm90ZQ==</xds:Document>".repeat(2));
    refused(
        database,
        &Package { body: text.into_bytes(), ..submission.inline() },
        "HTTP 400 soap:Sender: two Document elements have the id Document03",
    );
}

fn inline_base64_that_is_none(database: Database) {
    let submission = Submission::note(3, PATIENT);
    let text = submission.provide("<xds:Document id=\"Document03\">no base64!</xds:Document>");
    refused(
        database,
        &Package { body: text.into_bytes(), ..submission.inline() },
        "HTTP 400 soap:Sender: the content of the Document Document03 is not valid base64",
    );
}
