//! How much one request may change.

use crate::access::test_registry::call;
use crate::transactions::test_services::test_services;
use crate::transactions::{Endpoint, ReplyBody, SoapRequest, respond};
use crate::wire::soap::write_request;
use crate::wire::xml::ns;

/// The answer to a request with this body, sent with this action.
fn answer(endpoint: Endpoint, action: &str, body: &str) -> (u16, String) {
    let (services, _behind) = test_services();
    let mut envelope = Vec::new();
    write_request(&mut envelope, "http://x", action, "urn:uuid:1", |xml| xml.raw(body.as_bytes())).unwrap();
    let request = SoapRequest { endpoint, content_type: Some("application/soap+xml"), body: &mut envelope.as_slice() };
    let reply = respond(&services, &call(), request);
    let ReplyBody::Whole(bytes) = reply.body else { panic!("a short answer is at hand") };
    (reply.status, String::from_utf8(bytes).unwrap())
}

#[test]
fn one_request_removes_as_many_objects_as_a_submission_has() {
    let removing = |count: u128| {
        let references: String = (0..count).map(|n| format!("<r:ObjectRef id='urn:uuid:{}'/>", uuid::Uuid::from_u128(n + 1))).collect();
        let body = format!(
            "<l:RemoveObjectsRequest xmlns:l='{}' xmlns:r='{}'><r:ObjectRefList>{references}</r:ObjectRefList></l:RemoveObjectsRequest>",
            ns::LCM,
            ns::RIM
        );
        answer(Endpoint::Registry, "urn:ihe:iti:2010:DeleteDocumentSet", &body).1
    };
    assert!(removing(10).contains("UnresolvedReferenceException"));
    assert!(removing(11).contains("XDSRegistryOutOfResources") && removing(11).contains("removes 10 at once"), "{}", removing(11));
}

#[test]
fn one_request_removes_as_many_documents_as_a_submission_has() {
    let removing = |count: usize| {
        let document =
            |n| format!("<x:RepositoryUniqueId>2.999.9</x:RepositoryUniqueId><x:DocumentUniqueId>2.999.{n}</x:DocumentUniqueId>");
        let requests: String = (0..count).map(|n| format!("<x:DocumentRequest>{}</x:DocumentRequest>", document(n))).collect();
        let body = format!("<m:RemoveDocumentsRequest xmlns:m='{}' xmlns:x='{}'>{requests}</m:RemoveDocumentsRequest>", ns::RMD, ns::XDSB);
        answer(Endpoint::Repository, "urn:ihe:iti:2017:RemoveDocuments", &body)
    };
    assert_eq!(removing(10).0, 200);
    let (status, fault) = removing(11);
    assert!(status == 400 && fault.contains("name fewer"), "{fault}");
}

#[test]
fn an_update_has_as_many_objects_as_a_submission() {
    let updating = |count: usize| {
        let objects = "<r:Association/>".repeat(count);
        let body = format!(
            "<l:SubmitObjectsRequest xmlns:l='{}' xmlns:r='{}'><r:RegistryObjectList>{objects}</r:RegistryObjectList></l:SubmitObjectsRequest>",
            ns::LCM,
            ns::RIM
        );
        ["urn:ihe:iti:2010:UpdateDocumentSet", "urn:ihe:iti:2018:RestrictedUpdateDocumentSet"]
            .map(|action| answer(Endpoint::Registry, action, &body).1.contains("takes 10 at once"))
    };
    assert_eq!(updating(10), [false, false]);
    assert_eq!(updating(11), [true, true]);
}
