//! What happens to the server itself, as the audit trail tells it.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::model::system_event::{SystemEvent, SystemEventKind};
use dossier::server::Application;

use crate::durability::audit_trail::all_events_after;
use crate::on_both_databases;
use crate::support::{Database, TestServer, request};

on_both_databases!(a_start_a_stop_and_other_settings_are_told, nobody_is_answered_when_the_start_cannot_be_told);

fn told(url: &str) -> Vec<SystemEvent> {
    all_events_after(url, 0).0.into_iter().filter_map(|event| event.system_event).collect()
}

/// Runs SQL behind the server's back.
pub(crate) fn execute(url: &str, sql: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => SqliteConnection::establish(path).unwrap().batch_execute(sql).unwrap(),
        None => PgConnection::establish(url).unwrap().batch_execute(sql).unwrap(),
    }
}

fn a_start_a_stop_and_other_settings_are_told(database: Database) {
    use SystemEventKind::{SettingsChanged, Start, Stop};
    let mut server = TestServer::start(database);
    server.restart(&[]);
    server.restart(&[("limits.idle_time", "7s")]);
    let events = told(&server.database_url);
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Start, Stop, Start, Stop, SettingsChanged, Start]);
    let start = &events[0];
    assert_eq!(start.detail("version"), Some(env!("CARGO_PKG_VERSION")));
    assert!(start.detail("listeners").unwrap().contains("http 127.0.0.1:"), "{start:?}");
    assert_eq!(start.detail("settings-sha256"), events[4].detail("before"));
    assert_eq!(events[5].detail("settings-sha256"), events[4].detail("after"));
    let whole = format!("{events:?}");
    assert!(!whole.contains("7s") && !whole.contains("idle_time"), "settings are told by their hash alone: {whole}");
}

fn nobody_is_answered_when_the_start_cannot_be_told(database: Database) {
    let mut server = TestServer::start(database);
    server.end();
    let (url, settings) = (server.database_url.clone(), server.settings.clone());
    execute(&url, "ALTER TABLE audit_events RENAME TO audit_events_away");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let refused = runtime.block_on(Application::build(&settings)).err().unwrap().to_string();
    assert!(refused.contains("the start could not be written into the audit trail"), "{refused}");
    execute(&url, "ALTER TABLE audit_events_away RENAME TO audit_events");
    let application = runtime.block_on(Application::build(&settings)).unwrap();
    runtime.block_on(application.stop());
}

#[test]
fn a_clock_that_jumps_is_told() {
    let server = TestServer::start_with(Database::Sqlite, &[("clock.settable", "true")]);
    let body = br#"{"resourceType":"Parameters","parameter":[{"name":"instant","valueInstant":"2031-03-17T09:00:00+01:00"}]}"#;
    let answer = request(server.operations, "POST", "/fhir/$set-clock", &["Content-Type: application/fhir+json"], body);
    assert_eq!(answer.status, 200);
    let patience = Instant::now() + Duration::from_secs(20);
    let jump = loop {
        let events = all_events_after(&server.database_url, 0).0;
        if let Some(event) = events.into_iter().find(|event| event.outcome != AuditOutcome::Success) {
            break event;
        }
        assert!(Instant::now() < patience, "the trail is told of no jump");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(jump.transaction, Transaction::System);
    let event = jump.system_event.unwrap();
    assert_eq!(event.kind, SystemEventKind::ClockChanged);
    assert!(event.detail("to").unwrap().starts_with("2031-03-17T08:00:0"), "{event:?}");
}
