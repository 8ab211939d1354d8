//! Who took part: the two systems, and the people and organisation behind the caller (DICOM PS3.15, A.5.2; ITI TF-2: 3.20).

use std::io;
use std::net::IpAddr;

use super::coded::{Coded, DCM, OWN, Xml};
use super::event_codes::EventCodes;
use super::message::Source;
use crate::model::audit_actor::{Actor, ActorQuality};
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::person::CodedClaim;

const SOURCE: Coded<'static> = Coded::new("110153", DCM, "Source Role ID");
const DESTINATION: Coded<'static> = Coded::new("110152", DCM, "Destination Role ID");
const LAUNCHER: Coded<'static> = Coded::new("110151", DCM, "Application Launcher");
const APPLICATION: Coded<'static> = Coded::new("110150", DCM, "Application");
const GUARDIAN: Coded<'static> = Coded::new("GUARD", "2.16.840.1.113883.5.111", "guardian");
const ORGANISATION: Coded<'static> = Coded::new("organisation", OWN, "organisation");

pub(super) fn write(xml: &mut Xml, event: &AuditEvent, source: &Source, codes: &EventCodes) -> io::Result<()> {
    let (callers, own) = match event.transaction {
        Transaction::System => (LAUNCHER, APPLICATION),
        _ if codes.is_export() => (DESTINATION, SOURCE),
        _ => (SOURCE, DESTINATION),
    };
    calling_system(event).write(xml, &[callers])?;
    human_requestor(xml, event)?;
    if let Some(actor) = &event.actor {
        behind(xml, actor)?;
    }
    this_system(source).write(xml, &[own])
}

/// One `ActiveParticipant`.
struct Participant<'a> {
    user_id: &'a str,
    alternative_user_id: Option<&'a str>,
    user_name: Option<&'a str>,
    is_requestor: bool,
    address: Option<&'a str>,
}

impl Participant<'_> {
    fn write(&self, xml: &mut Xml, roles: &[Coded<'_>]) -> io::Result<()> {
        let address = self.address.filter(|address| !address.is_empty());
        let attributes = [
            ("UserID", Some(self.user_id)),
            ("AlternativeUserID", self.alternative_user_id),
            ("UserName", self.user_name),
            ("UserIsRequestor", Some(if self.is_requestor { "true" } else { "false" })),
            ("NetworkAccessPointID", address),
            ("NetworkAccessPointTypeCode", address.map(network_type)),
        ];
        let attributes: Vec<_> = attributes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        xml.start("ActiveParticipant", &attributes)?;
        for role in roles {
            role.write(xml, "RoleIDCode")?;
        }
        xml.end("ActiveParticipant")
    }
}

/// An IP address, or else a machine name.
fn network_type(address: &str) -> &'static str {
    if address.parse::<IpAddr>().is_ok() { "2" } else { "1" }
}

/// As the caller names itself, or else where answers go, or else as its certificate or address has it.
fn calling_system(event: &AuditEvent) -> Participant<'_> {
    let proven = event.node.as_ref().map(|node| node.subject.as_str());
    let named = event.caller.as_deref().or(event.reply_to.as_deref());
    Participant {
        user_id: named.or(proven).unwrap_or(&event.source_address),
        alternative_user_id: event.system.as_deref().or(proven),
        user_name: None,
        is_requestor: true,
        address: Some(&event.source_address),
    }
}

fn this_system(source: &Source) -> Participant<'_> {
    Participant { user_id: &source.id, alternative_user_id: None, user_name: None, is_requestor: false, address: Some(&source.address) }
}

/// The person for whom the system calls: UserName as XUA writes it (ITI TF-2: 3.40.4.2), the key of the directory as UserID.
/// The names of professionals are given, those of patients never.
fn human_requestor(xml: &mut Xml, event: &AuditEvent) -> io::Result<()> {
    let actor = event.actor.as_ref();
    let key = actor.and_then(|actor| actor.id.as_deref());
    let Some(user_id) = key.or(event.user.as_deref()) else { return Ok(()) };
    let name = actor.and_then(name_in_clear);
    let quality = actor.map(|actor| {
        let code = actor.quality.code();
        Coded::new(code, OWN, actor.function.as_deref().unwrap_or(code))
    });
    let roles: Vec<_> = event.roles.iter().map(claim).chain(quality).collect();
    let person =
        Participant { user_id, alternative_user_id: name.as_deref(), user_name: event.user.as_deref(), is_requestor: true, address: None };
    person.write(xml, &roles)
}

fn name_in_clear(actor: &Actor) -> Option<String> {
    let parts: Vec<_> = [&actor.name.given, &actor.name.family].into_iter().flatten().map(String::as_str).collect();
    let is_patient = matches!(actor.quality, ActorQuality::Patient | ActorQuality::LegalRepresentative);
    (!is_patient && !parts.is_empty()).then(|| parts.join(" "))
}

/// Who had the account in their hands, and for whom somebody worked.
fn behind(xml: &mut Xml, actor: &Actor) -> io::Result<()> {
    let of = |user_id, user_name| Participant { user_id, alternative_user_id: None, user_name, is_requestor: false, address: None };
    if let Some(representative) = &actor.representative {
        of(representative.id.as_str(), None).write(xml, &[GUARDIAN])?;
    }
    match &actor.organisation {
        Some(organisation) => of(organisation.id.as_str(), organisation.name.as_deref()).write(xml, &[ORGANISATION]),
        None => Ok(()),
    }
}

/// A coded claim of a person's issuer.
pub(super) fn claim(claim: &CodedClaim) -> Coded<'_> {
    Coded::new(&claim.code, &claim.system, claim.display.as_deref().unwrap_or(&claim.code))
}
