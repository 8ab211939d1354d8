//! What the operator asks.

use crate::on_both_databases;
use crate::support::{Database, TestServer, get, request};

on_both_databases!(health_and_figures_are_told);

fn health_and_figures_are_told(database: Database) {
    let server = TestServer::start(database);
    assert_eq!(get(server.operations, "/livez").status, 200);
    let ready = get(server.operations, "/readyz");
    assert_eq!((ready.status, ready.text().as_str()), (200, r#"{"ready":true,"database":"ok","contents":"ok"}"#));
    let metrics = server.metrics();
    for name in ["dossier_build_info{", "process_start_time_seconds ", "dossier_database_connections{", "dossier_content_store_writable 1"]
    {
        assert!(metrics.contains(name), "{name} is missing from\n{metrics}");
    }
}

#[test]
fn a_content_store_that_cannot_be_written_is_not_ready() {
    let server = TestServer::start(Database::Sqlite);
    let contents = server.folder.path().join("data/contents");
    std::fs::rename(&contents, server.folder.path().join("away")).unwrap();
    std::fs::write(&contents, "no folder").unwrap();
    let ready = get(server.operations, "/readyz");
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert!(ready.text().contains(r#""database":"ok""#), "{}", ready.text());
    assert!(server.metrics().contains("dossier_content_store_writable 0"));
}

#[test]
fn the_answer_is_kept_for_a_moment() {
    let server = TestServer::start(Database::Sqlite);
    assert_eq!(get(server.operations, "/readyz").status, 200);
    let contents = server.folder.path().join("data/contents");
    std::fs::rename(&contents, server.folder.path().join("away")).unwrap();
    assert_eq!(get(server.operations, "/readyz").status, 200, "each request asks the disk");
}

#[test]
fn clients_do_not_reach_the_operators_pages() {
    let server = TestServer::start(Database::Sqlite);
    assert_eq!(get(server.http, "/metrics").status, 404);
    assert_eq!(request(server.operations, "POST", "/xds/registry", &[], b"").status, 404);
}
