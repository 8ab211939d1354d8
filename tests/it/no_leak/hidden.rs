//! A hidden object and one that does not exist get the same answer.

use super::scene::{Hidden, told};
use crate::access::scene::{P01, patient, professional};
use crate::on_both_databases;
use crate::support::submissions::fresh_oid;
use crate::support::{Database, REPOSITORY};

on_both_databases!(what_is_hidden_is_as_good_as_not_there);

const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

const MOVE: &str = r#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/1986070298269"}},{"name":"reason","valueString":"x"}]}"#;

/// Method, path with `{}` for the id, header, body.
const DOCUMENT_PATHS: &[(&str, &str, &str, &str)] = &[
    ("GET", "DocumentReference/{}", "Accept: */*", ""),
    ("GET", "DocumentReference?_id={}", "Accept: */*", ""),
    ("GET", "DocumentReference?identifier=urn:uuid:{}", "Accept: */*", ""),
    ("GET", "Binary/{}", "Accept: */*", ""),
    ("HEAD", "Binary/{}", "Accept: */*", ""),
    ("GET", "Binary/{}", "Range: bytes=0-1", ""),
    (
        "PATCH",
        "DocumentReference/{}",
        "Content-Type: application/json-patch+json",
        r#"[{"op":"replace","path":"/description","value":"x"}]"#,
    ),
    ("PUT", "DocumentReference/{}", "Content-Type: application/fhir+json", r#"{"resourceType":"DocumentReference","id":"{}"}"#),
    ("POST", "DocumentReference/{}/$deactivate", "Content-Type: application/fhir+json", r#"{"resourceType":"Parameters"}"#),
    ("POST", "DocumentReference/{}/$move-patient", "Content-Type: application/fhir+json", MOVE),
];

/// Stored queries (ITI TF-2: 3.18.4.1.2.3.7): name, id, parameter.
const QUERIES: &[(&str, &str, &str)] = &[
    ("GetDocuments", "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "$XDSDocumentEntryEntryUUID"),
    ("GetAssociations", "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid"),
    ("GetDocumentsAndAssociations", "bab9529a-4a10-40b3-a01f-f68a615d247a", "$XDSDocumentEntryEntryUUID"),
    ("GetSubmissionSets", "51224314-5390-4169-9b91-b1980040715a", "$uuid"),
    ("GetFoldersForDocument", "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", "$XDSDocumentEntryEntryUUID"),
    ("GetRelatedDocuments", "d90e5407-b356-4d91-a89f-873917b4b0e6", "$XDSDocumentEntryEntryUUID"),
    ("GetSubmissionSetAndContents", "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetEntryUUID"),
];

fn what_is_hidden_is_as_good_as_not_there(database: Database) {
    let hidden = Hidden::start(database);
    // Before the others act: their own attempts are theirs to read.
    let others = ["Consent", "Encounter", "AuditEvent"].map(|kind| (kind, hidden.first_id(&format!("/fhir/{kind}?patient=Patient/{P01}"))));
    for (name, query, parameter) in QUERIES {
        let body = stored_query(query, parameter, &hidden.entry);
        let seen = hidden.soap(Some(&patient(P01)), "registry", "urn:ihe:iti:2007:RegistryStoredQuery", &body).text();
        assert!(seen.contains("ResponseStatusType:Success"), "{name} is a good query: {seen}");
    }
    let mut leaks = Vec::new();
    for caller in ["D01", "D02"] {
        let token = hidden.professionals_token(caller);
        for (method, path, header, body) in DOCUMENT_PATHS {
            let ask = |id: &str| {
                // The answer to a HEAD has no body, so the connection has to end.
                let headers = [*header, "Connection: close"];
                told(&hidden.ask(Some(&token), method, &format!("/fhir/{}", path.replace("{}", id)), &headers, &body.replace("{}", id)), id)
            };
            compare(&mut leaks, &format!("{caller} {method} {path}"), &ask(&hidden.entry), &ask(NOTHING));
        }
        for (name, query, parameter) in QUERIES {
            let ask = |id: &str| {
                told(
                    &hidden.soap(
                        Some(&professional(caller)),
                        "registry",
                        "urn:ihe:iti:2007:RegistryStoredQuery",
                        &stored_query(query, parameter, id),
                    ),
                    id,
                )
            };
            compare(&mut leaks, &format!("{caller} {name}"), &ask(&hidden.entry), &ask(NOTHING));
        }
        let ask = |id: &str| {
            told(&hidden.soap(Some(&professional(caller)), "repository", "urn:ihe:iti:2007:RetrieveDocumentSet", &retrieval(id)), id)
        };
        compare(&mut leaks, &format!("{caller} ITI-43"), &ask(&hidden.unique_id), &ask(&fresh_oid()));
    }
    let token = hidden.professionals_token("D02");
    for (kind, id) in &others {
        let ask = |id: &str| told(&hidden.ask(Some(&token), "GET", &format!("/fhir/{kind}/{id}"), &[], ""), id);
        compare(&mut leaks, &format!("D02 {kind}/{{id}}"), &ask(id), &ask(NOTHING));
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n\n"));
}

fn compare(leaks: &mut Vec<String>, path: &str, of_hidden: &str, of_nothing: &str) {
    if of_hidden != of_nothing {
        leaks.push(format!("{path}\n  hidden:  {of_hidden}\n  nothing: {of_nothing}"));
    }
}

fn stored_query(query: &str, parameter: &str, id: &str) -> String {
    let types = r#"<Slot name="$AssociationTypes"><ValueList><Value>('urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember')</Value></ValueList></Slot>"#;
    let types = if query.starts_with("d90e") { types } else { "" };
    let list = if query.starts_with("e8e3") || query.starts_with("d90e") || query.starts_with("10ca") {
        format!("'urn:uuid:{id}'")
    } else {
        format!("('urn:uuid:{id}')")
    };
    format!(
        r#"<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><q:ResponseOption returnComposedObjects="true" returnType="LeafClass"/><AdhocQuery id="urn:uuid:{query}"><Slot name="{parameter}"><ValueList><Value>{list}</Value></ValueList></Slot>{types}</AdhocQuery></q:AdhocQueryRequest>"#
    )
}

fn retrieval(id: &str) -> String {
    format!(
        r#"<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"><DocumentRequest><RepositoryUniqueId>{REPOSITORY}</RepositoryUniqueId><DocumentUniqueId>{id}</DocumentUniqueId></DocumentRequest></RetrieveDocumentSetRequest>"#
    )
}
