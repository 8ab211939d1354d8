//! The records of the sample population with their mandates.

use dossier::model::dsp::{
    DspStatus, EmergencyAccess, Episode, EpisodeId, EpisodeKind, Mandate, Period, PersonalMandate, RecordState, RefusalChange,
};

use dossier::model::timestamp::Instant;

use super::times::{after, at, between, since};

const REFERRING: PersonalMandate = PersonalMandate::ReferringPhysician;
const TRUSTED: PersonalMandate = PersonalMandate::TrustedCircle;
const CONSULTATION: PersonalMandate = PersonalMandate::Consultation;

/// The record of a patient.
pub(crate) fn record(patient: &str) -> RecordState {
    let mut record = RecordState::new(patient.into(), DspStatus::Active);
    for (_, declare) in DECLARED.iter().filter(|(known, _)| *known == patient) {
        declare(&mut record);
    }
    record
}

/// Declares in a record what was declared in that of one patient.
type Declaring = fn(&mut RecordState);

/// What was declared in the record of each patient.
const DECLARED: [(&str, Declaring); 11] = [
    ("P01", p01),
    ("P02", p02),
    ("P03", p03),
    ("P04", p04),
    ("P05", p05),
    ("P07", p07),
    ("P08", p08),
    ("P09", p09),
    ("P10", p10),
    ("P11", p11),
    ("P12", p12),
];

fn p01(record: &mut RecordState) {
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

fn p02(record: &mut RecordState) {
    record.blacklist.push(("D04".into(), since("2024-10-20")));
    record.mandates = vec![
        mandate(CONSULTATION, "X01", between("2025-02-20 10:00", after("2025-02-20", 16))),
        mandate(CONSULTATION, "D04", between("2024-10-08 10:00", after("2024-10-08", 16))),
    ];
}

fn p03(record: &mut RecordState) {
    record.mandates = vec![mandate(TRUSTED, "D06", since("2024-09-12"))];
    let laboratory = stay(8, "E2", between("2025-03-10", at("2025-03-10 18:00")), Some(after("2025-03-10", 31)));
    let other = stay(9, "E3", between("2025-03-11", at("2025-03-11 18:00")), Some(after("2025-03-11", 31)));
    record.episodes = vec![laboratory, Episode { requested_by: Some(EpisodeId(8)), ..other }];
}

fn p04(record: &mut RecordState) {
    record.emergency_access = EmergencyAccess::Denied;
    record.blacklist.push(("D07".into(), since("2024-09-01")));
    record.mandates = vec![mandate(TRUSTED, "S01", since("2024-12-01"))];
    record.episodes = vec![
        stay(10, "E1", since("2025-03-12"), None),
        stay(26, "E1", between("2024-08-08", at("2024-08-10")), Some(after("2024-08-10", 31))),
    ];
}

fn p08(record: &mut RecordState) {
    record.mandates = vec![mandate(REFERRING, "D01", since("2020-03-01")), mandate(TRUSTED, "I02", since("2024-11-05"))];
    record.episodes = vec![
        stay(13, "E5", since("2024-11-02"), None),
        emergency(15, "E1", since("2025-03-17 08:10"), None),
        stay(22, "E1", between("2025-02-03", at("2025-02-12")), Some(after("2025-02-12", 30))),
    ];
}

fn p10(record: &mut RecordState) {
    record.status = DspStatus::Closed;
    record.closed_at = Some(at("2024-11-04 12:00"));
    record.mandates = vec![mandate(REFERRING, "D01", between("2021-09-01", at("2024-11-04 12:00")))];
    record.episodes = vec![stay(23, "E1", between("2024-10-24", at("2024-10-30")), Some(after("2024-10-30", 31)))];
}

fn p11(record: &mut RecordState) {
    let refused = vec![RefusalChange { at: at("2025-03-16 08:00"), refused: true }];
    let first = stay(16, "E2", between("2025-03-16 08:00", at("2025-03-16 18:00")), Some(after("2025-03-16", 31)));
    let second = stay(28, "E3", between("2025-03-16 12:00", at("2025-03-16 20:00")), Some(after("2025-03-16", 31)));
    record.episodes = vec![Episode { refusals: refused, ..first }, Episode { requested_by: Some(EpisodeId(16)), ..second }];
}

fn p05(record: &mut RecordState) {
    record.mandates = vec![mandate(REFERRING, "D02", since("2020-05-04"))];
}

fn p07(record: &mut RecordState) {
    record.status = DspStatus::Inactive { activates_at: at("2025-04-04") };
}

fn p09(record: &mut RecordState) {
    record.mandates = vec![mandate(CONSULTATION, "D03", between("2025-03-17 08:30", after("2025-03-17", 16)))];
}

fn p12(record: &mut RecordState) {
    record.status = DspStatus::Purged;
}

fn mandate(kind: PersonalMandate, professional: &str, access: Period) -> Mandate {
    Mandate { kind, professional: professional.into(), access }
}

/// An ordinary episode.
pub(crate) fn stay(id: u32, establishment: &str, stay: Period, access_end: Option<Instant>) -> Episode {
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
pub(crate) fn emergency(id: u32, establishment: &str, period: Period, access_end: Option<Instant>) -> Episode {
    Episode { kind: EpisodeKind::Emergency { arrival_decision: None }, ..stay(id, establishment, period, access_end) }
}
