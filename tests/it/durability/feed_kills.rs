//! The feed under kills: what was acknowledged with AA is there, and each patient is as one of their messages left them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::model::hl7_types::PatientId;
use dossier::store::{Store, StoreError};

use super::audit_trail::events_after;
use super::random::Random;
use crate::support::Database;
use crate::support::served_program::ServedProgram;

const SENDERS: usize = 3;
/// The default of the settings.
const AUTHORITY: &str = "1.3.182.4.4";

#[test]
fn a_feed_on_sqlite_loses_nothing_acknowledged() {
    kill_again_and_again(Database::Sqlite, 8);
}

#[test]
fn a_feed_on_postgres_loses_nothing_acknowledged() {
    Database::on_postgres("feed kills", |database| kill_again_and_again(database, 4));
}

/// How far a sender came with the messages for its patient, which are numbered from 1.
struct Progress {
    patient_id: String,
    sent: usize,
    acknowledged: usize,
}

fn kill_again_and_again(database: Database, kills: usize) {
    let folder = tempfile::tempdir().unwrap();
    let database_url = database.create(folder.path());
    let mut program = ServedProgram::start_in(folder, &[("database.url", &database_url)]);
    let mut random = Random::new(u64::try_from(kills).unwrap());
    let mut all = Vec::new();
    for round in 0..kills {
        let address = program.mllp;
        all.extend(thread::scope(|scope| {
            let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || feed_until_killed(address, round, sender))).collect();
            thread::sleep(Duration::from_millis(50 + random.below(250)));
            program.kill();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
        }));
        program.start_again();
    }
    let (events, _) = events_after(&database_url, 0);
    let done = events.iter().filter(|event| event.transaction == Transaction::Iti8 && event.outcome == AuditOutcome::Success);
    let audited: std::collections::HashSet<_> = done.filter_map(|event| event.message_id.as_deref()).collect();
    for progress in &all {
        let stored = stored(&database_url, &progress.patient_id);
        let between = progress.acknowledged..=progress.sent;
        assert!(between.contains(&stored), "{} of {between:?} is what is stored of {}", stored, progress.patient_id);
        for number in 1..=progress.acknowledged {
            assert!(audited.contains(control_id(&progress.patient_id, number).as_str()), "message {number} left no trail");
        }
    }
    let acknowledged: usize = all.iter().map(|progress| progress.acknowledged).sum();
    assert!(acknowledged > kills, "too little was acknowledged to prove anything");
}

fn control_id(patient_id: &str, number: usize) -> String {
    format!("{}-{number}", patient_id.split('^').next().unwrap())
}

/// The number of the last message that had an effect.
fn stored(url: &str, patient_id: &str) -> usize {
    let id: PatientId = patient_id.parse().unwrap();
    let known = Store::open(url, 1).unwrap().read::<_, StoreError>(|tx| tx.patient(&id)).unwrap();
    known.map_or(0, |known| known.demographics.name.unwrap().family.unwrap().parse().unwrap())
}

/// Announces a patient and then renames them, message by message, until the connection breaks.
fn feed_until_killed(address: SocketAddr, round: usize, sender: usize) -> Progress {
    let patient_id = format!("F{round}S{sender}^^^&{AUTHORITY}&ISO");
    let mut progress = Progress { patient_id, sent: 0, acknowledged: 0 };
    let Ok(mut stream) = TcpStream::connect(address) else { return progress };
    stream.set_nodelay(true).unwrap();
    loop {
        progress.sent += 1;
        let (number, id) = (progress.sent, &progress.patient_id);
        let event = if number == 1 { "A28" } else { "A08" };
        let control_id = control_id(id, number);
        let message = format!("\u{b}MSH|^~\\&|A|B|C|D|2025||ADT^{event}|{control_id}|P|2.5\rPID|||{id}||{number}^Eva\r\u{1c}\r");
        if stream.write_all(message.as_bytes()).is_err() {
            return progress;
        }
        match answer(&mut stream) {
            Some(ack) => assert!(ack.contains(&format!("\rMSA|AA|{control_id}\r")), "{ack}"),
            None => return progress,
        }
        progress.acknowledged = number;
    }
}

fn answer(stream: &mut TcpStream) -> Option<String> {
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\x1c\r") {
        stream.read_exact(&mut byte).ok()?;
        answer.push(byte[0]);
    }
    String::from_utf8(answer).ok()
}
