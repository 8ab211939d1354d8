//! The records of cases by chance.

use dossier::model::dsp::{
    Caller, DspStatus, Episode, EpisodeId, Mandate, Period, PersonalMandate, ProfessionalId, Quality, RecordState, RefusalChange,
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
    record.assistants = (0..chance.number(0, 2)).map(|_| (chance.pick(&PATIENTS).into(), period(chance, 0))).collect();
    record.blacklist = (0..chance.number(0, 1)).map(|_| (professional(chance, caller), period(chance, 0))).collect();
    record
}

fn professional(chance: &mut Chance, caller: &Caller) -> ProfessionalId {
    match &caller.quality {
        Quality::Professional { id, .. } if chance.percent(50) => id.clone(),
        _ => chance.pick(&PROFESSIONALS).into(),
    }
}

/// A referring physician is a physician: one of the first two professionals.
fn mandate(chance: &mut Chance, caller: &Caller) -> Mandate {
    let professional = professional(chance, caller);
    let kinds = [PersonalMandate::Consultation, PersonalMandate::TrustedCircle, PersonalMandate::ReferringPhysician];
    let physician = ["D1", "D2"].map(ProfessionalId::from).contains(&professional);
    let kind = chance.pick(&kinds[..if physician { 3 } else { 2 }]);
    Mandate { kind, professional, access: period(chance, 0) }
}

fn episodes(chance: &mut Chance, caller: &Caller) -> Vec<Episode> {
    let count = chance.number(0, 4);
    (1..=count).map(|id| episode(chance, caller, id, count)).collect()
}

fn episode(chance: &mut Chance, caller: &Caller, id: i64, count: i64) -> Episode {
    let house = chance.pick(&HOUSES);
    let own = caller.organisation.as_ref().filter(|_| chance.percent(50));
    let establishment = own.map_or_else(|| house.into(), |organisation| organisation.id.clone());
    let stay = period(chance, 0);
    let requested_by = (chance.percent(25)).then(|| EpisodeId(u32::try_from(chance.number(1, count)).unwrap()));
    Episode {
        id: EpisodeId(u32::try_from(id).unwrap()),
        kind: episode_kind(chance, house),
        establishment,
        access_end: access_end(chance, stay),
        refusals: if chance.percent(30) { refusals(chance, stay) } else { Vec::new() },
        requested_by,
        stay,
    }
}

/// The follow-up after discharge, or the cut by the holder at any time.
fn access_end(chance: &mut Chance, stay: Period) -> Option<Instant> {
    let cut = Instant(stay.start.0 + chance.number(0, 5));
    match stay.end {
        _ if chance.percent(10) => Some(cut),
        Some(discharge) => Some(Instant(discharge.0 + chance.number(0, 5))),
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
