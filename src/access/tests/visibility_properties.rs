//! Whoever asks, every stored query answers as if what the access rules hide from them were not there: the same random records
//! and questions as those of the open registry, asked in random standings (access rules, 5, *no leak*).

use std::cell::Cell;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::access::authority::{Authority, UnderRules};
use crate::access::test_registry::TestRegistry;
use crate::model::association::{Association, AssociationType};
use crate::model::dsp::{
    Activation, Author, Caller, DocumentFacts, DspStatus, HabilitationMatrix, Level, Mandate, Period, PersonalMandate, ProfessionalState,
    Quality, RecordState, Right, Rules, Standing,
};
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::Subject;
use crate::model::timestamp::Instant;
use crate::store::test_database::Database;

use super::expected_answers::answer;
use super::expected_registry::Expected;
use super::query_properties::{sorted, submit_all};
use super::questions::{KINDS, Question, any_question};
use super::submissions::{Sketch, any_submission, patients};

const TYPES: [&str; 3] = ["letter", "image", "expression"];
const PROFILES: [&str; 2] = ["medecin", "infirmier"];
const NOW: Instant = Instant(100);

/// Nurses read letters; a fourth type nobody knows.
fn rules() -> Arc<Rules> {
    let right = |read| Right { read, write: false };
    let cells = PROFILES.iter().flat_map(|profile| TYPES.iter().map(move |kind| (*profile, *kind)));
    let cells = cells.map(|(profile, kind)| (profile.into(), kind.into(), right(profile == "medecin" || kind == "letter")));
    Arc::new(Rules { matrix: HabilitationMatrix::new(cells), ..Rules::default() })
}

fn any_facts() -> impl Strategy<Value = DocumentFacts> {
    let authors = vec![Author::Professional("D1".into()), Author::Professional("D2".into()), Author::Person("P1".into()), Author::Unknown];
    let activations = vec![Activation::Active, Activation::Active, Activation::Active, Activation::Deactivated, Activation::Confirmed];
    let types = TYPES.iter().copied().chain(["", "horoscope"]).collect::<Vec<_>>();
    (select(types), select(Level::ALL.to_vec()), select(authors), select(activations)).prop_map(
        |(document_type, level, author, activation)| DocumentFacts { document_type: document_type.into(), level, author, activation },
    )
}

/// A caller in some quality, under some of the mandates by name, or none.
fn any_standing() -> impl Strategy<Value = Standing> {
    let professional = (select(vec!["D1", "D2", "D3"]), select(PROFILES.to_vec())).prop_map(|(id, profile)| Quality::Professional {
        id: id.into(),
        profile: profile.into(),
        state: ProfessionalState::Valid,
        self_employed: true,
    });
    let person = select(vec!["P1", "P2", "P3"]).prop_map(|id| Quality::Patient { person: id.into(), representative: None });
    let administrator = Just(Quality::RecordAdministrator { id: "Z1".into(), state: ProfessionalState::Valid, reason_stated: true });
    let quality = prop_oneof![6 => professional, 3 => person, 1 => administrator, 1 => Just(Quality::HealthFund)];
    let kinds = [PersonalMandate::ReferringPhysician, PersonalMandate::TrustedCircle, PersonalMandate::Consultation];
    let mandates = vec((select(kinds.to_vec()), select(vec!["D1", "D2", "D3"])), 0..4);
    (quality, mandates, prop::bool::weighted(0.9)).prop_map(|(quality, mandates, active)| {
        let mut record = RecordState::new("P1".into(), if active { DspStatus::Active } else { DspStatus::Closed });
        let access = Period::from(Instant(0));
        record.assistants = vec![("P2".into(), access)];
        record.mandates = mandates.into_iter().map(|(kind, id)| Mandate { kind, professional: id.into(), access }).collect();
        Standing::of(&Caller { quality, organisation: None }, &record, NOW).unwrap()
    })
}

/// A record without what the rules hide, in plain loops.
fn in_sight(record: &RegistryObjects, facts: &dyn Fn(EntryUuid) -> DocumentFacts, standing: &Standing, rules: &Rules) -> RegistryObjects {
    let shown = |id: EntryUuid| standing.read(&facts(id), &rules.matrix).is_allowed();
    let is_entry = |id: EntryUuid| record.entries.iter().any(|entry| entry.entry_uuid == id);
    let mandated = TYPES.iter().any(|kind| {
        let of = |level| DocumentFacts { document_type: (*kind).into(), level, ..DocumentFacts::of_no_rules() };
        Level::ALL.iter().any(|level| standing.read(&of(*level), &rules.matrix).is_allowed())
    });
    let holds = |id: EntryUuid| {
        let of_holder = |link: &&Association| link.association_type == AssociationType::HasMember && link.source == id;
        let members: Vec<_> = record.associations.iter().filter(of_holder).map(|link| link.target).filter(|id| is_entry(*id)).collect();
        members.iter().any(|id| shown(*id)) || (members.is_empty() && mandated)
    };
    let mut seen = record.clone();
    seen.entries.retain(|entry| shown(entry.entry_uuid));
    seen.submission_sets.retain(|set| holds(set.entry_uuid));
    seen.folders.retain(|folder| holds(folder.entry_uuid));
    let objects: Vec<_> = seen.ids().collect();
    let is_link = |id: EntryUuid| record.associations.iter().find(|link| link.entry_uuid == id);
    let end = |id: EntryUuid| objects.contains(&id) && is_link(id).is_none();
    let whole = |link: &Association| end(link.source) && end(link.target);
    seen.associations.retain(|link| match is_link(link.target) {
        None => whole(link),
        Some(linked) => end(link.source) && whole(linked),
    });
    seen
}

/// Gives how many objects were hidden, and how many shown.
fn hides_what_the_rules_hide(
    database: Database,
    sketches: Vec<Sketch>,
    facts: &[DocumentFacts],
    standings: Vec<Standing>,
    questions: Vec<Question>,
) -> (usize, usize) {
    let rules = rules();
    let (behind, door) = TestRegistry::open_on(database);
    let expected: Expected = submit_all(&behind, &door, sketches);
    let entries: Vec<_> = expected.records().iter().flat_map(|record| &record.entries).map(|entry| entry.entry_uuid).collect();
    let facts_of = |id: EntryUuid| facts[entries.iter().position(|known| *known == id).unwrap() % facts.len()].clone();
    entries.iter().for_each(|id| behind.set_facts(*id, &facts_of(*id)));
    let (mut hidden, mut shown) = (0, 0);
    for (n, question) in questions.into_iter().enumerate() {
        let query = question.query(n % KINDS, &expected);
        let standing = &standings[n % standings.len()];
        let under = || UnderRules { standing: standing.clone(), rules: Arc::clone(&rules) };
        let (mut found, mut wanted) = (RegistryObjects::default(), RegistryObjects::default());
        for patient_id in &patients() {
            if matches!(query.subject(), Subject::Patient(asked) if asked != patient_id) {
                continue;
            }
            found.append(behind.ask_under(patient_id, Authority::Rules(Box::new(under())), &query));
            let whole = expected.record(patient_id);
            let mut seen = in_sight(whole, &facts_of, standing, &rules);
            for folder in &mut seen.folders {
                let shown = |id: EntryUuid| seen.entries.iter().any(|entry| entry.entry_uuid == id);
                folder.last_update_time = expected.change_in_sight(folder.entry_uuid, &whole.associations, shown);
            }
            hidden += whole.ids().count() - seen.ids().count();
            wanted.append(answer(&seen, &query));
        }
        let (found, wanted) = (sorted(found), sorted(wanted));
        let ids = |objects: &RegistryObjects| objects.ids().collect::<Vec<_>>();
        assert_eq!(ids(&found), ids(&wanted), "{query:?} in {standing:?} with {facts:?} among {:?}", expected.records());
        shown += found.ids().count();
    }
    (hidden, shown)
}

fn check(database: Database, cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 128, ..Config::default() });
    let worlds = (vec(any_submission(), 1..8), vec(any_facts(), 7), vec(any_standing(), 5), vec(any_question(), 3 * KINDS));
    let totals = Cell::new((0, 0));
    let result = runner.run(&worlds, |(sketches, facts, standings, questions)| {
        let (hidden, shown) = hides_what_the_rules_hide(database, sketches, &facts, standings, questions);
        totals.set((totals.get().0 + hidden, totals.get().1 + shown));
        Ok(())
    });
    result.unwrap();
    let (hidden, shown) = totals.get();
    assert!(hidden > 100 && shown > 100, "{hidden} hidden and {shown} shown objects prove nothing");
}

#[test]
fn what_the_rules_hide_is_not_there_on_sqlite() {
    check(Database::Sqlite, 48);
}

#[test]
fn what_the_rules_hide_is_not_there_on_postgres() {
    Database::on_postgres("what_the_rules_hide_is_not_there", |database| check(database, 10));
}
