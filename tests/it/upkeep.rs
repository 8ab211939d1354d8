//! What the started program does by itself as time goes by, seen from outside: old technical records of the trail go, and a
//! record becomes active once, however many servers share the database.

use std::thread::{scope, sleep};
use std::time::{Duration, Instant as Moment};

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient};
use dossier::model::audit_event::{AuditEvent, Transaction};
use dossier::model::document_request::DocumentRequest;
use dossier::model::timestamp::Instant;
use dossier::wire::fhir::dates;
use serde_json::json;

use crate::durability::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::{announcement, fresh_oid, submission};
use crate::support::{Database, REPOSITORY, request, send_hl7};

on_both_databases!(technical_records_go_after_thirteen_months_and_the_activity_trace_stays);

const PATIENT: &str = "1958031498124^^^&1.3.182.4.4&ISO";
const OTHERS: [&str; 6] = ["1958031498124", "1986070298269", "1947112398312", "1991050998408", "2019093098526", "1975011898682"];
const DAY: i64 = 86_400_000_000;
const PATIENCE: Duration = Duration::from_secs(30);

fn now() -> Instant {
    Instant(jiff::Timestamp::now().as_microsecond())
}

/// The time so many days from now.
fn in_days(days: i64) -> Instant {
    Instant(now().0 + days * DAY)
}

fn set_clock(program: &ServedProgram, to: Instant) {
    let parameter = json!([{ "name": "instant", "valueInstant": dates::instant(to) }]);
    let body = json!({ "resourceType": "Parameters", "parameter": parameter }).to_string();
    let answer = request(program.operations, "POST", "/fhir/$set-clock", &["Content-Type: application/fhir+json"], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// What the trail keeps about this patient, or all of it.
fn trail(url: &str, of: Option<&str>) -> Vec<AuditEvent> {
    let (mut events, _) = events_after(url, 0);
    events.retain(|event| of.is_none_or(|patient| event.patient_ids.iter().any(|id| id == patient)));
    events
}

/// Until the trail says that something was decided so many times.
fn wait_for(url: &str, decision: &str, times: usize) {
    let begun = Moment::now();
    while count(url, None, decision) < times {
        assert!(begun.elapsed() < PATIENCE, "{decision}: {:#?}", trail(url, None));
        sleep(Duration::from_millis(50));
    }
}

fn count(url: &str, of: Option<&str>, decision: &str) -> usize {
    trail(url, of).iter().filter(|event| event.decision.as_deref() == Some(decision)).count()
}

fn has(events: &[AuditEvent], transaction: Transaction) -> bool {
    events.iter().any(|event| event.transaction == transaction)
}

fn technical_records_go_after_thirteen_months_and_the_activity_trace_stays(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = database.create(folder.path());
    let settings = [("database.url", url.as_str()), ("clock.settable", "true"), ("domain.repository_unique_id", REPOSITORY)];
    let program = ServedProgram::start_in(folder, &settings);
    assert!(send_hl7(program.mllp, &announcement(PATIENT)).contains("MSA|AA|"));
    let address = |service: &str| format!("http://{}/xds/{service}", program.http);
    let client = XdsClient::new(&address("registry"), &address("repository"), Timeouts::default());
    let sent = submission(PATIENT, &[fresh_oid()]);
    client.provide_and_register(&sent, vec![OutgoingDocument::bytes(sent.entries[0].entry_uuid, b"kept")]).unwrap();
    // About no patient: a document that nobody ever sent.
    let nothing =
        DocumentRequest { home_community_id: None, repository_unique_id: REPOSITORY.to_owned(), unique_id: fresh_oid().parse().unwrap() };
    assert!(client.retrieve(&[nothing], |_| Ok(Vec::new())).is_err());
    let before = trail(&url, Some(PATIENT));
    assert!(has(&before, Transaction::Iti8) && has(&before, Transaction::Iti41), "{before:#?}");
    assert!(has(&trail(&url, None), Transaction::Iti43));

    // Thirteen months are at least 394 and at most 397 days.
    set_clock(&program, in_days(393));
    assert_eq!(count(&url, None, "technical-retention"), 0, "not yet");
    set_clock(&program, in_days(398));
    wait_for(&url, "technical-retention", 1);
    assert!(!has(&trail(&url, None), Transaction::Iti43));
    assert_eq!(trail(&url, Some(PATIENT)), before, "the trace of the patient's record stays");
    let verified = program.run(&["audit", "verify"]);
    assert_eq!((verified.status.code(), String::from_utf8_lossy(&verified.stdout).lines().last()), (Some(0), Some("nothing is wrong")));
    let history = program.run(&["history", "1958031498124"]);
    assert_eq!(history.status.code(), Some(0), "{}", String::from_utf8_lossy(&history.stderr));
    let history = String::from_utf8(history.stdout).unwrap();
    assert_eq!(history.matches("a déposé un document").count(), 1, "{history}");
}

/// SQLite has one server; several share one PostgreSQL.
#[test]
fn postgres_two_servers_activate_a_record_once() {
    Database::on_postgres("two_servers_activate_a_record_once", two_servers_activate_a_record_once);
}

fn two_servers_activate_a_record_once(database: Database) {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = database.create(folder.path());
    let data = folder.path().join("data").display().to_string();
    let settings = [("database.url", url.as_str()), ("data.directory", &data), ("clock.settable", "true")];
    let mut servers = [folder, other].map(|folder| ServedProgram::start_in(folder, &settings));
    for number in OTHERS {
        assert!(send_hl7(servers[0].mllp, &announcement(&format!("{number}^^^&1.3.182.4.4&ISO"))).contains("MSA|AA|"));
    }
    let (created, activates) = (dates::instant(now()), dates::instant(in_days(30)));
    let record = |number: &&str| json!({ "patient": number, "status": "inactive", "created_at": created, "activates_at": activates });
    let records = json!({ "assigning_authority": "1.3.182.4.4", "records": OTHERS.iter().map(record).collect::<Vec<_>>() });
    let file = servers[0].folder().join("records.json");
    std::fs::write(&file, records.to_string()).unwrap();
    let imported = servers[0].run(&["import", "records", &file.display().to_string()]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));

    let both = |to: Instant| scope(|scope| servers.iter().for_each(|server| drop(scope.spawn(move || set_clock(server, to)))));
    both(in_days(28));
    assert_eq!(count(&url, None, "activation"), 0, "not yet");
    both(in_days(31));
    wait_for(&url, "activation", OTHERS.len());
    both(in_days(32));
    servers.iter_mut().for_each(ServedProgram::stop);
    for number in OTHERS {
        let id = format!("{number}^^^&1.3.182.4.4&ISO");
        assert_eq!(count(&url, Some(&id), "activation"), 1, "{:#?}", trail(&url, Some(&id)));
    }
    assert_eq!(servers[0].run(&["audit", "verify"]).status.code(), Some(0));
}
