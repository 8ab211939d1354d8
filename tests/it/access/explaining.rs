//! `dossier policy explain` on the sample population: why somebody may do something, or may not.

use std::fs;
use std::process::{Command, Output};

use dossier::model::audit_event::AuditEvent;
use dossier::store::{Store, StoreError};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::saml_issuer::AUDIENCE;
use crate::xua::{ISSUER, NAME};

const MATRICULE: &str = "1.3.182.4.4";
/// The time at which the sample population stands.
const NOW: &str = "2025-03-17T09:00:00+01:00";

const P01: &str = "1958031498124";
const P02: &str = "1986070298269";
const P03: &str = "1947112398312";
const P08: &str = "1939062198893";
const P10: &str = "1968101099061";

const PATIENTS: [(&str, &str); 5] = [("{P01}", P01), ("{P02}", P02), ("{P03}", P03), ("{P08}", P08), ("{P10}", P10)];

/// Who asks what; the decision's reason; what of the profile is named; a fact it rests on.
const QUESTIONS: &[(&str, &str, &str, &str)] = &[
    ("--as D04 --patient {P02} --type rapports-medicaux", "blacklisted", "", "The holder shut the caller out, from 2024-10-20 00:00"),
    (
        "--as I01 --organisation E1 --patient {P01} --type rapports-medicaux --level CONFIDENTIEL",
        "level",
        "matrix.csv",
        "at STANDARD, ANNONCE",
    ),
    ("--as D01 --patient {P01} --type rapports-medicaux --level PRIVE", "level", "", "referring physician (MEDECIN-REFERENT)"),
    (
        "--as O01 --organisation E1 --patient {P01} --type resultats-biologie",
        "no-habilitation",
        "resultats-biologie, intervenant-social: none",
        "A stay at E1",
    ),
    (
        "--as I01 --organisation E1 --connection none --patient {P01} --type rapports-medicaux",
        "no-mandate",
        "",
        "does not come through its own connection",
    ),
    ("--as X01 --patient {P02}", "AUTEUR", "", "until 2025-03-08 00:00, which does not count at this time"),
    ("--as D09 --patient {P01} --type rapports-medicaux --author D09", "caller-invalid", "", "has no valid licence"),
    ("--as D03 --organisation E2 --patient {P01}", "caller-invalid", "", "the directory does not link the caller to it"),
    ("--as D01 --patient {P10} --type rapports-medicaux", "record-not-active", "", "The record is closed."),
    ("--as D01 --patient {P10} --type rapports-medicaux --author D01", "AUTEUR", "", "The record is closed."),
    ("--as {P01} --patient {P01} --type rapports-medicaux --level ANNONCE", "level", "", "It is the caller's own record."),
    ("--as D05 --organisation E1 --patient {P08} --type rapports-medicaux", "URGENCES", "matrix.csv", "An emergency episode at E1"),
    (
        "--as L01 --organisation E2 --patient {P03} --type resultats-biologie --action submit",
        "no-habilitation",
        "matrix.csv",
        "it is a laboratory",
    ),
    (
        "--as B01 --organisation E2 --patient {P03} --type resultats-biologie --action submit",
        "ETABLISSEMENT",
        "constraints.csv",
        "it is a laboratory",
    ),
    (
        "--as D03 --patient {P01} --type rapports-medicaux --action change-level --to PRIVE",
        "level-transition",
        "STANDARD, PRIVE, holder",
        "trusted circle (CMC)",
    ),
    ("--as {P02} --patient {P01} --action close", "not-entitled", "", "The holder named the caller assistant"),
    ("--as D04 --patient {P02} --action read-history", "AUTEUR", "", "shut the caller out"),
    ("--as Z01 --patient {P10} --type rapports-medicaux --action move", "reason-missing", "", "without a stated reason"),
    ("--as Z01 --reason mistaken --patient {P10} --type rapports-medicaux --action move", "ADMINISTRATEUR", "", "with a stated reason"),
    ("--connection E1 --patient {P01}", "not-entitled", "", "in nobody's name"),
    ("--connection E1 --patient {P01} --action emergency-episode", "EPISODE", "", "in nobody's name"),
    ("--connection E2 --patient {P01} --action emergency-episode", "not-entitled", "", "in nobody's name"),
    ("--connection E2 --patient {P01} --action episode --establishment E1", "not-entitled", "", "in nobody's name"),
    ("--as I01 --organisation E1 --patient {P01} --action episode", "not-entitled", "", "A stay at E1"),
    ("--as SYS --patient {P10} --action declare-physician", "state", "", "The caller is the CNS."),
];

/// A store with the sample population, and no server on it.
struct Population(TempDir);

impl Population {
    fn import() -> Self {
        let population = Self(tempfile::tempdir().unwrap());
        fs::write(population.0.path().join("idp.pem"), ISSUER.pem()).unwrap();
        let systems = population.0.path().join("systems.csv");
        let system = |id: &str| format!("s-{id},System of {id},{id},,dns:{}.example,2024-01-01,2027-01-01,,us\n", id.to_lowercase());
        let columns =
            "id,name,establishment,practice_software,certificates,attestation.issued,attestation.expires,suspended_from,contact\n";
        fs::write(&systems, columns.to_owned() + &system("E1") + &system("E2")).unwrap();
        let listed = |kind: &str| format!("{}/fixtures/population/{kind}.json", env!("CARGO_MANIFEST_DIR"));
        for kind in ["patients", "establishments", "professionals", "representatives", "records"] {
            population.done(&["import", kind, &listed(kind)]);
        }
        population.done(&["import", "systems", &systems.display().to_string()]);
        population
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let path = |name: &str| self.0.path().join(name).display().to_string();
        let settings = [
            "profile=luxembourg-dsp".to_owned(),
            "environment=test".to_owned(),
            format!("domain.assigning_authorities={MATRICULE}"),
            format!("data.directory={}", path("data")),
            format!("database.url=sqlite:{}", path("dossier.db")),
            format!("xua.issuers={NAME}={}", path("idp.pem")),
            format!("xua.audiences={AUDIENCE}"),
        ];
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.args(arguments).args(settings.iter().flat_map(|setting| ["--set", setting])).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn explained(&self, question: &str) -> Value {
        let arguments: Vec<_> = ["policy", "explain", "--json", "--at", NOW].into_iter().chain(question.split(' ')).collect();
        serde_json::from_str(&self.done(&arguments)).unwrap()
    }

    fn last_record(&self) -> AuditEvent {
        let trail = Store::open(&format!("sqlite:{}", self.0.path().join("dossier.db").display()), 1).unwrap();
        let records = trail.read(|tx| tx.audit_events_after(0, i64::MAX)).map_err(|error: StoreError| error.to_string());
        records.unwrap().pop().unwrap().1
    }
}

#[test]
fn each_rule_explains_itself() {
    let population = Population::import();
    for (question, reason, row, fact) in QUESTIONS {
        let question = PATIENTS.iter().fold((*question).to_owned(), |text, (name, number)| text.replace(name, number));
        let told = population.explained(&question);
        let all = told.to_string();
        let is_ground = reason.bytes().all(|byte| byte.is_ascii_uppercase());
        assert_eq!((told["reason"].as_str(), told["decision"] == "allow"), (Some(*reason), is_ground), "{question}: {all}");
        assert!(told["profile"].to_string().contains(row), "{question}: {all}");
        assert!(told["facts"].as_array().unwrap().iter().any(|told| told.as_str().unwrap().contains(fact)), "{question}: {all}");
    }
    let record = population.last_record();
    assert_eq!(record.decision.as_deref(), Some("EXPLOITANT"), "that it was asked is in the trail");
    assert_eq!(record.patient_ids, [format!("{P10}^^^&{MATRICULE}&ISO")]);
}

#[test]
fn what_is_printed_is_for_people_and_time_travels() {
    let population = Population::import();
    let ask = |at: &str| {
        let question = ["policy", "explain", "--as", "F01", "--patient", P01, "--type", "traitements-medicamenteux", "--at", at];
        population.done(&question)
    };
    insta::assert_snapshot!("a_pharmacist_reads_a_prescription", ask(NOW));
    assert!(ask("2025-03-30").starts_with("Denied: F01 may not read this document"), "the follow-up is over");
    let refused = |arguments: &[&str]| {
        let output = population.run(&[&["policy", "explain", "--patient", P01], arguments].concat());
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, why) = refused(&["--as", "D99"]);
    assert!(code == 1 && why.contains("D99 is no professional of the directory"), "{why}");
    let (code, why) = refused(&["--as", "D01", "--document", "2.999.1.2.3"]);
    assert!(code == 1 && why.contains("the record holds none of that id"), "{why}");
    assert_eq!(refused(&["--as", "D01", "--type", "rapports-medicaux", "--action", "change-level"]).0, 2);
    assert_eq!(refused(&["--as", "D01", "--at", "yesterday"]).0, 2);
    assert_eq!(refused(&[]).0, 2, "who calls has to be said");
}
