use super::*;
use crate::access::test_registry::{Database, TestRegistry, call};
use crate::model::audit_event::AuditEvent;
use crate::model::patient_feed::{
    AdministrativeSex, DemographicElement, FeedEvent, FeedParty, PartialDate, PatientDemographics, PatientFeed, PatientMerge, PersonName,
};
use crate::transactions::test_services::{services_under_rules, test_services};
use crate::transactions::{Endpoint, ReplyBody, SoapRequest, iti8, respond};
use crate::wire::hl7v2::feed_message as version_2;
use crate::wire::hl7v2::header::{TriggerEvent, Version};
use crate::wire::hl7v3::feed_writer;
use crate::wire::soap::write_request;

const EVA: &str = "P1^^^&1.2.3&ISO";
const EVA_BEFORE: &str = "P2^^^&1.2.3&ISO";
const LOCAL: &str = "L7^^^&1.9&ISO";

struct Registry {
    services: Services,
    behind: TestRegistry,
}

impl Registry {
    fn new() -> Self {
        let (services, behind) = test_services();
        Self { services, behind }
    }

    fn with_patients() -> Self {
        let registry = Self::new();
        for id in [EVA, EVA_BEFORE] {
            registry.accepted(FeedEvent::Add(patient(&[id])));
        }
        registry
    }

    /// Status and answer to an envelope.
    fn post(&self, envelope: &[u8]) -> (u16, String) {
        let request = SoapRequest { endpoint: Endpoint::PatientFeed, content_type: Some("application/soap+xml"), body: &mut &*envelope };
        let reply = respond(&self.services, &call(), request);
        let ReplyBody::Whole(body) = reply.body else { panic!("an acknowledgement is not streamed") };
        (reply.status, String::from_utf8(body).unwrap())
    }

    fn feed(&self, event: FeedEvent) -> String {
        let (status, answer) = self.post(&envelope(&feed(event)));
        assert_eq!(status, 200, "{answer}");
        answer
    }

    fn accepted(&self, event: FeedEvent) {
        let answer = self.feed(event);
        assert!(
            answer.contains("<typeCode code=\"CA\"/><targetMessage><id root=\"2.999.7.1\"/></targetMessage></acknowledgement>"),
            "{answer}"
        );
        assert_eq!(self.behind.last_event().outcome, AuditOutcome::Success);
    }

    /// Expects `CE` with this code at a place that ends so, and gives the audit record of the refusal.
    fn refused(&self, event: FeedEvent, code: &str, place: &str) -> AuditEvent {
        let answer = self.feed(event);
        assert!(answer.contains("<typeCode code=\"CE\"/>") && answer.contains(&format!("<code code=\"{code}\"")), "{answer}");
        assert!(answer.contains(&format!("{place}</location>")), "{answer}");
        let event = self.behind.last_event();
        assert_eq!((event.outcome, event.errors.as_slice()), (AuditOutcome::MinorFailure, &[code.to_owned()][..]));
        assert_eq!(event.transaction, Transaction::Iti44);
        event
    }
}

fn feed(event: FeedEvent) -> PatientFeed {
    let party = |application: &str| FeedParty { application: application.into(), facility: String::new() };
    PatientFeed {
        event,
        message_control_id: "2.999.7.1".into(),
        sender: party("2.999.2"),
        receiver: party("2.999.3"),
        message_time: Some("20260203".into()),
    }
}

fn envelope(feed: &PatientFeed) -> Vec<u8> {
    let interaction = feed_writer::interaction(&feed.event).unwrap();
    let mut envelope = Vec::new();
    write_request(&mut envelope, "http://x", interaction.action(), "urn:uuid:1", |xml| feed_writer::write(xml, feed, interaction)).unwrap();
    envelope
}

fn patient(ids: &[&str]) -> PatientDemographics {
    let name = PersonName { family: Some("Muster".into()), given: vec!["Eva".into()], ..PersonName::default() };
    PatientDemographics {
        identifiers: ids.iter().map(|id| id.parse().unwrap()).collect(),
        name: Some(name),
        birth_date: PartialDate::try_from("1971".to_owned()).ok(),
        sex: Some(AdministrativeSex::Female),
        ..PatientDemographics::default()
    }
}

fn merge(surviving: &str, subsumed: &str) -> FeedEvent {
    FeedEvent::Merge(vec![PatientMerge { surviving: vec![surviving.parse().unwrap()], subsumed: vec![subsumed.parse().unwrap()] }])
}

#[test]
fn a_patient_is_added_and_the_trail_names_message_and_sender() {
    let registry = Registry::new();
    registry.accepted(FeedEvent::Add(patient(&[EVA, LOCAL])));
    assert!(registry.behind.patient(EVA).unwrap() == patient(&[EVA, LOCAL]));
    assert!(registry.behind.alias(LOCAL) == EVA.parse().ok());
    let event = registry.behind.last_event();
    assert_eq!((event.transaction, event.caller.as_deref()), (Transaction::Iti44, Some("|2.999.2")));
    assert_eq!((event.message_id.as_deref(), event.patient_ids.as_slice()), (Some("2.999.7.1"), &[EVA.to_owned()][..]));
}

#[test]
fn the_conditions_of_the_standard_prevent_a_merge() {
    let registry = Registry::with_patients();
    registry.accepted(FeedEvent::Add(patient(&["P3^^^&1.2.3&ISO"])));
    for _ in 0..2 {
        registry.accepted(merge(EVA, EVA_BEFORE));
    }
    let [unknown, third, prior] = ["P9^^^&1.2.3&ISO", "P3^^^&1.2.3&ISO", "/priorRegisteredRole/id"];
    registry.refused(merge(EVA, unknown), "KEY204", "/patient/id");
    registry.refused(merge(unknown, EVA), "KEY204", "/patient/id");
    registry.refused(merge(EVA, EVA), "KEY205", "/patient/id");
    registry.refused(merge(third, EVA_BEFORE), "KEY204", "/patient/id");
    registry.refused(merge(EVA_BEFORE, third), "KEY204", "/patient/id");
    registry.refused(merge(EVA, LOCAL), "KEY204", prior);
    registry.refused(merge(LOCAL, third), "KEY204", "/patient/id");
    registry.refused(FeedEvent::Add(patient(&[EVA_BEFORE])), "KEY204", "/patient/id");
    registry.refused(FeedEvent::Add(patient(&[LOCAL])), "KEY204", "/patient/id");
    assert!(registry.behind.patient(third).is_some() && registry.behind.merged_into(EVA_BEFORE) == EVA.parse().ok());
}

#[test]
fn a_failure_inside_is_told_without_the_patient_and_audited() {
    let registry = Registry::new();
    registry.behind.break_table("patient_aliases");
    let answer = registry.feed(FeedEvent::Add(patient(&[EVA, LOCAL])));
    assert!(answer.contains("<typeCode code=\"CE\"/>") && answer.contains("<code code=\"INTERR\""), "{answer}");
    assert!(["Muster", "P1", "L7"].iter().all(|secret| !answer.contains(secret)), "{answer}");
    assert!(registry.behind.patient(EVA).is_none(), "nothing is half done");
    assert_eq!(registry.behind.last_event().outcome, AuditOutcome::SeriousFailure);
}

#[test]
fn without_a_trail_nothing_is_done() {
    let registry = Registry::new();
    registry.behind.break_table("audit_events");
    let answer = registry.feed(FeedEvent::Add(patient(&[EVA])));
    assert!(answer.contains("<code code=\"INTERR\""), "{answer}");
    assert!(registry.behind.patient(EVA).is_none());
}

#[test]
fn what_is_no_message_of_the_feed_is_a_fault() {
    let registry = Registry::new();
    let good = String::from_utf8(envelope(&feed(FeedEvent::Add(patient(&[EVA]))))).unwrap();
    for (from, to) in [("urn:hl7-org:v3\"", "urn:other\""), ("urn:hl7-org:v3:PRPA_IN201301UV02", "urn:hl7-org:v3:PRPA_IN201302UV02")] {
        let (status, answer) = registry.post(good.replace(from, to).as_bytes());
        assert!(status == 400 && answer.contains("<soap:Fault>"), "{answer}");
        assert_eq!(registry.behind.last_event().transaction, Transaction::Iti44);
    }
    let (_, answer) = registry.post(good.replace("urn:hl7-org:v3:PRPA_IN201301UV02", "urn:hl7-org:v3:PRPA_IN201305UV02").as_bytes());
    assert!(answer.contains("ActionNotSupported"), "{answer}");
    assert!(registry.behind.patient(EVA).is_none());
}

/// A year in the life of two patients.
fn history() -> Vec<(FeedEvent, TriggerEvent)> {
    use DemographicElement::{Addresses, BirthDate};
    use TriggerEvent::{A04, A08, A28, A31, A40};
    let renamed = PatientDemographics {
        name: Some(PersonName { family: Some("Beispiel".into()), ..PersonName::default() }),
        birth_date: None,
        language: Some("fr".into()),
        ..patient(&[EVA, "L8^^^&1.9&ISO"])
    };
    let died = PatientDemographics { deceased: Some(true), death_date: PartialDate::try_from("2025".to_owned()).ok(), ..patient(&[EVA]) };
    vec![
        (FeedEvent::Add(patient(&[EVA, LOCAL])), A28),
        (FeedEvent::Add(patient(&[EVA, LOCAL])), A28),
        (FeedEvent::Add(patient(&[EVA_BEFORE, "Q1^^^&1.2.4&ISO"])), A04),
        (FeedEvent::Revise { patient: renamed, removed: vec![BirthDate, Addresses] }, A08),
        (FeedEvent::Revise { patient: patient(&["P4^^^&1.2.3&ISO"]), removed: Vec::new() }, A31),
        (merge(EVA, EVA_BEFORE), A40),
        (merge(EVA, EVA_BEFORE), A40),
        (merge(EVA_BEFORE, EVA), A40),
        (merge(EVA, "P9^^^&1.2.3&ISO"), A40),
        (FeedEvent::Add(patient(&[LOCAL])), A28),
        (FeedEvent::Revise { patient: patient(&[EVA_BEFORE]), removed: Vec::new() }, A08),
        (FeedEvent::Revise { patient: died, removed: Vec::new() }, A08),
    ]
}

#[test]
fn the_same_events_leave_the_same_registry_in_either_version() {
    let (newer, older) = (Registry::new(), Registry::new());
    let mut codes = Vec::new();
    for (event, trigger) in history() {
        let feed = feed(event);
        let message = version_2::write(&feed, trigger, Version::V2_5).unwrap();
        let ack = String::from_utf8(iti8::answer(&older.services, &call(), &message)).unwrap();
        let (_, answer) = newer.post(&envelope(&feed));
        let code = if ack.contains("\rMSA|AA|") { "A" } else { "E" };
        assert!(answer.contains(&format!("<typeCode code=\"C{code}\"/>")), "{ack} {answer}");
        codes.push(code);
    }
    assert_eq!(codes.concat(), "AAAAAAAEEEEA");
    for id in [EVA, EVA_BEFORE, "Q1^^^&1.2.4&ISO", "P4^^^&1.2.3&ISO", LOCAL, "L8^^^&1.9&ISO"] {
        assert!(newer.behind.patient(id) == older.behind.patient(id), "{id}");
        assert!(newer.behind.merged_into(id) == older.behind.merged_into(id), "{id}");
        assert!(newer.behind.alias(id) == older.behind.alias(id), "{id}");
    }
    assert!(newer.behind.patient(EVA).is_some_and(|eva| eva.deceased == Some(true)) && newer.behind.alias(LOCAL) == EVA.parse().ok());
    let told = |registry: &Registry| {
        registry.behind.trail().into_iter().map(|event| (event.patient_ids, event.outcome, event.message_id)).collect::<Vec<_>>()
    };
    assert_eq!(told(&newer), told(&older));
}

#[test]
fn under_the_access_rules_a_matricule_has_its_key() {
    let (services, behind) = services_under_rules(Database::Sqlite);
    let registry = Registry { services, behind };
    registry.refused(FeedEvent::Add(patient(&[EVA, "1958031498125^^^&1.3.182.4.4&ISO"])), "SYN113", "/patient/id");
    registry.accepted(FeedEvent::Add(patient(&[EVA, "1958031498124^^^&1.3.182.4.4&ISO"])));
}
