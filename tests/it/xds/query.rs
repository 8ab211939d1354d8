//! Stored queries as consumers write them.

use super::answer::Answer;
use super::envelope::{QUERY, SOAP, envelope};
use super::metadata::{escaped, patient_id};
use crate::support::TestServer;

pub const FIND_DOCUMENTS: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
pub const FIND_FOLDERS: &str = "urn:uuid:958f3006-baad-4929-a4de-ff1114824431";
pub const GET_ALL: &str = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3";
pub const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
pub const GET_FOLDER_AND_CONTENTS: &str = "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7";

const BOTH: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')";
pub const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";

/// An AdhocQueryRequest.
pub fn adhoc_query(id: &str, return_type: &str, parameters: &[(&str, &str)]) -> String {
    let slot = |(name, value): &(&str, &str)| {
        format!("<rim:Slot name=\"{name}\"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>", escaped(value))
    };
    let slots: String = parameters.iter().map(slot).collect();
    format!(
        "<query:AdhocQueryRequest xmlns:query=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\" \
         xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <query:ResponseOption returnComposedObjects=\"true\" returnType=\"{return_type}\"/>\
         <rim:AdhocQuery id=\"{id}\">{slots}</rim:AdhocQuery></query:AdhocQueryRequest>"
    )
}

/// Asks the registry.
pub fn ask(server: &TestServer, id: &str, return_type: &str, parameters: &[(&str, &str)]) -> Answer {
    let request = envelope(QUERY, &adhoc_query(id, return_type, parameters));
    Answer::read(&server.registry(SOAP, request.as_bytes()))
}

/// The documents of a patient that are approved.
pub fn find_documents(server: &TestServer, patient: &str, return_type: &str) -> Answer {
    let patient = format!("'{}'", patient_id(patient));
    ask(server, FIND_DOCUMENTS, return_type, &[("$XDSDocumentEntryPatientId", &patient), ("$XDSDocumentEntryStatus", APPROVED)])
}

/// All that the registry has of a patient, whatever its state and version.
pub fn get_all(server: &TestServer, patient: &str) -> Answer {
    let patient = format!("'{}'", patient_id(patient));
    let parameters = [
        ("$patientId", patient.as_str()),
        ("$XDSDocumentEntryStatus", BOTH),
        ("$XDSSubmissionSetStatus", BOTH),
        ("$XDSFolderStatus", BOTH),
        ("$MetadataLevel", "2"),
    ];
    ask(server, GET_ALL, "LeafClass", &parameters)
}

/// The entries with this uniqueId.
pub fn get_document(server: &TestServer, unique_id: &str) -> Answer {
    ask(server, GET_DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryUniqueId", &format!("('{unique_id}')"))])
}
