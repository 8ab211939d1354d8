//! Audit records of other systems: what they are on their way in, and as AuditEvent on their way out (ITI TF-2: 3.20, 3.81).

use serde_json::{Value, json};

use super::dates;
use super::dicom_mapping::{audit_event_of_dicom, event_time};
use super::fields::{items, text};
use crate::model::received_record::{IncomingRecord, ReceivedRecord, RecordFormat, SyslogNames, Transport};
use crate::wire::syslog::SyslogMessage;
use crate::wire::xml::{Element, XmlLimits, parse};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// A syslog message, whatever it holds. What is no audit message is kept as it is, and so is what is no syslog at all.
pub fn incoming_syslog(transport: Transport, message: &[u8], limits: &XmlLimits) -> IncomingRecord {
    let parts = SyslogMessage::read(message);
    let audit = parts.as_ref().and_then(|parts| audit_message(parts.text, limits));
    let format = match (&parts, &audit) {
        (_, Some(_)) => RecordFormat::Dicom,
        (Some(_), None) => RecordFormat::Syslog,
        (None, None) => RecordFormat::Raw,
    };
    let recorded_at = audit.as_ref().and_then(event_time).or_else(|| parts.as_ref().and_then(SyslogMessage::at));
    let patient_ids = audit.as_ref().and_then(audit_event_of_dicom).map(|event| patient_ids(&event)).unwrap_or_default();
    let names = parts.map_or_else(SyslogNames::default, |parts| parts.names);
    IncomingRecord { transport, format, recorded_at, names, patient_ids, content: message.to_vec() }
}

/// An AuditEvent of another system.
pub fn incoming_audit_event(resource: &Value) -> IncomingRecord {
    IncomingRecord {
        transport: Transport::Fhir,
        format: RecordFormat::Fhir,
        recorded_at: text(resource, "recorded").and_then(|at| dates::period(at).ok()).map(|time| time.start),
        names: SyslogNames::default(),
        patient_ids: patient_ids(resource),
        content: super::json::write(resource, false),
    }
}

/// What was received, as AuditEvent under its name here. What is no audit record is told as one of an application that did something.
pub fn received_audit_event(record: &ReceivedRecord, limits: &XmlLimits) -> Value {
    let told = match record.format {
        RecordFormat::Fhir => serde_json::from_slice(&record.content).ok(),
        RecordFormat::Dicom => SyslogMessage::read(&record.content)
            .and_then(|parts| audit_message(parts.text, limits))
            .and_then(|message| audit_event_of_dicom(&message)),
        RecordFormat::Syslog | RecordFormat::Raw => None,
    };
    let mut event = told.unwrap_or_else(|| of_no_audit_record(record));
    if let Some(fields) = event.as_object_mut() {
        fields.insert("id".to_owned(), record.id.to_string().into());
    }
    event
}

fn audit_message(text: &[u8], limits: &XmlLimits) -> Option<Element> {
    let message = parse(text, limits).ok()?;
    audit_event_of_dicom(&message).is_some().then_some(message)
}

fn of_no_audit_record(record: &ReceivedRecord) -> Value {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| record.sender.clone());
    json!({
        "resourceType": "AuditEvent",
        "type": { "system": DICOM, "code": "110100", "display": "Application Activity" },
        "recorded": dates::instant(record.recorded_at),
        "agent": [{
            "who": { "display": name(&record.names.app_name) },
            "requestor": false,
            "network": { "address": record.sender, "type": "2" },
        }],
        "source": { "observer": { "display": name(&record.names.hostname) } },
    })
}

/// The patients whom an AuditEvent names by identifier and authority, as CX.
fn patient_ids(event: &Value) -> Vec<String> {
    let is_patient = |entity: &&Value| text(entity, "role.code") == Some("1") || text(entity, "what.type") == Some("Patient");
    let named = items(event, "entity").iter().filter(is_patient).filter_map(|entity| {
        let authority = text(entity, "what.identifier.system")?.strip_prefix("urn:oid:")?;
        Some(format!("{}^^^&{authority}&ISO", text(entity, "what.identifier.value")?))
    });
    let mut named: Vec<String> = named.collect();
    named.sort();
    named.dedup();
    named
}
