//! The interactions of MHD.

use super::super::{Interaction, Method, Perform, Route, SearchParameter};
use super::search_parameters::{OF_DOCUMENTS, OF_LISTS};
use super::{binary, change, document_references, generate, lists, provide};
use crate::model::audit_event::Transaction;

/// Every interaction of MHD.
pub(in crate::transactions::fhir) const ROUTES: &[Route] = &[
    Route::new(Method::Post, "DocumentReference", Interaction::Create, Transaction::Iti105, PUBLISH, provide::single),
    Route::new(
        Method::Post,
        "DocumentReference/$generate-metadata",
        generate::OPERATION,
        Transaction::Iti106,
        GENERATE,
        generate::metadata,
    ),
    Route::new(Method::Get, "DocumentReference/{id}", Interaction::Read, Transaction::Iti67, READ_DOCUMENT, document_references::read),
    Route::new(Method::Put, "DocumentReference/{id}", Interaction::Update, Transaction::Iti57, CHANGE, change::put),
    Route::new(Method::Patch, "DocumentReference/{id}", Interaction::Patch, Transaction::Iti57, CHANGE, change::patch),
    search(Method::Get, "DocumentReference", Transaction::Iti67, OF_DOCUMENTS, FIND_DOCUMENTS, document_references::search),
    search(Method::Post, "DocumentReference/_search", Transaction::Iti67, OF_DOCUMENTS, FIND_DOCUMENTS, document_references::search),
    Route::new(Method::Get, "List/{id}", Interaction::Read, Transaction::Iti66, READ_LIST, lists::read),
    search(Method::Get, "List", Transaction::Iti66, OF_LISTS, FIND_LISTS, lists::search),
    search(Method::Post, "List/_search", Transaction::Iti66, OF_LISTS, FIND_LISTS, lists::search),
    Route { own_format: true, ..Route::new(Method::Get, "Binary/{id}", Interaction::Read, Transaction::Iti68, RETRIEVE, binary::read) },
];

const PUBLISH: &str = "Simplified Publish [ITI-105]: one DocumentReference with its document in the attachment.";
const GENERATE: &str = "Generate Metadata [ITI-106]: a CDA or FHIR document, of whose header the metadata are made; parameter document.";
const READ_DOCUMENT: &str = "The latest version of a document's metadata.";
const CHANGE: &str = "A new version of a document's metadata, its level among them, as Update Document Set [ITI-57] makes it.";
const FIND_DOCUMENTS: &str = "Find Document References [ITI-67], in the record of one patient.";
const READ_LIST: &str = "A submission set or folder with its members.";
const FIND_LISTS: &str = "Find Document Lists [ITI-66], in the record of one patient.";
const RETRIEVE: &str =
    "Retrieve Document [ITI-68], by the id of its DocumentReference; as a Binary resource if a format of FHIR is asked for.";

const fn search(
    method: Method,
    pattern: &'static str,
    transaction: Transaction,
    search: &'static [SearchParameter],
    documentation: &'static str,
    perform: Perform,
) -> Route {
    Route { search, ..Route::new(method, pattern, Interaction::SearchType, transaction, documentation, perform) }
}
