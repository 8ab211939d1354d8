//! ITI-18.

use super::fake_server::{FakeServer, envelope, http, soap};
use super::submitting::{entry, submission};
use crate::client::ClientError;
use crate::client::soap::quoted;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::wire::ebrim::{FIND_DOCUMENTS, QueryOutcome, ReturnType, write_adhoc_query_response, write_registry_objects};
use crate::wire::xml::XmlWriter;

fn query(answer: Vec<u8>) -> (Result<QueryOutcome, ClientError>, String) {
    let server = FakeServer::answering(answer);
    let parameters = [("$XDSDocumentEntryPatientId", vec![quoted("P'1^^^&1.2.3&ISO")])];
    let found = server.client().stored_query(FIND_DOCUMENTS, ReturnType::LeafClass, &parameters);
    (found, String::from_utf8(server.request()).unwrap())
}

fn response(objects: &RegistryObjects) -> String {
    let mut xml = XmlWriter::new(Vec::new());
    write_adhoc_query_response(&mut xml, &[], |xml| write_registry_objects(xml, objects)).unwrap();
    String::from_utf8(xml.into_inner()).unwrap()
}

#[test]
fn objects_come_back_with_status_version_and_repository() {
    let mut withdrawn = entry("1.2.4");
    withdrawn.availability_status = AvailabilityStatus::Deprecated;
    withdrawn.logical_id = EntryUuid::random();
    withdrawn.version = 3;
    withdrawn.repository_unique_id = "1.2.7".parse().ok();
    withdrawn.size = Some(5);
    let request = submission(vec![withdrawn, entry("1.2.5")]);
    let mut associations = request.associations;
    associations[0].availability_status = AvailabilityStatus::Deprecated;
    let objects =
        RegistryObjects { submission_sets: vec![request.submission_set], entries: request.entries, folders: Vec::new(), associations };
    let (found, request) = query(soap(&response(&objects)));
    let found = found.unwrap();
    assert_eq!(found.objects, objects);
    assert_eq!(found.unreadable, []);
    assert!(request.contains("<rim:Value>'P''1^^^&amp;1.2.3&amp;ISO'</rim:Value>"), "{request}");
    assert!(request.to_ascii_lowercase().contains("action=\"urn:ihe:iti:2007:registrystoredquery\""), "{request}");
}

#[test]
fn an_entry_that_cannot_be_read_does_not_hide_the_others() {
    let objects = RegistryObjects { entries: vec![entry("1.2.4"), entry("1.2.5")], ..RegistryObjects::default() };
    let broken = response(&objects).replacen("value=\"1.2.4\"", "value=\"no uid\"", 1);
    let found = query(soap(&broken)).0.unwrap();
    assert_eq!(found.objects.entries, objects.entries[1..]);
    assert_eq!(found.unreadable.len(), 1);
}

#[test]
fn references_and_empty_answers_are_read() {
    let of = |content: &str| {
        let xml = format!(
            "<q:AdhocQueryResponse xmlns:q='urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0' xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0' \
             status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success'>{content}</q:AdhocQueryResponse>"
        );
        query(http("200 OK", "application/soap+xml", envelope(&xml).as_bytes())).0.unwrap()
    };
    let id = EntryUuid::random();
    let references = format!("<RegistryObjectList><ObjectRef id='{id}'/><ObjectRef id='no'/></RegistryObjectList>");
    assert_eq!(of(&references).object_refs, [id]);
    assert_eq!((of("").objects, of("<RegistryObjectList/>").objects), Default::default());
}
