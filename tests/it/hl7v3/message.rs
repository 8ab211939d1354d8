//! HL7 v3 messages as feeds write them.

use crate::support::{AUTHORITY, Response, TestServer, post};
use crate::xds::envelope::{SOAP, envelope};

pub const ADDED: &str = "PRPA_IN201301UV02";
pub const REVISED: &str = "PRPA_IN201302UV02";
pub const RESOLVED: &str = "PRPA_IN201304UV02";

/// The demographics of a patient, as the content of `patientPerson`.
pub const JEANNE: &str = "<name use=\"L\"><given>Jeanne</given><family>Exemple</family></name>\
    <administrativeGenderCode code=\"F\" codeSystem=\"2.16.840.1.113883.5.1\"/><birthTime value=\"19901224\"/>";

/// A message with this patient role, and with what follows it in the registration.
pub fn message(interaction: &str, patient: &str, replacement: &str) -> String {
    let trigger = interaction.replace("_IN", "_TE");
    format!(
        "<{interaction} xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"><id root=\"2.999.442.9.8\" extension=\"MSG1\"/>\
         <creationTime value=\"20250317085500+0100\"/><interactionId root=\"2.16.840.1.113883.1.6\" extension=\"{interaction}\"/>\
         <processingCode code=\"P\"/><processingModeCode code=\"T\"/><acceptAckCode code=\"AL\"/>\
         <receiver typeCode=\"RCV\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\"><id root=\"2.999.442.9.7.2\"/></device></receiver>\
         <sender typeCode=\"SND\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\"><id root=\"2.999.442.9.7.1\"/></device></sender>\
         <controlActProcess classCode=\"CACT\" moodCode=\"EVN\"><code code=\"{trigger}\" codeSystem=\"2.16.840.1.113883.1.6\"/>\
         <subject typeCode=\"SUBJ\" contextConductionInd=\"false\"><registrationEvent classCode=\"REG\" moodCode=\"EVN\">\
         <id nullFlavor=\"NA\"/><statusCode code=\"active\"/><subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">{patient}</patient></subject1>\
         <custodian typeCode=\"CST\"><assignedEntity classCode=\"ASSIGNED\"><id root=\"2.999.442.9.7.1\"/></assignedEntity></custodian>\
         {replacement}</registrationEvent></subject></controlActProcess></{interaction}>"
    )
}

/// A patient of the affinity domain with this content of `patientPerson`.
pub fn patient(id: &str, person: &str) -> String {
    role(&own(id), person)
}

pub fn role(ids: &str, person: &str) -> String {
    format!("{ids}<statusCode code=\"active\"/><patientPerson classCode=\"PSN\" determinerCode=\"INSTANCE\">{person}</patientPerson>")
}

/// An identifier of the affinity domain.
pub fn own(id: &str) -> String {
    format!("<id root=\"{AUTHORITY}\" extension=\"{id}\"/>")
}

pub fn added(id: &str) -> String {
    message(ADDED, &patient(id, JEANNE), "")
}

pub fn revised(id: &str, person: &str) -> String {
    message(REVISED, &patient(id, person), "")
}

/// Joins the record of `subsumed` to that of `surviving`.
pub fn merge(surviving: &str, subsumed: &str) -> String {
    message(RESOLVED, &patient(surviving, JEANNE), &replacement_of(&own(subsumed)))
}

pub fn replacement_of(ids: &str) -> String {
    format!(
        "<replacementOf typeCode=\"RPLC\"><priorRegistration classCode=\"REG\" moodCode=\"EVN\"><statusCode code=\"obsolete\"/>\
         <subject1 typeCode=\"SBJ\"><priorRegisteredRole classCode=\"PAT\">{ids}</priorRegisteredRole></subject1></priorRegistration></replacementOf>"
    )
}

/// Sends a message with the action of its interaction.
pub fn send(server: &TestServer, message: &str) -> Response {
    let interaction = &message[1..18];
    post_envelope(server, SOAP, &envelope(&format!("urn:hl7-org:v3:{interaction}"), message))
}

pub fn post_envelope(server: &TestServer, content_type: &str, body: &str) -> Response {
    post(server.http, "/hl7v3/patient-feed", content_type, body.as_bytes())
}

/// Sends a message and gives the acknowledgement element.
pub fn acknowledged(server: &TestServer, message: &str) -> String {
    let response = send(server, message);
    let text = response.text();
    assert_eq!(response.status, 200, "{text}");
    assert!(text.contains(">urn:hl7-org:v3:MCCI_IN000002UV01</wsa:Action>"), "{text}");
    let start = text.find("<MCCI_IN000002UV01").unwrap_or_else(|| panic!("no acknowledgement: {text}"));
    text[start..text.find("</soap:Body>").unwrap()].to_owned()
}

/// Sends a message that has to be accepted.
pub fn accepted(server: &TestServer, message: &str) {
    let answer = acknowledged(server, message);
    assert!(answer.contains("<typeCode code=\"CA\"/>"), "{answer}");
}
