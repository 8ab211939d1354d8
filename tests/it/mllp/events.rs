//! Each event of the feed over MLLP: its effect, and that the same message again has none.

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::model::hl7_types::PatientId;
use dossier::store::{KnownPatient, PatientState, Store, StoreError};

use super::message::{adt, announce, link_change, merge, pid_3, readable};
use crate::durability::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};

on_both_databases!(every_event_has_its_effect_once, messages_of_one_patient_on_many_connections_are_all_kept);

fn known(server: &TestServer, id: &str) -> Option<KnownPatient> {
    let store = Store::open(&server.database_url, 1).unwrap();
    let id: PatientId = pid_3(id).parse().unwrap();
    store.read::<_, StoreError>(|tx| tx.patient(&id)).unwrap()
}

fn every_event_has_its_effect_once(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["GONE", "KEPT"]);
    let person = |event: &str, id: &str, name: &str| {
        let segments = [&format!("PID|||{}||{name}^Jeanne^^^^^L||19901224|F", pid_3(id)), "PV1||N"];
        adt(event, "ADT_A01", &segments)
    };
    let named = |id: &str, name: &str| known(&server, id).unwrap().demographics.name.unwrap().family.as_deref() == Some(name);
    let messages = [
        person("A01", "P01", "Un"),
        person("A04", "P04", "Quatre"),
        person("A05", "P05", "Cinq"),
        person("A28", "P28", "Vingt"),
        person("A08", "P01", "Huit"),
        person("A31", "P04", "Trente"),
        merge("KEPT", "GONE"),
        link_change("P05", "L1^^^&2.999.5&ISO", &format!("{}~L1^^^&2.999.5&ISO", pid_3("P28"))),
    ];
    let state = || {
        assert!(named("P01", "Huit") && named("P04", "Trente") && named("P05", "Cinq") && named("P28", "Vingt"));
        assert!(matches!(known(&server, "GONE").unwrap().state, PatientState::MergedInto(into) if into.to_string() == pid_3("KEPT")));
        ["P01", "P04", "P05", "P28", "KEPT", "GONE"].map(|id| known(&server, id))
    };
    let mut answers = Vec::new();
    let mut states = Vec::new();
    for _ in 0..2 {
        // The second time only what came last for each patient: an old message again would be a new statement.
        let again = !states.is_empty();
        let sent = messages.iter().enumerate().filter(|(number, _)| !again || *number >= 2);
        for (number, message) in sent {
            let answer = readable(&send_hl7(server.mllp, message));
            assert!(answer.ends_with("\nMSA|AA|MSG1"), "{answer}");
            if again {
                assert_eq!(answer, answers[number]);
            } else {
                answers.push(answer);
            }
        }
        states.push(state());
    }
    assert!(states[0] == states[1], "a message that comes again changes nothing");
    let (events, _) = events_after(&server.database_url, 0);
    assert!(events.iter().all(|event| event.outcome == AuditOutcome::Success && event.message_id.as_deref() == Some("MSG1")));
    let count = |transaction| events.iter().filter(|event| event.transaction == transaction).count();
    assert_eq!((count(Transaction::Iti8), count(Transaction::Iti64)), (2 + 7 + 5, 2));
}

/// Each sender adds identifiers to the same patient, who is new to all of them; what any of them was acknowledged is there.
fn messages_of_one_patient_on_many_connections_are_all_kept(database: Database) {
    let server = TestServer::start(database);
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let server = &server;
            scope.spawn(move || {
                for number in 0..10 {
                    let event = ["A28", "A08"][number % 2];
                    let pid = format!("PID|||{}~L{number}^^^&2.999.5.{sender}&ISO||Exemple^Jeanne", pid_3("P1"));
                    let answer = send_hl7(server.mllp, &adt(event, "ADT_A01", &[&pid, "PV1||N"]));
                    assert!(answer.contains("\rMSA|AA|MSG1"), "{answer}");
                }
            });
        }
    });
    assert_eq!(known(&server, "P1").unwrap().demographics.identifiers.len(), 41);
}
