//! What a patient feed asks, written as an ADT message: the sending side of ITI-8 (ITI TF-2: 3.8.4.1.2, 3.8.4.2.2).

use std::collections::BTreeMap;

use crate::model::hl7_types::Cx;
use crate::model::patient_feed::{
    Address, DemographicElement, FeedEvent, LinkChange, PatientDemographics, PatientFeed, PatientMerge, PersonName,
};

use super::escape::escape;
use super::header::{TriggerEvent, Version};
use super::raw_header::Delimiters;

/// The trigger event cannot carry what the feed asks: A01, A04, A05 and A28 add, A08 and A31 revise, A40 merges, A43 changes
/// a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("trigger event {} does not fit the feed: A01, A04, A05 and A28 add a patient, A08 and A31 revise one, A40 merges, A43 changes a link", .0.as_str())]
pub struct UnfitTrigger(pub TriggerEvent);

/// The message, with the delimiters `|^~\&`, in UTF-8 (named in MSH-18 where it is more than ASCII), processing id P.
pub fn write(feed: &PatientFeed, trigger: TriggerEvent, version: Version) -> Result<Vec<u8>, UnfitTrigger> {
    use TriggerEvent::{A01, A04, A05, A08, A28, A31, A40, A43};
    let body = match (&feed.event, trigger) {
        (FeedEvent::Add(patient), A01 | A04 | A05 | A28) => person(patient, &[], trigger),
        (FeedEvent::Revise { patient, removed }, A08 | A31) => person(patient, removed, trigger),
        (FeedEvent::Merge(merges), A40) => merges.iter().map(merge).collect(),
        (FeedEvent::ChangeLink(change), A43) => link_change(change),
        (FeedEvent::Add(_) | FeedEvent::Revise { .. } | FeedEvent::Merge(_) | FeedEvent::ChangeLink(_), _) => {
            return Err(UnfitTrigger(trigger));
        }
    };
    let time = text(feed.message_time.as_deref().unwrap_or_default());
    let event = segment("EVN", [(1, trigger.as_str().to_owned()), (2, time)]);
    let message = [event, body].concat();
    let header = header(feed, trigger, version, message.is_ascii());
    Ok([header, message].concat().into_bytes())
}

fn header(feed: &PatientFeed, trigger: TriggerEvent, version: Version, body_is_ascii: bool) -> String {
    let kind = format!("ADT^{}^{}", trigger.as_str(), trigger.structure(version));
    let named = [
        (3, text(&feed.sender.application)),
        (4, text(&feed.sender.facility)),
        (5, text(&feed.receiver.application)),
        (6, text(&feed.receiver.facility)),
        (7, text(feed.message_time.as_deref().unwrap_or_default())),
        (9, kind),
        (10, text(&feed.message_control_id)),
        (11, "P".to_owned()),
        (12, version.as_str().to_owned()),
    ];
    let ascii = body_is_ascii && named.iter().all(|(_, value)| value.is_ascii());
    let charset = (!ascii).then(|| (18, "UNICODE UTF-8".to_owned()));
    // MSH-1 is the separator behind the name, so that the pieces of MSH count one less than its fields.
    let fields = [(2, "^~\\&".to_owned())].into_iter().chain(named).chain(charset);
    segment("MSH", fields.map(|(number, value)| (number - 1, value)))
}

fn person(patient: &PatientDemographics, removed: &[DemographicElement], trigger: TriggerEvent) -> String {
    use DemographicElement as Element;
    let value = |element, value: Option<String>| if removed.contains(&element) { "\"\"".to_owned() } else { value.unwrap_or_default() };
    let addresses: Vec<_> = patient.addresses.iter().map(address).collect();
    let pid = segment(
        "PID",
        [
            (3, identifiers(&patient.identifiers)),
            (5, value(Element::Name, patient.name.as_ref().map(name))),
            (7, value(Element::BirthDate, patient.birth_date.as_ref().map(|date| date.as_str().to_owned()))),
            (8, value(Element::Sex, patient.sex.map(|sex| sex.code().to_owned()))),
            (11, value(Element::Addresses, Some(addresses.join("~")))),
            (15, value(Element::Language, patient.language.as_deref().map(text))),
            (29, value(Element::DeathDate, patient.death_date.as_ref().map(|date| date.as_str().to_owned()))),
            (30, value(Element::Deceased, patient.deceased.map(|dead| if dead { "Y" } else { "N" }.to_owned()))),
        ],
    );
    // HL7 table 0004: in-patient, out-patient, pre-admission, or not applicable where there is no visit.
    let class = match trigger {
        TriggerEvent::A01 => "I",
        TriggerEvent::A04 => "O",
        TriggerEvent::A05 => "P",
        TriggerEvent::A08 | TriggerEvent::A28 | TriggerEvent::A31 | TriggerEvent::A40 | TriggerEvent::A43 => "N",
    };
    [pid, segment("PV1", [(2, class.to_owned())])].concat()
}

fn merge(pair: &PatientMerge) -> String {
    let pid = segment("PID", [(3, identifiers(&pair.surviving))]);
    [pid, segment("MRG", [(1, identifiers(&pair.subsumed))])].concat()
}

/// PID-5 is a space: the name is not what changes (ITI TF-2: 3.64.4.1.2.3).
fn link_change(change: &LinkChange) -> String {
    let pid = segment("PID", [(3, identifiers([&change.new_xad_pid, &change.local_id])), (5, " ".to_owned())]);
    let before = std::iter::once(&change.previous_xad_pid).chain(&change.subsumed_local_id);
    [pid, segment("MRG", [(1, identifiers(before))])].concat()
}

fn identifiers<'a>(identifiers: impl IntoIterator<Item = &'a Cx>) -> String {
    let each: Vec<_> = identifiers.into_iter().map(|cx| format!("{}^^^&{}&ISO", text(cx.id()), cx.assigning_authority())).collect();
    each.join("~")
}

fn name(name: &PersonName) -> String {
    let optional = |part: &Option<String>| part.as_deref().map(text).unwrap_or_default();
    let mut given = name.given.iter();
    let first = given.next().map(|part| text(part)).unwrap_or_default();
    let further: Vec<_> = given.map(|part| text(part)).collect();
    [optional(&name.family), first, further.join(" "), optional(&name.suffix), optional(&name.prefix), String::new(), "L".to_owned()]
        .join("^")
}

fn address(address: &Address) -> String {
    let optional = |part: &Option<String>| part.as_deref().map(text).unwrap_or_default();
    let mut lines = address.lines.iter();
    let first = lines.next().map(|line| text(line)).unwrap_or_default();
    let further: Vec<_> = lines.map(|line| text(line)).collect();
    let parts = [&address.city, &address.state, &address.postal_code, &address.country].map(optional);
    [[first, further.join(", ")].as_slice(), &parts].concat().join("^").trim_end_matches('^').to_owned()
}

fn text(value: &str) -> String {
    escape(value, Delimiters::default())
}

/// A segment with values at the given pieces, ended by CR; empty pieces at the end are left out.
fn segment(name: &str, pieces: impl IntoIterator<Item = (u16, String)>) -> String {
    let mut line = name.to_owned();
    let (mut at, pieces): (u16, BTreeMap<_, _>) = (0, pieces.into_iter().filter(|(_, value)| !value.is_empty()).collect());
    for (number, value) in pieces {
        line.extend(std::iter::repeat_n('|', usize::from(number - at)));
        line.push_str(&value);
        at = number;
    }
    line.push('\r');
    line
}

#[cfg(test)]
mod tests {
    use super::super::adt;
    use super::*;
    use crate::model::patient_feed::{AdministrativeSex, FeedParty, PartialDate};

    fn cx(id: &str) -> Cx {
        Cx::new(id, "1.2.3".parse().unwrap()).unwrap()
    }

    fn patient() -> PatientDemographics {
        PatientDemographics {
            identifiers: vec![cx("P\\1"), cx("L2")],
            name: Some(PersonName {
                family: Some("Müller & Söhne".into()),
                given: vec!["Eva".into(), "Ann^e".into()],
                ..PersonName::default()
            }),
            birth_date: PartialDate::try_from("197102".to_owned()).ok(),
            sex: Some(AdministrativeSex::Female),
            addresses: vec![Address { lines: vec!["1 rue|du~Lac".into(), "2e".into()], country: Some("LUX".into()), ..Address::default() }],
            language: Some("fr".into()),
            deceased: Some(false),
            death_date: None,
        }
    }

    fn feed(event: FeedEvent) -> PatientFeed {
        let party = |application: &str| FeedParty { application: application.into(), facility: "F&C".into() };
        PatientFeed {
            event,
            message_control_id: "M|1".into(),
            sender: party("ADT"),
            receiver: party("Régistre"),
            message_time: Some("20260203040506+0100".into()),
        }
    }

    #[test]
    fn every_event_reads_back_as_it_was_written_in_every_version() {
        use TriggerEvent::{A01, A04, A05, A08, A28, A31, A40, A43};
        let add = feed(FeedEvent::Add(patient()));
        let gone = PatientDemographics { addresses: Vec::new(), birth_date: None, ..patient() };
        let revise = feed(FeedEvent::Revise { patient: gone, removed: vec![DemographicElement::BirthDate, DemographicElement::Addresses] });
        let pair = |n: &str| PatientMerge { surviving: vec![cx(n)], subsumed: vec![cx("old"), cx("older")] };
        let merge = feed(FeedEvent::Merge(vec![pair("1"), pair("2")]));
        let link = feed(FeedEvent::ChangeLink(LinkChange {
            new_xad_pid: cx("N"),
            local_id: cx("L1"),
            previous_xad_pid: cx("O"),
            subsumed_local_id: Some(cx("L2")),
            source_id: None,
        }));
        let others = [(&add, A28), (&revise, A08), (&revise, A31), (&merge, A40), (&link, A43)];
        for (feed, trigger) in [(&add, A01), (&add, A04), (&add, A05)].into_iter().chain(others) {
            for version in [Version::V2_3_1, Version::V2_5, Version::V2_7] {
                let message = write(feed, trigger, version).unwrap();
                assert_eq!(&adt::read(&message, None).unwrap(), feed, "{}", String::from_utf8_lossy(&message));
            }
        }
    }

    #[test]
    fn a_message_is_written_as_ihe_asks() {
        let simple = PatientFeed {
            event: FeedEvent::Add(PatientDemographics { identifiers: vec![cx("P1")], ..PatientDemographics::default() }),
            message_control_id: "M1".into(),
            sender: FeedParty { application: "ADT".into(), facility: "CHL".into() },
            receiver: FeedParty::default(),
            message_time: Some("20260203".into()),
        };
        let message = String::from_utf8(write(&simple, TriggerEvent::A01, Version::V2_3_1).unwrap()).unwrap();
        assert_eq!(message, "MSH|^~\\&|ADT|CHL|||20260203||ADT^A01^ADT_A01|M1|P|2.3.1\rEVN|A01|20260203\rPID|||P1^^^&1.2.3&ISO\rPV1||I\r");
        assert_eq!(write(&simple, TriggerEvent::A40, Version::V2_3_1), Err(UnfitTrigger(TriggerEvent::A40)));
    }
}
