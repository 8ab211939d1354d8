//! Each error of a stored query, with its code, its place and its words (ITI TF-2: 3.18.4.1.3).

use super::envelope::{QUERY, SOAP, envelope};
use super::metadata::patient_id;
use super::query::{APPROVED, FIND_DOCUMENTS, GET_DOCUMENTS, GET_FOLDER_AND_CONTENTS, adhoc_query, ask};
use crate::mllp::message::announce;
use crate::on_both_databases;
use crate::support::schema_validity::{Message, assert_envelope_schema_valid};
use crate::support::{Database, TestServer};
use crate::xds::answer::Answer;

on_both_databases!(each_error_of_a_query);

const ID: &str = "$XDSDocumentEntryPatientId";
const STATUS: &str = "$XDSDocumentEntryStatus";

/// Asks wrongly in every way there is; gives a name and the answer for each.
pub fn wrong_queries(server: &TestServer) -> Vec<(String, Answer)> {
    let patient = format!("'{}'", patient_id("P1"));
    let patient = patient.as_str();
    let two_patients = format!("({patient},{patient})");
    let good = [(ID, patient), (STATUS, APPROVED)];
    let and = |name, value| -> Vec<(&str, &str)> { good.iter().copied().chain([(name, value)]).collect() };
    let find = |parameters: &[(&str, &str)]| ask(server, FIND_DOCUMENTS, "LeafClass", parameters);
    let raw = |body: String| Answer::read(&server.registry(SOAP, envelope(QUERY, &body).as_bytes()));
    let whole = adhoc_query(FIND_DOCUMENTS, "LeafClass", &good);
    let uuid = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001";
    let cases = [
        ("no patient", find(&good[1..])),
        ("no status", find(&good[..1])),
        ("two patients", find(&[(ID, &two_patients), (STATUS, APPROVED)])),
        ("two occurrences of the patient", find(&and(ID, patient))),
        ("a patient without authority", find(&[(ID, "'P1'"), (STATUS, APPROVED)])),
        ("a patient without quotes that has one", find(&[(ID, "P1'"), (STATUS, APPROVED)])),
        ("a status that is none", find(&[(ID, patient), (STATUS, "('Approved')")])),
        ("a list that is not closed", find(&[(ID, patient), (STATUS, "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'")])),
        ("an empty list", find(&[(ID, patient), (STATUS, "()")])),
        ("a code without scheme", find(&and("$XDSDocumentEntryClassCode", "('compte-rendu')"))),
        ("a code with an empty scheme", find(&and("$XDSDocumentEntryClassCode", "('compte-rendu^^')"))),
        ("two occurrences of a code that cannot be AND", {
            let twice = [and("$XDSDocumentEntryClassCode", "('a^^1.2')"), vec![("$XDSDocumentEntryClassCode", "('b^^1.2')")]].concat();
            find(&twice)
        }),
        ("a time that is none", find(&and("$XDSDocumentEntryCreationTimeFrom", "'2025-03-17'"))),
        ("a range from later to earlier", {
            let range = [and("$XDSDocumentEntryCreationTimeFrom", "'2026'"), vec![("$XDSDocumentEntryCreationTimeTo", "'2025'")]].concat();
            find(&range)
        }),
        ("an object type that is none", find(&and("$XDSDocumentEntryType", "('stable')"))),
        ("a stored query that is none", ask(server, "urn:uuid:0b1c2d3e-0000-4000-8000-00000000000f", "LeafClass", &good)),
        ("a return type that is none", ask(server, FIND_DOCUMENTS, "RegistryObject", &good)),
        ("no ids", ask(server, GET_DOCUMENTS, "LeafClass", &[])),
        ("two kinds of ids", {
            let both = [("$XDSDocumentEntryEntryUUID", format!("('{uuid}')")), ("$XDSDocumentEntryUniqueId", "('1.2.3')".into())];
            ask(server, GET_DOCUMENTS, "LeafClass", &both.each_ref().map(|(name, value)| (*name, value.as_str())))
        }),
        ("an entry UUID that is none", ask(server, GET_DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryEntryUUID", "('Document01')")])),
        ("two folders where one is asked for", {
            ask(server, GET_FOLDER_AND_CONTENTS, "LeafClass", &[("$XDSFolderUniqueId", "('1.2.3','1.2.4')")])
        }),
        ("no ResponseOption", raw(whole.replace("query:ResponseOption", "query:Another"))),
        ("no AdhocQuery", raw(whole.replace("rim:AdhocQuery", "rim:Another"))),
        ("no id of the query", raw(whole.replace(&format!(" id=\"{FIND_DOCUMENTS}\""), ""))),
    ];
    cases.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect()
}

fn each_error_of_a_query(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let mut text = String::new();
    for (name, answer) in wrong_queries(&server) {
        assert_envelope_schema_valid(&answer.envelope, Message::AdhocQueryResponse);
        assert_eq!(answer.objects("").len(), 0, "{name}: {answer}");
        assert_eq!(answer.errors().len(), 1, "{name}: {answer}");
        text.push_str(&format!("{name}\n{}\n\n", answer.said()));
    }
    insta::assert_snapshot!("iti18_errors", text);
}
