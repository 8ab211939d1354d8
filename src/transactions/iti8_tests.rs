use super::*;
use crate::access::test_registry::{Database, TestRegistry, call};
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::patient_feed::AdministrativeSex;
use crate::transactions::test_services::{services_under_rules, test_services};

/// A registry whose patients are those of 1.2.3 and, secondly, of 1.2.4.
struct Registry {
    services: Services,
    behind: TestRegistry,
}

const EVA: &str = "P1^^^&1.2.3&ISO";
const EVA_BEFORE: &str = "P2^^^&1.2.3&ISO";

impl Registry {
    fn new() -> Self {
        let (services, behind) = test_services();
        Self { services, behind }
    }

    /// One under the access rules.
    fn under_rules() -> Self {
        let (services, behind) = services_under_rules(Database::Sqlite);
        Self { services, behind }
    }

    /// One in which both sample patients are known.
    fn with_patients() -> Self {
        let registry = Self::new();
        for id in [EVA, EVA_BEFORE] {
            registry.accepted("A28", &format!("PID|||{id}||Muster^Eva\r"));
        }
        registry
    }

    /// The answer to a message whose segments follow header and event.
    fn feed(&self, trigger: &str, segments: &str) -> String {
        self.raw(&format!("MSH|^~\\&|ADT|CHL|REG|DSP|20260101||ADT^{trigger}|M7|P|2.5\rEVN|{trigger}\r{segments}"))
    }

    fn raw(&self, message: &str) -> String {
        String::from_utf8(answer(&self.services, &call(), message.as_bytes())).unwrap()
    }

    fn accepted(&self, trigger: &str, segments: &str) {
        let answer = self.feed(trigger, segments);
        assert!(answer.ends_with("\rMSA|AA|M7\r"), "{answer}");
        assert_eq!(self.behind.last_event().outcome, AuditOutcome::Success);
    }

    /// Expects `AE` with this place and code, and gives the audit record of the refusal.
    fn refused(&self, trigger: &str, segments: &str, place: &str, code: &str) -> AuditEvent {
        let answer = self.feed(trigger, segments);
        assert!(answer.contains(&format!("\rMSA|AE|M7\rERR||{place}|{code}^")), "{answer}");
        let event = self.behind.last_event();
        assert_eq!((event.outcome, event.errors.as_slice()), (AuditOutcome::MinorFailure, &[code.to_owned()][..]));
        event
    }
}

fn merge(surviving: &str, subsumed: &str) -> String {
    format!("PID|||{surviving}\rMRG|{subsumed}\r")
}

#[test]
fn each_announcement_makes_the_patient_known() {
    for trigger in ["A01", "A04", "A05", "A28"] {
        let registry = Registry::new();
        registry.accepted(trigger, &format!("PID|||{EVA}||Muster^Eva||1971|F\rPV1||I\r"));
        let known = registry.behind.patient(EVA).unwrap();
        assert_eq!(known.sex, Some(AdministrativeSex::Female));
        assert!(known.name.unwrap().family.as_deref() == Some("Muster"), "{trigger}");
    }
}

#[test]
fn the_answer_has_an_id_and_a_time_and_the_trail_names_the_sender() {
    let registry = Registry::new();
    let answer = registry.feed("A28", &format!("PID|||{EVA}\r"));
    assert!(answer.starts_with("MSH|^~\\&|REG|DSP|ADT|CHL|20250317090000+0000||ACK^A28^ACK|00000000000000000000|P|2.5\r"), "{answer}");
    let event = registry.behind.last_event();
    assert_eq!(event.transaction, Transaction::Iti8);
    assert_eq!(event.caller.as_deref(), Some("CHL|ADT"));
    assert_eq!(event.message_id.as_deref(), Some("M7"));
    assert_eq!(event.patient_ids, [EVA]);
}

#[test]
fn the_same_message_again_changes_nothing() {
    let registry = Registry::with_patients();
    let before = registry.behind.patient(EVA);
    registry.accepted("A28", &format!("PID|||{EVA}||Muster^Eva\r"));
    assert!(registry.behind.patient(EVA) == before);
}

#[test]
fn an_update_changes_a_known_patient_and_takes_away() {
    let registry = Registry::new();
    registry.accepted("A01", &format!("PID|||{EVA}||Muster^Eva||1971|F\r"));
    registry.accepted("A08", &format!("PID|||{EVA}||Beispiel^Eva||\"\"\r"));
    let known = registry.behind.patient(EVA).unwrap();
    assert!(known.name.unwrap().family.as_deref() == Some("Beispiel"));
    assert!(known.birth_date.is_none() && known.sex.is_some());
}

#[test]
fn an_update_of_an_unknown_patient_announces_them() {
    for trigger in ["A08", "A31"] {
        let registry = Registry::new();
        registry.accepted(trigger, &format!("PID|||{EVA}~L1^^^&1.9&ISO||Muster^Eva\r"));
        assert!(registry.behind.patient(EVA).is_some());
        assert!(registry.behind.alias("L1^^^&1.9&ISO") == EVA.parse().ok());
    }
}

#[test]
fn identifiers_of_other_authorities_become_aliases() {
    let registry = Registry::new();
    registry.accepted("A28", &format!("PID|||L1^^^&1.9&ISO~{EVA}\r"));
    assert!(registry.behind.alias("L1^^^&1.9&ISO") == EVA.parse().ok());
    assert!(registry.behind.patient("L1^^^&1.9&ISO").is_none());
}

#[test]
fn every_configured_authority_names_patients() {
    let registry = Registry::new();
    registry.accepted("A28", &format!("PID|||{EVA}~Q1^^^&1.2.4&ISO\r"));
    assert!(registry.behind.patient(EVA).is_some() && registry.behind.patient("Q1^^^&1.2.4&ISO").is_some());
    assert!(registry.behind.alias("Q1^^^&1.2.4&ISO").is_none());
}

#[test]
fn an_identifier_without_authority_is_of_the_first_configured_one() {
    let registry = Registry::new();
    registry.accepted("A04", "PID|||P1\r");
    assert!(registry.behind.patient(EVA).is_some());
}

#[test]
fn a_patient_of_another_authority_only_is_refused() {
    let registry = Registry::new();
    for trigger in ["A01", "A31"] {
        let event = registry.refused(trigger, "PID|||L1^^^&1.9&ISO\r", "PID^1^3", "204");
        assert_eq!(event.caller.as_deref(), Some("CHL|ADT"));
    }
    assert!(registry.behind.alias("L1^^^&1.9&ISO").is_none());
}

#[test]
fn after_a_merge_only_the_survivor_remains() {
    let registry = Registry::with_patients();
    registry.accepted("A28", &format!("PID|||{EVA_BEFORE}~L1^^^&1.9&ISO\r"));
    registry.accepted("A40", &merge(EVA, EVA_BEFORE));
    assert!(registry.behind.merged_into(EVA_BEFORE) == EVA.parse().ok());
    assert!(registry.behind.alias("L1^^^&1.9&ISO") == EVA.parse().ok());
    assert_eq!(registry.behind.last_event().patient_ids, [EVA, EVA_BEFORE]);
    registry.refused("A01", &format!("PID|||{EVA_BEFORE}\r"), "PID^1^3", "204");
    registry.refused("A08", &format!("PID|||{EVA_BEFORE}||Anders^Eva\r"), "PID^1^3", "204");
    assert!(registry.behind.merged_into(EVA_BEFORE).is_some(), "an update revives nobody");
}

#[test]
fn a_merge_takes_the_documents_along() {
    let registry = Registry::with_patients();
    let door = &registry.services.door;
    for (patient, document) in [(EVA, "2.999.3.1"), (EVA_BEFORE, "2.999.3.2")] {
        TestRegistry::register(door, patient, document).unwrap();
    }
    registry.accepted("A40", &merge(EVA, EVA_BEFORE));
    let mut documents = TestRegistry::documents(door, EVA);
    documents.sort();
    assert_eq!(documents, ["2.999.3.1", "2.999.3.2"]);
    assert!(TestRegistry::documents(door, EVA_BEFORE).is_empty());
    assert!(TestRegistry::register(door, EVA_BEFORE, "2.999.3.3").is_err(), "the subsumed patient is unknown now");
    TestRegistry::register(door, EVA, "2.999.3.3").unwrap();
}

#[test]
fn the_same_merge_again_is_accepted_and_changes_nothing() {
    let registry = Registry::with_patients();
    for _ in 0..2 {
        registry.accepted("A40", &merge(EVA, EVA_BEFORE));
    }
    assert!(registry.behind.patient(EVA).is_some());
}

#[test]
fn the_conditions_of_the_standard_prevent_a_merge() {
    let registry = Registry::with_patients();
    registry.accepted("A28", "PID|||P3^^^&1.2.3&ISO~Q1^^^&1.2.4&ISO\r");
    registry.accepted("A40", &merge(EVA, EVA_BEFORE));
    let [unknown, third, other_domain] = ["P9^^^&1.2.3&ISO", "P3^^^&1.2.3&ISO", "Q1^^^&1.2.4&ISO"];
    registry.refused("A40", &merge(EVA, unknown), "PID^1^3", "204");
    registry.refused("A40", &merge(unknown, EVA), "PID^1^3", "204");
    registry.refused("A40", &merge(EVA, EVA), "PID^1^3", "205");
    registry.refused("A40", &merge(third, EVA_BEFORE), "PID^1^3", "204");
    registry.refused("A40", &merge(EVA_BEFORE, third), "PID^1^3", "204");
    registry.refused("A40", &merge(EVA, "L1^^^&1.9&ISO"), "MRG^1^1", "204");
    registry.refused("A40", &merge("L1^^^&1.9&ISO", third), "PID^1^3", "204");
    registry.refused("A40", &merge(other_domain, third), "PID^1^3", "204");
    registry.refused("A40", &merge(&format!("{EVA}~P8^^^&1.2.3&ISO"), third), "PID^1^3", "102");
    assert!(registry.behind.patient(third).is_some() && registry.behind.patient(EVA).is_some());
}

#[test]
fn one_wrong_pair_stops_all_pairs_of_the_message() {
    let registry = Registry::with_patients();
    let pairs = [merge(EVA, EVA_BEFORE), merge(EVA, "P9^^^&1.2.3&ISO")].concat();
    let event = registry.refused("A40", &pairs, "PID^2^3", "204");
    assert!(event.object_ids.is_empty() && event.patient_ids.len() == 3);
    assert!(registry.behind.merged_into(EVA_BEFORE).is_none());
}

#[test]
fn pairs_may_form_a_chain() {
    let registry = Registry::with_patients();
    registry.accepted("A28", "PID|||P3^^^&1.2.3&ISO\r");
    registry.accepted("A40", &[merge(EVA_BEFORE, "P3^^^&1.2.3&ISO"), merge(EVA, EVA_BEFORE)].concat());
    assert!(registry.behind.merged_into("P3^^^&1.2.3&ISO") == EVA.parse().ok());
}

#[test]
fn what_cannot_be_read_is_refused_and_leaves_a_trail() {
    let registry = Registry::new();
    for (message, code, caller) in [
        ("no HL7", "100", None),
        ("MSH|^~\\&|ADT|CHL|R|D|2026||ADT^A03|M7|P|2.5\r", "201", Some("CHL|ADT")),
        ("MSH|^~\\&|^1.2.7^ISO|CHL|R|D|2026||ADT^A01|M7|P|2.5\r", "100", Some("CHL|1.2.7")),
    ] {
        let answer = registry.raw(message);
        assert!(answer.contains(&format!("|{code}^")), "{answer}");
        let event = registry.behind.last_event();
        assert_eq!((event.outcome, event.errors), (AuditOutcome::MinorFailure, vec![code.to_owned()]));
        assert_eq!(event.caller.as_deref(), caller);
    }
    assert_eq!(registry.behind.trail().len(), 3);
}

#[test]
fn a_failure_inside_is_told_without_the_patient_and_audited() {
    let registry = Registry::new();
    registry.behind.break_table("patient_aliases");
    let answer = registry.feed("A28", &format!("PID|||{EVA}~L1^^^&1.9&ISO||Muster^Eva\r"));
    assert!(answer.contains("\rMSA|AE|M7\rERR|||207^"), "{answer}");
    assert!(["Muster", "P1^", "L1"].iter().all(|secret| !answer.contains(secret)), "{answer}");
    assert!(registry.behind.patient(EVA).is_none(), "nothing is half done");
    assert_eq!(registry.behind.last_event().outcome, AuditOutcome::SeriousFailure);
}

#[test]
fn without_a_trail_nothing_is_done() {
    let registry = Registry::new();
    registry.behind.break_table("audit_events");
    let answer = registry.feed("A28", &format!("PID|||{EVA}\r"));
    assert!(answer.contains("\rMSA|AE|M7\rERR|||207^"), "{answer}");
    assert!(registry.behind.patient(EVA).is_none());
}

#[test]
fn a_link_change_is_a_transaction_of_its_own_in_the_trail() {
    let registry = Registry::with_patients();
    TestRegistry::register(&registry.services.door, EVA_BEFORE, "2.999.3.1").unwrap();
    let (local, subsumed) = ("L1^^^&1.2.3&ISO", EVA_BEFORE);
    registry.accepted("A43", &format!("PID|||{EVA}~{local}|| \rMRG|{EVA_BEFORE}~{subsumed}\r"));
    let event = registry.behind.last_event();
    assert_eq!(TestRegistry::documents(&registry.services.door, EVA), ["2.999.3.1"]);
    assert!(TestRegistry::documents(&registry.services.door, EVA_BEFORE).is_empty());
    assert_eq!((event.transaction, event.message_id.as_deref()), (Transaction::Iti64, Some("M7")));
    assert_eq!(event.patient_ids, [EVA, EVA_BEFORE, local]);
    assert_eq!(event.object_ids.len(), 2, "the submission set and the entry");
}

#[test]
fn a_refused_link_change_leaves_a_trail_and_no_alias() {
    let registry = Registry::with_patients();
    let change = |new: &str, before: &str| format!("PID|||{new}~L1^^^&1.9&ISO\rMRG|{before}\r");
    let event = registry.refused("A43", &change(EVA, "P9^^^&1.2.3&ISO"), "PID^1^3", "204");
    assert_eq!((event.transaction, event.object_ids.len()), (Transaction::Iti64, 0));
    let event = registry.refused("A43", &change("P1", EVA), "PID^1^3", "102");
    assert_eq!(event.transaction, Transaction::Iti64);
    assert!(registry.behind.alias("L1^^^&1.9&ISO").is_none());
    registry.accepted("A43", &change(EVA, EVA_BEFORE));
    assert!(registry.behind.alias("L1^^^&1.9&ISO") == EVA.parse().ok());
}

#[test]
fn a_link_change_that_fails_half_way_leaves_all_as_it_was() {
    let registry = Registry::with_patients();
    TestRegistry::register(&registry.services.door, EVA_BEFORE, "2.999.3.1").unwrap();
    registry.behind.break_table("folders");
    let answer = registry.feed("A43", &format!("PID|||{EVA}~{EVA_BEFORE}\rMRG|{EVA_BEFORE}\r"));
    assert!(answer.contains("\rMSA|AE|M7\rERR|||207^"), "{answer}");
    assert!(registry.behind.last_event().outcome == AuditOutcome::SeriousFailure);
    assert_eq!(registry.behind.status_of_document("2.999.3.1"), [(1, AvailabilityStatus::Approved)]);
}

/// One keyed to be right, one with its last digit wrong, and the older form of the first.
const MATRICULES: [&str; 3] = ["1958031498124^^^&1.3.182.4.4&ISO", "1958031498125^^^&1.3.182.4.4&ISO", "19580314981^^^&1.3.182.4.4&ISO"];

#[test]
fn no_patient_becomes_known_under_a_matricule_with_a_wrong_key() {
    let mut registry = Registry::under_rules();
    registry.services.assigning_authorities.push("1.3.182.4.4".parse().unwrap());
    let [right, wrong, older] = MATRICULES;
    for trigger in ["A28", "A31"] {
        for identifiers in [wrong.to_owned(), format!("{EVA}~{wrong}"), format!("{right}~{wrong}")] {
            registry.refused(trigger, &format!("PID|||{identifiers}\r"), "PID^1^3", "102");
        }
    }
    assert!(registry.behind.patient(wrong).is_none() && registry.behind.patient(EVA).is_none());
    registry.accepted("A28", &format!("PID|||{right}~{older}\r"));
}

#[test]
fn of_another_authority_too_a_matricule_has_its_key() {
    let registry = Registry::under_rules();
    let [right, wrong, older] = MATRICULES;
    registry.refused("A28", &format!("PID|||{EVA}~{wrong}\r"), "PID^1^3", "102");
    registry.accepted("A28", &format!("PID|||{EVA}~{right}~{older}\r"));
    let open = Registry::new();
    open.accepted("A28", &format!("PID|||{EVA}~{wrong}\r"));
}
