//! The audit trail cannot be written: nothing is done, and nothing is shown.

use super::requests::Requests;
use crate::on_both_databases;
use crate::support::{Database, TestServer};
use crate::system_events::execute;

on_both_databases!(nothing_is_done_or_shown_without_its_record);

/// PostgreSQL without room for a record: what it says then (SQLSTATE 53100, disk_full) is raised where the trail is written.
#[test]
fn postgres_without_room_refuses_all_and_loses_nothing() {
    Database::on_postgres("postgres_without_room_refuses_all_and_loses_nothing", without_room);
}

fn without_room(database: Database) {
    let server = TestServer::start(database);
    let requests = Requests { http: server.http, mllp: server.mllp, patient: "F3" };
    assert!(requests.feed().succeeded);
    let (known, refused, later) = ("2.999.79.1", "2.999.79.2", "2.999.79.3");
    assert!(requests.submit(known).succeeded);

    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$";
    execute(&server.database_url, full);
    execute(&server.database_url, "CREATE TRIGGER full_disk BEFORE INSERT ON audit_events EXECUTE FUNCTION full_disk()");
    for outcome in requests.all(refused, known) {
        outcome.assert_refused();
    }
    execute(&server.database_url, "DROP TRIGGER full_disk ON audit_events");

    let found = requests.query().text;
    assert!(found.contains(known) && !found.contains(refused), "{found}");
    assert!(!requests.retrieve(refused).succeeded);
    assert!(requests.all(later, known).iter().all(|outcome| outcome.succeeded));
    server.assert_alive();
}

fn nothing_is_done_or_shown_without_its_record(database: Database) {
    let server = TestServer::start(database);
    let requests = Requests { http: server.http, mllp: server.mllp, patient: "F1" };
    assert!(requests.feed().succeeded);
    let (known, refused, later) = ("2.999.77.1", "2.999.77.2", "2.999.77.3");
    assert!(requests.submit(known).succeeded);
    assert!(requests.all(later, known).iter().all(|outcome| outcome.succeeded));

    execute(&server.database_url, "ALTER TABLE audit_events RENAME TO audit_events_away");
    for outcome in requests.all(refused, known) {
        outcome.assert_refused();
    }
    execute(&server.database_url, "ALTER TABLE audit_events_away RENAME TO audit_events");

    let found = requests.query().text;
    assert!(found.contains(known) && found.contains(later) && !found.contains(refused), "{found}");
    assert!(!requests.retrieve(refused).succeeded);
    assert!(requests.all("2.999.77.4", known).iter().all(|outcome| outcome.succeeded));
    server.assert_alive();
}
