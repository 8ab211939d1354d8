//! Who is admitted, and that nothing goes past the question.

use super::*;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::connected_system::Attestation;
use crate::model::directory::Directory;
use crate::model::hl7_types::PatientId;

fn node(name: &str) -> Node {
    Node {
        fingerprint: "0".repeat(64),
        subject: format!("CN={name}"),
        issuer: "CN=ca".to_owned(),
        serial: "01".to_owned(),
        dns_names: vec![format!("{name}.example")],
        uris: Vec::new(),
    }
}

fn call_of(node: NodeProof) -> Call {
    Call { node, ..call() }
}

/// The day of all calls is 2025-03-17.
fn system(name: &str, issued: &str, expires: &str) -> ConnectedSystem {
    ConnectedSystem {
        id: name.to_owned(),
        name: name.to_owned(),
        operator: SystemOperator::PracticeSoftware("P 1.0".to_owned()),
        certificates: vec![format!("dns:{name}.example").parse().unwrap()],
        attestation: Attestation { issued: issued.to_owned(), expires: expires.to_owned() },
        suspended_from: None,
        contact: format!("desk of {name}"),
    }
}

fn attesting() -> (TestRegistry, Door) {
    let (behind, door) = TestRegistry::open();
    let door = door.admitting(AttestationPolicy { need: AttestationNeed::All, contact: "us".to_owned() });
    let systems = vec![
        system("good", "2025-03-17", "2025-03-18"),
        system("late", "2025-03-18", "2026-01-01"),
        system("over", "2024-01-01", "2025-03-17"),
        ConnectedSystem { operator: SystemOperator::Establishment("E9".to_owned()), ..system("homeless", "2025-01-01", "2026-01-01") },
    ];
    door.import(&call(), &Directory::Systems(systems)).unwrap();
    (behind, door)
}

fn reason(refused: Result<Call, Failure>) -> (String, &'static str) {
    match refused {
        Err(Failure::NotAdmitted(refusal)) => (refusal.contact, refusal.reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_an_attestation_in_force_admits() {
    let (behind, door) = attesting();
    let ask = |name: &str| door.admit(&call_of(NodeProof::Proven(node(name))), Transaction::Iti18);
    assert_eq!(ask("good").unwrap().admitted.unwrap().system(), Some("good"));
    for (name, contact, why) in [
        ("late", "desk of late", "attestation-not-yet"),
        ("over", "desk of over", "attestation-expired"),
        ("homeless", "desk of homeless", "establishment-not-attested"),
        ("stranger", "us", "unknown-system"),
    ] {
        assert_eq!(reason(ask(name)), (contact.to_owned(), why));
        let event = behind.last_event();
        assert_eq!((event.outcome, event.errors), (AuditOutcome::MinorFailure, vec![why.to_owned()]));
        assert_eq!(event.node, Some(node(name)));
    }
    assert_eq!(reason(door.admit(&call(), Transaction::Iti18)), ("us".to_owned(), "no-certificate"));
}

#[test]
fn a_withdrawn_certificate_is_refused_without_attestation_too() {
    let (_behind, door) = TestRegistry::open();
    assert!(door.admit(&call_of(NodeProof::Proven(node("any"))), Transaction::Iti18).is_ok());
    let refused = door.admit(&call_of(NodeProof::Withdrawn(node("any"))), Transaction::Iti18);
    assert_eq!(reason(refused).1, "certificate-withdrawn");
}

/// A protocol that forgot to ask.
#[test]
fn a_door_asks_whoever_was_not_asked_before() {
    let (behind, door) = attesting();
    let patient: PatientId = "P1^^^&1.2.3&ISO".parse().unwrap();
    let put = |call: &Call| door.write(call, Transaction::Iti8, |writing| writing.put_patient(&patient, Default::default(), &[]));
    assert!(matches!(put(&call()), Err(Failure::NotAdmitted(_))));
    assert!(behind.patient("P1^^^&1.2.3&ISO").is_none());
    let read = door.read(&call_of(NodeProof::Proven(node("over"))), Transaction::Iti18, |_| Ok(()));
    assert!(matches!(read, Err(Failure::NotAdmitted(_))));
    let good = call_of(NodeProof::Proven(node("good")));
    put(&good).unwrap();
    assert_eq!(behind.last_event().system.as_deref(), Some("good"));
}

#[test]
fn an_entry_that_takes_the_certificate_of_another_is_refused() {
    let (_behind, door) = attesting();
    let thief = ConnectedSystem { id: "thief".to_owned(), ..system("good", "2025-01-01", "2026-01-01") };
    let refused = door.import(&call(), &Directory::Systems(vec![thief])).unwrap_err();
    assert!(refused.to_string().contains("another connected system"), "{refused}");
}

#[test]
fn where_only_what_is_shown_is_judged_persons_come_without_a_system() {
    let (_behind, door) = attesting();
    let door = door.admitting(AttestationPolicy { need: AttestationNeed::Shown, contact: "us".to_owned() });
    let ask = |node: NodeProof| door.admit(&call_of(node), Transaction::Iti18);
    assert_eq!(ask(NodeProof::None).unwrap().admitted.unwrap().system(), None);
    assert_eq!(ask(NodeProof::Proven(node("good"))).unwrap().admitted.unwrap().system(), Some("good"));
    assert_eq!(reason(ask(NodeProof::Proven(node("over")))).1, "attestation-expired");
    assert_eq!(reason(ask(NodeProof::Proven(node("stranger")))).1, "unknown-system");
}
