//! What an intruder in the database does to the audit trail, as its keeper sees it.

use std::process::Output;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use serde_json::Value;

use crate::on_both_databases;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::announcement;
use crate::support::{AUTHORITY, Database, send_hl7};

on_both_databases!(the_keeper_of_the_trail_finds_what_was_done_behind_the_servers_back);

fn the_keeper_of_the_trail_finds_what_was_done_behind_the_servers_back(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let database_url = database.create(folder.path());
    let mut program = ServedProgram::start_in(folder, &[("database.url", &database_url), ("domain.assigning_authorities", AUTHORITY)]);
    for number in 0..3 {
        assert!(send_hl7(program.mllp, &announcement(&format!("T{number}^^^&{AUTHORITY}&ISO"))).contains("MSA|AA|"));
    }
    program.kill();
    program.start_again();
    let whole = program.run(&["audit", "verify"]);
    assert_eq!((whole.status.code(), last_line(&whole)), (Some(0), "nothing is wrong".to_owned()));
    shows_what_it_keeps(&program);

    tamper(&database_url, "UPDATE audit_events SET outcome = 'MinorFailure' WHERE number = 2 AND transaction_id = 'ITI-8'");
    let changed = program.run(&["audit", "verify", "--json"]);
    let found: Value = serde_json::from_slice(&changed.stdout).unwrap();
    assert_eq!(
        (changed.status.code(), &found["findings"][0]["finding"], &found["findings"][0]["number"]),
        (Some(1), &"changed".into(), &2.into())
    );
    tamper(&database_url, "UPDATE audit_events SET outcome = 'Success' WHERE number = 2 AND transaction_id = 'ITI-8'");
    assert_eq!(program.run(&["audit", "verify"]).status.code(), Some(0), "what was put back is whole");

    tamper(&database_url, "DELETE FROM audit_events WHERE number = 2 AND transaction_id = 'ITI-8'");
    let gone = program.run(&["audit", "verify"]);
    let words = String::from_utf8_lossy(&gone.stdout).into_owned();
    assert!(gone.status.code() == Some(1) && words.starts_with("missing: link 2 of chain "), "{words}");
    assert!(String::from_utf8_lossy(&program.run(&["audit", "key"]).stdout).starts_with("-----BEGIN PUBLIC KEY-----"));
}

fn shows_what_it_keeps(program: &ServedProgram) {
    let lines = |arguments: &[&str]| {
        let output = program.run(&[&["audit"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let of_one = lines(&["search", "--patient", "T1"]);
    assert!(of_one.len() == 1 && of_one[0].contains(&format!("ITI-8 create-identity done  patient T1^^^&{AUTHORITY}&ISO")), "{of_one:?}");
    assert!(lines(&["search", "--patient", "T1"])[0].contains("ITI-81 read-history done"), "that it was read is in it");
    assert!(lines(&["search", "--since", "2999-01-01"]).is_empty() && lines(&["search", "--until", "1999-01-01"]).is_empty());
    let messages = lines(&["export", "--format", "dicom"]);
    let of_patients = messages.iter().filter(|message| message.contains("csd-code=\"ITI-8\"")).count();
    assert!(of_patients == 3 && messages.iter().all(|message| message.starts_with("<AuditMessage>")), "{messages:?}");
    let resources = lines(&["export", "--format", "fhir"]);
    let created = resources.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let created = created.filter(|resource| resource["subtype"][0]["code"] == "ITI-8" && resource["action"] == "C").count();
    assert!(created == 3 && resources.len() == messages.len() + 1, "{resources:?}");
    let values = lines(&["export", "--format", "csv"]);
    assert!(values[0].starts_with("time,transaction,") && values.len() == messages.len() + 3, "{values:?}");
    assert_eq!(program.run(&["audit", "search", "--since", "yesterday"]).status.code(), Some(1));
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim_end().lines().last().unwrap_or_default().to_owned()
}

fn tamper(url: &str, sql: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => SqliteConnection::establish(path).unwrap().batch_execute(sql).unwrap(),
        None => PgConnection::establish(url).unwrap().batch_execute(sql).unwrap(),
    }
}
