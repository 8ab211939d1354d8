//! Cases by chance out of a small world, so that what has to coincide for a rule to bite often does: three patients, five
//! professionals, three houses, ten instants.

use dossier::model::dsp::{
    Activation, Author, Caller, DocumentFacts, DocumentType, DspStatus, EmergencyAccess, EpisodeKind, Format, Level, Organisation, Period,
    ProfessionalId, ProfessionalState, Quality, Representative, UsageProfile,
};
use dossier::model::timestamp::Instant;

pub(crate) const PATIENTS: [&str; 3] = ["P1", "P2", "P3"];
pub(crate) const PROFESSIONALS: [&str; 5] = ["D1", "D2", "D3", "D4", "D5"];
pub(crate) const HOUSES: [&str; 3] = ["E1", "E2", "E3"];

/// The last instant of the world; a case is asked at one of the later ones.
const LAST: i64 = 9;

/// Numbers that come again with their seed (xorshift64*; Vigna, 2016).
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The sequence of a case.
    pub(crate) fn of_case(seed: u64, number: u64) -> Self {
        let mut chance = Self((seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1);
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }

    /// A number from `from` to `to`, both included.
    pub(crate) fn number(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).unwrap() + 1;
        from + i64::try_from(self.next() % span).unwrap()
    }

    /// True in so many cases of a hundred.
    pub(crate) fn percent(&mut self, chances: i64) -> bool {
        self.number(1, 100) <= chances
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.number(0, i64::try_from(choices.len()).unwrap() - 1)).unwrap()]
    }
}

/// When the case is asked.
pub(crate) fn now(chance: &mut Chance) -> i64 {
    chance.number(4, LAST)
}

/// A period, with or without end.
pub(crate) fn period(chance: &mut Chance) -> Period {
    let start = chance.number(0, 6);
    let end = chance.percent(60).then(|| Instant(chance.number(start, LAST + 1)));
    Period { start: Instant(start), end }
}

/// A caller, valid or not.
pub(crate) fn caller(chance: &mut Chance) -> Caller {
    let quality = match chance.number(1, 100) {
        1..=60 => professional(chance),
        61..=78 => patient(chance),
        79..=84 => Quality::RecordAdministrator { id: "Z1".into(), state: state(chance), reason_stated: chance.percent(85) },
        85..=89 => Quality::HealthFund,
        90..=97 => Quality::Establishment,
        _ => Quality::Operator,
    };
    let at_work = match quality {
        Quality::Professional { .. } => 75,
        Quality::Establishment => 95,
        _ => 5,
    };
    let organisation = chance.percent(at_work).then(|| organisation(chance));
    Caller { quality, organisation }
}

/// The first two are physicians, and the last is one or of a profession unknown to the matrix; the others work in turn in
/// the other professions.
fn professional(chance: &mut Chance) -> Quality {
    let id = chance.pick(&PROFESSIONALS);
    let profile = match id {
        "D1" | "D2" => "medecin",
        "D3" => chance.pick(&["infirmier", "pharmacien", "sage-femme", "ps-expert", "aide-soignant"]),
        "D4" => chance.pick(&["biologiste-medical", "laborantin", "assistant-technique-medical", "intervenant-social"]),
        _ => chance.pick(&["medecin", "astrologue"]),
    };
    let (profile, state) = (UsageProfile::from(profile), state(chance));
    Quality::Professional { id: id.into(), profile, state, self_employed: chance.percent(60) }
}

fn state(chance: &mut Chance) -> ProfessionalState {
    let unfit = [ProfessionalState::Unknown, ProfessionalState::Suspended, ProfessionalState::Unlicensed];
    if chance.percent(94) { ProfessionalState::Valid } else { chance.pick(&unfit) }
}

fn patient(chance: &mut Chance) -> Quality {
    let person = chance.pick(&PATIENTS).into();
    let until = Instant(chance.number(3, LAST + 3));
    let representative = chance.percent(20).then(|| Representative { person: "P9".into(), until });
    Quality::Patient { person, representative }
}

/// A hospital, a laboratory, an emergency hospital, and now and then something else.
fn organisation(chance: &mut Chance) -> Organisation {
    let id = chance.pick(&HOUSES);
    let odd = chance.percent(15);
    Organisation {
        id: id.into(),
        attested: chance.percent(95),
        linked: chance.percent(95),
        own_connection: chance.percent(88),
        laboratory: (id == "E2") ^ odd,
        emergency_cleared: (id == "E3") ^ odd,
    }
}

/// A document, often by the caller or of a type with a rule of its own; what no professional sent is of the type that its
/// author writes.
pub(crate) fn document(chance: &mut Chance, types: &[&str], caller: &Caller) -> DocumentFacts {
    let author = author(chance, caller);
    let level = match author {
        // Nobody but a professional submits at `annonce`, and nobody goes back to it.
        Author::Professional(_) => chance.pick(&Level::ALL),
        _ => chance.pick(&[Level::Standard, Level::Confidential, Level::Private]),
    };
    let activation = if chance.percent(85) { Activation::Active } else { chance.pick(&[Activation::Deactivated, Activation::Confirmed]) };
    let document_type = match author {
        Author::Professional(_) => document_type(chance, types, caller),
        Author::Person(_) => DocumentType::from("expression-titulaire"),
        Author::HealthFund | Author::Unknown => DocumentType::from("resume-prestations"),
    };
    DocumentFacts { document_type, level, author, activation }
}

fn author(chance: &mut Chance, caller: &Caller) -> Author {
    match &caller.quality {
        Quality::Professional { id, .. } if chance.percent(40) => Author::Professional(id.clone()),
        Quality::Patient { person, .. } if chance.percent(40) => Author::Person(person.clone()),
        Quality::HealthFund if chance.percent(60) => Author::HealthFund,
        _ => match chance.number(1, 10) {
            1..=7 => Author::Professional(ProfessionalId::from(chance.pick(&PROFESSIONALS))),
            8 | 9 => Author::Person(chance.pick(&PATIENTS).into()),
            _ => Author::HealthFund,
        },
    }
}

/// A row of the matrix; where only one is open to the caller, mostly that one.
pub(crate) fn document_type(chance: &mut Chance, types: &[&str], caller: &Caller) -> DocumentType {
    let own = match caller.quality {
        Quality::Patient { .. } => "expression-titulaire",
        Quality::HealthFund => "resume-prestations",
        _ => chance.pick(&["resultats-biologie", "rpu"]),
    };
    let name = match chance.number(1, 100) {
        1..=30 => own,
        31..=35 => "horoscope",
        36..=45 => chance.pick(&["expression-titulaire", "resume-prestations", "traitements-medicamenteux"]),
        _ => chance.pick(types),
    };
    DocumentType::from(name)
}

/// A format.
pub(crate) fn format(chance: &mut Chance) -> Format {
    chance.pick(&[Format::Text, Format::PdfA, Format::Other])
}

/// A status, and since when the record was closed if it ever was; neither lies ahead.
pub(crate) fn status(chance: &mut Chance, now: i64) -> (DspStatus, Option<Instant>) {
    let closed_at = Instant(chance.number(0, now));
    match chance.number(1, 100) {
        1..=80 => (DspStatus::Active, chance.percent(20).then_some(closed_at)),
        81..=90 => (DspStatus::Inactive { activates_at: Instant(chance.number(0, LAST)) }, None),
        91..=97 => (DspStatus::Closed, Some(closed_at)),
        _ => (DspStatus::Purged, Some(closed_at)),
    }
}

/// The holder's setting or the patient's decision.
pub(crate) fn emergency_access(chance: &mut Chance) -> EmergencyAccess {
    chance.pick(&[EmergencyAccess::Standard, EmergencyAccess::Standard, EmergencyAccess::Extended, EmergencyAccess::Denied])
}

/// Ordinary or emergency; the latter at the emergency hospital more often.
pub(crate) fn episode_kind(chance: &mut Chance, house: &str) -> EpisodeKind {
    if chance.percent(if house == "E3" { 60 } else { 10 }) {
        let arrival_decision = chance.percent(40).then(|| emergency_access(chance));
        EpisodeKind::Emergency { arrival_decision }
    } else {
        EpisodeKind::Ordinary
    }
}
