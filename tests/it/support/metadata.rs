//! Metadata messages put together from the objects of the sample submission.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{AUTHORITY, REPOSITORY, TestServer, send_hl7};

const ITI41: &str = include_str!("../../../fixtures/soap/iti41-request.xml");
const ITI8: &str = include_str!("../../../fixtures/soap/iti8-a01.hl7");
const SAMPLE_PATIENT: &str = "1990122499186^^^&amp;1.3.182.4.4&amp;ISO";

/// `associationType` of a member.
pub const HAS_MEMBER: &str = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
/// `associationType` of an appendix.
pub const APPENDS: &str = "urn:ihe:iti:2007:AssociationType:APND";
/// `associationType` of a replacement.
pub const REPLACES: &str = "urn:ihe:iti:2007:AssociationType:RPLC";
/// `associationType` of a change of status.
pub const UPDATE_STATUS: &str = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus";
/// `associationType` of a submitted association.
pub const SUBMIT_ASSOCIATION: &str = "urn:ihe:iti:2010:AssociationType:SubmitAssociation";
/// A status.
pub const APPROVED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
/// A status.
pub const DEPRECATED: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated";

/// The entryUUID of an object of a test.
pub fn uuid(n: u32) -> String {
    format!("urn:uuid:00000000-0000-4000-8000-{n:012}")
}

/// Makes a patient known.
pub fn announce(server: &TestServer, patient: &str) {
    let feed = ITI8.replace("1990122499186^^^&1.3.182.4.4&ISO", &format!("{patient}^^^&{AUTHORITY}&ISO"));
    let acknowledgement = send_hl7(server.mllp, &feed);
    assert!(acknowledgement.contains("MSA|AA|"), "{acknowledgement}");
}

/// The patient id as XML holds it.
pub fn patient_id(patient: &str) -> String {
    format!("{patient}^^^&amp;{AUTHORITY}&amp;ISO")
}

fn between(start: &str, end: &str) -> &'static str {
    let from = ITI41.find(start).unwrap();
    let to = from + ITI41[from..].find(end).unwrap() + end.len();
    &ITI41[from..to]
}

/// A slot with values.
pub fn slot(name: &str, value: &str) -> String {
    format!(r#"<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot>"#)
}

/// The sample entry under another id; `lid` makes it a later version.
pub fn entry(id: &str, lid: Option<&str>, patient: &str, unique_id: &str, title: &str) -> String {
    let lid = lid.map(|lid| format!(r#" lid="{lid}""#)).unwrap_or_default();
    between("<rim:ExtrinsicObject", "</rim:ExtrinsicObject>")
        .replace("Note de consultation", title)
        .replace(SAMPLE_PATIENT, &patient_id(patient))
        .replace("2.999.442.9.3.1000.1", unique_id)
        .replacen(r#"id="Document01""#, &format!(r#"id="{id}"{lid}"#), 1)
        .replace("Document01", id)
        .replacen(
            r#"<rim:Slot name="creationTime">"#,
            &format!(r#"{}<rim:Slot name="creationTime">"#, slot("repositoryUniqueId", REPOSITORY)),
            1,
        )
}

/// A folder; `lid` makes it a later version.
pub fn folder(id: &str, lid: Option<&str>, patient: &str, unique_id: &str, title: &str) -> String {
    let lid = lid.map(|lid| format!(r#" lid="{lid}""#)).unwrap_or_default();
    let identifier = |scheme: &str, value: &str| {
        format!(
            r#"<rim:ExternalIdentifier id="i-{scheme}" registryObject="{id}" identificationScheme="urn:uuid:{scheme}" value="{value}"><rim:Name><rim:LocalizedString value="n"/></rim:Name></rim:ExternalIdentifier>"#
        )
    };
    let patient = identifier("f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", &patient_id(patient));
    let unique_id = identifier("75df8f67-9973-4fbe-a900-df66cefecc5a", unique_id);
    let scheme = slot("codingScheme", "2.999.442.1.6");
    let name = r#"<rim:Name><rim:LocalizedString value="Dossier"/></rim:Name>"#;
    let code = format!(
        r#"<rim:Classification id="c-{id}" classifiedObject="{id}" classificationScheme="urn:uuid:1ba97051-7806-41a8-a48b-8fce7af683c5" nodeRepresentation="dossier">{scheme}{name}</rim:Classification>"#
    );
    format!(
        r#"<rim:RegistryPackage id="{id}"{lid}><rim:Name><rim:LocalizedString value="{title}"/></rim:Name>{code}<rim:Classification id="n-{id}" classifiedObject="{id}" classificationNode="urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"/>{patient}{unique_id}</rim:RegistryPackage>"#
    )
}

/// The sample submission set, `Set`, under an id that was never used.
pub fn submission_set(patient: &str) -> String {
    static SETS: AtomicU32 = AtomicU32::new(1);
    let unique_id = format!("2.999.442.9.4.2000.{}", SETS.fetch_add(1, Ordering::Relaxed));
    between("<rim:RegistryPackage", "</rim:RegistryPackage>")
        .replace(SAMPLE_PATIENT, &patient_id(patient))
        .replace("2.999.442.9.4.1000.1", &unique_id)
        .replace("SubmissionSet01", "Set")
}

/// An association.
pub fn association(id: &str, kind: &str, source: &str, target: &str, slots: &[(&str, &str)]) -> String {
    let slots: String = slots.iter().map(|(name, value)| slot(name, value)).collect();
    format!(
        r#"<rim:Association id="{id}" associationType="{kind}" sourceObject="{source}" targetObject="{target}">{slots}</rim:Association>"#
    )
}

/// A first version as a member of the submission set.
pub fn member(target: &str) -> String {
    association(&format!("m-{target}"), HAS_MEMBER, "Set", target, &[("SubmissionSetStatus", "Original")])
}

/// A later version as a member of the submission set.
pub fn later_member(target: &str, previous_version: &str, more: &[(&str, &str)]) -> String {
    let slots = [&[("SubmissionSetStatus", "Original"), ("PreviousVersion", previous_version)], more].concat();
    association(&format!("m-{target}"), HAS_MEMBER, "Set", target, &slots)
}

/// A change of status.
pub fn new_status(target: &str, original: &str, new: &str) -> String {
    association(&format!("s-{target}"), UPDATE_STATUS, "Set", target, &[("OriginalStatus", original), ("NewStatus", new)])
}

fn envelope(action: &str, body: &str) -> String {
    format!(
        r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header><wsa:Action soap:mustUnderstand="true">{action}</wsa:Action><wsa:MessageID>urn:uuid:6d0a5f3e-1c1b-4b55-9a3c-2f41a0d1e057</wsa:MessageID></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"#
    )
}

/// Sends objects to the registry; gives the answer.
pub fn send(server: &TestServer, action: &str, objects: &[String]) -> String {
    let body = format!(
        r#"<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>{}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"#,
        objects.concat()
    );
    let response = server.registry("application/soap+xml; charset=utf-8", envelope(action, &body).as_bytes());
    assert_eq!(response.status, 200, "{}", response.text());
    response.text()
}

/// Asks a stored query, by the first characters of its id; gives the answer.
pub fn ask(server: &TestServer, query_id: &str, parameters: &[(&str, &str)]) -> String {
    let slots: String = parameters.iter().map(|(name, value)| slot(name, value)).collect();
    let body = format!(
        r#"<query:AdhocQueryRequest xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><query:ResponseOption returnComposedObjects="true" returnType="LeafClass"/><rim:AdhocQuery id="urn:uuid:{query_id}">{slots}</rim:AdhocQuery></query:AdhocQueryRequest>"#
    );
    let request = envelope("urn:ihe:iti:2007:RegistryStoredQuery", &body);
    let response = server.registry("application/soap+xml; charset=utf-8", request.as_bytes());
    assert_eq!(response.status, 200, "{}", response.text());
    response.text()
}
