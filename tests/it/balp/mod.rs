//! Every kind of audit event as AuditEvent, checked with the constraints of IHE BALP ([`constraints`], written from the profiles and
//! not from the writer), with the tables of R4, and with fhir.resources.

mod constraints;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use dossier::model::asked::Asked;
use dossier::model::audit_event::{AuditEvent, AuditOutcome, Transaction};
use dossier::model::person::{CodedClaim, ProvingToken, TokenKind};
use dossier::wire::fhir::{audit_records, broken_rules, json};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::dicom_audit::{all, event, source};
use constraints::violations;

fn resources() -> Vec<(String, Vec<Value>)> {
    all().into_iter().map(|(name, event)| (name, audit_records(&event, Some(Uuid::from_u128(9)), &source()))).collect()
}

#[test]
fn each_kind_of_event_has_its_resource() {
    for (name, mut resources) in resources() {
        for query in resources.iter_mut().flat_map(|resource| resource["entity"].as_array_mut().unwrap()) {
            if query["query"].as_str().is_some_and(|text| text.len() > 1000) {
                query["query"] = "(long)".into();
            }
        }
        insta::assert_snapshot!(name, resources.iter().map(|resource| format!("{resource:#}")).collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn each_resource_is_one_of_r4_and_keeps_to_the_profiles_that_it_names() {
    let mut named = BTreeSet::new();
    for (name, resources) in resources() {
        assert!(!resources.is_empty(), "{name}");
        for resource in resources {
            assert_eq!(json::read(resource.to_string().as_bytes()).unwrap(), resource, "{name}");
            let broken: Vec<_> = broken_rules(&resource).iter().map(|issue| format!("{issue:?}")).collect();
            assert!(broken.is_empty(), "{name}: {broken:?}");
            assert_eq!(violations(&resource), Vec::<String>::new(), "{name}");
            named.extend(constraints::profiles(&resource));
        }
    }
    let all: BTreeSet<_> = constraints::KNOWN.iter().map(|name| (*name).to_owned()).collect();
    let not_shown: Vec<_> = all.difference(&named).collect();
    assert_eq!(not_shown, ["IHE.BasicAudit.Create", "IHE.BasicAudit.Delete", "IHE.BasicAudit.Update"], "nobody creates what is nobody's");
    assert!(named.is_subset(&all), "{named:?}");
}

#[test]
fn the_constraints_refuse_what_the_profiles_forbid() {
    let search = audit_records(&event(Transaction::Iti67), None, &source()).remove(0);
    assert_eq!(violations(&search), Vec::<String>::new());
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut resource = search.clone();
        spoil(&mut resource);
        assert!(!violations(&resource).is_empty(), "{resource:#}");
    };
    spoilt(&|it| it["action"] = "R".into());
    spoilt(&|it| it["outcome"] = "4".into());
    spoilt(&|it| it["type"]["code"] = "110112".into());
    spoilt(&|it| it["subtype"] = json!([it["subtype"][1]]));
    for (array, number) in [("agent", 0), ("agent", 3), ("entity", 0), ("entity", 1)] {
        spoilt(&|it| drop(it[array].as_array_mut().unwrap().remove(number)));
    }
    spoilt(&|it| drop(it["agent"][0].as_object_mut().unwrap().remove("network")));
    spoilt(&|it| it["agent"][1]["network"] = it["agent"][0]["network"].clone());
    spoilt(&|it| drop(it["agent"][1].as_object_mut().unwrap().remove("policy")));
    spoilt(&|it| it["entity"][1]["what"] = json!({ "display": "x" }));
    spoilt(&|it| it["entity"][0]["what"]["type"] = "Group".into());
    spoilt(&|it| {
        let query = it["entity"][1].clone();
        it["entity"].as_array_mut().unwrap().push(query);
    });
}

#[test]
fn what_callers_wrote_makes_no_resource_that_a_repository_has_to_refuse() {
    for text in ["", " ", "a\u{0}b\u{1b}", "two  spaces\n", "\u{feff}é<&\"", "urn:uuid:", "1..2", "x@y@z"] {
        let claim = || CodedClaim { code: text.to_owned(), system: text.to_owned(), display: Some(text.to_owned()) };
        let some = || Some(text.to_owned());
        let hostile = AuditEvent {
            caller: some(),
            reply_to: some(),
            system: some(),
            user: Some(format!("{text}<{text}@{text}>")),
            token: Some(ProvingToken { kind: TokenKind::Oauth, id: text.to_owned() }),
            roles: vec![claim()],
            purposes_of_use: vec![claim()],
            message_id: some(),
            patient_ids: vec![text.to_owned()],
            object_ids: vec![text.to_owned(), text.to_owned()],
            query: some(),
            asked: Some(Asked::query(text)),
            decision: some(),
            access_reason: some(),
            outcome: AuditOutcome::MinorFailure,
            errors: vec![text.to_owned()],
            ..event(Transaction::Iti18)
        };
        for resource in audit_records(&hostile, None, &source()) {
            let read = json::read(resource.to_string().as_bytes());
            assert!(read.is_ok(), "{text:?}: {:?} {resource:#}", read.map_err(|fault| format!("{:?}", fault.issue())));
            let broken: Vec<_> = broken_rules(&resource).iter().map(|issue| format!("{issue:?}")).collect();
            assert!(broken.is_empty(), "{text:?}: {broken:#?}");
        }
    }
}

#[test]
fn no_patient_is_called_by_name() {
    for (name, event) in all().into_iter().filter(|(name, _)| ["patient", "representative"].contains(&name.as_str())) {
        let written = format!("{:?}", audit_records(&event, None, &source()));
        assert!(!written.contains("Weis"), "{name}");
    }
}

#[test]
fn fhir_resources_reads_each() {
    let python = std::env::var("DOSSIER_TEST_FOREIGN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for resource in resources().into_iter().flat_map(|(_, resources)| resources) {
        writeln!(file, "{resource}").unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/foreign/fhir/audit_events.py");
    let output = Command::new(python).arg(script).arg(file.path()).output();
    let told = output.as_ref().map_or_else(ToString::to_string, |output| String::from_utf8_lossy(&output.stderr).into_owned());
    if output.as_ref().map_or(true, |output| output.status.code() == Some(77)) {
        assert!(std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() != Ok("1"), "fhir.resources is not installed: {told}");
        return eprintln!("skipped fhir.resources: {}", told.trim());
    }
    assert!(output.unwrap().status.success(), "{told}");
}
