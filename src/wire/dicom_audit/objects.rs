//! On what it was done: patients, the query, documents or the submission set, and the request itself with what was decided
//! (DICOM PS3.15, A.5.2; the audit messages of the sections in ITI TF-2). No patient's name and no title is among it.

use std::io;

use super::coded::{Coded, IHE, OWN, RFC_3881, Xml, base64, detail};
use super::event_codes::EventCodes;
use super::message::Source;
use crate::model::audit_event::{AuditEvent, PurgeCertificate, Transaction};

const PATIENT_NUMBER: Coded<'static> = Coded::new("2", RFC_3881, "Patient Number");
const REPORT_NUMBER: Coded<'static> = Coded::new("9", RFC_3881, "Report Number");
const SUBMISSION_SET: Coded<'static> =
    Coded::new("urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd", "IHE XDS Metadata", "submission set classificationNode");
const REQUEST: Coded<'static> = Coded::new("request", OWN, "Request");

/// `ParticipantObjectTypeCode` and `ParticipantObjectTypeCodeRole`.
type Kind = (&'static str, &'static str);
const PATIENT: Kind = ("1", "1");
const REPORT: Kind = ("2", "3");
const JOB: Kind = ("2", "20");
const QUERY: Kind = ("2", "24");

pub(super) fn write(xml: &mut Xml, event: &AuditEvent, source: &Source, codes: &EventCodes) -> io::Result<()> {
    for patient in &event.patient_ids {
        object(xml, PATIENT, patient, PATIENT_NUMBER, "Patient", |xml| message_id(xml, event))?;
    }
    let asked = event.asked.as_ref().and_then(|asked| asked.query.as_deref());
    let named = event.query.as_deref().filter(|_| codes.is_query());
    if asked.or(named).is_some() {
        encoded_query(xml, event, (asked, named), codes)?;
    }
    let mut ids = event.object_ids.iter().peekable();
    // A submission names its set first, and then what is in it.
    let set = ids.next_if(|id| codes.is_import() && names_its_set(event.transaction) && id.starts_with("urn:uuid:"));
    if let Some(set) = set {
        object(xml, JOB, set, SUBMISSION_SET, "Submission set", |_| Ok(()))?;
    }
    for id in ids {
        object(xml, REPORT, id, REPORT_NUMBER, "Document", |xml| repository(xml, id, source, codes))?;
    }
    object(xml, JOB, &event.request_id.to_string(), REQUEST, "Request", |xml| decided(xml, event, named.is_none()))
}

fn object(
    xml: &mut Xml,
    (type_code, role): Kind,
    id: &str,
    id_type: Coded<'_>,
    name: &str,
    details: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    start(xml, (type_code, role), id)?;
    id_type.write(xml, "ParticipantObjectIDTypeCode")?;
    // The schema asks for a name or a query: the name of the kind tells nothing of anybody.
    xml.leaf("ParticipantObjectName", &[], name)?;
    details(xml)?;
    xml.end("ParticipantObjectIdentification")
}

fn start(xml: &mut Xml, (type_code, role): Kind, id: &str) -> io::Result<()> {
    let attributes = [("ParticipantObjectID", id), ("ParticipantObjectTypeCode", type_code), ("ParticipantObjectTypeCodeRole", role)];
    xml.start("ParticipantObjectIdentification", &attributes)
}

/// The query: which stored query, or which resource was searched for, and how (such as ITI TF-2: 3.18.5.1.2). Records of earlier
/// versions do not tell how.
fn encoded_query(xml: &mut Xml, event: &AuditEvent, (asked, named): (Option<&str>, Option<&str>), codes: &EventCodes) -> io::Result<()> {
    start(xml, QUERY, named.unwrap_or(codes.kind.code))?;
    codes.kind.write(xml, "ParticipantObjectIDTypeCode")?;
    xml.leaf("ParticipantObjectQuery", &[], &base64(asked.or(named).unwrap_or_default()))?;
    if codes.kind.system == IHE {
        detail(xml, "QueryEncoding", "UTF-8")?;
    }
    let left_out = event.asked.as_ref().map_or(0, |asked| asked.left_out);
    if left_out > 0 {
        detail(xml, "query-bytes-left-out", &left_out.to_string())?;
    }
    xml.end("ParticipantObjectIdentification")
}

/// The caller's own id of the message (ITI TF-2: 3.8.5.1.2 and 3.44.5.1.2).
fn message_id(xml: &mut Xml, event: &AuditEvent) -> io::Result<()> {
    let kind = match event.transaction {
        Transaction::Iti44 => "II",
        _ => "MSH-10",
    };
    event.message_id.iter().try_for_each(|id| detail(xml, kind, id))
}

/// Which repository a retrieved document is from (ITI TF-2: 3.43.6.1.2).
fn repository(xml: &mut Xml, id: &str, source: &Source, codes: &EventCodes) -> io::Result<()> {
    let from = source.repository_unique_id.as_deref().filter(|_| codes.is_export() && !id.starts_with("urn:uuid:"));
    from.into_iter().try_for_each(|repository| detail(xml, "Repository Unique Id", repository))
}

fn names_its_set(transaction: Transaction) -> bool {
    !matches!(transaction, Transaction::Iti106)
}

/// What let it pass or stopped it, and what else is known of the request alone.
fn decided(xml: &mut Xml, event: &AuditEvent, with_query: bool) -> io::Result<()> {
    detail(xml, "action", event.action().code())?;
    let said = [
        ("decision", event.decision.as_deref()),
        ("access-reason", event.access_reason.as_deref()),
        ("asked", event.query.as_deref().filter(|_| with_query)),
        ("interaction", event.asked.as_ref().and_then(|asked| asked.interaction.as_deref())),
        ("token", event.token.as_ref().map(|token| token.id.as_str())),
        ("node", event.node.as_ref().map(|node| node.fingerprint.as_str())),
    ];
    for (kind, value) in said {
        value.into_iter().try_for_each(|value| detail(xml, kind, value))?;
    }
    let known = event.system_event.iter().flat_map(|event| &event.details);
    known.into_iter().try_for_each(|(name, value)| detail(xml, name, value))?;
    event.errors.iter().try_for_each(|error| detail(xml, "error", error))?;
    let purged = event.purged.iter().flat_map(certificate_details);
    purged.into_iter().try_for_each(|(kind, value)| detail(xml, kind, &value))
}

/// What a purge destroyed, in numbers and hashes.
pub fn certificate_details(purged: &PurgeCertificate) -> Vec<(&'static str, String)> {
    vec![
        ("purged-documents", purged.documents.to_string()),
        ("purged-bytes", purged.bytes.to_string()),
        ("purged-objects", purged.objects.to_string()),
        ("purged-records", purged.trace.to_string()),
        ("redacted-records", purged.redacted.to_string()),
        ("purged-documents-sha256", purged.documents_sha256.clone()),
        ("purged-records-sha256", purged.trace_sha256.clone()),
    ]
}
