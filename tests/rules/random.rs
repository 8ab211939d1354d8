//! The decision against the naive reading of the rules, in cases by chance.

use std::collections::BTreeMap;

use dossier::model::dsp::{
    Caller, Denial, DocumentFacts, DocumentType, EstablishmentId, Format, Ground, HistoryExtent, Level, MandateKind, ProfessionalId,
    RecordAct, RecordState, Relation, Rules, Standing, Submission, Verdict,
};
use dossier::model::timestamp::Instant;
use dossier::wire::policy_files::PolicyFiles;

use super::case_records::record;
use super::cases::{self, Chance, HOUSES, PROFESSIONALS};
use super::naive::{self, Matrix, World};
use super::outcomes;

/// With another seed the same test asks other cases.
const SEED: u64 = 0x0d05_51e4;
const CASES: u64 = 100_000;

/// How often each answer was given to each question.
pub(crate) type Tally = BTreeMap<(&'static str, &'static str), u64>;

/// One case: a world and what is asked in it.
#[derive(Debug)]
struct Case {
    caller: Caller,
    record: RecordState,
    now: Instant,
    document: DocumentFacts,
    other: DocumentFacts,
    relation: u8,
    sent: (DocumentType, Level),
    format: Format,
    professional: ProfessionalId,
    house: EstablishmentId,
    emergency: bool,
}

/// Both readings of the rules, and what they answered so far.
struct Bench {
    rules: Rules,
    matrix: Matrix,
    tally: Tally,
    wrong: Vec<String>,
}

#[test]
fn the_decision_agrees_with_a_naive_reading_of_the_rules() {
    let mut bench =
        Bench { rules: PolicyFiles::luxembourg_dsp().read().unwrap().0, matrix: Matrix::load(), tally: Tally::new(), wrong: Vec::new() };
    let types = bench.matrix.types();
    for number in 0..CASES {
        let case = case(number, &types);
        bench.ask(&case);
        assert!(bench.wrong.is_empty(), "seed {SEED:#x}, case {number}: {}\n{case:#?}", bench.wrong.join("\n"));
    }
    let missing = outcomes::missing(&bench.tally);
    assert!(missing.is_empty(), "seed {SEED:#x}: no case gave {missing:?}, among {:#?}", bench.tally);
}

fn case(number: u64, types: &[&str]) -> Case {
    let chance = &mut Chance::of_case(SEED, number);
    let (now, caller) = (cases::now(chance), cases::caller(chance));
    Case {
        record: record(chance, &caller, now),
        now: Instant(now),
        document: cases::document(chance, types, &caller),
        other: cases::document(chance, types, &caller),
        relation: chance.pick(&[0, 0, 1, 2]),
        sent: (cases::document_type(chance, types, &caller), chance.pick(&Level::ALL)),
        format: cases::format(chance),
        professional: chance.pick(&PROFESSIONALS).into(),
        house: chance.pick(&HOUSES).into(),
        emergency: chance.percent(50),
        caller,
    }
}

impl Case {
    fn world(&self) -> World<'_> {
        World { caller: &self.caller, record: &self.record, now: self.now.0 }
    }

    fn submission(&self) -> (&'static str, Submission<'_>) {
        let (name, relation) = match self.relation {
            0 => ("submit", Relation::New),
            1 => ("replace", Relation::Replaces(&self.other)),
            _ => ("extend", Relation::Extends(&self.other)),
        };
        (name, Submission { document_type: self.sent.0.clone(), level: self.sent.1, format: self.format, relation })
    }

    /// Every act of management there is.
    fn acts(&self) -> Vec<(&'static str, RecordAct<'_>)> {
        let declared = RecordAct::DeclareEpisode { establishment: &self.house, emergency: self.emergency };
        let mut acts = vec![
            ("activate", RecordAct::Activate),
            ("close", RecordAct::Close),
            ("reopen", RecordAct::Reopen),
            ("emergency setting", RecordAct::SetEmergencyAccess),
            ("presence code", RecordAct::SetPresenceCode),
            ("assistant", RecordAct::NameAssistant),
            ("trusted circle", RecordAct::NameTrusted),
            ("blacklist", RecordAct::Blacklist(&self.professional)),
            ("unblacklist", RecordAct::Unblacklist),
            ("declare MR", RecordAct::DeclareReferringPhysician),
            ("revoke MR", RecordAct::RevokeReferringPhysician),
            (if self.emergency { "declare emergency" } else { "declare stay" }, declared),
            ("consultation", RecordAct::OpenConsultation),
            ("deactivate", RecordAct::Deactivate(&self.document)),
            ("restore", RecordAct::Restore(&self.document)),
            ("confirm", RecordAct::ConfirmDeactivation(&self.document)),
            ("move", RecordAct::MoveToPatient(&self.document)),
            ("directories", RecordAct::ChangeDirectories),
        ];
        acts.extend(outcomes::MANDATES.map(|kind| (shortening(kind), RecordAct::ShortenMandate(kind))));
        acts
    }
}

fn shortening(kind: MandateKind) -> &'static str {
    match kind {
        MandateKind::Consultation => "shorten consultation",
        MandateKind::Emergency => "shorten emergency",
        MandateKind::Establishment => "shorten stay",
        _ => "shorten other",
    }
}

impl Bench {
    fn ask(&mut self, case: &Case) {
        let world = case.world();
        let standing = Standing::of(&case.caller, &case.record, case.now);
        let of = |answer: &dyn Fn(&Standing) -> Verdict| standing.as_ref().map_or_else(|denial| Verdict::Deny(*denial), answer);

        let found = of(&|standing| standing.read(&case.document, &self.rules.matrix));
        self.compare("read", found, naive::read(world, &case.document, &self.matrix));
        // What the database is asked for says the same.
        let in_sight = standing.as_ref().is_ok_and(|standing| standing.visibility(&self.rules.matrix).shows(&case.document));
        if in_sight != found.is_allowed() {
            self.wrong.push(format!("visibility: in sight {in_sight}, but the decision is {found:?}"));
        }

        let (name, submission) = case.submission();
        let found = of(&|standing| standing.submit(&submission, &self.rules));
        self.compare(name, found, naive::submit(world, &submission, &self.matrix));

        for (name, to) in outcomes::LEVELS {
            let found = of(&|standing| standing.change_level(&case.document, to, &self.rules));
            self.compare(name, found, naive::change_level(world, &case.document, to, &self.matrix));
        }
        for (name, act) in case.acts() {
            self.compare(name, act.decide(&case.caller, &case.record, case.now), naive::act(world, act));
        }
        self.compare_history(case);
        for name in outcomes::coincidences(world) {
            *self.tally.entry(("coincidence", name)).or_default() += 1;
        }
    }

    fn compare(&mut self, question: &'static str, found: Verdict, expected: Option<Ground>) {
        let (ground, outcome) = match found {
            Verdict::Allow(ground) => (Some(ground), ground.code()),
            Verdict::Deny(denial) => (None, denial.code()),
        };
        *self.tally.entry((question, outcome)).or_default() += 1;
        if ground != expected {
            self.wrong.push(format!("{question}: the decision is {found:?}, the naive reading {expected:?}"));
        }
    }

    fn compare_history(&mut self, case: &Case) {
        let found = HistoryExtent::of(&case.caller, &case.record, case.now);
        let expected = naive::history(case.world());
        *self.tally.entry(("history", found.map_or_else(Denial::code, outcomes::extent))).or_default() += 1;
        if found.ok() != expected {
            self.wrong.push(format!("history: the decision is {found:?}, the naive reading {expected:?}"));
        }
    }
}
