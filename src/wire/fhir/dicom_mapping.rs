//! A DICOM audit message (PS3.15, A.5) as AuditEvent, element by element as the resource says (FHIR R4, auditevent-mappings.html).

use serde_json::{Map, Value, json};

use super::dates;
use crate::model::hl7_types::Cx;
use crate::model::timestamp::Instant;
use crate::wire::xml::Element;

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const IHE: &str = "urn:ihe:event-type-code";

/// The AuditEvent of an `AuditMessage`; nothing where an element is missing without which there is none.
pub fn audit_event_of_dicom(message: &Element) -> Option<Value> {
    let what = message.child("", "EventIdentification").filter(|_| message.is("", "AuditMessage"))?;
    let source = message.child("", "AuditSourceIdentification")?;
    let mut event = Map::new();
    event.insert("resourceType".to_owned(), "AuditEvent".into());
    event.insert("type".to_owned(), coding(what.child("", "EventID")?));
    put(&mut event, "subtype", list(what, "EventTypeCode", coding));
    put_text(&mut event, "action", what.attribute("EventActionCode"));
    event.insert("recorded".to_owned(), dates::instant(event_time(message)?).into());
    put_text(&mut event, "outcome", what.attribute("EventOutcomeIndicator"));
    put_text(&mut event, "outcomeDesc", what.child("", "EventOutcomeDescription").map(Element::text).as_deref());
    put(&mut event, "purposeOfEvent", list(what, "PurposeOfUse", concept));
    put(&mut event, "agent", list(message, "ActiveParticipant", agent));
    event.insert("source".to_owned(), reporter(source));
    put(&mut event, "entity", list(message, "ParticipantObjectIdentification", entity));
    event.contains_key("agent").then_some(Value::Object(event))
}

/// When what a message tells of happened. Times without an offset are those of UTC.
pub(super) fn event_time(message: &Element) -> Option<Instant> {
    let written = message.child("", "EventIdentification")?.attribute("EventDateTime")?;
    let time = dates::period(written).or_else(|_| dates::period(&format!("{written}Z"))).ok();
    time.filter(|_| written.contains('T')).map(|time| time.start)
}

fn put(map: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        map.insert(name.to_owned(), values.into());
    }
}

fn put_text(map: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        map.insert(name.to_owned(), text.into());
    }
}

fn list(parent: &Element, name: &str, written: impl Fn(&Element) -> Value) -> Vec<Value> {
    parent.children_named("", name).map(written).collect()
}

/// `csd-code` is that of DICOM, `code` that of RFC 3881.
fn coding(element: &Element) -> Value {
    let mut coding = Map::new();
    let code = element.attribute("csd-code").or_else(|| element.attribute("code")).unwrap_or_default();
    let system = element.attribute("codeSystemName").map(|name| match name {
        "DCM" => DICOM.to_owned(),
        "IHE Transactions" => IHE.to_owned(),
        oid if !oid.is_empty() && oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => format!("urn:oid:{oid}"),
        other => other.to_owned(),
    });
    put_text(&mut coding, "system", system.as_deref());
    put_text(&mut coding, "code", Some(code));
    let display = ["originalText", "displayName"].iter().find_map(|name| element.attribute(name));
    put_text(&mut coding, "display", display);
    Value::Object(coding)
}

fn concept(element: &Element) -> Value {
    json!({ "coding": [coding(element)] })
}

/// An identifier as it is written; of one with an authority (CX), both by themselves.
fn identifier(value: &str) -> Value {
    match value.parse::<Cx>() {
        Ok(cx) => json!({ "system": format!("urn:oid:{}", cx.assigning_authority()), "value": cx.id() }),
        Err(_) => json!({ "value": value }),
    }
}

fn agent(participant: &Element) -> Value {
    let mut agent = Map::new();
    let mut roles = list(participant, "RoleIDCode", concept).into_iter();
    agent.extend(roles.next().map(|role| ("type".to_owned(), role)));
    put(&mut agent, "role", roles.collect());
    let user = participant.attribute("UserID").unwrap_or_default();
    agent.insert("who".to_owned(), json!({ "identifier": { "value": user } }));
    put_text(&mut agent, "altId", participant.attribute("AlternativeUserID"));
    put_text(&mut agent, "name", participant.attribute("UserName"));
    agent.insert("requestor".to_owned(), matches!(participant.attribute("UserIsRequestor"), Some("true" | "1")).into());
    let mut network = Map::new();
    put_text(&mut network, "address", participant.attribute("NetworkAccessPointID"));
    put_text(&mut network, "type", participant.attribute("NetworkAccessPointTypeCode"));
    if !network.is_empty() {
        agent.insert("network".to_owned(), network.into());
    }
    Value::Object(agent)
}

fn reporter(source: &Element) -> Value {
    let mut reporter = Map::new();
    put_text(&mut reporter, "site", source.attribute("AuditEnterpriseSiteID"));
    let id = source.attribute("AuditSourceID").unwrap_or_default();
    reporter.insert("observer".to_owned(), json!({ "identifier": { "value": id } }));
    let kind = |code: &Element| {
        let mut coding = coding(code);
        let has_system = coding.get("system").is_some();
        if let Some(fields) = coding.as_object_mut().filter(|_| !has_system) {
            fields.insert("system".to_owned(), "http://terminology.hl7.org/CodeSystem/security-source-type".into());
        }
        coding
    };
    put(&mut reporter, "type", list(source, "AuditSourceTypeCode", kind));
    Value::Object(reporter)
}

fn entity(object: &Element) -> Value {
    let mut entity = Map::new();
    let mut id = identifier(object.attribute("ParticipantObjectID").unwrap_or_default());
    if let (Some(kind), Some(id)) = (object.child("", "ParticipantObjectIDTypeCode"), id.as_object_mut()) {
        id.insert("type".to_owned(), concept(kind));
    }
    entity.insert("what".to_owned(), json!({ "identifier": id }));
    let code = |system: &str, code: &str| json!({ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code });
    for (name, attribute, system) in [
        ("type", "ParticipantObjectTypeCode", "audit-entity-type"),
        ("role", "ParticipantObjectTypeCodeRole", "object-role"),
        ("lifecycle", "ParticipantObjectDataLifeCycle", "dicom-audit-lifecycle"),
    ] {
        entity.extend(object.attribute(attribute).map(|value| (name.to_owned(), code(system, value))));
    }
    put_text(&mut entity, "name", object.child("", "ParticipantObjectName").map(Element::text).as_deref());
    put_text(&mut entity, "description", object.child("", "ParticipantObjectDescription").map(Element::text).as_deref());
    // R4 allows a name or a query (sev-1).
    if !entity.contains_key("name") {
        put_text(&mut entity, "query", object.child("", "ParticipantObjectQuery").map(Element::text).as_deref().map(str::trim));
    }
    let detail = |detail: &Element| json!({ "type": detail.attribute("type").unwrap_or_default(), "valueBase64Binary": detail.attribute("value").unwrap_or_default() });
    put(&mut entity, "detail", list(object, "ParticipantObjectDetail", detail));
    Value::Object(entity)
}
