//! What of a record bears on one caller at one instant, for explanations: found with the same questions that decisions ask.

use super::caller::{Caller, EstablishmentId, Quality};
use super::emergency_access::EmergencyAccess;
use super::episode::EpisodeKind;
use super::mandate::PersonalMandate;
use super::period::Period;
use super::record::{DspStatus, RecordState};
use crate::model::timestamp::Instant;

/// One thing about the record that the rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circumstance {
    /// Its status.
    Status(DspStatus),
    /// Its holder has died.
    Deceased(Instant),
    /// It was closed, and what that ended stays ended.
    LastClosed(Instant),
    /// It is the caller's own record.
    Holder,
    /// The caller was named assistant.
    Assistant {
        /// For how long.
        period: Period,
        /// Whether it counts now.
        active: bool,
    },
    /// The holder shut the caller out.
    Blacklisted {
        /// For how long.
        period: Period,
        /// Whether it counts now.
        active: bool,
    },
    /// A mandate that names the caller.
    Mandate {
        /// Which.
        kind: PersonalMandate,
        /// From when until when, the follow-up period included.
        access: Period,
        /// Whether it counts now.
        active: bool,
    },
    /// An episode at the establishment that the request names.
    Episode {
        /// Where.
        establishment: EstablishmentId,
        /// Ordinary or emergency.
        kind: EpisodeKind,
        /// From admission to discharge.
        stay: Period,
        /// When access under it ends, as far as that is known.
        access_end: Option<Instant>,
        /// Whether it gives the care team access now.
        open: bool,
    },
    /// The patient refused access in an episode that is running at the establishment which the request names.
    Refused(EstablishmentId),
    /// What emergency professionals see unless the patient decides otherwise on arrival.
    EmergencyAccess(EmergencyAccess),
    /// Whether a declaration of a referring physician is valid, on which a rule of the CNS's documents rests.
    ReferringPhysicianDeclared(bool),
}

/// What of the record bears on the caller, in the order of the rules.
pub fn circumstances(caller: &Caller, record: &RecordState, now: Instant) -> Vec<Circumstance> {
    let mut found = vec![Circumstance::Status(record.status_at(now))];
    found.extend(record.deceased_at.filter(|death| *death <= now).map(Circumstance::Deceased));
    found.extend(record.closed_at.filter(|closed| *closed <= now).map(Circumstance::LastClosed));
    match &caller.quality {
        Quality::Patient { person, .. } => {
            found.extend((*person == record.holder).then_some(Circumstance::Holder));
            let named = record.assistants.iter().filter(|(assistant, _)| assistant == person);
            found.extend(named.map(|(_, period)| Circumstance::Assistant { period: *period, active: period.contains(now) }));
        }
        Quality::Professional { id, .. } => {
            let listed = record.blacklist.iter().filter(|(listed, _)| listed == id);
            found.extend(listed.map(|(_, period)| Circumstance::Blacklisted { period: *period, active: period.contains(now) }));
            for mandate in record.mandates.iter().filter(|mandate| mandate.professional == *id) {
                let active = mandate.access.contains(now) && record.mandated(mandate.kind, id, now);
                found.push(Circumstance::Mandate { kind: mandate.kind, access: mandate.access, active });
            }
        }
        Quality::HealthFund => found.push(Circumstance::ReferringPhysicianDeclared(record.has_referring_physician(now))),
        Quality::RecordAdministrator { .. } | Quality::Establishment | Quality::Operator => {}
    }
    if let Some(organisation) = &caller.organisation {
        of_episodes(&organisation.id, record, now, &mut found);
    }
    found
}

fn of_episodes(establishment: &EstablishmentId, record: &RecordState, now: Instant, found: &mut Vec<Circumstance>) {
    let open: Vec<_> = record.open_episodes(establishment, now).map(|episode| episode.id).collect();
    let theirs = record.episodes.iter().filter(|episode| episode.establishment == *establishment && episode.stay.start <= now);
    for episode in theirs {
        let (kind, stay, access_end) = (episode.kind, episode.stay, episode.access_end);
        let open = open.contains(&episode.id);
        found.push(Circumstance::Episode { establishment: establishment.clone(), kind, stay, access_end, open });
        let is_emergency = matches!(kind, EpisodeKind::Emergency { .. });
        found.extend(is_emergency.then_some(Circumstance::EmergencyAccess(record.emergency_access)));
    }
    if record.refused_now(establishment, now) {
        found.push(Circumstance::Refused(establishment.clone()));
    }
}
