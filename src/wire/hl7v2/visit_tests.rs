use super::*;

fn message(event: &str, pv1: &str, more: &str) -> String {
    let head = format!("MSH|^~\\&|HIS|E1|R|D|2026||ADT^{event}|M1|P|2.5\rEVN|{event}|2026||||202503171000\r");
    format!("{head}PID|||P1^^^&1.2.3&ISO\r{pv1}\r{more}")
}

/// PV1 with some fields.
fn pv1(fields: &[(usize, &str)]) -> String {
    let value = |number| fields.iter().find(|(at, _)| *at == number).map_or("", |(_, value)| value);
    (1..=50).fold("PV1".to_owned(), |segment, number| segment + "|" + value(number))
}

fn said(event: &str, pv1: &str, more: &str) -> Result<Option<VisitReport>, (String, &'static str)> {
    let message = message(event, pv1, more);
    let trigger = VisitTrigger::of(message.as_bytes()).unwrap();
    let told = |error: Hl7Error| (error.location.unwrap().to_string(), error.condition.code_and_text().0);
    read(message.as_bytes(), trigger, None).map(|message| message.visit).map_err(told)
}

fn at(text: &str) -> Option<Instant> {
    civil_day::point_in_time(text)
}

#[test]
fn each_event_says_what_happened_and_when() {
    let whole = pv1(&[(2, "I"), (19, "V1"), (44, "20250316"), (45, "20250318")]);
    for (event, expected) in [
        ("A01", VisitEvent::Admitted(at("20250316"))),
        ("A04", VisitEvent::Admitted(at("20250316"))),
        ("A08", VisitEvent::Updated),
        ("A03", VisitEvent::Discharged(at("20250318"))),
        ("A06", VisitEvent::ClassChanged(at("202503171000"))),
        ("A07", VisitEvent::ClassChanged(at("202503171000"))),
        ("A11", VisitEvent::AdmissionCancelled),
        ("A13", VisitEvent::DischargeCancelled),
    ] {
        let report = said(event, &whole, "").unwrap().unwrap();
        assert_eq!((report.event, report.emergency, report.visit_number.as_str()), (expected, false, "V1"), "{event}");
    }
    let emergency = said("A04", &pv1(&[(2, "E"), (19, "V1^^^HIS")]), "").unwrap().unwrap();
    assert_eq!((emergency.emergency, emergency.event), (true, VisitEvent::Admitted(at("202503171000"))));
}

#[test]
fn restrictions_say_whether_the_patient_refuses_and_what_they_decided() {
    let visit = pv1(&[(2, "E"), (19, "V1")]);
    for (arv, refused, decision) in [
        ("", None, None),
        ("ARV||A|OO\r", Some(true), None),
        ("ARV|||NO\r", Some(false), None),
        ("ARV||D|OO\r", Some(false), None),
        ("ARV|||NO\rARV|||OO\r", Some(true), None),
        ("ARV|||OO\rARV|||NO\r", Some(true), None),
        ("ARV|||NO\rARV|||EMERGENCY-EXTENDED\r", Some(false), Some(EmergencyAccess::Extended)),
        ("ARV|||EMERGENCY-DENIED\rARV|||EMERGENCY-EXTENDED\r", None, Some(EmergencyAccess::Denied)),
    ] {
        let report = said("A01", &visit, arv).unwrap().unwrap();
        assert_eq!((report.refused, report.arrival_decision), (refused, decision), "{arv:?}");
    }
    assert_eq!(said("A01", &visit, "ARV|||XX\r"), Err(("ARV-3.1".to_owned(), "103")));
    assert_eq!(said("A01", &visit, "ARV|||\r"), Err(("ARV-3.1".to_owned(), "103")));
}

#[test]
fn a_requesting_visit_names_its_establishment() {
    let asked = |pv1_50: &str| {
        let report = said("A01", &pv1(&[(2, "O"), (19, "V1"), (50, pv1_50)]), "").unwrap().unwrap();
        report.requested_by.map(|visit| (visit.establishment.as_str().to_owned(), visit.visit_number))
    };
    assert_eq!(asked("V9^^^&2.999.1&ISO"), Some(("2.999.1".to_owned(), "V9".to_owned())));
    assert_eq!(asked("V9^^^E1"), Some(("E1".to_owned(), "V9".to_owned())));
    assert_eq!((asked("V9"), asked("")), (None, None));
}

#[test]
fn a_message_without_a_visit_number_declares_no_visit() {
    for about_none in [pv1(&[(2, "O")]), pv1(&[(2, "N"), (19, "V1")]), "ZZZ|".to_owned()] {
        assert_eq!(said("A01", &about_none, ""), Ok(None));
        for (event, more) in [("A03", ""), ("A11", ""), ("A08", "ARV|||OO\r")] {
            assert_eq!(said(event, &about_none, more), Err(("PV1-19".to_owned(), "101")), "{event}");
        }
    }
    assert_eq!(said("A03", &pv1(&[(2, "I"), (19, "V1"), (45, "tomorrow")]), ""), Err(("PV1-45".to_owned(), "102")));
    assert_eq!(said("A03", &pv1(&[(2, "I"), (19, &"9".repeat(200))]), ""), Err(("PV1-19".to_owned(), "104")));
    assert_eq!(VisitTrigger::of(b"MSH|^~\\&|A|B|C|D|2026||ADT^A05|1|P|2.5\r"), None);
}
