//! An entry of the activity history as AuditEvent (FHIR R4, auditevent.html), in the manner of IHE BALP (Basic Audit Log Patterns,
//! 3: who as agents, the patient and the documents as entities) so that ITI-81 consumers read it.

use serde_json::{Map, Value, json};

use super::consent::CANONICAL;
use super::dates::instant;
use crate::model::activity::Activity;
use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::{Actor, ActorName, ActorQuality};
use crate::model::audit_event::AuditOutcome;
use crate::model::dsp::Ground;
use crate::model::hl7_types::PatientId;

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
/// IHE's event codes (ITI TF-2: such as 3.18.5.1).
pub(super) const TRANSACTIONS: &str = "urn:ihe:event-type-code";
/// The code system of actions.
pub(super) const ACTIONS: &str = "https://dossier.example/fhir/CodeSystem/dsp-activity";

/// The resource of an entry.
pub fn audit_event(activity: &Activity) -> Value {
    let (event_type, display) = event_type(activity.action);
    let mut subtypes = vec![json!({ "system": ACTIONS, "code": activity.action.code() })];
    if activity.transaction.as_str().starts_with("ITI-") {
        subtypes.insert(0, json!({ "system": TRANSACTIONS, "code": activity.transaction.as_str() }));
    }
    let (outcome, words) = outcome(activity.outcome);
    let mut resource = json!({
        "resourceType": "AuditEvent",
        "id": activity.id,
        "type": { "system": DICOM, "code": event_type, "display": display },
        "subtype": subtypes,
        "action": action(activity.action),
        "recorded": instant(activity.occurred_at),
        "outcome": outcome,
        "outcomeDesc": words,
        "agent": agents(activity),
        "source": {
            "observer": { "display": "Dossier" },
            "type": [{ "system": "http://terminology.hl7.org/CodeSystem/security-source-type", "code": "4", "display": "Application Server" }],
        },
        "entity": entities(activity),
    });
    if let Some(fields) = resource.as_object_mut() {
        put(fields, "extension", extensions(activity.ground, activity.access_reason.as_deref()));
        put(fields, "purposeOfEvent", purposes(activity));
    }
    resource
}

/// FHIR knows no empty array.
fn put(fields: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        fields.insert(name.to_owned(), values.into());
    }
}

/// The event id of DICOM (PS3.16, CID 400).
pub(super) fn event_type(action: AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::List => ("110112", "Query"),
        AuditAction::Read => ("110106", "Export"),
        AuditAction::Submit | AuditAction::Replace => ("110107", "Import"),
        AuditAction::ReadHistory => ("110101", "Audit Log Used"),
        AuditAction::SignIn => ("110114", "User Authentication"),
        AuditAction::Other => ("110100", "Application Activity"),
        _ => ("110110", "Patient Record"),
    }
}

fn action(action: AuditAction) -> &'static str {
    match action {
        AuditAction::List | AuditAction::ReadHistory | AuditAction::SignIn | AuditAction::Other => "E",
        AuditAction::Read | AuditAction::ReadSettings | AuditAction::ReadIdentity => "R",
        AuditAction::Submit | AuditAction::Replace => "C",
        AuditAction::Update | AuditAction::ChangeLevel | AuditAction::Manage | AuditAction::ChangeIdentity => "U",
        AuditAction::Remove => "D",
    }
}

/// Why something was refused is never told: the rule may be one that the reader must not know of.
pub(super) fn outcome(outcome: AuditOutcome) -> (&'static str, &'static str) {
    match outcome {
        AuditOutcome::Success => ("0", "done"),
        AuditOutcome::MinorFailure => ("4", "refused, or not all of it was done"),
        AuditOutcome::SeriousFailure => ("8", "the server failed"),
    }
}

/// The outcomes of a code (value set audit-event-outcome).
pub(super) fn outcome_of(code: &str) -> Option<AuditOutcome> {
    [AuditOutcome::Success, AuditOutcome::MinorFailure, AuditOutcome::SeriousFailure].into_iter().find(|known| outcome(*known).0 == code)
}

/// The mandate used and why a record administrator accessed.
pub(super) fn extensions(ground: Option<Ground>, access_reason: Option<&str>) -> Vec<Value> {
    let url = |name: &str| format!("{CANONICAL}/StructureDefinition/{name}");
    let mandate = ground.map(|ground| {
        json!({ "url": url("dsp-mandate-used"),
            "valueCoding": { "system": format!("{CANONICAL}/CodeSystem/dsp-mandate-kind"), "code": ground.code() } })
    });
    let reason = access_reason.filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| json!({ "url": url("dsp-access-reason"), "valueString": reason }));
    mandate.into_iter().chain(reason).collect()
}

fn purposes(activity: &Activity) -> Vec<Value> {
    let stated = activity.purposes_of_use.iter().filter(|purpose| !purpose.code.is_empty());
    stated.map(|purpose| json!({ "coding": [{ "system": format!("urn:oid:{}", purpose.system), "code": purpose.code }] })).collect()
}

fn agents(activity: &Activity) -> Vec<Value> {
    let network = json!({ "address": activity.source_address, "type": "2" });
    let Some(actor) = &activity.actor else {
        return vec![json!({ "requestor": true, "who": { "display": "not known" }, "network": network })];
    };
    let mut agents = vec![requestor(actor, network)];
    if let Some(representative) = &actor.representative {
        let mut agent = json!({
            "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD" }] },
            "who": { "reference": patient_reference(&representative.id) },
            "requestor": false,
        });
        name(&mut agent, &representative.name);
        agents.push(agent);
    }
    if let Some(organisation) = &actor.organisation {
        let mut who = json!({ "type": "Organization", "identifier": { "value": organisation.id } });
        if let (Some(fields), Some(name)) = (who.as_object_mut(), &organisation.name) {
            fields.insert("reference".to_owned(), format!("Organization/{}", organisation.id).into());
            fields.insert("display".to_owned(), name.clone().into());
        }
        agents.push(json!({ "who": who, "requestor": false }));
    }
    agents
}

fn requestor(actor: &Actor, network: Value) -> Value {
    let mut role = json!({ "coding": [{ "system": format!("{CANONICAL}/CodeSystem/dsp-quality"), "code": actor.quality.code() }] });
    if let (Some(fields), Some(function)) = (role.as_object_mut(), &actor.function) {
        fields.insert("text".to_owned(), function.clone().into());
    }
    let who = match (&actor.id, actor.quality) {
        (Some(id), ActorQuality::Patient | ActorQuality::LegalRepresentative) => json!({ "reference": patient_reference(id) }),
        (Some(id), _) => json!({ "reference": format!("Practitioner/{id}") }),
        (None, ActorQuality::HealthFund) => json!({ "display": "CNS" }),
        (None, quality) => json!({ "display": quality.code() }),
    };
    let mut agent = json!({ "role": [role], "who": who, "requestor": true, "network": network });
    name(&mut agent, &actor.name);
    agent
}

fn name(agent: &mut Value, name: &ActorName) {
    let whole: Vec<_> = [&name.given, &name.family].into_iter().flatten().map(String::as_str).collect();
    if let (Some(fields), false) = (agent.as_object_mut(), whole.is_empty()) {
        fields.insert("name".to_owned(), whole.join(" ").into());
    }
}

fn patient_reference(id: &str) -> String {
    let parsed: Result<PatientId, _> = id.parse();
    format!("Patient/{}", parsed.as_ref().map_or("", |id| id.id()))
}

fn entities(activity: &Activity) -> Vec<Value> {
    let kind = |code: &str, display: &str| json!({ "system": ENTITY_TYPE, "code": code, "display": display });
    let role = |code: &str, display: &str| json!({ "system": OBJECT_ROLE, "code": code, "display": display });
    let mut entities = vec![json!({
        "what": { "reference": format!("Patient/{}", activity.patient_id.id()) },
        "type": kind("1", "Person"),
        "role": role("1", "Patient"),
    })];
    for document in &activity.documents {
        let mut entity = json!({
            "what": {
                "reference": format!("DocumentReference/{}", document.entry_uuid.uuid()),
                "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{}", document.unique_id.as_str()) },
            },
            "type": kind("2", "System Object"),
            "role": role("3", "Report"),
        });
        if let (Some(fields), Some(title)) = (entity.as_object_mut(), document.title.as_ref().filter(|title| !title.is_empty())) {
            fields.insert("name".to_owned(), title.clone().into());
        }
        entities.push(entity);
    }
    if let Some(query) = &activity.query {
        entities.push(json!({
            "what": { "identifier": { "system": "urn:ietf:rfc:3986", "value": query } },
            "type": kind("2", "System Object"),
            "role": role("24", "Query"),
        }));
    }
    entities
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::activity::ActivityDocument;
    use crate::model::audit_actor::{ActorOrganisation, ActorRepresentative};
    use crate::model::audit_event::Transaction;
    use crate::model::dsp::MandateKind;
    use crate::model::samples;
    use crate::model::timestamp::Instant;
    use crate::wire::fhir::json;

    fn activity(actor: Option<Actor>) -> Activity {
        Activity {
            id: Uuid::from_u128(1),
            patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
            occurred_at: Instant(1_742_202_000_000_000),
            transaction: Transaction::Iti43,
            action: AuditAction::Read,
            actor,
            source_address: "192.0.2.7".to_owned(),
            purposes_of_use: Vec::new(),
            access_reason: Some("merge of two records".to_owned()),
            ground: Some(Ground::Mandate(MandateKind::TrustedCircle)),
            documents: vec![ActivityDocument {
                entry_uuid: samples::uuid(7),
                unique_id: "2.999.3.1".parse().unwrap(),
                title: Some("Blood count".to_owned()),
            }],
            query: Some("urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d".to_owned()),
            outcome: AuditOutcome::Success,
        }
    }

    fn actor(quality: ActorQuality) -> Actor {
        let name = |given: &str| ActorName { family: Some("Weis".to_owned()), given: Some(given.to_owned()) };
        let is_patient = matches!(quality, ActorQuality::Patient | ActorQuality::LegalRepresentative);
        Actor {
            quality,
            id: Some(if is_patient { "P1^^^&1.2.3&ISO" } else { "D01" }.to_owned()),
            name: name("Ana"),
            function: Some("Médecin généraliste".to_owned()),
            organisation: Some(ActorOrganisation { id: "E1".to_owned(), name: Some("Hôpital".to_owned()) }),
            representative: (quality == ActorQuality::LegalRepresentative)
                .then(|| ActorRepresentative { id: "P2^^^&1.2.3&ISO".to_owned(), name: name("Léa") }),
        }
    }

    #[test]
    fn an_entry_is_an_audit_event_of_r4() {
        let resource = audit_event(&activity(Some(actor(ActorQuality::Professional))));
        insta::assert_snapshot!(format!("{resource:#}"));
    }

    #[test]
    fn each_kind_of_entry_is_an_audit_event_of_r4() {
        let qualities = [ActorQuality::Patient, ActorQuality::LegalRepresentative, ActorQuality::HealthFund, ActorQuality::Operator];
        for actor in qualities.into_iter().map(|quality| Some(actor(quality))).chain([None]) {
            for action in AuditAction::ALL {
                let resource = audit_event(&Activity { action, ..activity(actor.clone()) });
                assert_eq!(json::read(resource.to_string().as_bytes()).unwrap(), resource);
            }
        }
    }
}
