//! Who may say who patients are: those whom the access rules name (9), as they are proven.

use std::sync::Arc;

use super::*;
use crate::access::caller::tests::{P04, P05, Said, call_of, node, population};
use crate::access::test_registry::{Database, call};
use crate::access::{AttestationNeed, AttestationPolicy, Call, Policy};
use crate::model::audit_event::Transaction;

/// What becomes of a message that two patients are one, under the access rules where certificates are judged as far as they are
/// shown.
#[test]
fn nobody_merges_records_but_those_who_are_proven_to_keep_them() {
    let said = Said::default();
    let with = |roles: &'static [&'static str], id, through| Said { roles, id, through, ..said };
    let alone = |name: &str| Call { node: node(name), ..call() };
    let cases = [
        ("a caller who shows nothing", call(), false),
        ("the system of a hospital", alone("e1"), true),
        ("practice software", alone("software"), false),
        ("an establishment that is only said", call_of(with(&["etablissement"], "", None)), false),
        (
            "an establishment over another's connection",
            call_of(Said { organisations: &["E1"], ..with(&["etablissement"], "", Some("e2")) }),
            false,
        ),
        ("an establishment over its own connection", call_of(with(&["etablissement"], "", Some("e1"))), true),
        ("an administrator without a reason", call_of(with(&["administrateur-dossier"], "Z01", None)), false),
        ("an administrator", call_of(Said { reason: Some("complaint 7"), ..with(&["administrateur-dossier"], "Z01", None) }), true),
        ("the operator", call_of(with(&["admin"], "", None)), true),
        ("a physician", call_of(Said { id: "D01", ..said }), false),
        ("a patient", call_of(Said { roles: &["patient"], person: Some(P04), ..said }), false),
    ];
    let (behind, _) = population(Database::Sqlite);
    let attestation = AttestationPolicy { need: AttestationNeed::Shown, contact: "us".to_owned() };
    let door = behind.door_under(Policy::CareRecord(Arc::default())).admitting(attestation);
    for (name, call, expected) in cases {
        let (surviving, subsumed) = (P04.parse().unwrap(), P05.parse().unwrap());
        let done = door.write(&call, Transaction::Iti44, |writing| writing.merge_patients(&surviving, &subsumed));
        match done {
            Ok(()) => assert!(expected, "{name}"),
            Err(Failure::Identity(IdentityRefusal::NotEntitled)) => assert!(!expected, "{name}"),
            Err(other) => panic!("{name}: {other}"),
        }
    }
}
