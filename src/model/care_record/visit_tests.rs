use super::*;
use crate::model::dsp::DspStatus;

const DAY: i64 = 24 * 3600 * 1_000_000;
const LATER: i64 = 1_740_000_000_000_000;

fn at(day: i64) -> Instant {
    Instant(LATER + day * DAY)
}

fn record() -> CareRecord {
    let noted = Noted { at: at(0), by: "test".to_owned() };
    CareRecord::new("P1^^^&1.2.3&ISO".parse().unwrap(), DspStatus::Active, noted)
}

fn report(event: VisitEvent) -> VisitReport {
    let visit_number = "V1".to_owned();
    VisitReport { visit_number, event, emergency: false, refused: None, arrival_decision: None, requested_by: None }
}

fn admitted() -> VisitReport {
    report(VisitEvent::Admitted(None))
}

fn tell_as(establishment: &str, record: &mut CareRecord, day: i64, report: &VisitReport) -> Result<bool, VisitRefusal> {
    let follow_up = FollowUp { ordinary: 30, subcontract: 10, emergency: 7 };
    let noted = Noted { at: at(day), by: establishment.to_owned() };
    let new_id = Uuid::from_u128(record.episodes.len() as u128 + 1);
    record.report_visit(report, &Reporter { establishment: establishment.into(), follow_up, noted, new_id })
}

fn tell(record: &mut CareRecord, day: i64, report: &VisitReport) -> Result<bool, VisitRefusal> {
    tell_as("E1", record, day, report)
}

fn days(period: i64) -> Option<Instant> {
    Some(civil_day::days_after(at(5), u16::try_from(period).unwrap()))
}

#[test]
fn a_stay_has_its_follow_up_once_it_ends() {
    let mut record = record();
    assert_eq!(tell(&mut record, 1, &admitted()), Ok(true));
    assert_eq!(tell(&mut record, 2, &admitted()), Ok(false), "the same once more");
    assert_eq!(record.episodes[0].access_end(), None);
    assert_eq!(tell(&mut record, 5, &report(VisitEvent::Discharged(None))), Ok(true));
    assert_eq!(tell(&mut record, 9, &report(VisitEvent::Discharged(None))), Ok(false), "the first discharge counts");
    assert_eq!(tell(&mut record, 9, &admitted()), Ok(false), "a late repetition of the admission reopens nothing");
    assert_eq!((record.episodes.len(), record.episodes[0].access_end(), record.episodes[0].version), (1, days(30), 2));
}

#[test]
fn what_is_said_for_the_future_counts_from_now() {
    let mut record = record();
    tell(&mut record, 1, &report(VisitEvent::Admitted(Some(at(3))))).unwrap();
    assert_eq!(record.episodes[0].stay.start, at(1));
    tell(&mut record, 5, &report(VisitEvent::Discharged(Some(at(50))))).unwrap();
    assert_eq!((record.episodes[0].stay.end, record.episodes[0].access_end()), (Some(at(5)), days(30)));
}

#[test]
fn a_cancelled_admission_leaves_a_trace_without_access() {
    let mut record = record();
    tell(&mut record, 1, &admitted()).unwrap();
    let cancel = report(VisitEvent::AdmissionCancelled);
    assert_eq!((tell(&mut record, 2, &cancel), tell(&mut record, 3, &cancel)), (Ok(true), Ok(false)));
    let state = record.state();
    assert_eq!(state.episodes.len(), 1);
    assert!((1..9).all(|day| !state.episodes[0].stay.contains(at(day)) && state.episodes[0].access_end <= Some(at(day))));
    assert_eq!(tell(&mut record, 3, &admitted()), Err(VisitRefusal::Cancelled));
}

#[test]
fn a_discharge_is_cancelled_only_while_its_follow_up_lasts_and_never_beyond_a_cut() {
    let mut record = record();
    tell(&mut record, 1, &admitted()).unwrap();
    let (leave, stay) = (report(VisitEvent::Discharged(None)), report(VisitEvent::DischargeCancelled));
    assert_eq!(tell(&mut record, 2, &stay), Ok(false));
    tell(&mut record, 5, &leave).unwrap();
    record.episodes[0].cut_to = Some(at(6));
    assert_eq!(tell(&mut record, 7, &stay), Ok(true));
    assert_eq!((record.episodes[0].stay.end, record.episodes[0].access_end()), (None, Some(at(6))));
    tell(&mut record, 8, &leave).unwrap();
    assert_eq!(record.episodes[0].access_end(), Some(at(6)), "a new discharge lengthens nothing");
    assert_eq!(tell(&mut record, 60, &stay), Err(VisitRefusal::Over));
}

#[test]
fn a_refusal_is_taken_back_by_an_update_only() {
    let mut record = record();
    let refusing = |event, refused| VisitReport { refused: Some(refused), ..report(event) };
    tell(&mut record, 1, &refusing(VisitEvent::Admitted(None), true)).unwrap();
    assert_eq!(record.episodes[0].refusals, [RefusalChange { at: at(1), refused: true }]);
    assert_eq!(tell(&mut record, 2, &refusing(VisitEvent::Admitted(None), false)), Ok(false));
    assert_eq!(tell(&mut record, 2, &report(VisitEvent::Updated)), Ok(false), "who says nothing changes nothing");
    assert_eq!(tell(&mut record, 3, &refusing(VisitEvent::Updated, false)), Ok(true));
    assert_eq!(tell(&mut record, 4, &refusing(VisitEvent::Updated, true)), Ok(true));
    tell(&mut record, 5, &report(VisitEvent::Discharged(None))).unwrap();
    assert_eq!(tell(&mut record, 6, &refusing(VisitEvent::Updated, false)), Err(VisitRefusal::Over));
    let at_days: Vec<_> = record.episodes[0].refusals.iter().map(|change| (change.at, change.refused)).collect();
    assert_eq!(at_days, [(at(1), true), (at(3), false), (at(4), true)]);
}

#[test]
fn from_emergency_to_a_ward_is_another_episode_of_the_visit() {
    let mut record = record();
    let emergency = VisitReport { emergency: true, arrival_decision: Some(EmergencyAccess::Extended), ..admitted() };
    tell(&mut record, 1, &VisitReport { refused: Some(true), ..emergency.clone() }).unwrap();
    record.episodes[0].cut_to = Some(at(20));
    assert_eq!(tell(&mut record, 5, &report(VisitEvent::ClassChanged(None))), Ok(true));
    assert_eq!(tell(&mut record, 6, &report(VisitEvent::ClassChanged(None))), Ok(false));
    assert_eq!(tell(&mut record, 6, &VisitReport { arrival_decision: None, ..emergency }), Ok(false), "an old message again");
    let [first, second] = &record.episodes[..] else { panic!() };
    assert_eq!(first.kind, EpisodeKind::Emergency { arrival_decision: Some(EmergencyAccess::Extended) });
    assert_eq!((first.follow_up_end, second.kind, second.stay), (days(7), EpisodeKind::Ordinary, Period::from(at(5))));
    assert_eq!(second.refusals, [RefusalChange { at: at(5), refused: true }], "the refusal goes on");
    assert_eq!(second.access_end(), Some(at(20)), "what the holder cut stays cut");
    let decided = VisitReport { arrival_decision: Some(EmergencyAccess::Denied), ..report(VisitEvent::Updated) };
    assert_eq!(tell(&mut record, 7, &decided), Err(VisitRefusal::NotEmergency));
}

#[test]
fn a_subcontractor_names_a_visit_that_is_there() {
    let mut record = record();
    let asked_by = |establishment: &str| {
        let visit = RequestingVisit { establishment: establishment.into(), visit_number: "V1".to_owned() };
        VisitReport { requested_by: Some(visit), ..admitted() }
    };
    assert_eq!(tell_as("E2", &mut record, 1, &asked_by("E1")), Err(VisitRefusal::UnknownRequest));
    tell(&mut record, 1, &admitted()).unwrap();
    tell_as("E3", &mut record, 1, &admitted()).unwrap();
    assert_eq!(tell_as("E2", &mut record, 2, &asked_by("E1")), Ok(true));
    assert_eq!(tell_as("E2", &mut record, 2, &asked_by("E3")), Err(VisitRefusal::OtherRequest));
    assert_eq!(tell_as("E2", &mut record, 2, &asked_by("E2")), Ok(false), "another number of its own");
    assert_eq!(record.episodes[2].requested_by, Some(record.episodes[0].id));
    tell_as("E2", &mut record, 5, &report(VisitEvent::Discharged(None))).unwrap();
    assert_eq!(record.episodes[2].follow_up_end, days(10));
}

#[test]
fn a_visit_that_was_never_declared_is_not_changed() {
    let mut record = record();
    assert_eq!(tell(&mut record, 1, &report(VisitEvent::Updated)), Ok(false));
    let refused = VisitReport { refused: Some(true), ..report(VisitEvent::Updated) };
    let events =
        [VisitEvent::Discharged(None), VisitEvent::AdmissionCancelled, VisitEvent::ClassChanged(None), VisitEvent::DischargeCancelled];
    for report in events.map(report).iter().chain([&refused]) {
        assert_eq!(tell(&mut record, 1, report), Err(VisitRefusal::UnknownVisit));
    }
    assert!(record.episodes.is_empty());
}
