//! Only attested systems get answers, and a suspension holds from the next request on.

use dossier::model::directory::DirectoryKind;
use dossier::model::dsp::Professions;
use dossier::server::Backend;
use dossier::wire::directory_file::{self, FileFormat};

use super::client::{ITI8, ITI18, Secure, connect, query_as, tls_server};
use super::handshake::trail;
use super::pki::pki;
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7, send_hl7_over};

on_both_databases!(only_attested_systems_get_answers, a_suspension_holds_from_the_next_request_on);

const ESTABLISHMENTS: &[u8] = include_bytes!("../../../fixtures/population/establishments.json");
const RULES: [(&str, &str); 2] = [("nodes.attestation", "required"), ("nodes.contact", "service desk 123")];

fn import(server: &TestServer, kind: DirectoryKind, format: FileFormat, bytes: &[u8]) {
    let directory = directory_file::read(kind, format, bytes, &Professions::default(), &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    Backend::open(&server.settings).unwrap().import(&directory).unwrap();
}

fn import_systems(server: &TestServer, systems: &str) {
    import(server, DirectoryKind::Systems, FileFormat::Csv, systems.as_bytes());
}

fn systems() -> String {
    std::fs::read_to_string(pki().join("systems.csv")).unwrap()
}

/// A server with its directories.
fn attesting_server(database: Database) -> TestServer {
    let server = tls_server(database, &RULES);
    import(&server, DirectoryKind::Establishments, FileFormat::Json, ESTABLISHMENTS);
    import_systems(&server, &systems());
    server
}

fn only_attested_systems_get_answers(database: Database) {
    let server = attesting_server(database);
    for name in ["hospital-e1", "practice-software"] {
        assert_eq!(query_as(&server, Some(name)).unwrap().status, 200, "{name}");
        assert_eq!(trail(&server).last().unwrap().system.as_deref(), Some(name));
    }
    for (name, contact, reason) in [
        ("clinic-e7", "attestation@dossier.test", "establishment-not-attested"),
        ("suspended-e6", "attestation@dossier.test", "attestation-suspended"),
        ("unknown", "service desk 123", "unknown-system"),
    ] {
        let answer = query_as(&server, Some(name)).unwrap();
        assert_eq!(answer.status, 403, "{name}");
        let says = format!("this system is not admitted; contact {contact}<");
        assert!(answer.body.contains(&says) && answer.body.contains("soap:Sender"), "{name}: {}", answer.body);
        let event = trail(&server).pop().unwrap();
        assert_eq!(event.errors, [reason], "{name}");
        assert!(event.node.is_some() && event.system.is_none() && event.patient_ids.is_empty());
    }
    feeds_are_treated_alike(&server);
    // Over plain HTTP nobody proves anything, whatever they send.
    for body in [ITI18, "no XML at all"] {
        let plain = server.registry("application/soap+xml", body.as_bytes());
        assert!(plain.status == 403 && plain.text().contains("contact service desk 123<"), "{}", plain.text());
        assert_eq!(trail(&server).pop().unwrap().errors, ["no-certificate"]);
    }
}

fn feeds_are_treated_alike(server: &TestServer) {
    let feed = |name| send_hl7_over(connect(server.mllp_tls.unwrap(), pki(), Some(name), |_| {}).unwrap(), ITI8);
    assert!(feed("hospital-e1").contains("\rMSA|AA|"));
    let refused = feed("suspended-e6");
    assert!(
        refused.contains("\rMSA|AR|") && refused.contains("this system is not admitted; contact attestation@dossier.test"),
        "{refused}"
    );
    assert!(!refused.contains("P1"), "{refused}");
    let plain = send_hl7(server.mllp, ITI8);
    assert!(plain.contains("\rMSA|AR|") && plain.contains("contact service desk 123"), "{plain}");
}

fn a_suspension_holds_from_the_next_request_on(database: Database) {
    let server = attesting_server(database);
    let mut connection = Secure::open(&server, Some("hospital-e1")).unwrap();
    assert_eq!(connection.query().unwrap().status, 200);
    let with = |suspended_from: &str| {
        let line = |line: &str| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells[7] = suspended_from;
            cells.join(",")
        };
        systems().lines().map(|one| if one.starts_with("hospital-e1,") { line(one) } else { one.to_owned() } + "\n").collect::<String>()
    };
    import_systems(&server, &with("2020-01-01"));
    assert_eq!(connection.query().unwrap().status, 403);
    import_systems(&server, &with(""));
    assert_eq!(connection.query().unwrap().status, 200);
}

#[test]
fn a_certificate_belongs_to_one_system() {
    let server = attesting_server(Database::Sqlite);
    let line = systems().lines().find(|line| line.starts_with("hospital-e1,")).unwrap().replace("hospital-e1,", "another,");
    let header = systems().lines().next().unwrap().to_owned();
    let file = format!("{header}\n{line}\n");
    let directory = directory_file::read(DirectoryKind::Systems, FileFormat::Csv, file.as_bytes(), &Professions::default(), &[]).unwrap();
    let failure = Backend::open(&server.settings).unwrap().import(&directory).unwrap_err();
    assert!(failure.to_string().contains("another connected system"), "{failure}");
    // Two names of one certificate in two entries leave open whose it is.
    let by_name = line.split(',').map(|cell| if cell.starts_with("sha256:") { "dns:hospital-e1.connector.test" } else { cell });
    import_systems(&server, &format!("{header}\n{}\n", by_name.collect::<Vec<_>>().join(",")));
    assert_eq!(query_as(&server, Some("hospital-e1")).unwrap().status, 403);
    assert_eq!(trail(&server).pop().unwrap().errors, ["several-systems"]);
}
