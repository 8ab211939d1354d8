//! Visits over the feed, under the access rules, on both databases.

use serde_json::json;

use super::*;
use crate::access::test_registry::{Database, TestRegistry, call, on_both_databases};
use crate::model::care_record::{CareRecord, Noted};
use crate::model::connected_system::{Attestation, ConnectedSystem, SystemOperator};
use crate::model::directory::Directory;
use crate::model::dsp::{DspStatus, EmergencyAccess, EpisodeKind};
use crate::model::node::{Node, NodeProof};
use crate::transactions::test_services::{services_under_rules, test_services};

const EVA: &str = "P1^^^&1.2.3&ISO";
const ADAM: &str = "P2^^^&1.2.3&ISO";
const HOUR: i64 = 3_600_000_000;

/// A hospital E1 with emergency care, laboratories E2 and E3 (not attested), a pharmacy E6, and two patients with open records.
struct Scene {
    services: Services,
    behind: TestRegistry,
}

fn system(establishment: &str) -> ConnectedSystem {
    ConnectedSystem {
        id: format!("his-{establishment}"),
        name: establishment.to_owned(),
        operator: SystemOperator::Establishment(establishment.to_owned()),
        certificates: vec![format!("dns:{establishment}.example").parse().unwrap()],
        attestation: Attestation { issued: "2020-01-01".to_owned(), expires: "2099-01-01".to_owned() },
        suspended_from: None,
        contact: "us".to_owned(),
    }
}

impl Scene {
    fn on(database: Database) -> Self {
        let (services, behind) = services_under_rules(database);
        let establishment = |id: &str, kinds: &[&str]| {
            let (oid, attested) = (format!("2.999.{}", &id[1..]), id != "E3");
            let entry = json!({ "id": id, "assigning_authority": "2.999", "name": id, "kinds": kinds, "oid": oid, "attested": attested });
            serde_json::from_value(entry).unwrap()
        };
        let kinds: [(&str, &[&str]); 4] =
            [("E1", &["hopital", "service-urgences"]), ("E2", &["laboratoire"]), ("E3", &["laboratoire"]), ("E6", &["pharmacie"])];
        let establishments = kinds.map(|(id, kinds)| establishment(id, kinds)).to_vec();
        let systems = kinds.map(|(id, _)| system(id)).to_vec();
        let patients = [EVA, ADAM].map(|id| (id.parse().unwrap(), Default::default())).to_vec();
        let record = |id: &str| CareRecord::new(id.parse().unwrap(), DspStatus::Active, Noted { at: Instant(0), by: "test".to_owned() });
        let records = [EVA, ADAM].map(|id| record(id).into()).to_vec();
        for directory in [
            Directory::Patients(patients),
            Directory::Establishments(establishments),
            Directory::Systems(systems),
            Directory::Records(records),
        ] {
            services.door.import(&call(), &directory).unwrap();
        }
        Self { services, behind }
    }

    fn tell(&self, establishment: &str, hours: i64, event: &str, segments: &str) -> String {
        let node = Node {
            fingerprint: "00".repeat(32),
            subject: "CN=x".to_owned(),
            issuer: "CN=y".to_owned(),
            serial: "1".to_owned(),
            dns_names: vec![format!("{}.example", establishment.to_lowercase())],
            uris: Vec::new(),
        };
        let node = if establishment.is_empty() { NodeProof::None } else { NodeProof::Proven(node) };
        let call = Call { node, now: Instant(call().now.0 + hours * HOUR), ..call() };
        let message = format!("MSH|^~\\&|HIS|X|REG|DSP|20260101||ADT^{event}|M7|P|2.5\rEVN|{event}\r{segments}");
        String::from_utf8(answer(&self.services, &call, message.as_bytes())).unwrap()
    }

    fn accepted(&self, establishment: &str, hours: i64, event: &str, segments: &str) {
        let answer = self.tell(establishment, hours, event, segments);
        assert!(answer.ends_with("\rMSA|AA|M7\r"), "{answer}");
    }

    fn refused(&self, establishment: &str, event: &str, segments: &str, words: &str) {
        let before = self.behind.care_record(EVA);
        let answer = self.tell(establishment, 1, event, segments);
        assert!(!answer.contains("MSA|AA") && answer.contains(words), "{answer}");
        assert_eq!(self.behind.care_record(EVA), before);
        assert_eq!(self.behind.last_event().outcome, AuditOutcome::MinorFailure);
    }

    fn record(&self) -> CareRecord {
        self.behind.care_record(EVA).unwrap()
    }
}

fn visit(class: &str, number: &str, requested_by: &str) -> String {
    format!("PID|||{EVA}\rPV1||{class}{}{number}{}{requested_by}\r", "|".repeat(17), "|".repeat(31))
}

fn from_admission_to_follow_up(database: Database) {
    let scene = Scene::on(database);
    let [emergency, ward] = ["E", "I"].map(|class| visit(class, "V1", ""));
    scene.accepted("E1", 0, "A04", &format!("{emergency}ARV|||EMERGENCY-EXTENDED\r"));
    assert_eq!(scene.behind.last_event().decision.as_deref(), Some("EPISODE"));
    scene.accepted("E1", 2, "A06", &ward);
    scene.accepted("E1", 3, "A08", &format!("{ward}ARV|||OO\r"));
    scene.accepted("E1", 4, "A08", &format!("{ward}ARV|||NO\r"));
    for _ in 0..2 {
        scene.accepted("E1", 5, "A03", &ward);
    }
    let record = scene.record();
    let [first, second] = &record.episodes[..] else { panic!("{:?}", record.episodes) };
    assert_eq!(first.kind, EpisodeKind::Emergency { arrival_decision: Some(EmergencyAccess::Extended) });
    let after = |hours: i64, days: i64| Some(Instant(call().now.0 + (hours + days * 24) * HOUR));
    assert_eq!(first.access_end(), after(2, 7));
    // Summer time begins in between.
    assert_eq!((second.access_end(), second.refusals.len()), (after(4, 30), 2));
    assert_eq!((second.declared.by.as_str(), scene.behind.last_event().object_ids), ("E1", vec![second.id.to_string()]));
    scene.accepted("E1", 6, "A13", &ward);
    scene.accepted("E1", 7, "A11", &ward);
    assert!(scene.record().episodes[1].is_cancelled());
}

fn a_subcontractor_names_the_visit_it_works_for(database: Database) {
    let scene = Scene::on(database);
    scene.refused("E2", "A04", &visit("O", "L1", "V1^^^&2.999.1&ISO"), "|PV1^1^50|204^");
    scene.refused("E2", "A04", &visit("O", "L1", "V1^^^&2.999.77&ISO"), "|PV1^1^50|204^");
    scene.accepted("E1", 0, "A01", &format!("{}ARV|||OO\r", visit("I", "V1", "")));
    scene.accepted("E2", 1, "A04", &visit("O", "L1", "V1^^^&2.999.1&ISO"));
    let record = scene.record();
    assert_eq!(record.episodes[1].requested_by, Some(record.episodes[0].id));
    assert!(record.state().refused_now(&"E2".into(), Instant(call().now.0 + 2 * HOUR)), "the refusal is inherited");
}

fn who_may_not_declare_is_told_why(database: Database) {
    let scene = Scene::on(database);
    let (ward, emergency) = (visit("I", "V1", ""), visit("E", "V1", ""));
    scene.refused("", "A01", &ward, "MSA|AR|M7");
    scene.refused("E9", "A01", &ward, "over its own connection");
    scene.refused("E3", "A01", &ward, "no attestation");
    scene.refused("E6", "A01", &ward, "presence code");
    scene.refused("E2", "A01", &emergency, "not cleared");
    scene.refused("E1", "A03", &ward, "|PV1^1^19|204^");
    scene.refused("E1", "A08", &format!("{ward}ARV|||OO\r"), "|PV1^1^19|204^");
    scene.refused("E1", "A11", &format!("PID|||{EVA}\r"), "|PV1^1^19|101^");
    scene.accepted("E1", 0, "A01", &ward);
    scene.refused("E2", "A03", &ward, "|PV1^1^19|204^");
    // The identity counts without the visit, too.
    scene.accepted("", 0, "A08", &format!("PID|||{EVA}||Muster^Eva\r"));
}

fn a_record_that_is_not_open_takes_in_what_ends_only(database: Database) {
    let scene = Scene::on(database);
    scene.accepted("E1", 0, "A01", &visit("I", "V1", ""));
    let closed = CareRecord { status: DspStatus::Closed, closed_at: Some(call().now), ..scene.record() };
    scene.behind.change_care_record(&closed);
    // Who the patient is, is taken in; the visit is not.
    scene.accepted("E1", 1, "A01", &visit("I", "V2", ""));
    assert_eq!(scene.record().episodes.len(), 1);
    scene.refused("E1", "A06", &visit("E", "V1", ""), "no open record");
    scene.accepted("E1", 2, "A03", &visit("I", "V1", ""));
    assert!(scene.record().episodes[0].stay.end.is_some());
}

fn death_and_merge_reach_the_record(database: Database) {
    let scene = Scene::on(database);
    scene.accepted("E1", 0, "A01", &visit("I", "V1", ""));
    scene.accepted("E1", 1, "A40", &format!("PID|||{ADAM}\rMRG|{EVA}\r"));
    assert_eq!(scene.behind.care_record(EVA), None);
    let kept = scene.behind.care_record(ADAM).unwrap();
    assert_eq!((kept.episodes.len(), kept.episodes[0].cut_to), (1, Some(Instant(call().now.0 + HOUR))));
    let died = |day: &str, flag: &str| format!("PID|||{ADAM}{}{day}|{flag}\r", "|".repeat(26));
    scene.accepted("E1", 2, "A08", &died("20250316", "Y"));
    let midnight = "2025-03-15T23:00:00Z".parse::<Instant>().unwrap();
    assert_eq!(scene.behind.care_record(ADAM).unwrap().deceased_at, Some(midnight));
    scene.accepted("E1", 3, "A08", &died("\"\"", "N"));
    assert_eq!(scene.behind.care_record(ADAM).unwrap().deceased_at, None);
}

on_both_databases!(
    from_admission_to_follow_up,
    a_subcontractor_names_the_visit_it_works_for,
    who_may_not_declare_is_told_why,
    a_record_that_is_not_open_takes_in_what_ends_only,
    death_and_merge_reach_the_record
);

#[test]
fn without_access_rules_visits_are_no_concern() {
    let (services, behind) = test_services();
    let scene = Scene { services, behind };
    scene.accepted("", 0, "A01", &visit("I", "V1", ""));
    let answer = scene.tell("", 0, "A03", &visit("I", "V1", ""));
    assert!(answer.contains("|201^Unsupported trigger event"), "{answer}");
}
