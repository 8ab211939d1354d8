//! The records of cases by chance.

use dossier::model::dsp::{
    Caller, DspStatus, Episode, EpisodeId, EpisodeKind, EstablishmentId, Mandate, Period, PersonalMandate, ProfessionalId, Quality,
    RecordState, RefusalChange,
};
use dossier::model::timestamp::Instant;

use super::cases::{Chance, HOUSES, PATIENTS, PROFESSIONALS, emergency_access, episode_kind, period, status};

/// A record, in which the caller and their house turn up more often than others.
pub(crate) fn record(chance: &mut Chance, caller: &Caller, now: i64) -> RecordState {
    let (status, closed_at) = status(chance, now);
    let mut record = RecordState::new(chance.pick(&PATIENTS).into(), status);
    record.closed_at = closed_at;
    record.deceased_at = chance.percent(6).then(|| Instant(chance.number(0, now + 1)));
    record.emergency_access = emergency_access(chance);
    record.mandates = (0..chance.number(0, 3)).map(|_| mandate(chance, caller)).collect();
    if record.status == DspStatus::Closed {
        // "A declaration of an MR for a closed record is refused" (access rules, 3).
        record.mandates.retain(|mandate| mandate.kind != PersonalMandate::ReferringPhysician || Some(mandate.access.start) <= closed_at);
    }
    record.episodes = episodes(chance, caller);
    record.assistants = (0..chance.number(0, 2)).map(|_| (chance.pick(&PATIENTS).into(), period(chance))).collect();
    record.blacklist = (0..chance.number(0, 1)).map(|_| (professional(chance, caller), period(chance))).collect();
    record
}

fn professional(chance: &mut Chance, caller: &Caller) -> ProfessionalId {
    match &caller.quality {
        Quality::Professional { id, .. } if chance.percent(50) => id.clone(),
        _ => chance.pick(&PROFESSIONALS).into(),
    }
}

/// A referring physician is a physician, or of a profession that the matrix no longer knows.
fn mandate(chance: &mut Chance, caller: &Caller) -> Mandate {
    let professional = professional(chance, caller);
    let kinds = [PersonalMandate::Consultation, PersonalMandate::TrustedCircle, PersonalMandate::ReferringPhysician];
    let physician = ["D1", "D2", "D5"].map(ProfessionalId::from).contains(&professional);
    let kind = chance.pick(&kinds[..if physician { 3 } else { 2 }]);
    Mandate { kind, professional, access: period(chance) }
}

/// Long stays beside each other, or short ones that follow each other and have long follow-ups.
fn episodes(chance: &mut Chance, caller: &Caller) -> Vec<Episode> {
    let (count, short) = (chance.number(0, 4), chance.percent(50));
    match &caller.organisation {
        Some(organisation) if chance.percent(10) => subcontract(chance, &organisation.id),
        _ => (1..=count).map(|id| episode(chance, caller, (id, count), short)).collect(),
    }
}

/// What chance alone brings together too seldom: a house with an earlier visit in its follow-up, which then works for another
/// house that the patient refuses.
fn subcontract(chance: &mut Chance, house: &EstablishmentId) -> Vec<Episode> {
    let ordinary = |id, establishment: &EstablishmentId, stay, access_end| Episode {
        id: EpisodeId(id),
        establishment: establishment.clone(),
        kind: EpisodeKind::Ordinary,
        stay,
        access_end,
        refusals: Vec::new(),
        requested_by: None,
    };
    let (earlier, later) = (visit(chance), visit(chance));
    let requesting = Period { start: Instant(chance.number(0, later.start.0)), end: None };
    let follow_up = access_end(chance, earlier, 9);
    let refused = Episode { refusals: refusals(chance, requesting), ..ordinary(2, &chance.pick(&HOUSES).into(), requesting, None) };
    let inheriting = Episode { requested_by: Some(EpisodeId(2)), ..ordinary(3, house, later, access_end(chance, later, 5)) };
    vec![ordinary(1, house, earlier, follow_up), refused, inheriting]
}

fn episode(chance: &mut Chance, caller: &Caller, (id, count): (i64, i64), short: bool) -> Episode {
    let house = chance.pick(&HOUSES);
    let own = caller.organisation.as_ref().filter(|_| chance.percent(50));
    let establishment: EstablishmentId = own.map_or_else(|| house.into(), |organisation| organisation.id.clone());
    let stay = if short { visit(chance) } else { period(chance) };
    let requested_by = (chance.percent(25)).then(|| EpisodeId(u32::try_from(chance.number(1, count)).unwrap()));
    Episode {
        id: EpisodeId(u32::try_from(id).unwrap()),
        kind: episode_kind(chance, &establishment.to_string()),
        establishment,
        access_end: access_end(chance, stay, if short { 9 } else { 5 }),
        refusals: if chance.percent(30) { refusals(chance, stay) } else { Vec::new() },
        requested_by,
        stay,
    }
}

/// A stay of one or two instants.
fn visit(chance: &mut Chance) -> Period {
    let start = chance.number(0, 6);
    Period { start: Instant(start), end: Some(Instant(start + chance.number(1, 2))) }
}

/// The follow-up after discharge, or the cut by the holder at any time.
fn access_end(chance: &mut Chance, stay: Period, longest: i64) -> Option<Instant> {
    let cut = Instant(stay.start.0 + chance.number(0, 5));
    match stay.end {
        _ if chance.percent(10) => Some(cut),
        Some(discharge) => Some(Instant(discharge.0 + chance.number(0, longest))),
        None => None,
    }
}

/// Refusals and changes of mind during the stay, as they were declared one after the other; half of them with the admission.
fn refusals(chance: &mut Chance, stay: Period) -> Vec<RefusalChange> {
    let last = stay.end.map_or(stay.start.0 + 5, |end| end.0 - 1);
    let mut at = stay.start.0;
    let mut changes = Vec::new();
    for _ in 0..chance.number(1, 3) {
        if !changes.is_empty() || chance.percent(50) {
            at += chance.number(0, 3);
        }
        if at <= last {
            changes.push(RefusalChange { at: Instant(at), refused: chance.percent(70) });
        }
    }
    changes
}
