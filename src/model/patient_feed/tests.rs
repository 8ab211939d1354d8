//! A feed as a value: how a revision changes a patient, what is kept and what is shown of it.

use super::*;

fn date(text: &str) -> Option<PartialDate> {
    PartialDate::try_from(text.to_owned()).ok()
}

fn known() -> PatientDemographics {
    PatientDemographics {
        identifiers: vec!["P1^^^&1.2.3&ISO".parse().unwrap()],
        name: Some(PersonName { family: Some("Muster".into()), given: vec!["Eva".into()], ..PersonName::default() }),
        birth_date: date("1971"),
        sex: Some(AdministrativeSex::Female),
        addresses: vec![Address { city: Some("Esch".into()), ..Address::default() }],
        ..PatientDemographics::default()
    }
}

#[test]
fn a_revision_replaces_removes_and_keeps() {
    let newer = PatientDemographics {
        identifiers: vec!["P1^^^&1.2.3&ISO".parse().unwrap(), "L7^^^&1.2.4&ISO".parse().unwrap()],
        birth_date: date("19710203"),
        ..PatientDemographics::default()
    };
    let revised = known().revised(newer, &[DemographicElement::Addresses, DemographicElement::Sex]);
    assert_eq!(revised.identifiers.len(), 2);
    assert!(revised.birth_date == date("19710203"));
    assert_eq!((revised.sex, revised.addresses.len()), (None, 0));
    assert!(revised.name == known().name);
}

#[test]
fn a_feed_survives_json_and_debug_shows_no_patient() {
    let feed = PatientFeed {
        event: FeedEvent::Revise { patient: known(), removed: vec![DemographicElement::Name] },
        message_control_id: "M1".into(),
        sender: FeedParty { application: "ADT".into(), facility: "CHL".into() },
        receiver: FeedParty::default(),
        message_time: None,
    };
    let json = serde_json::to_string(&feed).unwrap();
    assert_eq!(serde_json::from_str::<PatientFeed>(&json).unwrap(), feed);
    let debug = format!("{feed:?}");
    assert!(["Muster", "Eva", "1971", "Esch", "P1"].iter().all(|secret| !debug.contains(secret)), "{debug}");
}
