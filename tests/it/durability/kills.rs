//! The built program, killed at random moments under load and started again on what it left.
//!
//! What a kill loses is lost for good, so each round is checked after its kill and all rounds once more at the end.
//! `DOSSIER_TEST_SEED` chooses sizes, kinds and moments; which instruction a moment hits is up to the machine.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use dossier::model::audit_event::{AuditOutcome, Transaction};
use uuid::Uuid;

use super::audit_trail::events_after;
use super::checks::{Counts, check_patient};
use super::consumer::Consumer;
use super::load::{Sent, submit_until_killed};
use super::random::Random;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::announcement;
use crate::support::{Database, send_hl7};

const CLIENTS: u64 = 3;
const SHORTEST: u64 = 30;
const LONGEST: u64 = 400;
/// The defaults of the settings.
const AUTHORITY: &str = "1.3.182.4.4";
const REPOSITORY: &str = "2.999.442.9.2";

#[test]
fn fifty_kills_on_sqlite_lose_nothing_acknowledged_and_leave_nothing_half() {
    kill_again_and_again(Database::Sqlite, 50);
}

#[test]
fn twelve_kills_on_postgres_lose_nothing_acknowledged_and_leave_nothing_half() {
    Database::on_postgres("kills", |database| kill_again_and_again(database, 12));
}

/// What was sent for the patient of one round.
struct Round {
    patient_id: String,
    sent: Vec<Sent>,
}

struct Trial {
    program: ServedProgram,
    database_url: String,
    random: Random,
    rounds: Vec<Round>,
    /// Submission sets that the trail says were stored.
    audited: HashSet<String>,
    last_audited: i64,
}

fn kill_again_and_again(database: Database, kills: usize) {
    let seed = std::env::var("DOSSIER_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    say(&format!("durability on {database:?}: DOSSIER_TEST_SEED={seed}"));
    let mut trial = Trial::new(database, Random::new(seed));
    let mut counts = Counts::default();
    for number in 0..kills {
        trial.load_and_kill(number);
        trial.program.start_again();
        trial.read_audit_trail();
        counts = add(counts, trial.check(&trial.rounds[number]));
    }
    let in_the_end = trial.rounds.iter().map(|round| trial.check(round)).fold(Counts::default(), add);
    assert_eq!(in_the_end.visible, counts.visible, "what was there after its own kill is there after all of them");
    trial.check_chains(kills);
    let acknowledged = counts.visible - counts.visible_without_answer;
    let orphans = files_below(&trial.program.folder().join("dossier-data/contents")) - in_the_end.documents;
    say(&format!(
        "durability on {database:?}: {kills} kills; {} submissions sent, {acknowledged} acknowledged and all there, {} stored whole though \
         the answer was lost, {} without a trace; {} documents byte for byte; {orphans} files left for the sweep",
        counts.visible + counts.absent,
        counts.visible_without_answer,
        counts.absent,
        in_the_end.documents,
    ));
    assert!(acknowledged > kills, "too little was acknowledged to prove anything");
    assert!(counts.absent > 0, "no kill hit a submission under way");
}

impl Trial {
    fn new(database: Database, random: Random) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database.create(folder.path());
        let program = ServedProgram::start_in(folder, &[("database.url", &database_url)]);
        Self { program, database_url, random, rounds: Vec::new(), audited: HashSet::new(), last_audited: 0 }
    }

    fn load_and_kill(&mut self, number: usize) {
        let patient_id = format!("K{number}^^^&{AUTHORITY}&ISO");
        let acknowledgement = send_hl7(self.program.mllp, &announcement(&patient_id));
        assert!(acknowledgement.contains("MSA|AA|"), "{acknowledgement}");
        let load = Duration::from_millis(SHORTEST + self.random.below(LONGEST - SHORTEST));
        let seeds: Vec<_> = (0..CLIENTS).map(|_| Random::new(self.random.next())).collect();
        let killed = AtomicBool::new(false);
        let http = self.program.http;
        let sent = thread::scope(|scope| {
            let (patient_id, killed) = (&patient_id, &killed);
            let clients: Vec<_> =
                seeds.into_iter().map(|seed| scope.spawn(move || submit_until_killed(http, patient_id, seed, killed))).collect();
            thread::sleep(load);
            killed.store(true, Ordering::SeqCst);
            self.program.kill();
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        });
        self.rounds.push(Round { patient_id, sent });
    }

    fn read_audit_trail(&mut self) {
        let (events, last) = events_after(&self.database_url, self.last_audited);
        self.last_audited = last;
        let stored = events.into_iter().filter(|event| event.transaction == Transaction::Iti41 && event.outcome == AuditOutcome::Success);
        self.audited.extend(stored.flat_map(|event| event.object_ids));
    }

    /// No kill leaves a gap in the chains of the trail, nor a link that does not close; each start seals what the one before left.
    fn check_chains(&mut self, kills: usize) {
        self.program.kill();
        let verified = self.program.run(&["audit", "verify", "--json", "--log-level", "error"]);
        let found: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!((verified.status.code(), &found["findings"]), (Some(0), &serde_json::json!([])), "{found}");
        assert!(found["chains"].as_u64() >= Some(kills as u64) && found["seals"].as_u64() >= Some(kills as u64), "{found}");
        self.program.start_again();
    }

    fn check(&self, round: &Round) -> Counts {
        let consumer = Consumer::new(self.program.http, REPOSITORY);
        check_patient(&consumer, &round.patient_id, &round.sent, &self.audited)
    }
}

fn add(a: Counts, b: Counts) -> Counts {
    Counts {
        visible: a.visible + b.visible,
        visible_without_answer: a.visible_without_answer + b.visible_without_answer,
        absent: a.absent + b.absent,
        documents: a.documents + b.documents,
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

/// Writes past the capture of the test harness, so that the line is seen although the test passes.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
