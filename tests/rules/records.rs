//! The records of the sample population with their mandates.

use dossier::model::dsp::{
    DspStatus, EmergencyAccess, Episode, EpisodeId, EpisodeKind, Mandate, Period, PersonalMandate, RecordState, RefusalChange,
};

use super::times::{after, at, between, since};

const REFERRING: PersonalMandate = PersonalMandate::ReferringPhysician;
const TRUSTED: PersonalMandate = PersonalMandate::TrustedCircle;
const CONSULTATION: PersonalMandate = PersonalMandate::Consultation;

/// The record of a patient.
pub(crate) fn record(patient: &str) -> RecordState {
    let mut record = RecordState::new(patient.into(), DspStatus::Active);
    fill(patient, &mut record);
    record
}

fn fill(patient: &str, record: &mut RecordState) {
    match patient {
        "P01" => {
            record.emergency_access = EmergencyAccess::Extended;
            record.assistants.push(("P02".into(), since("2021-02-03")));
            record.mandates = vec![
                mandate(REFERRING, "D01", since("2021-02-10")),
                mandate(TRUSTED, "D03", since("2022-06-01")),
                mandate(TRUSTED, "I02", since("2024-01-15")),
                mandate(CONSULTATION, "F01", between("2025-03-14 10:00", after("2025-03-14", 16))),
            ];
            record.episodes = vec![
                stay(4, "E1", since("2025-03-01"), None),
                stay(18, "E4", between("2025-03-03", at("2025-03-03 18:00")), Some(at("2025-03-05"))),
            ];
        }
        "P02" => {
            record.blacklist.push(("D04".into(), since("2024-10-20")));
            record.mandates = vec![
                mandate(CONSULTATION, "X01", between("2025-02-20 10:00", after("2025-02-20", 16))),
                mandate(CONSULTATION, "D04", between("2024-10-08 10:00", after("2024-10-08", 16))),
            ];
        }
        "P03" => {
            record.mandates = vec![mandate(TRUSTED, "D06", since("2024-09-12"))];
            let laboratory = stay(8, "E2", between("2025-03-10", at("2025-03-10 18:00")), Some(after("2025-03-10", 31)));
            let other = stay(9, "E3", between("2025-03-11", at("2025-03-11 18:00")), Some(after("2025-03-11", 31)));
            record.episodes = vec![laboratory, Episode { requested_by: Some(EpisodeId(8)), ..other }];
        }
        "P04" => {
            record.emergency_access = EmergencyAccess::Denied;
            record.blacklist.push(("D07".into(), since("2024-09-01")));
            record.mandates = vec![mandate(TRUSTED, "S01", since("2024-12-01"))];
            record.episodes = vec![
                stay(10, "E1", since("2025-03-12"), None),
                stay(26, "E1", between("2024-08-08", at("2024-08-10")), Some(after("2024-08-10", 31))),
            ];
        }
        "P05" => record.mandates = vec![mandate(REFERRING, "D02", since("2020-05-04"))],
        "P07" => record.status = DspStatus::Inactive { activates_at: at("2025-04-04") },
        "P08" => {
            record.mandates = vec![mandate(REFERRING, "D01", since("2020-03-01")), mandate(TRUSTED, "I02", since("2024-11-05"))];
            record.episodes = vec![
                stay(13, "E5", since("2024-11-02"), None),
                emergency(15, "E1", since("2025-03-17 08:10"), None),
                stay(22, "E1", between("2025-02-03", at("2025-02-12")), Some(after("2025-02-12", 30))),
            ];
        }
        "P09" => record.mandates = vec![mandate(CONSULTATION, "D03", between("2025-03-17 08:30", after("2025-03-17", 16)))],
        "P10" => {
            record.status = DspStatus::Closed;
            record.closed_at = Some(at("2024-11-04 12:00"));
            record.mandates = vec![mandate(REFERRING, "D01", between("2021-09-01", at("2024-11-04 12:00")))];
            record.episodes = vec![stay(23, "E1", between("2024-10-24", at("2024-10-30")), Some(after("2024-10-30", 31)))];
        }
        "P11" => {
            let refused = vec![RefusalChange { at: at("2025-03-16 08:00"), refused: true }];
            let first = stay(16, "E2", between("2025-03-16 08:00", at("2025-03-16 18:00")), Some(after("2025-03-16", 31)));
            let second = stay(28, "E3", between("2025-03-16 12:00", at("2025-03-16 20:00")), Some(after("2025-03-16", 31)));
            record.episodes = vec![Episode { refusals: refused, ..first }, Episode { requested_by: Some(EpisodeId(16)), ..second }];
        }
        "P12" => record.status = DspStatus::Purged,
        _ => {}
    }
}

fn mandate(kind: PersonalMandate, professional: &str, access: Period) -> Mandate {
    Mandate { kind, professional: professional.into(), access }
}

/// An ordinary episode.
pub(crate) fn stay(id: u32, establishment: &str, stay: Period, access_end: Option<dossier::model::timestamp::Instant>) -> Episode {
    Episode {
        id: EpisodeId(id),
        establishment: establishment.into(),
        kind: EpisodeKind::Ordinary,
        stay,
        access_end,
        refusals: Vec::new(),
        requested_by: None,
    }
}

/// An episode of emergency care.
pub(crate) fn emergency(id: u32, establishment: &str, period: Period, access_end: Option<dossier::model::timestamp::Instant>) -> Episode {
    Episode { kind: EpisodeKind::Emergency { arrival_decision: None }, ..stay(id, establishment, period, access_end) }
}
