use uuid::Uuid;

use super::*;
use crate::model::care_record::{CareEpisode, Grant};
use crate::model::dsp::{EmergencyAccess, EpisodeKind, Period, RefusalChange};

fn noted(at: i64) -> Noted {
    Noted { at: Instant(at), by: "test".to_owned() }
}

fn record(holder: &str) -> CareRecord {
    CareRecord::new(holder.parse().unwrap(), DspStatus::Active, noted(0))
}

fn grant(kind: GrantKind, end: Option<i64>) -> Grant {
    let period = Period { start: Instant(1), end: end.map(Instant) };
    Grant { id: Uuid::nil(), kind, period, given: noted(1), ended: None, version: 1 }
}

fn episode(refused: bool) -> CareEpisode {
    CareEpisode {
        id: Uuid::nil(),
        visit_number: Some("V1".to_owned()),
        establishment: "E1".into(),
        kind: EpisodeKind::Ordinary,
        stay: Period::from(Instant(5)),
        follow_up_end: None,
        cut_to: None,
        refusals: vec![RefusalChange { at: Instant(5), refused }],
        requested_by: None,
        declared: noted(5),
        version: 1,
    }
}

#[test]
fn of_two_records_what_denies_is_kept_and_what_allowed_in_the_other_ends() {
    let mut kept = record("P1^^^&1.2.3&ISO");
    kept.grants = vec![grant(GrantKind::ReferringPhysician("D01".into()), None), grant(GrantKind::Blacklist("D08".into()), None)];
    let mut other = record("P2^^^&1.2.3&ISO");
    other.status = DspStatus::Closed;
    other.emergency_access = EmergencyAccess::Denied;
    other.grants = vec![
        grant(GrantKind::TrustedCircle("D02".into()), None),
        grant(GrantKind::Assistant("P3^^^&1.2.3&ISO".into()), None),
        grant(GrantKind::Consultation { professional: "D03".into(), care_end: Instant(8) }, Some(90)),
        grant(GrantKind::Blacklist("D04".into()), None),
        grant(GrantKind::Blacklist("D05".into()), Some(3)),
        grant(GrantKind::Blacklist("D01".into()), None),
    ];
    other.episodes = vec![episode(true)];
    kept.absorb(other, &noted(10));
    let ends: Vec<_> = kept.grants.iter().map(|grant| grant.period.end.map(|end| end.0)).collect();
    assert_eq!(ends, [None, None, Some(10), Some(10), Some(10), None, Some(3), Some(10)], "the referring physician stays in");
    assert_eq!((kept.status, kept.emergency_access), (DspStatus::Active, EmergencyAccess::Denied));
    let state = kept.state();
    assert!(state.refused_now(&"E1".into(), Instant(20)), "the patient is still there, and still refuses");
    assert_eq!(state.episodes[0].access_end, Some(Instant(10)));
    let versions: Vec<_> = kept.item_versions().map(|(_, version)| version).collect();
    assert_eq!(versions, [2, 1, 1, 2, 2, 2, 1, 1, 2, 2], "whatever changed is another version");
}

#[test]
fn a_death_that_was_none_brings_no_care_mandate_back() {
    let mut record = record("P1^^^&1.2.3&ISO");
    record.grants = vec![grant(GrantKind::TrustedCircle("D02".into()), None)];
    record.episodes = vec![episode(false)];
    assert!(record.note_death(Some(Instant(10))) && !record.note_death(Some(Instant(10))));
    assert!(record.note_death(None));
    assert_eq!((record.deceased_at, record.episodes[0].access_end()), (None, Some(Instant(10))));
    assert_eq!(record.grants[0].period.end, None);
    assert_eq!((record.grants[0].version, record.episodes[0].version), (1, 2));
}

#[test]
fn a_record_activates_when_the_days_are_over_and_its_holder_lives() {
    let mut record = record("P1^^^&1.2.3&ISO");
    record.status = DspStatus::Inactive { activates_at: Instant(30) };
    assert!(!record.activate_if_due(Instant(29)));
    let mut dead = CareRecord { deceased_at: Some(Instant(3)), ..record.clone() };
    assert!(record.activate_if_due(Instant(30)) && !record.activate_if_due(Instant(31)) && !dead.activate_if_due(Instant(31)));
    assert_eq!(record.status, DspStatus::Active);
}
