use crate::access::test_registry::call;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::test_services::test_services;
use crate::transactions::{Endpoint, Places, ReplyBody, Services, SoapRequest, respond};

fn slot(name: &str, value: &str) -> String {
    format!("<r:Slot name=\"{name}\"><r:ValueList><r:Value>{value}</r:Value></r:ValueList></r:Slot>")
}

/// FindFoldersForMultiplePatients with further parameters.
fn query(parameters: &str) -> String {
    let approved = slot("$XDSFolderStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')");
    let codes = slot("$XDSFolderCodeList", "('k^^2.999.1')");
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\">\
         <s:Header><a:Action>urn:ihe:iti:2009:MultiPatientStoredQuery</a:Action></s:Header><s:Body>\
         <q:AdhocQueryRequest xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\" xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <q:ResponseOption returnType=\"ObjectRef\"/><r:AdhocQuery id=\"urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df\">{approved}{codes}{parameters}\
         </r:AdhocQuery></q:AdhocQueryRequest></s:Body></s:Envelope>"
    )
}

#[test]
fn a_query_of_all_patients_waits_for_no_place_but_one_of_some_needs_none() {
    let (services, behind) = test_services();
    let services = Services { queries_of_all_patients: Places::new(0), ..services };
    let ask = |parameters: &str| {
        let message = query(parameters);
        let body = &mut message.as_bytes();
        let reply =
            respond(&services, &call(), SoapRequest { endpoint: Endpoint::Registry, content_type: Some("application/soap+xml"), body });
        let ReplyBody::Whole(bytes) = reply.body else { panic!("a short answer is at hand") };
        (reply.outcome, String::from_utf8(bytes).unwrap())
    };
    let (outcome, answer) = ask("");
    assert!(outcome == AuditOutcome::MinorFailure && answer.contains("XDSRegistryBusy"), "{answer}");
    let event = behind.last_event();
    assert_eq!((event.transaction, event.errors), (Transaction::Iti51, vec!["XDSRegistryBusy".to_owned()]));
    let (outcome, answer) = ask(&slot("$XDSFolderPatientId", "('1^^^&amp;1.2.3&amp;ISO')"));
    assert!(outcome == AuditOutcome::Success && answer.contains("ResponseStatusType:Success"), "{answer}");
}
