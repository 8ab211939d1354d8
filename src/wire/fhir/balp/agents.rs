//! Who took part: the two systems, and the people and organisation behind the caller.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::coded::{DCM, PARTICIPATION, PROFILES, USER_AGENTS, coding, concept, identifier, system_of};
use super::entities::patient;
use super::pattern::Pattern;
use crate::model::audit_actor::{Actor, ActorQuality};
use crate::model::audit_event::AuditEvent;
use crate::model::person::{CodedClaim, TokenKind};
use crate::wire::dicom_audit::Source;
use crate::wire::fhir::consent::CANONICAL;

const PROVIDER_NUMBER: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

pub(super) fn agents(event: &AuditEvent, source: &Source, pattern: Pattern) -> Vec<Value> {
    let user = user(event, pattern);
    let actor = event.actor.as_ref();
    let representative = actor.and_then(|actor| actor.representative.as_ref()).map(|representative| {
        let guardian = coding("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "GUARD", "guardian");
        json!({ "type": concept(vec![guardian]), "who": patient(&representative.id), "requestor": false })
    });
    let organisation = actor.and_then(|actor| actor.organisation.as_ref()).map(|organisation| {
        let provider = coding("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV", "healthcare provider");
        let display = organisation.name.as_deref().unwrap_or(&organisation.id);
        let who = json!({ "type": "Organization", "identifier": identifier(&organisation.id), "display": display });
        json!({ "type": concept(vec![provider]), "who": who, "requestor": false })
    });
    let client = client(event, pattern, user.is_none());
    [Some(client), user, representative, organisation, Some(server(source, pattern))].into_iter().flatten().collect()
}

/// The calling system: as it names itself, or as its certificate or address has it.
fn client(event: &AuditEvent, pattern: Pattern, is_requestor: bool) -> Value {
    let role = match pattern {
        Pattern::Delete => coding(DCM, "110150", "Application"),
        _ if pattern.gives() => coding(DCM, "110152", "Destination Role ID"),
        _ => coding(DCM, "110153", "Source Role ID"),
    };
    let proven = event.node.as_ref().map(|node| node.subject.as_str());
    let named = event.caller.as_deref().or(event.reply_to.as_deref()).or(event.system.as_deref()).or(proven);
    let id = named.filter(|name| !name.is_empty()).unwrap_or(&event.source_address);
    let who = if id.is_empty() { json!({ "display": "not known" }) } else { json!({ "identifier": { "value": id } }) };
    let mut client = json!({ "type": concept(vec![role]), "who": who, "requestor": is_requestor });
    if let (Some(fields), false) = (client.as_object_mut(), event.source_address.is_empty()) {
        fields.insert("network".to_owned(), network(&event.source_address));
    }
    client
}

/// This system, the same as the observer.
fn server(source: &Source, pattern: Pattern) -> Value {
    let role = match pattern {
        Pattern::Delete => coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian", "Custodian"),
        _ if pattern.gives() => coding(DCM, "110153", "Source Role ID"),
        _ => coding(DCM, "110152", "Destination Role ID"),
    };
    let address = if source.address.is_empty() { "localhost" } else { &source.address };
    json!({ "type": concept(vec![role]), "who": observer(source), "requestor": false, "network": network(address) })
}

pub(super) fn observer(source: &Source) -> Value {
    json!({ "type": "Device", "identifier": identifier(&source.id) })
}

/// An IP address, or else a machine name.
fn network(address: &str) -> Value {
    json!({ "address": address, "type": if address.parse::<IpAddr>().is_ok() { "2" } else { "1" } })
}

/// The person for whom the system calls, in the manner of the SAML and OAuth patterns: the token's subject and issuer, its id as
/// policy. The names of professionals are given, those of patients never.
fn user(event: &AuditEvent, pattern: Pattern) -> Option<Value> {
    let actor = event.actor.as_ref();
    let key = actor.and_then(|actor| actor.id.as_deref());
    let who = match (event.user.as_deref(), key) {
        (Some(user), _) => json!({ "identifier": subject(user) }),
        (None, Some(key)) => json!({ "identifier": identifier(key) }),
        (None, None) => return None,
    };
    let mut fields = Map::new();
    let numbered = actor.filter(|actor| !is_patient(actor)).and(key);
    if let Some(key) = numbered {
        let number = concept(vec![coding(PROVIDER_NUMBER, "PRN", "Provider number")]);
        let extension = json!({ "url": format!("{PROFILES}ihe-otherId"), "valueIdentifier": { "type": number, "value": key } });
        fields.insert("extension".to_owned(), json!([extension]));
    }
    fields.insert("type".to_owned(), concept(types(event, pattern)));
    let roles: Vec<_> = event.roles.iter().filter_map(claim).chain(actor.map(quality)).collect();
    put(&mut fields, "role", roles);
    fields.insert("who".to_owned(), who);
    if let Some(name) = actor.and_then(name_in_clear) {
        fields.insert("name".to_owned(), name.into());
    }
    fields.insert("requestor".to_owned(), true.into());
    if let Some(token) = &event.token {
        let policy = match token.kind {
            TokenKind::Saml => token.id.clone(),
            TokenKind::Oauth => format!("urn:ietf:params:oauth:jti:{}", token.id),
        };
        fields.insert("policy".to_owned(), json!([policy]));
    }
    put(&mut fields, "purposeOfUse", purposes(event));
    Some(Value::Object(fields))
}

fn types(event: &AuditEvent, pattern: Pattern) -> Vec<Value> {
    let takes = pattern.gives() || matches!(pattern, Pattern::Query | Pattern::Other);
    let (code, display) = if takes { ("IRCP", "information recipient") } else { ("AUT", "author (originator)") };
    let token = event.token.as_ref().map(|token| match token.kind {
        TokenKind::Saml => coding(USER_AGENTS, "UserSamlAgent", "User SAML Agent participant"),
        TokenKind::Oauth => coding(USER_AGENTS, "UserOauthAgent", "User OAuth Agent participant"),
    });
    [coding(PARTICIPATION, code, display)].into_iter().chain(token).collect()
}

/// `alias<user@issuer>` (ITI TF-2: 3.40.4.2) in its parts.
fn subject(user: &str) -> Value {
    let inside = user.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(user);
    match inside.rsplit_once('@') {
        Some((name, issuer)) if !name.is_empty() && !issuer.is_empty() => json!({ "system": issuer, "value": name }),
        _ => json!({ "value": inside }),
    }
}

fn is_patient(actor: &Actor) -> bool {
    matches!(actor.quality, ActorQuality::Patient | ActorQuality::LegalRepresentative)
}

fn name_in_clear(actor: &Actor) -> Option<String> {
    let parts: Vec<_> = [&actor.name.given, &actor.name.family].into_iter().flatten().map(String::as_str).collect();
    (!is_patient(actor) && !parts.is_empty()).then(|| parts.join(" "))
}

fn quality(actor: &Actor) -> Value {
    let code = actor.quality.code();
    let coded = json!({ "system": format!("{CANONICAL}/CodeSystem/dsp-quality"), "code": code });
    match &actor.function {
        Some(function) => json!({ "coding": [coded], "text": function }),
        None => concept(vec![coded]),
    }
}

/// What the person asks for the data, as their issuer says.
pub(super) fn purposes(event: &AuditEvent) -> Vec<Value> {
    event.purposes_of_use.iter().filter_map(claim).collect()
}

fn claim(claim: &CodedClaim) -> Option<Value> {
    let mut coded = json!({ "code": Some(&claim.code).filter(|code| !code.is_empty())? });
    if let Some(fields) = coded.as_object_mut() {
        if !claim.system.is_empty() {
            fields.insert("system".to_owned(), system_of(&claim.system).into());
        }
        if let Some(display) = claim.display.as_ref().filter(|display| !display.is_empty()) {
            fields.insert("display".to_owned(), display.clone().into());
        }
    }
    Some(concept(vec![coded]))
}

/// FHIR knows no empty array.
pub(super) fn put(fields: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        fields.insert(name.to_owned(), values.into());
    }
}
