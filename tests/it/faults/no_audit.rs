//! The audit trail cannot be written: nothing is done, and nothing is shown.

use super::requests::Requests;
use crate::on_both_databases;
use crate::support::{Database, TestServer};
use crate::system_events::execute;

on_both_databases!(nothing_is_done_or_shown_without_its_record);

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
