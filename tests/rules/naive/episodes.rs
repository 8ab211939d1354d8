//! The life of a record and the episodes in it, instant by instant (access rules, 2 and 3). Times of the cases are small
//! numbers, so that all of them can be gone through.

use dossier::model::dsp::{DspStatus, EmergencyAccess, Episode, EpisodeKind, EstablishmentId, Period, RecordState};

/// The first instant there is in a case.
const FIRST: i64 = 0;

/// "active at t iff start <= t < access_end" (3).
pub(super) fn lasts(period: Period, t: i64) -> bool {
    (period.start.0..period.end.map_or(i64::MAX, |end| end.0)).contains(&t)
}

/// "death: holder's mandate ends; professionals' mandates end" (2).
pub(super) fn dead(record: &RecordState, t: i64) -> bool {
    record.deceased_at.is_some_and(|death| death.0 <= t)
}

/// "`Inactive` for 30 calendar days, then `Active` by itself if the holder did nothing" (2). The record of a dead person
/// opens to nobody whose right comes from the patient, so it counts as not active.
pub(super) fn active(record: &RecordState, t: i64) -> bool {
    let open = match record.status {
        DspStatus::Active => true,
        DspStatus::Inactive { activates_at } => activates_at.0 <= t,
        DspStatus::Closed | DspStatus::Purged => false,
    };
    open && !dead(record, t)
}

/// Within the thirty days.
pub(super) fn inactive(record: &RecordState, t: i64) -> bool {
    matches!(record.status, DspStatus::Inactive { activates_at } if t < activates_at.0) && !dead(record, t)
}

/// "Closing the record (and death) ends `Consultation`, `Establishment` and `Emergency` mandates for good" (3), and "the
/// MR declaration does not come back" (2). What begins at the instant of closing is taken to be ended by it.
pub(super) fn ended_by_closing(record: &RecordState, start: i64, t: i64) -> bool {
    record.closed_at.is_some_and(|closing| (start..=t).contains(&closing.0))
}

/// "professionals connecting from an establishment" (3): the episodes of the house whose mandate is active at `t`.
pub(super) fn open_to<'r>(record: &'r RecordState, house: &EstablishmentId, t: i64) -> Vec<&'r Episode> {
    let mut open = Vec::new();
    for episode in &record.episodes {
        let access = Period { start: episode.stay.start, end: episode.access_end };
        let obstacles = [
            episode.establishment != *house,
            !lasts(access, t),
            ended_by_closing(record, episode.stay.start.0, t),
            house_refused(record, house, t),
            refused(record, episode, t),
            forbidden(record, episode),
            cut_by_later_refusal(record, episode, t),
        ];
        if !obstacles.contains(&true) {
            open.push(episode);
        }
    }
    open
}

/// What emergency professionals may see in the episode: "the establishment declares that decision with the episode and it
/// prevails for that episode" (3, emergency setting).
pub(super) fn emergency_access(record: &RecordState, episode: &Episode) -> Option<EmergencyAccess> {
    match episode.kind {
        EpisodeKind::Emergency { arrival_decision } => Some(arrival_decision.unwrap_or(record.emergency_access)),
        EpisodeKind::Ordinary => None,
    }
}

/// "`Denied` (no emergency mandate)" (3). A subcontractor "inherits its authorisation or its refusal": of an emergency
/// episode that gives no mandate there is no authorisation to inherit.
pub(crate) fn forbidden(record: &RecordState, episode: &Episode) -> bool {
    line(record, episode).into_iter().any(|member| emergency_access(record, member) == Some(EmergencyAccess::Denied))
}

/// "Then no professional of that establishment reads or writes during that episode, whatever other establishment mandate
/// exists for it" (3).
pub(crate) fn house_refused(record: &RecordState, house: &EstablishmentId, t: i64) -> bool {
    let of_house = record.episodes.iter().filter(|episode| episode.establishment == *house);
    of_house.into_iter().any(|episode| lasts(episode.stay, t) && refused(record, episode, t))
}

/// "inherits its authorisation **or its refusal**" (3), and of the episode named by that one, and so on.
fn refused(record: &RecordState, episode: &Episode, t: i64) -> bool {
    line(record, episode).into_iter().any(|member| refused_itself(member, t))
}

/// Whether only the episodes for which it works make it a refused one.
pub(crate) fn inherits_refusal(record: &RecordState, episode: &Episode, t: i64) -> bool {
    refused(record, episode, t) && !refused_itself(episode, t)
}

/// "The patient may change their mind during the episode, both ways; not retroactive" (3).
fn refused_itself(episode: &Episode, t: i64) -> bool {
    let mut refused = false;
    for instant in FIRST..=t {
        for change in episode.refusals.iter().filter(|change| change.at.0 == instant) {
            refused = change.refused;
        }
    }
    refused
}

/// The episode, the one for which it works as subcontractor, and so on.
fn line<'r>(record: &'r RecordState, episode: &'r Episode) -> Vec<&'r Episode> {
    let mut line = vec![episode];
    loop {
        let named = |candidate: &&Episode| line.iter().any(|member| member.requested_by == Some(candidate.id));
        let further = record.episodes.iter().find(|candidate| named(candidate) && line.iter().all(|member| member.id != candidate.id));
        match further {
            Some(further) => line.push(further),
            None => return line,
        }
    }
}

/// "a refusal also ends a still-running follow-up of an earlier episode of the same establishment" (3, a choice): one
/// that runs when a refusal is declared, even one that repeats or is taken back at once, or when an inherited one begins
/// to count. It ends for good, since a change of mind is not retroactive. A follow-up that begins while a refusal stands
/// is not "still running", so it is only barred as long as that stay lasts.
pub(crate) fn cut_by_later_refusal(record: &RecordState, episode: &Episode, t: i64) -> bool {
    let elsewhere = |other: &&Episode| other.id == episode.id || other.establishment != episode.establishment;
    let others: Vec<&Episode> = record.episodes.iter().filter(|other| !elsewhere(other)).collect();
    (FIRST..=t).any(|instant| in_follow_up(episode, instant) && others.iter().any(|other| is_refused_at(record, other, instant)))
}

fn in_follow_up(episode: &Episode, t: i64) -> bool {
    let discharged = episode.stay.end.is_some_and(|discharge| discharge.0 <= t);
    discharged && lasts(Period { start: episode.stay.start, end: episode.access_end }, t)
}

/// Whether at that instant of the stay a refusal is declared, or inherited with the admission.
fn is_refused_at(record: &RecordState, episode: &Episode, t: i64) -> bool {
    let declared = |member: &Episode| member.refusals.iter().any(|change| change.at.0 == t && change.refused);
    let inherited = t == episode.stay.start.0 && refused(record, episode, t);
    lasts(episode.stay, t) && (inherited || line(record, episode).into_iter().any(declared))
}
