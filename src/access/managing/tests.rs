//! Each act by each quality in each state of the record, and what the acts leave behind.

use uuid::Uuid;

use super::*;
use crate::access::test_registry::{Database, TestRegistry, call};
use crate::access::{Call, Door, Failure};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::care_record::{CareEpisode, CareRecord, ConsentKind, Grant, GrantKind, Noted, NoticeReason, Recipient, person_id};
use crate::model::civil_day::{days_after, end_of_day};
use crate::model::directory::Professional;
use crate::model::dsp::{
    Caller, DspStatus, EmergencyAccess, EpisodeKind, Organisation, Period, ProfessionalState, Quality, Representative,
};
use crate::model::hl7_types::PatientId;
use crate::model::presence_code::PresenceCode;
use crate::model::timestamp::Instant;
use crate::store::StoredRecord;

const HOLDER: &str = "P1^^^&1.2.3&ISO";
const ASSISTANT: &str = "P2^^^&1.2.3&ISO";
const STRANGER: &str = "P3^^^&1.2.3&ISO";

fn id(patient: &str) -> PatientId {
    patient.parse().unwrap()
}

fn now() -> Instant {
    call().now
}

fn professional(key: &str, profile: &str) -> Professional {
    let entry = serde_json::json!({ "id": key, "assigning_authority": "2.999.442.2.1", "family": key, "profession": profile,
        "usage_profile": profile, "licence": { "valid_from": "2000-01-01" }, "workplaces": [{ "kind": "cabinet" }] });
    serde_json::from_value(entry).unwrap()
}

/// Three patients and four professionals; P2 has a record, and P1 has one in this state with P2 as assistant, D01 as referring
/// physician and D02 shut out.
fn scene(database: Database, status: Option<DspStatus>) -> (TestRegistry, Door) {
    let (behind, door) = TestRegistry::open_on(database);
    [HOLDER, ASSISTANT, STRANGER].iter().for_each(|patient| TestRegistry::announce(&door, &id(patient)));
    let noted = Noted { at: Instant(now().0 - 10), by: "before".to_owned() };
    let written = door.store().write(|tx| {
        for (key, profile) in [("D01", "medecin"), ("D02", "medecin"), ("D03", "medecin"), ("F01", "pharmacien")] {
            tx.put_professional(&professional(key, profile), Instant(0))?;
        }
        tx.insert_care_record(&CareRecord::new(id(ASSISTANT), DspStatus::Active, noted.clone()))?;
        let Some(status) = status else { return Ok::<_, Failure>(()) };
        let mut record = CareRecord::new(id(HOLDER), status, noted.clone());
        let kinds = [
            GrantKind::Assistant(person_id(&id(ASSISTANT))),
            GrantKind::ReferringPhysician("D01".into()),
            GrantKind::Blacklist("D02".into()),
        ];
        let grant = |(number, kind)| Grant {
            id: Uuid::from_u128(number),
            kind,
            period: Period::from(noted.at),
            given: noted.clone(),
            ended: None,
            version: 1,
        };
        record.grants = (1..).zip(kinds).map(grant).collect();
        Ok(tx.insert_care_record(&record)?)
    });
    written.unwrap();
    (behind, door)
}

fn caller(quality: Quality) -> Caller {
    Caller { quality, organisation: None }
}

fn patient(person: &str) -> Caller {
    caller(Quality::Patient { person: person_id(&id(person)), representative: None })
}

fn doctor(key: &str, state: ProfessionalState) -> Caller {
    caller(Quality::Professional { id: key.into(), profile: "medecin".into(), state, self_employed: true })
}

fn callers() -> Vec<(&'static str, Caller)> {
    let grown_up = Representative { person: person_id(&id(STRANGER)), until: now() };
    let represented = Quality::Patient { person: person_id(&id(HOLDER)), representative: Some(grown_up) };
    let own =
        Organisation { id: "E1".into(), attested: true, linked: true, own_connection: true, laboratory: false, emergency_cleared: true };
    let administrator = |reason_stated| Quality::RecordAdministrator { id: "Z01".into(), state: ProfessionalState::Valid, reason_stated };
    vec![
        ("holder", patient(HOLDER)),
        ("assistant", patient(ASSISTANT)),
        ("other patient", patient(STRANGER)),
        ("representation over", caller(represented)),
        ("referring physician", doctor("D01", ProfessionalState::Valid)),
        ("unlicensed", doctor("D01", ProfessionalState::Unlicensed)),
        ("administrator", caller(administrator(true))),
        ("without reason", caller(administrator(false))),
        ("cns", caller(Quality::HealthFund)),
        ("establishment", Caller { quality: Quality::Establishment, organisation: Some(own) }),
        ("operator", caller(Quality::Operator)),
    ]
}

type Act = fn(&mut ManagedRecord<'_>) -> Result<(), Failure>;

const ACTS: [(&str, Act); 11] = [
    ("create", |record| record.create(Creation::Automatic)),
    ("activate", |record| record.activate()),
    ("close", |record| record.close()),
    ("reopen", |record| record.reopen()),
    ("emergency", |record| record.set_emergency_access(EmergencyAccess::Denied, None).map(drop)),
    ("assistant", |record| record.give(&NewGrant::Assistant(person_id(&id(ASSISTANT))), None).map(drop)),
    ("end assistant", |record| record.end_consent(Uuid::from_u128(1), None, 1).map(drop)),
    ("trusted", |record| record.give(&NewGrant::TrustedCircle("D03".into()), None).map(drop)),
    ("blacklist MR", |record| record.give(&NewGrant::Blacklist("D01".into()), None).map(drop)),
    ("unblacklist", |record| record.end_consent(Uuid::from_u128(3), None, 1).map(drop)),
    ("declare MR", |record| record.give(&NewGrant::ReferringPhysician("D02".into()), None).map(drop)),
];

/// What the caller is told, and behind a slash what the trail is, where that is more.
fn tried(behind: &TestRegistry, door: &Door, who: &Caller, patient: &str, act: Act) -> String {
    let result = door.write(&call(), Transaction::Manage, |writing| {
        let mut record = writing.manage_as(Some(who.clone()), &id(patient))?;
        act(&mut record)?;
        // What was done is undone, so that the next one finds the same.
        Err::<(), _>(Failure::Hashing)
    });
    let decision = behind.last_event().decision.unwrap_or_default();
    match result {
        Err(Failure::Hashing) => format!("done ({decision})"),
        Err(Failure::Act(refusal)) if refusal.code() == decision => decision,
        Err(Failure::Act(refusal)) => format!("{} / {decision}", refusal.code()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_act_by_each_quality_in_each_state() {
    let states = [
        ("no record", None),
        ("inactive", Some(DspStatus::Inactive { activates_at: Instant(now().0 + 1) })),
        ("active", Some(DspStatus::Active)),
        ("closed", Some(DspStatus::Closed)),
        ("purged", Some(DspStatus::Purged)),
    ];
    let mut table = String::new();
    for (state, status) in states {
        let (behind, door) = scene(Database::Sqlite, status);
        for (name, act) in ACTS {
            for (who, caller) in callers() {
                table += &format!("{state} | {name} | {who}: {}\n", tried(&behind, &door, &caller, HOLDER, act));
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// Who may not know of a record gets the same for it as for a patient who does not exist.
#[test]
fn a_record_is_as_good_as_unknown_to_those_who_may_not_know_of_it() {
    for status in [None, Some(DspStatus::Active), Some(DspStatus::Closed), Some(DspStatus::Purged)] {
        let (_behind, door) = scene(Database::Sqlite, status);
        for (name, act) in ACTS {
            for (who, caller) in
                callers().into_iter().filter(|(who, _)| !["holder", "assistant", "administrator", "cns", "operator"].contains(who))
            {
                let told = |patient: &str| {
                    let result = door
                        .write(&call(), Transaction::Manage, |writing| act(&mut writing.manage_as(Some(caller.clone()), &id(patient))?));
                    result.unwrap_err().to_string()
                };
                assert_eq!(told(HOLDER), told("P9^^^&1.2.3&ISO"), "{who} {name} {status:?}");
            }
        }
    }
}

fn manage<T>(door: &Door, who: &Caller, act: impl FnOnce(&mut ManagedRecord<'_>) -> Result<T, Failure>) -> Result<T, ActRefusal> {
    manage_at(door, who, now(), act)
}

fn manage_at<T>(
    door: &Door,
    who: &Caller,
    at: Instant,
    act: impl FnOnce(&mut ManagedRecord<'_>) -> Result<T, Failure>,
) -> Result<T, ActRefusal> {
    let call = Call { now: at, ..call() };
    let result = door.write(&call, Transaction::Manage, |writing| act(&mut writing.manage_as(Some(who.clone()), &id(HOLDER))?));
    result.map_err(|failure| if let Failure::Act(refusal) = failure { refusal } else { panic!("{failure:?}") })
}

fn stored(door: &Door) -> StoredRecord {
    door.store().read(|tx| tx.care_record(&id(HOLDER))).unwrap().unwrap()
}

fn notices(door: &Door, recipient: &Recipient) -> Vec<NoticeReason> {
    let notices = door.store().read(|tx| tx.notices_for(recipient, Instant(i64::MAX), 10)).unwrap();
    notices.into_iter().map(|notice| notice.reason).collect()
}

fn on_each_database(name: &str, case: fn(Database)) {
    case(Database::Sqlite);
    Database::on_postgres(name, case);
}

#[test]
fn closing_ends_the_declaration_and_mandates_and_tells_those_concerned() {
    on_each_database("closing_ends_the_declaration_and_mandates_and_tells_those_concerned", |database| {
        let (_behind, door) = scene(database, Some(DspStatus::Active));
        let mut before = stored(&door);
        before.record.episodes.push(CareEpisode {
            id: Uuid::from_u128(9),
            visit_number: None,
            establishment: "E1".into(),
            kind: EpisodeKind::Ordinary,
            stay: Period::from(Instant(now().0 - 5)),
            follow_up_end: None,
            cut_to: None,
            refusals: Vec::new(),
            requested_by: None,
            declared: Noted { at: now(), by: "E1".to_owned() },
            version: 1,
        });
        door.store().write(|tx| tx.update_care_record(&before.record, before.version, Instant(0))).unwrap();
        manage(&door, &patient(HOLDER), |record| record.close()).unwrap();
        let after = stored(&door).record;
        assert_eq!((after.status, after.closed_at), (DspStatus::Closed, Some(now())));
        let ended: Vec<_> = after.grants.iter().map(|grant| grant.ended.is_some()).collect();
        assert_eq!(ended, [false, true, false], "assistants and the blacklist stay");
        assert_eq!(after.episodes[0].access_end(), Some(now()));
        assert_eq!(notices(&door, &Recipient::Patient(person_id(&id(HOLDER)))), [NoticeReason::RecordClosed]);
        assert_eq!(notices(&door, &Recipient::Professional("D01".into())), [NoticeReason::DeclarationEndedByClosing]);
        assert_eq!(notices(&door, &Recipient::HealthFund), [NoticeReason::DeclarationEndedByClosing]);

        manage_at(&door, &patient(HOLDER), Instant(now().0 + 1), |record| record.reopen()).unwrap();
        let again = stored(&door).record.state();
        assert_eq!(again.status_at(Instant(now().0 + 1)), DspStatus::Active);
        assert!(manage(&door, &patient(HOLDER), |record| record.reopen()).is_err());
    });
}

#[test]
fn a_declaration_makes_the_record_and_ends_the_one_before_and_the_blacklist_entry() {
    on_each_database("a_declaration_makes_the_record_and_ends_the_one_before_and_the_blacklist_entry", |database| {
        let cns = caller(Quality::HealthFund);
        let declare =
            |door: &Door, physician: &str| manage(door, &cns, |record| record.give(&NewGrant::ReferringPhysician(physician.into()), None));
        let (_behind, door) = scene(database, None);
        let changed = declare(&door, "D03").unwrap();
        assert_eq!((changed.consent.kind, changed.ended), (ConsentKind::ReferringPhysician, None));
        assert_eq!(stored(&door).record.status, DspStatus::Active);

        let (behind, door) = scene(database, Some(DspStatus::Inactive { activates_at: Instant(now().0 + 1) }));
        let changed = declare(&door, "D02").unwrap();
        assert_eq!(changed.ended, Some(Uuid::from_u128(2)));
        let after = stored(&door).record;
        assert_eq!(after.status, DspStatus::Active);
        let in_force: Vec<_> = after.grants.iter().filter(|grant| grant.period.contains(now())).map(|grant| &grant.kind).collect();
        assert_eq!(in_force, [&GrantKind::Assistant(person_id(&id(ASSISTANT))), &GrantKind::ReferringPhysician("D02".into())]);
        assert_eq!(notices(&door, &Recipient::Patient(person_id(&id(HOLDER)))), [NoticeReason::BlacklistEntryRemoved]);
        assert!(behind.last_event().object_ids.contains(&Uuid::from_u128(3).to_string()), "the trail names what was removed");

        assert_eq!(declare(&door, "D02").unwrap_err(), ActRefusal::AlreadyGranted);
        assert_eq!(declare(&door, "F01").unwrap_err(), ActRefusal::NotAPhysician);
        assert_eq!(declare(&door, "D99").unwrap_err(), ActRefusal::UnknownProfessional);
    });
}

#[test]
fn an_assistant_is_another_with_a_record() {
    let (_behind, door) = scene(Database::Sqlite, Some(DspStatus::Active));
    let holder = patient(HOLDER);
    for person in [HOLDER, STRANGER, "P9^^^&1.2.3&ISO"] {
        let named = manage(&door, &holder, |record| record.give(&NewGrant::Assistant(person_id(&id(person))), None));
        assert_eq!(named.unwrap_err(), ActRefusal::NoAssistant, "{person}");
    }
    manage(&door, &holder, |record| record.end_consent(Uuid::from_u128(1), None, 1)).unwrap();
    assert!(manage(&door, &patient(ASSISTANT), |record| record.set_emergency_access(EmergencyAccess::Denied, None)).is_err());
    manage(&door, &holder, |record| record.give(&NewGrant::Assistant(person_id(&id(ASSISTANT))), None)).unwrap();
    manage(&door, &patient(ASSISTANT), |record| record.set_emergency_access(EmergencyAccess::Denied, None)).unwrap();
}

#[test]
fn what_was_changed_meanwhile_is_not_changed() {
    let (_behind, door) = scene(Database::Sqlite, Some(DspStatus::Active));
    let holder = patient(HOLDER);
    let stale = manage(&door, &holder, |record| record.end_consent(Uuid::from_u128(1), None, 2));
    assert_eq!(stale.unwrap_err(), ActRefusal::Version { found: 1 });
    manage(&door, &holder, |record| record.set_emergency_access(EmergencyAccess::Extended, Some(1))).unwrap();
    let stale = manage(&door, &holder, |record| record.set_emergency_access(EmergencyAccess::Standard, Some(1)));
    assert_eq!(stale.unwrap_err(), ActRefusal::Version { found: 2 });
    let call = call();
    let stale =
        door.write(&call, Transaction::Manage, |writing| writing.manage_as(Some(holder.clone()), &id(HOLDER))?.expecting(Some(1)).close());
    assert!(matches!(stale, Err(Failure::Act(ActRefusal::Version { found: 2 }))));
}

/// A call of a professional whom the directory lists, or of anybody under that name.
fn call_of(key: &str, at: Instant) -> Call {
    use crate::model::person::{InstanceIdentifier, Person, SubjectClaims};
    let identifier = InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: key.to_owned() };
    let claims = SubjectClaims { provider_identifiers: vec![identifier], ..SubjectClaims::default() };
    let person = Person { issuer: "urn:issuer".to_owned(), name_id: key.to_owned(), alias: None, token: None, claims };
    Call { now: at, person: Some(person), ..call() }
}

fn call_of_patient(patient: &str) -> Call {
    let mut call = call_of("", now());
    let claims = &mut call.person.as_mut().unwrap().claims;
    claims.provider_identifiers.clear();
    claims.person = Some(id(patient));
    let role = crate::model::person::CodedClaim { code: "patient".to_owned(), system: "2.999.442.1.5".to_owned(), display: None };
    claims.roles = vec![role];
    call
}

fn code(text: &str) -> PresenceCode {
    PresenceCode::new(text.to_owned()).unwrap()
}

const RIGHT: &str = "K7M4Q2WX";

fn with_code(database: Database) -> (TestRegistry, Door) {
    let (behind, door) = scene(database, Some(DspStatus::Active));
    door.set_presence_code(&call_of_patient(HOLDER), Transaction::Manage, &id(HOLDER), &code(RIGHT)).unwrap();
    (behind, door)
}

fn enter(door: &Door, key: &str, patient: &str, entered: &str, at: Instant) -> Opening {
    door.open_consultation(&call_of(key, at), Transaction::Manage, &id(patient), &code(entered)).unwrap()
}

#[test]
fn the_right_code_opens_the_day_and_its_follow_up_and_the_holder_cuts_it() {
    on_each_database("the_right_code_opens_the_day_and_its_follow_up_and_the_holder_cuts_it", |database| {
        let (behind, door) = with_code(database);
        let Opening::Opened(opened) = enter(&door, "D03", HOLDER, RIGHT, now()) else { panic!("it was right") };
        let end = days_after(end_of_day(now()), 15);
        assert_eq!((opened.consent.period, opened.consent.version), (Period { start: now(), end: Some(end) }, 1));
        assert_eq!(behind.last_event().decision.as_deref(), Some("CONSULTATION"));
        // A second time on the same day is the same mandate.
        assert_eq!(enter(&door, "D03", HOLDER, RIGHT, Instant(now().0 + 1)), Opening::Opened(opened.clone()));

        let name = opened.consent.id;
        let holder = patient(HOLDER);
        let longer = manage(&door, &holder, |record| record.end_consent(name, Some(Instant(end.0 + 1)), 1));
        assert_eq!(longer.unwrap_err(), ActRefusal::Lengthening);
        assert_eq!(
            manage(&door, &doctor("D03", ProfessionalState::Valid), |record| record.end_consent(name, None, 1)).unwrap_err(),
            ActRefusal::Unknown
        );
        let later = Instant(now().0 + 1_000_000);
        let cut = manage(&door, &patient(ASSISTANT), |record| record.end_consent(name, Some(later), 1)).unwrap();
        assert_eq!((cut.consent.period.end, cut.consent.version), (Some(later), 2));
        let past = manage_at(&door, &holder, later, |record| record.end_consent(name, None, 2));
        assert_eq!(past.unwrap_err(), ActRefusal::Ended);
    });
}

/// Nothing tells a wrong code from a patient who is unknown or has none, or a record that is closed, or the blacklist.
#[test]
fn what_opens_no_consultation_is_all_the_same() {
    on_each_database("what_opens_no_consultation_is_all_the_same", |database| {
        let (behind, door) = with_code(database);
        for (key, patient, entered) in [
            ("D03", HOLDER, "K7M4Q2WY"),
            ("D02", HOLDER, RIGHT),
            ("D03", ASSISTANT, RIGHT),
            ("D01", STRANGER, RIGHT),
            ("D03", "P9^^^&1.2.3&ISO", RIGHT),
        ] {
            assert_eq!(enter(&door, key, patient, entered, now()), Opening::NotOpened, "{key} {patient}");
            let event = behind.last_event();
            assert_eq!((event.outcome, event.errors.as_slice()), (AuditOutcome::MinorFailure, &["presence-code-wrong".to_owned()][..]));
            assert_eq!(event.patient_ids, [patient]);
            assert!(!format!("{event:?}").contains(entered), "the code is in the trail");
        }
        manage(&door, &patient(HOLDER), |record| record.close()).unwrap();
        assert_eq!(enter(&door, "D01", HOLDER, RIGHT, Instant(now().0 + 1)), Opening::NotOpened);
    });
}

#[test]
fn wrong_codes_lock_even_the_right_one_for_the_pair_and_for_the_professional() {
    on_each_database("wrong_codes_lock_even_the_right_one_for_the_pair_and_for_the_professional", |database| {
        let (behind, door) = with_code(database);
        let minute = |n: i64| Instant(now().0 + n * 60_000_000);
        (0..5).for_each(|n| assert_eq!(enter(&door, "D03", HOLDER, "wrong-code", minute(n)), Opening::NotOpened));
        let locked = Opening::Locked { until: minute(19) };
        assert_eq!(enter(&door, "D03", HOLDER, RIGHT, minute(5)), locked);
        assert_eq!(behind.last_event().errors, ["presence-code-locked"]);
        assert_eq!(enter(&door, "D03", ASSISTANT, RIGHT, minute(5)), locked, "of any patient");
        assert!(matches!(enter(&door, "D01", HOLDER, RIGHT, minute(5)), Opening::Opened(_)), "another professional");
        assert!(matches!(enter(&door, "D03", HOLDER, RIGHT, minute(19)), Opening::Opened(_)), "after the lock");
    });
}

#[test]
fn a_code_is_of_no_use_to_who_is_no_self_employed_professional() {
    let (behind, door) = with_code(Database::Sqlite);
    let enter = |call: &Call| door.open_consultation(call, Transaction::Manage, &id(HOLDER), &code(RIGHT)).unwrap_err();
    assert!(matches!(enter(&call_of_patient(ASSISTANT)), Failure::Act(ActRefusal::Denied(_))));
    assert!(matches!(enter(&call_of("D99", now())), Failure::Act(ActRefusal::Denied(_))));
    assert!(matches!(enter(&call()), Failure::Act(ActRefusal::NobodyCalls)));
    assert_eq!(behind.last_event().decision.as_deref(), Some("nobody-calls"));
}

#[test]
fn only_the_hash_of_a_code_is_kept() {
    let (_behind, door) = with_code(Database::Sqlite);
    let kept = door.store().read(|tx| tx.presence_code(&id(HOLDER))).unwrap().unwrap();
    assert!(kept.hash.starts_with("$argon2id$") && !kept.hash.contains(RIGHT));
    let set = |call: &Call| door.set_presence_code(call, Transaction::Manage, &id(HOLDER), &code("another-code"));
    assert!(matches!(set(&call_of_patient(STRANGER)), Err(Failure::Act(ActRefusal::Unknown))));
    assert!(matches!(set(&call_of("D01", now())), Err(Failure::Act(ActRefusal::Unknown))));
    set(&call_of_patient(ASSISTANT)).unwrap();
    assert_eq!(enter(&door, "D03", HOLDER, RIGHT, now()), Opening::NotOpened);
    assert!(matches!(enter(&door, "D03", HOLDER, "another-code", now()), Opening::Opened(_)));
}

#[test]
fn nothing_of_it_outlives_the_purge() {
    on_each_database("nothing_of_it_outlives_the_purge", |database| {
        let (_behind, door) = with_code(database);
        enter(&door, "D03", HOLDER, "wrong-code", now());
        manage(&door, &patient(HOLDER), |record| record.close()).unwrap();
        door.store().write(|tx| tx.purge_management(&id(HOLDER))).unwrap();
        let left = door.store().read(|tx| {
            let tried = tx.presence_code_attempts(&"D03".into(), Some(&id(HOLDER)))?;
            Ok::<_, Failure>((tx.presence_code(&id(HOLDER))?, tried, tx.patient_of_record_item(Uuid::from_u128(1))?))
        });
        assert_eq!(left.unwrap(), (None, crate::model::care_record::Attempts::default(), None));
        assert_eq!(notices(&door, &Recipient::HealthFund), []);
    });
}
