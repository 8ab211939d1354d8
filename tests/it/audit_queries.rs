//! What the trail keeps of a query: the words of it, for auditors, and never in a log.

use dossier::model::audit_event::{AuditEvent, Transaction};
use dossier::store::{Store, StoreError};

use crate::support::{Database, TestServer, get, post};
use crate::xds::query;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn the_trail_keeps_queries_as_they_were_put() {
    let server = TestServer::start(Database::Sqlite);
    query::ask(&server, query::FIND_DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryPatientId", "'Q1^^^&1.3.182.4.4&ISO'")]);
    assert_eq!(get(server.http, "/fhir/DocumentReference?patient=Patient/Q2&type=http://loinc.org%7C1234-5").status, 200);
    assert_eq!(post(server.http, "/fhir/List/_search?_count=3", FORM, b"patient=Patient/Q3&code=submissionset").status, 200);
    assert_eq!(get(server.http, "/fhir/DocumentReference?patient=Patient/Q4&date=never").status, 400);
    let batch =
        r#"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"DocumentReference?patient=Patient/Q5"}}]}"#;
    assert_eq!(post(server.http, "/fhir", "application/fhir+json", batch.as_bytes()).status, 200);
    assert_eq!(get(server.http, "/fhir/DocumentReference/none").status, 404);

    let store = Store::open(&server.database_url, 1).unwrap();
    let records = store.read::<_, StoreError>(|tx| tx.audit_events_after(0, 1000)).unwrap();
    let asked = |transaction: Transaction, part: &str| {
        let holds = |record: &&AuditEvent| {
            let text = record.asked.as_ref().and_then(|asked| asked.query.as_deref());
            record.transaction == transaction && text.is_some_and(|text| text.contains(part))
        };
        let found = records.iter().map(|(_, record)| record).find(holds);
        let words = found.unwrap_or_else(|| panic!("{part}: {records:#?}")).asked.clone().unwrap();
        (words.interaction, words.query.unwrap())
    };
    let (interaction, stored_query) = asked(Transaction::Iti18, "Q1^^^&amp;1.3.182.4.4&amp;ISO");
    assert!(interaction.is_none() && stored_query.starts_with('<') && stored_query.contains("AdhocQueryRequest"), "{stored_query}");
    let (interaction, found) = asked(Transaction::Iti67, "Q2");
    assert_eq!(interaction.as_deref(), Some("search-type"));
    assert!(found.ends_with("/DocumentReference?patient=Patient/Q2&type=http://loinc.org%7C1234-5"), "{found}");
    let (_, by_form) = asked(Transaction::Iti66, "Q3");
    assert!(by_form.ends_with("/List/_search?_count=3\npatient=Patient/Q3&code=submissionset"), "{by_form}");
    asked(Transaction::Iti67, "Patient/Q4&date=never");
    assert!(asked(Transaction::Iti67, "Q5").1.ends_with("/fhir/DocumentReference?patient=Patient/Q5"));
    let read = records.iter().find(|(_, record)| record.asked.as_ref().is_some_and(|asked| asked.interaction.as_deref() == Some("read")));
    assert!(read.unwrap().1.asked.as_ref().unwrap().query.is_none(), "a read is no question");
}
