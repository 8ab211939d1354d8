//! The message as a whole.

use std::io;

use super::coded::Xml;
use super::event_codes::{EventCodes, action_code};
use super::{objects, participants};
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::wire::fhir::dates::instant;
use crate::wire::xml::XmlWriter;

/// Who reports events, and as whom it takes part in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `AuditSourceID`: how repositories know this system.
    pub id: String,
    /// `AuditEnterpriseSiteID`: where it is, for those who keep the events of many sites.
    pub enterprise_site: Option<String>,
    /// The network address of this system: a machine name or an IP address.
    pub address: String,
    /// The repositoryUniqueId of the documents that are exported (ITI TF-2: 3.43.6.1.2).
    pub repository_unique_id: Option<String>,
}

impl Source {
    /// A repository in a community, known by the id that documents name it with.
    pub fn new(repository_unique_id: &str, home_community_id: &str, address: String) -> Self {
        Self {
            id: repository_unique_id.to_owned(),
            enterprise_site: Some(home_community_id.to_owned()),
            address,
            repository_unique_id: Some(repository_unique_id.to_owned()),
        }
    }
}

/// The audit message of an event: `AuditMessage` in XML, without a declaration, so that it can be put into other messages.
pub fn message(event: &AuditEvent, source: &Source) -> String {
    let mut xml = XmlWriter::new(Vec::new());
    // Nothing fails that is written to memory, and nothing else than UTF-8 is.
    let _ = write(&mut xml, event, source);
    String::from_utf8(xml.into_inner()).unwrap_or_default()
}

fn write(xml: &mut Xml, event: &AuditEvent, source: &Source) -> io::Result<()> {
    let codes = EventCodes::of(event);
    xml.start("AuditMessage", &[])?;
    identification(xml, event, &codes)?;
    participants::write(xml, event, source, &codes)?;
    reporter(xml, source)?;
    objects::write(xml, event, source, &codes)?;
    xml.end("AuditMessage")
}

/// What happened (DICOM PS3.15, A.5.2). The purpose of use is IHE's addition, in the manner of XUA (ITI TF-2: 3.40.4.2).
fn identification(xml: &mut Xml, event: &AuditEvent, codes: &EventCodes) -> io::Result<()> {
    let attributes = [
        ("EventActionCode", action_code(event)),
        ("EventDateTime", &*instant(event.occurred_at)),
        ("EventOutcomeIndicator", outcome(event.outcome)),
    ];
    xml.start("EventIdentification", &attributes)?;
    codes.id.write(xml, "EventID")?;
    codes.kind.write(xml, "EventTypeCode")?;
    let why = outcome_description(event);
    if !why.is_empty() {
        xml.leaf("EventOutcomeDescription", &[], &why)?;
    }
    for purpose in event.purposes_of_use.iter().filter(|purpose| !purpose.code.is_empty()) {
        participants::claim(purpose).write(xml, "PurposeOfUse")?;
    }
    xml.end("EventIdentification")
}

fn outcome(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Success => "0",
        AuditOutcome::MinorFailure => "4",
        AuditOutcome::SeriousFailure => "8",
    }
}

/// Why it did not succeed: the rule that stood in the way, and the codes of the answer.
pub fn outcome_description(event: &AuditEvent) -> String {
    if event.outcome == AuditOutcome::Success {
        return String::new();
    }
    let decision = event.decision.iter().map(String::as_str);
    decision.chain(event.errors.iter().map(String::as_str)).collect::<Vec<_>>().join("; ")
}

fn reporter(xml: &mut Xml, source: &Source) -> io::Result<()> {
    let site = source.enterprise_site.as_deref().map(|site| ("AuditEnterpriseSiteID", site));
    let attributes: Vec<_> = site.into_iter().chain([("AuditSourceID", source.id.as_str())]).collect();
    xml.start("AuditSourceIdentification", &attributes)?;
    // An application server (A.5.1.2.1).
    xml.empty("AuditSourceTypeCode", &[("csd-code", "4")])?;
    xml.end("AuditSourceIdentification")
}
