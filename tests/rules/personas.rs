//! What each rule gives for the sample population, one line for each expectation.

use dossier::model::dsp::{
    Activation, Caller, Denial, DocumentFacts, DocumentType, EmergencyAccess, Episode, EpisodeId, EpisodeKind, Format, Ground,
    HistoryExtent, Level, Mandate, MandateKind, Organisation, PersonalMandate, ProfessionalState, Quality, RecordAct, RecordState,
    RefusalChange, Relation, Rules, Standing, Submission, Verdict,
};
use dossier::model::timestamp::Instant;
use dossier::wire::policy_files::PolicyFiles;

use super::callers::{administrator, at_work, health_fund, organisation, patient, professional, representative, system};
use super::documents::{at_level, document};
use super::records::{emergency, record, stay};
use super::times::{at, between, clock, since};

fn rules() -> Rules {
    PolicyFiles::luxembourg_dsp().read().unwrap().0
}

fn reads(caller: &Caller, record: &RecordState, document: &DocumentFacts, now: Instant) -> bool {
    Standing::of(caller, record, now).is_ok_and(|standing| standing.read(document, &rules().matrix).is_allowed())
}

fn sends(caller: &Caller, patient: &str, document_type: &str, format: Format, relation: Relation<'_>) -> bool {
    let submission = Submission { document_type: DocumentType::from(document_type), level: Level::Standard, format, relation };
    submits(caller, &record(patient), &submission)
}

fn submits(caller: &Caller, record: &RecordState, submission: &Submission<'_>) -> bool {
    Standing::of(caller, record, clock()).is_ok_and(|standing| standing.submit(submission, &rules()).is_allowed())
}

fn changes(caller: &Caller, patient: &str, document: &DocumentFacts, to: Level) -> bool {
    Standing::of(caller, &record(patient), clock()).is_ok_and(|standing| standing.change_level(document, to, &rules()).is_allowed())
}

fn acts(caller: &Caller, patient: &str, act: RecordAct<'_>) -> bool {
    act.decide(caller, &record(patient), clock()).is_allowed()
}

fn of_unknown_profession(id: &str) -> Caller {
    let (profile, state) = ("astrologue".into(), ProfessionalState::Valid);
    Caller { quality: Quality::Professional { id: id.into(), profile, state, self_employed: true }, organisation: None }
}

fn now_reads(caller: &Caller, patient: &str, id: &str) -> bool {
    reads(caller, &record(patient), &document(id), clock())
}

/// What is expected, and what is.
type Expectations = Vec<(&'static str, bool, bool)>;

fn check(expectations: Expectations) {
    let wrong: Vec<_> = expectations.into_iter().filter(|(_, expected, found)| expected != found).collect();
    assert!(wrong.is_empty(), "expected, found: {wrong:#?}");
}

#[test]
fn authors() {
    let d08 = professional("D08");
    check(vec![
        ("the author reads without a mandate", true, reads(&d08, &record("P01"), &document("K07"), at("2025-03-10"))),
        ("and nothing else", false, now_reads(&d08, "P01", "K01")),
        ("author access survives privé and blacklist", true, now_reads(&professional("D04"), "P02", "K08")),
        ("the blacklisted author reads nothing else", false, now_reads(&professional("D04"), "P02", "K09")),
        ("author access is lost with the licence", false, now_reads(&professional("D09"), "P09", "K22")),
        ("author access survives closing", true, now_reads(&at_work("I01", "E1"), "P10", "K23")),
        ("but not the purge", false, now_reads(&professional("D01"), "P12", "K20")),
        ("nor a deactivation", false, {
            let deactivated = DocumentFacts { activation: Activation::Deactivated, ..document("K02") };
            reads(&professional("F01"), &record("P01"), &deactivated, clock())
        }),
    ]);
}

#[test]
fn referring_physician_and_trusted_circle() {
    let (d01, i02) = (professional("D01"), professional("I02"));
    check(vec![
        ("the MR reads confidentiel", true, now_reads(&d01, "P08", "K21")),
        ("the MR does not read privé", false, reads(&d01, &record("P01"), &at_level("K02", Level::Private), clock())),
        ("the CMC reads beyond its profession", true, now_reads(&i02, "P01", "K05")),
        ("the CMC writes by profession", false, sends(&i02, "P01", "traitements-medicamenteux", Format::Other, Relation::New)),
        ("an unknown profession reads nothing, named by the patient or not", false, now_reads(&of_unknown_profession("I02"), "P01", "K05")),
        ("and writes nothing, declared or not", false, {
            sends(&of_unknown_profession("D01"), "P01", "resume-patient", Format::Other, Relation::New)
        }),
        ("an unknown type of document is nobody's but its author's", false, {
            let odd = DocumentFacts { document_type: DocumentType::from("horoscope"), ..document("K01") };
            reads(&i02, &record("P01"), &odd, clock())
        }),
        ("the MR cannot be blacklisted", false, acts(&patient("P01"), "P01", RecordAct::Blacklist(&"D01".into()))),
        ("others can", true, acts(&patient("P01"), "P01", RecordAct::Blacklist(&"D03".into()))),
    ]);
}

#[test]
fn consultation() {
    let (f01, x01) = (professional("F01"), professional("X01"));
    let p01 = record("P01");
    check(vec![
        ("no code, no mandate", false, now_reads(&x01, "P01", "K01")),
        ("in the follow-up period", true, reads(&f01, &p01, &document("K03"), at("2025-03-28 12:00"))),
        ("on its last day", true, reads(&f01, &p01, &document("K03"), at("2025-03-29 23:59"))),
        ("after it", false, reads(&f01, &p01, &document("K03"), at("2025-03-30"))),
        ("expired", false, now_reads(&x01, "P02", "K09")),
        ("a code opens a mandate for the self-employed", true, acts(&x01, "P01", RecordAct::OpenConsultation)),
        ("not without a licence", false, acts(&professional("D09"), "P08", RecordAct::OpenConsultation)),
        ("not for the blacklisted", false, acts(&professional("D04"), "P02", RecordAct::OpenConsultation)),
        ("not for the staff of a hospital", false, acts(&at_work("I01", "E1"), "P02", RecordAct::OpenConsultation)),
    ]);
}

#[test]
fn establishments() {
    let i01 = at_work("I01", "E1");
    let p11_again = {
        let mut record = record("P11");
        record.episodes.push(stay(40, "E2", since("2025-04-02 08:00"), None));
        record
    };
    let result = at_level("K10", Level::Standard);
    check(vec![
        ("a stay opens the record to the ward", true, now_reads(&i01, "P01", "K02")),
        ("not through another connection", false, now_reads(&professional("I01"), "P01", "K02")),
        ("confidentiel stays hidden", false, now_reads(&i01, "P01", "K29")),
        ("blacklist beats the stay", false, now_reads(&at_work("D07", "E1"), "P04", "K13")),
        ("except for one's own", true, now_reads(&at_work("D07", "E1"), "P04", "K14")),
        ("cut short by the patient", false, reads(&at_work("T01", "E4"), &record("P01"), &document("K07"), at("2025-03-06"))),
        ("before the cut", true, reads(&at_work("T01", "E4"), &record("P01"), &document("K07"), at("2025-03-04"))),
        ("refused", false, reads(&at_work("B01", "E2"), &record("P11"), &result, at("2025-03-16 09:00"))),
        (
            "the refusal reaches the subcontractor",
            false,
            reads(&at_work("B02", "E3"), &record("P11"), &document("K15"), at("2025-03-16 13:00")),
        ),
        ("and the follow-up", false, now_reads(&at_work("B01", "E2"), "P11", "K15")),
        ("a new visit is open again", true, reads(&at_work("B01", "E2"), &p11_again, &result, at("2025-04-02 09:00"))),
        ("the subcontractor inherits the authorisation", true, {
            sends(&at_work("B02", "E3"), "P03", "resultats-biologie", Format::Other, Relation::New)
        }),
        ("not attested: nothing", false, now_reads(&at_work("D01", "E7"), "P01", "K01")),
    ]);
}

#[test]
fn a_refusal_ends_the_follow_up_of_an_earlier_episode() {
    let mut record = record("P08");
    record.episodes.retain(|episode| episode.establishment != "E1".into());
    record.episodes.push(stay(50, "E1", between("2025-03-01", at("2025-03-05")), Some(at("2025-04-05"))));
    let i01 = at_work("I01", "E1");
    assert!(reads(&i01, &record, &document("K20"), clock()));
    let refused =
        vec![RefusalChange { at: at("2025-03-10 08:00"), refused: true }, RefusalChange { at: at("2025-03-10 12:00"), refused: false }];
    record.episodes.push(Episode { refusals: refused, ..stay(51, "E1", between("2025-03-10", at("2025-03-11")), Some(at("2025-03-12"))) });
    assert!(reads(&i01, &record, &document("K20"), at("2025-03-09")));
    assert!(!reads(&i01, &record, &document("K20"), at("2025-03-10 09:00")));
    assert!(reads(&i01, &record, &document("K20"), at("2025-03-10 13:00")), "the patient took the refusal back");
    assert!(!reads(&i01, &record, &document("K20"), clock()), "the earlier follow-up does not come back");
}

#[test]
fn emergencies() {
    let d05 = at_work("D05", "E1");
    let arriving = |patient: &str, decision: Option<EmergencyAccess>| {
        let mut record = record(patient);
        record.episodes.retain(|episode| episode.establishment != "E1".into());
        let kind = EpisodeKind::Emergency { arrival_decision: decision };
        record.episodes.push(Episode { kind, ..emergency(60, "E1", since("2025-03-17 08:00"), None) });
        record
    };
    let e5 = "E5".into();
    let declared = RecordAct::DeclareEpisode { establishment: &e5, emergency: true };
    check(vec![
        ("standard: no confidentiel", false, now_reads(&d05, "P08", "K21")),
        ("standard: standard", true, now_reads(&d05, "P08", "K20")),
        ("extended: confidentiel", true, reads(&d05, &arriving("P01", None), &document("K29"), clock())),
        ("denied", false, reads(&d05, &arriving("P04", None), &document("K13"), clock())),
        ("denied, yet the patient consents on arrival", true, {
            reads(&d05, &arriving("P04", Some(EmergencyAccess::Standard)), &document("K13"), clock())
        }),
        ("who works for a forbidden emergency has no mandate either", false, {
            let mut record = arriving("P04", Some(EmergencyAccess::Denied));
            record.episodes.push(Episode { requested_by: Some(EpisodeId(60)), ..stay(61, "E2", since("2025-03-17 08:30"), None) });
            reads(&at_work("B01", "E2"), &record, &document("K13"), clock())
        }),
        ("only a cleared establishment declares an emergency", false, acts(&system("E5"), "P08", declared)),
        ("nor declares one for another", false, {
            acts(&system("E1"), "P08", RecordAct::DeclareEpisode { establishment: &e5, emergency: false })
        }),
    ]);
}

#[test]
fn levels() {
    let i01 = at_work("I01", "E1");
    let ward = {
        let mut record = record("P03");
        record.episodes.push(stay(70, "E1", since("2025-03-15"), None));
        record.assistants.push(("P02".into(), since("2025-01-01")));
        record
    };
    let mask = Standing::of(&i01, &ward, clock()).unwrap().sees_mask(&document("K10"), &rules().matrix);
    check(vec![
        ("annonce is hidden from the patient", false, now_reads(&patient("P03"), "P03", "K10")),
        ("and from the assistant", false, reads(&patient("P02"), &ward, &document("K10"), clock())),
        ("but not from the ward", true, reads(&i01, &ward, &document("K10"), clock())),
        ("which sees the mask", true, mask),
        ("annonce is lifted by another professional", true, changes(&professional("D06"), "P03", &document("K10"), Level::Standard)),
        ("only who sees a document changes its level", false, changes(&i01, "P03", &document("K12"), Level::Standard)),
        ("author access alone does not suffice", false, changes(&professional("D08"), "P01", &document("K07"), Level::Private)),
        ("the MR hides", true, changes(&professional("D01"), "P01", &document("K02"), Level::Private)),
        ("nobody goes back to annonce", false, changes(&professional("D06"), "P03", &document("K12"), Level::Announcement)),
    ]);
}

#[test]
fn writing() {
    let k01 = document("K01");
    let k09 = document("K09");
    let sends_new = |caller: &Caller, patient: &str, kind: &str| sends(caller, patient, kind, Format::Other, Relation::New);
    check(vec![
        (
            "a new version by the author",
            true,
            sends(&professional("D01"), "P01", "resume-patient", Format::Other, Relation::Replaces(&k01)),
        ),
        ("not by another", false, sends(&professional("D03"), "P01", "resume-patient", Format::Other, Relation::Replaces(&k01))),
        ("another appends", true, sends(&professional("D03"), "P01", "resume-patient", Format::Other, Relation::Extends(&k01))),
        ("no professional writes the holder's expression", false, {
            sends(&professional("D01"), "P01", "expression-titulaire", Format::Text, Relation::New)
        }),
        ("the assistant does", true, sends(&patient("P02"), "P01", "expression-titulaire", Format::Text, Relation::New)),
        ("as text or PDF/A only", false, sends(&patient("P02"), "P01", "expression-titulaire", Format::Other, Relation::New)),
        ("the holder replaces it", true, sends(&patient("P02"), "P02", "expression-titulaire", Format::PdfA, Relation::Replaces(&k09))),
        ("results come from laboratories only", false, sends_new(&professional("D06"), "P03", "resultats-biologie")),
        ("a physician of a laboratory sends them", true, sends_new(&at_work("D10", "E3"), "P03", "resultats-biologie")),
        ("its technicians do not", false, sends_new(&at_work("L01", "E2"), "P03", "resultats-biologie")),
        ("its biologists do", true, sends_new(&at_work("B01", "E2"), "P03", "resultats-biologie")),
        ("midwives prescribe", true, sends_new(&professional("S01"), "P04", "traitements-medicamenteux")),
        ("physicians do not prescribe nursing care", false, sends_new(&professional("D03"), "P01", "traitements-soignants-prescrits")),
        ("nor those who name a laboratory and come another way", false, {
            let mut elsewhere = at_work("D10", "E3");
            elsewhere.organisation.as_mut().unwrap().own_connection = false;
            let mut trusting = record("P03");
            trusting.mandates.push(Mandate {
                kind: PersonalMandate::TrustedCircle,
                professional: "D10".into(),
                access: since("2025-01-01"),
            });
            let result = Submission {
                document_type: DocumentType::from("resultats-biologie"),
                level: Level::Standard,
                format: Format::Other,
                relation: Relation::New,
            };
            submits(&elsewhere, &trusting, &result)
        }),
        ("the CNS replaces what it sent, though it reads nothing", true, {
            sends(&health_fund(), "P01", "resume-prestations", Format::Other, Relation::Replaces(&document("K05")))
        }),
        ("the CNS needs a declaration", false, sends_new(&health_fund(), "P02", "resume-prestations")),
        ("and has one", true, sends_new(&health_fund(), "P01", "resume-prestations")),
        ("a right of the profession is nothing without a mandate", false, sends_new(&professional("X01"), "P01", "bilan-fonctionnel")),
        ("the administrator publishes nothing", false, sends_new(&administrator(true), "P01", "resume-patient")),
    ]);
}

#[test]
fn life_of_a_record() {
    check(vec![
        ("inactive: no professional", false, now_reads(&professional("D06"), "P07", "K01")),
        ("inactive: the holder may activate", true, acts(&patient("P07"), "P07", RecordAct::Activate)),
        ("inactive: the holder may close", true, acts(&patient("P07"), "P07", RecordAct::Close)),
        ("closed: not even the former MR", false, now_reads(&professional("D01"), "P10", "K23")),
        ("closed: not the holder", false, now_reads(&patient("P10"), "P10", "K23")),
        ("what begins as the record closes has ended with it", false, {
            let mut record = record("P02");
            record.closed_at = Some(at("2025-03-17 08:00"));
            record.mandates =
                vec![Mandate { kind: PersonalMandate::Consultation, professional: "X01".into(), access: since("2025-03-17 08:00") }];
            reads(&professional("X01"), &record, &document("K09"), clock())
        }),
        ("inactive: the holder may cut a mandate short", true, {
            acts(&patient("P07"), "P07", RecordAct::ShortenMandate(MandateKind::Establishment))
        }),
        ("closed: the holder reopens", true, acts(&patient("P10"), "P10", RecordAct::Reopen)),
        ("an active record is not activated", false, acts(&patient("P01"), "P01", RecordAct::Activate)),
        ("the assistant does not close", false, acts(&patient("P02"), "P01", RecordAct::Close)),
        ("the thirty days end by themselves", true, {
            let mut record = record("P07");
            record.mandates.push(Mandate { kind: PersonalMandate::TrustedCircle, professional: "D06".into(), access: since("2025-03-10") });
            reads(&professional("D06"), &record, &document("K01"), at("2025-04-04"))
                && !reads(&professional("D06"), &record, &document("K01"), at("2025-04-03 23:59"))
        }),
    ]);
}

#[test]
fn people_with_two_qualities() {
    let p04_for_p05 = representative("P05", "P04", "2037-09-30");
    let mut assisted = record("P01");
    check(vec![
        ("the representative reads", true, reads(&p04_for_p05, &record("P05"), &document("K15"), clock())),
        ("until the coming of age", false, reads(&p04_for_p05, &record("P05"), &document("K15"), at("2037-09-30"))),
        ("her own record is not the child's", false, now_reads(&patient("P04"), "P05", "K15")),
        ("a physician logged in as patient reads their own record", true, now_reads(&patient("P06"), "P06", "K17")),
        ("and none of their patients'", false, now_reads(&patient("P06"), "P01", "K03")),
        ("a physician does not read their own record", false, now_reads(&professional("D03"), "P06", "K17")),
        ("the assistant reads", true, now_reads(&patient("P02"), "P01", "K01")),
        ("until removed", false, {
            assisted.assistants[0].1.end = Some(clock());
            reads(&patient("P02"), &assisted, &document("K01"), clock())
        }),
    ]);
}

#[test]
fn a_holder_among_their_own_assistants_acts_as_holder() {
    let mut record = record("P01");
    record.assistants.push(("P01".into(), since("2021-01-01")));
    let verdict = RecordAct::SetPresenceCode.decide(&patient("P01"), &record, clock());
    assert_eq!(verdict, Verdict::Allow(Ground::Mandate(MandateKind::Holder)));
}

#[test]
fn whoever_names_an_unattested_organisation_is_invalid() {
    let unattested = |caller: Caller| Caller { organisation: Some(organisation("E7")), ..caller };
    let unlinked = Organisation { linked: false, ..organisation("E1") };
    for caller in [patient("P01"), administrator(true), health_fund()].map(unattested) {
        assert_eq!(Standing::of(&caller, &record("P01"), clock()).err(), Some(Denial::CallerInvalid), "{caller:?}");
    }
    let unlinked = Caller { organisation: Some(unlinked), ..administrator(true) };
    assert_eq!(Standing::of(&unlinked, &record("P01"), clock()).err(), Some(Denial::CallerInvalid));
}

#[test]
fn history_and_administration() {
    let extent = |caller: &Caller, patient: &str| HistoryExtent::of(caller, &record(patient), clock()).ok();
    assert_eq!(extent(&professional("F01"), "P01"), Some(HistoryExtent::Own));
    assert_eq!(extent(&professional("D01"), "P01"), Some(HistoryExtent::Everything));
    assert_eq!(extent(&patient("P04"), "P04"), Some(HistoryExtent::EverythingButAnnouncements));
    assert_eq!(extent(&patient("P02"), "P01"), Some(HistoryExtent::EverythingButAnnouncements));
    assert_eq!(extent(&patient("P03"), "P01"), None);
    assert_eq!(extent(&professional("D09"), "P09"), None);
    let (k02, hidden) = (document("K02"), DocumentFacts { activation: Activation::Deactivated, ..document("K02") });
    check(vec![
        ("Z01 deactivates", true, acts(&administrator(true), "P01", RecordAct::Deactivate(&k02))),
        ("with a reason only", false, acts(&administrator(false), "P01", RecordAct::Deactivate(&k02))),
        ("and restores", true, acts(&administrator(true), "P01", RecordAct::Restore(&hidden))),
        ("nobody else does", false, acts(&professional("D01"), "P01", RecordAct::Deactivate(&k02))),
        ("Z01 sees what is deactivated", true, reads(&administrator(true), &record("P01"), &hidden, clock())),
        ("the CNS reads nothing", false, now_reads(&health_fund(), "P01", "K05")),
        ("and declares an MR", true, acts(&health_fund(), "P02", RecordAct::DeclareReferringPhysician)),
        ("not for a closed record", false, acts(&health_fund(), "P10", RecordAct::DeclareReferringPhysician)),
        ("no purged record keeps the operator from the directories", true, {
            acts(&Caller { quality: Quality::Operator, organisation: None }, "P12", RecordAct::ChangeDirectories)
        }),
    ]);
}
