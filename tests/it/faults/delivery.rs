//! The trail reaches its repository whole and in order, whatever ends meanwhile.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dossier::server::Backend;

use crate::audit_delivery::{Repository, settings, start, times, trail_of, wait_until};
use crate::durability::audit_trail::events_after;
use crate::durability::random::Random;
use crate::mllp::message::{announce, announcement};
use crate::support::served_program::ServedProgram;
use crate::support::{AUTHORITY, Database, TestServer, get, request, send_hl7};

/// Steps of the hour, and messages in each.
const STEPS: usize = 6;
const MESSAGES: usize = 50;
const KILLS: u64 = 6;

#[test]
fn an_hour_without_the_repository_is_made_up_for() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let port = Repository::start(0, false, &received).port;
    let address = format!("tls://localhost:{port}");
    let mut changes = settings(address.clone());
    changes.push(("clock.settable", "true".to_owned()));
    let changes: Vec<_> = changes.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let server = TestServer::start_with(Database::Sqlite, &changes);
    for step in 0..STEPS {
        let ids: Vec<_> = (0..MESSAGES).map(|number| format!("H{step}-{number}")).collect();
        announce(&server, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let later = br#"{"resourceType":"Parameters","parameter":[{"name":"advance","valueDuration":{"value":10,"code":"min","system":"http://unitsofmeasure.org"}}]}"#;
        let answer = request(server.operations, "POST", "/fhir/$set-clock", &["Content-Type: application/fhir+json"], later);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let figure = |name: &str| {
        let line = format!("{name}{{repository=\"{address}\"}} ");
        server.metrics().lines().find_map(|figure| figure.strip_prefix(&line)?.parse::<f64>().ok()).unwrap_or_default()
    };
    wait_until("the figures show what lies there, and for how long", || {
        figure("dossier_audit_delivery_lag_records") >= (STEPS * MESSAGES) as f64 && figure("dossier_audit_delivery_lag_seconds") >= 3000.0
    });
    let ready = get(server.operations, "/readyz");
    assert!(ready.status == 200 && ready.text().contains(&address), "{}", ready.text());
    assert!(received.lock().unwrap().is_empty());

    let _repository = Repository::start(port, false, &received);
    wait_until("all of it arrives", || received.lock().unwrap().len() >= trail_of(&server.database_url).len());
    server.assert_measured(&format!("dossier_audit_delivery_lag_records{{repository=\"{address}\"}} 0"));
    let trail = trail_of(&server.database_url);
    assert!(trail.len() > STEPS * MESSAGES);
    assert_eq!(received.lock().unwrap().len(), trail.len(), "each record came once");
    assert_eq!(times(&received.lock().unwrap()), trail, "in the order of the trail");
}

#[test]
fn two_servers_on_one_database_deliver_all_in_order() {
    Database::on_postgres("two servers", |database| {
        let received = Arc::new(Mutex::new(Vec::new()));
        let repository = Repository::start(0, false, &received);
        let address = format!("tls://localhost:{}", repository.port);
        let first = start(database, address.clone());
        let data = first.settings.data.directory.display().to_string();
        let mut changes = settings(address);
        changes.extend([("database.url", first.database_url.clone()), ("data.directory", data)]);
        let changes: Vec<_> = changes.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let second = TestServer::start_with(database, &changes);
        thread::scope(|scope| {
            for (name, server) in [("S", &first), ("T", &second)] {
                scope.spawn(move || (0..60).for_each(|number| announce(server, &[&format!("{name}{number}")])));
            }
        });
        let trail = || trail_of(&first.database_url);
        wait_until("all of it arrives", || times(&received.lock().unwrap()) == trail());
        assert!(trail().len() >= 120);
        let backend = Backend::open(&first.settings).unwrap();
        assert_eq!(backend.verify_trail(10).unwrap().findings, []);
    });
}

#[test]
fn kills_under_load_and_in_delivery_leave_no_record_behind() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let repository = Repository::start(0, false, &received);
    let mut changes = settings(format!("tls://localhost:{}", repository.port));
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("dossier.sqlite3").display());
    changes.extend([("database.url", url.clone()), ("domain.assigning_authorities", AUTHORITY.to_owned())]);
    let changes: Vec<_> = changes.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut program = ServedProgram::start_in(folder, &changes);
    let (mut acknowledged, mut random) = (HashSet::new(), Random::new(uuid::Uuid::new_v4().as_u64_pair().0));
    for round in 0..KILLS {
        let (mllp, killed) = (program.mllp, AtomicBool::new(false));
        thread::scope(|scope| {
            let killed = &killed;
            let load = scope.spawn(move || announce_until(mllp, round, killed));
            thread::sleep(Duration::from_millis(100 + random.below(400)));
            killed.store(true, Ordering::SeqCst);
            program.kill();
            acknowledged.extend(load.join().unwrap());
        });
        program.start_again();
    }
    wait_until("all of it arrives", || times(&received.lock().unwrap()) == trail_of(&url));
    let recorded: HashSet<_> = events_after(&url, 0).0.into_iter().flat_map(|event| event.patient_ids).collect();
    assert!(acknowledged.len() > KILLS as usize);
    assert!(acknowledged.is_subset(&recorded), "{:?}", acknowledged.difference(&recorded));
    assert_eq!(program.run(&["audit", "verify"]).status.code(), Some(0));
}

/// Announces patients until nobody answers; gives those that were acknowledged.
fn announce_until(mllp: std::net::SocketAddr, round: u64, killed: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let id = format!("R{round}-{number}");
        // A connection that a kill breaks gives no answer.
        let answer = std::panic::catch_unwind(|| send_hl7(mllp, &announcement(&id))).unwrap_or_default();
        if answer.contains("MSA|AA|") {
            acknowledged.push(format!("{id}^^^&{AUTHORITY}&ISO"));
        } else if killed.load(Ordering::SeqCst) {
            break;
        }
    }
    acknowledged
}
