//! Messages as sources write them, read; and what is written, read back.

use super::feed_message::read;
use super::transmission::Transmission;
use super::{DetailCode, Interaction, Refusal, acknowledgement, feed_writer};
use crate::model::hl7_types::Cx;
use crate::model::patient_feed::{
    Address, AdministrativeSex, DemographicElement, FeedEvent, FeedParty, PartialDate, PatientDemographics, PatientFeed, PatientMerge,
    PersonName,
};
use crate::wire::xml::{Element, XmlLimits, XmlWriter, parse};

fn element(xml: &str) -> Element {
    parse(xml.as_bytes(), &XmlLimits::default()).unwrap()
}

/// A message with this person in it; `wrapper` and `act` may change the rest by replacement.
fn message(interaction: Interaction, patient: &str, replacement: &str) -> String {
    let (id, trigger) = (interaction.id(), interaction.trigger_event());
    format!(
        "<{id} xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"><id root=\"2.999.1\" extension=\"M7\"/><creationTime value=\"20260101\"/>\
         <interactionId root=\"2.16.840.1.113883.1.6\" extension=\"{id}\"/><processingCode code=\"P\"/><processingModeCode code=\"T\"/>\
         <acceptAckCode code=\"AL\"/><receiver typeCode=\"RCV\"><device><id root=\"2.999.3\"/></device></receiver>\
         <sender typeCode=\"SND\"><device><id root=\"2.999.2\"/><asAgent><representedOrganization><id root=\"2.999.4\"/>\
         </representedOrganization></asAgent></device></sender><controlActProcess><code code=\"{trigger}\"/><subject><registrationEvent>\
         <statusCode code=\"active\"/><subject1><patient>{patient}</patient></subject1>{replacement}</registrationEvent></subject>\
         </controlActProcess></{id}>"
    )
}

const ID: &str = "<id root=\"1.2.3\" extension=\"P1\"/><statusCode code=\"active\"/>";

fn event(interaction: Interaction, patient: &str) -> FeedEvent {
    read(&element(&message(interaction, patient, "")), interaction).unwrap().event
}

fn added(person: &str) -> PatientDemographics {
    match event(Interaction::Added, &format!("{ID}<patientPerson>{person}</patientPerson>")) {
        FeedEvent::Add(patient) => patient,
        other => panic!("{other:?}"),
    }
}

fn refused(xml: &str, interaction: Interaction) -> (Refusal, DetailCode, String) {
    let error = read(&element(xml), interaction).unwrap_err();
    (error.refusal, error.code, error.place.unwrap_or_default())
}

fn cx(id: &str) -> Cx {
    id.parse().unwrap()
}

fn date(text: &str) -> Option<PartialDate> {
    PartialDate::try_from(text.to_owned()).ok()
}

#[test]
fn a_whole_person_is_read() {
    let patient = added(
        "<name use=\"A\"><family>Alias</family></name><name use=\"C L\"><prefix>Dr</prefix><given>Eva</given><given>Maria</given>\
         <family qualifier=\"BR\">Beispiel</family><family>Muster</family><suffix>jr</suffix></name>\
         <telecom value=\"tel:+352000\"/><administrativeGenderCode code=\"F\" codeSystem=\"2.16.840.1.113883.5.1\"/>\
         <birthTime value=\"19710203101112\"/><deceasedInd value=\"true\"/><deceasedTime value=\"2025\"/>\
         <addr use=\"H\"><houseNumber>1</houseNumber><streetName>rue du Lac</streetName><city>Esch</city><postalCode>4000</postalCode>\
         <country>LUX</country></addr><addr><streetAddressLine>2e</streetAddressLine><state>X</state></addr><addr/>\
         <asOtherIDs classCode=\"PAT\"><id root=\"1.2.4\" extension=\"L7\"/><id root=\"1.2.5\"/><scopingOrganization><id root=\"1.2.4\"/>\
         </scopingOrganization></asOtherIDs>\
         <languageCommunication><languageCode code=\"de\"/></languageCommunication>\
         <languageCommunication><languageCode code=\"fr\"/><preferenceInd value=\"true\"/></languageCommunication>",
    );
    let some = |text: &str| Some(text.to_owned());
    let expected = PatientDemographics {
        identifiers: vec![cx("P1^^^&1.2.3&ISO"), cx("L7^^^&1.2.4&ISO")],
        name: Some(PersonName {
            family: some("Muster"),
            given: vec!["Eva".into(), "Maria".into()],
            suffix: some("jr"),
            prefix: some("Dr"),
        }),
        birth_date: date("19710203"),
        sex: Some(AdministrativeSex::Female),
        addresses: vec![
            Address {
                lines: vec!["1 rue du Lac".into()],
                city: some("Esch"),
                postal_code: some("4000"),
                country: some("LUX"),
                ..Address::default()
            },
            Address { lines: vec!["2e".into()], state: some("X"), ..Address::default() },
        ],
        language: some("fr"),
        deceased: Some(true),
        death_date: date("2025"),
    };
    assert!(patient == expected, "{}", serde_json::to_string_pretty(&patient).unwrap());
}

#[test]
fn what_is_null_has_no_value_and_a_name_may_be_plain_text() {
    let patient = added("<name nullFlavor=\"UNK\"/><birthTime nullFlavor=\"UNK\"/><administrativeGenderCode nullFlavor=\"UNK\"/>");
    assert!(patient.name.is_none() && patient.birth_date.is_none());
    assert_eq!(patient.sex, Some(AdministrativeSex::Unknown));
    assert_eq!(added("<administrativeGenderCode code=\"UN\"/>").sex, Some(AdministrativeSex::Other));
    assert!(added("<name>Eva Muster</name>").name.unwrap().family.as_deref() == Some("Eva Muster"));
    assert!(added("<name><family qualifier=\"BR\">Beispiel</family></name>").name.unwrap().family.as_deref() == Some("Beispiel"));
}

#[test]
fn identifiers_without_oid_or_value_are_left_aside() {
    let patient =
        "<id root=\"e1f3b5a0-0000-4000-8000-000000000000\" extension=\"X\"/><id nullFlavor=\"NI\"/><id root=\"1.2.3\" extension=\" P1 \"/>";
    let FeedEvent::Add(patient) = event(Interaction::Added, patient) else { panic!("not an addition") };
    assert!(patient.identifiers == [cx("P1^^^&1.2.3&ISO")]);
}

#[test]
fn a_patient_has_few_identifiers() {
    let many = "<id root=\"1.2.3\" extension=\"P1\"/>".repeat(200);
    let FeedEvent::Add(patient) = event(Interaction::Added, &many) else { panic!("not an addition") };
    assert_eq!(patient.identifiers.len(), 200);
    let base = "/PRPA_IN201301UV02/controlActProcess/subject/registrationEvent/subject1/patient";
    for (patient, place) in [
        (format!("{many}{ID}"), format!("{base}/id[201]")),
        (format!("{ID}<patientPerson><asOtherIDs>{many}</asOtherIDs></patientPerson>"), format!("{base}/patientPerson/asOtherIDs")),
    ] {
        let xml = message(Interaction::Added, &patient, "");
        assert_eq!(refused(&xml, Interaction::Added), (Refusal::Error, DetailCode::TooManyAttributes, place));
    }
}

#[test]
fn a_revision_takes_away_what_it_names_as_null() {
    let person = "<name nullFlavor=\"NI\"/><administrativeGenderCode nullFlavor=\"NI\"/><birthTime nullFlavor=\"MSK\"/>\
                  <addr nullFlavor=\"NI\"/><languageCommunication><languageCode nullFlavor=\"UNK\"/></languageCommunication>";
    let event = event(Interaction::Revised, &format!("{ID}<patientPerson>{person}</patientPerson>"));
    let FeedEvent::Revise { removed, .. } = event else { panic!("not a revision") };
    use DemographicElement::{Addresses, Language, Name, Sex};
    assert_eq!(removed, [Name, Addresses, Sex, Language]);
}

#[test]
fn a_feed_reads_back_as_it_was_written() {
    let patient = PatientDemographics {
        identifiers: vec![cx("P1^^^&1.2.3&ISO"), cx("L7^^^&1.2.4&ISO")],
        name: Some(PersonName { family: Some("Müller <&> Söhne".into()), given: vec!["Eva".into()], ..PersonName::default() }),
        birth_date: date("197102"),
        sex: Some(AdministrativeSex::Unknown),
        addresses: vec![Address { lines: vec!["1 rue".into(), "2e".into()], country: Some("LUX".into()), ..Address::default() }],
        language: Some("fr".into()),
        deceased: Some(false),
        death_date: None,
    };
    let gone = PatientDemographics { addresses: Vec::new(), name: None, language: None, ..patient.clone() };
    use DemographicElement::{Addresses, Language, Name};
    let pair = PatientMerge { surviving: vec![cx("P1^^^&1.2.3&ISO")], subsumed: vec![cx("P2^^^&1.2.3&ISO")] };
    for event in [
        FeedEvent::Add(patient),
        FeedEvent::Revise { patient: gone, removed: vec![Name, Addresses, Language] },
        FeedEvent::Merge(vec![pair.clone()]),
    ] {
        let party = |application: &str| FeedParty { application: application.into(), facility: String::new() };
        let feed = PatientFeed {
            event,
            message_control_id: "2.999.7".into(),
            sender: party("2.999.2"),
            receiver: party("2.999.3"),
            message_time: Some("20260203040506+0100".into()),
        };
        let interaction = feed_writer::interaction(&feed.event).unwrap();
        let mut xml = XmlWriter::new(Vec::new());
        feed_writer::write(&mut xml, &feed, interaction).unwrap();
        let written = String::from_utf8(xml.into_inner()).unwrap();
        assert_eq!(read(&element(&written), interaction).unwrap(), feed, "{written}");
    }
    assert!(feed_writer::interaction(&FeedEvent::Merge(vec![pair.clone(), pair])).is_err());
}

#[test]
fn a_merge_names_one_identifier_that_ends() {
    use Interaction::DuplicatesResolved;
    let prior = |ids: &str| {
        format!(
            "<replacementOf><priorRegistration><statusCode code=\"obsolete\"/><subject1><priorRegisteredRole>{ids}</priorRegisteredRole>\
             </subject1></priorRegistration></replacementOf>"
        )
    };
    let one = prior("<id root=\"1.2.3\" extension=\"P2\"/>");
    let feed = read(&element(&message(DuplicatesResolved, ID, &one)), DuplicatesResolved).unwrap();
    let expected = PatientMerge { surviving: vec![cx("P1^^^&1.2.3&ISO")], subsumed: vec![cx("P2^^^&1.2.3&ISO")] };
    assert_eq!(feed.event, FeedEvent::Merge(vec![expected]));
    let place = |replacement: &str| refused(&message(DuplicatesResolved, ID, replacement), DuplicatesResolved).2;
    let base = "/PRPA_IN201304UV02/controlActProcess/subject/registrationEvent/replacementOf";
    assert_eq!(place(""), base);
    assert_eq!(place(&one.repeat(2)), format!("{base}[2]"));
    assert_eq!(place(&one.replace("obsolete", "active")), format!("{base}/priorRegistration/statusCode/@code"));
    let role = format!("{base}/priorRegistration/subject1/priorRegisteredRole");
    assert_eq!(place(&prior("<id root=\"1.2.3\" extension=\"P2\"/><id root=\"1.2.3\" extension=\"P3\"/>")), format!("{role}/id[2]"));
    assert_eq!(place(&prior("<id root=\"1.2.3\"/>")), format!("{role}/id/@extension"));
}

#[test]
fn what_is_not_for_this_receiver_is_rejected_and_what_is_wrong_refused() {
    use DetailCode as Code;
    use Refusal::{Error, Reject};
    let good = message(Interaction::Added, &format!("{ID}<patientPerson><birthTime value=\"1971\"/></patientPerson>"), "");
    let patient = "controlActProcess/subject/registrationEvent/subject1/patient";
    for (from, to, refusal, code, place) in [
        (
            "extension=\"PRPA_IN201301UV02\"",
            "extension=\"PRPA_IN201302UV02\"",
            Reject,
            Code::UnsupportedInteraction,
            "interactionId/@extension",
        ),
        ("processingCode code=\"P\"", "processingCode code=\"X\"", Reject, Code::UnsupportedProcessingId, "processingCode/@code"),
        ("ModeCode code=\"T\"", "ModeCode code=\"A\"", Reject, Code::UnsupportedProcessingMode, "processingModeCode/@code"),
        ("<id root=\"2.999.1\" extension=\"M7\"/>", "", Error, Code::RequiredAttributeMissing, "id"),
        ("PRPA_TE201301UV02", "PRPA_TE201302UV02", Error, Code::NotTheFixedValue, "controlActProcess/code/@code"),
        ("root=\"1.2.3\" ", "", Error, Code::RequiredAttributeMissing, &format!("{patient}/id/@root")),
        (" extension=\"P1\"", "", Error, Code::RequiredAttributeMissing, &format!("{patient}/id/@extension")),
        ("extension=\"P1\"", "extension=\"P^1\"", Error, Code::DataType, &format!("{patient}/id/@extension")),
        ("root=\"1.2.3\"", "root=\"hospital\"", Error, Code::RequiredAttributeMissing, &format!("{patient}/id")),
        ("1971", "tomorrow", Error, Code::DataType, &format!("{patient}/patientPerson/birthTime/@value")),
        (
            "<patientPerson>",
            "<patientPerson><administrativeGenderCode code=\"?\"/>",
            Error,
            Code::ValueNotFound,
            &format!("{patient}/patientPerson/administrativeGenderCode/@code"),
        ),
        (
            "<patientPerson>",
            "<patientPerson><deceasedInd value=\"Y\"/>",
            Error,
            Code::DataType,
            &format!("{patient}/patientPerson/deceasedInd/@value"),
        ),
        (
            "\"active\"/><subject1>",
            "\"nullified\"/><subject1>",
            Error,
            Code::NotTheFixedValue,
            "controlActProcess/subject/registrationEvent/statusCode/@code",
        ),
        (
            "</registrationEvent>",
            "<replacementOf/></registrationEvent>",
            Error,
            Code::FormalConstraint,
            "controlActProcess/subject/registrationEvent/replacementOf",
        ),
        ("<subject>", "<subject/><subject>", Error, Code::TooManyAssociations, "controlActProcess/subject[2]"),
        ("controlActProcess>", "other>", Error, Code::RequiredAssociationMissing, "controlActProcess"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        assert_eq!(refused(&bad, Interaction::Added), (refusal, code, format!("/PRPA_IN201301UV02/{place}")), "{from} -> {to}");
    }
}

#[test]
fn an_acknowledgement_answers_even_what_says_nothing() {
    let ack = |request: &str| {
        let stamp = acknowledgement::Stamp { id: "00000000-0000-4000-8000-00000000000b", at: "20260101000000+0000", device: "2.999.9" };
        let mut xml = XmlWriter::new(Vec::new());
        acknowledgement::write(&mut xml, &Transmission::of(&element(request)), stamp, None).unwrap();
        String::from_utf8(xml.into_inner()).unwrap()
    };
    let whole = ack(&message(Interaction::Added, ID, ""));
    for part in [
        "<receiver typeCode=\"RCV\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\"><id root=\"2.999.2\"/>",
        "<sender typeCode=\"SND\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\"><id root=\"2.999.3\"/>",
        "<typeCode code=\"CA\"/><targetMessage><id root=\"2.999.1\" extension=\"M7\"/></targetMessage></acknowledgement>",
    ] {
        assert!(whole.contains(part), "{part}: {whole}");
    }
    let bare = ack("<x xmlns=\"urn:hl7-org:v3\"><id root=\"not a uid\"/></x>");
    assert!(bare.contains("<targetMessage><id nullFlavor=\"NI\"/></targetMessage>") && bare.contains("<id root=\"2.999.9\"/>"), "{bare}");
}
