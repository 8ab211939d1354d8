//! What a patient feed asks, written as a message of version 3: the sending side of ITI-44 (ITI TF-2: 3.44.4.1.2, 3.44.4.2.2).

use std::io::{self, Write};

use super::acknowledgement::{INTERACTION_IDS, device};
use super::interaction::Interaction;
use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;
use crate::model::patient_feed::{
    Address, AdministrativeSex, DemographicElement, FeedEvent, PartialDate, PatientDemographics, PatientFeed, PersonName,
};
use crate::wire::xml::{XmlWriter, ns};

/// The feed asks what one message of version 3 cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one message of HL7 version 3 adds a patient, revises one, or merges one identifier into another")]
pub struct UnfitEvent;

/// The interaction that says what the event asks.
pub fn interaction(event: &FeedEvent) -> Result<Interaction, UnfitEvent> {
    match event {
        FeedEvent::Add(_) => Ok(Interaction::Added),
        FeedEvent::Revise { .. } => Ok(Interaction::Revised),
        FeedEvent::Merge(pairs) if matches!(pairs.as_slice(), [pair] if pair.subsumed.len() == 1) => Ok(Interaction::DuplicatesResolved),
        FeedEvent::Merge(_) | FeedEvent::ChangeLink(_) => Err(UnfitEvent),
    }
}

/// Writes the message; its id is the feed's, the devices are the applications of sender and receiver, which should be OIDs.
pub fn write<W: Write>(xml: &mut XmlWriter<W>, feed: &PatientFeed, interaction: Interaction) -> io::Result<()> {
    xml.start(interaction.id(), &[("xmlns", ns::HL7V3), ("ITSVersion", "XML_1.0")])?;
    xml.empty("id", &[("root", &feed.message_control_id)])?;
    xml.empty("creationTime", &[("value", feed.message_time.as_deref().unwrap_or_default())])?;
    xml.empty("interactionId", &[("root", INTERACTION_IDS), ("extension", interaction.id())])?;
    for (name, code) in [("processingCode", "P"), ("processingModeCode", "T"), ("acceptAckCode", "AL")] {
        xml.empty(name, &[("code", code)])?;
    }
    device(xml, "receiver", "RCV", Some(&feed.receiver.application))?;
    device(xml, "sender", "SND", Some(&feed.sender.application))?;
    xml.start("controlActProcess", &[("classCode", "CACT"), ("moodCode", "EVN")])?;
    xml.empty("code", &[("code", interaction.trigger_event()), ("codeSystem", INTERACTION_IDS)])?;
    xml.start("subject", &[("typeCode", "SUBJ"), ("contextConductionInd", "false")])?;
    registration(xml, feed)?;
    for name in ["subject", "controlActProcess", interaction.id()] {
        xml.end(name)?;
    }
    Ok(())
}

fn registration<W: Write>(xml: &mut XmlWriter<W>, feed: &PatientFeed) -> io::Result<()> {
    let event = &feed.event;
    xml.start("registrationEvent", &[("classCode", "REG"), ("moodCode", "EVN")])?;
    xml.empty("id", &[("nullFlavor", "NA")])?;
    xml.empty("statusCode", &[("code", "active")])?;
    xml.start("subject1", &[("typeCode", "SBJ")])?;
    xml.start("patient", &[("classCode", "PAT")])?;
    let nobody = PatientDemographics::default();
    let (identifiers, person, removed): (&[Cx], _, &[DemographicElement]) = match event {
        FeedEvent::Add(patient) => (&patient.identifiers, patient, &[]),
        FeedEvent::Revise { patient, removed } => (&patient.identifiers, patient, removed),
        FeedEvent::Merge(pairs) => (pairs.first().map(|pair| pair.surviving.as_slice()).unwrap_or_default(), &nobody, &[]),
        FeedEvent::ChangeLink(_) => (&[], &nobody, &[]),
    };
    let scope = identifiers.first().map(Cx::assigning_authority);
    // Those of other authorities are the person's, not the patient's; in a merge they all count (ITI TF-2: 3.44.4.1.2.1).
    let merging = matches!(event, FeedEvent::Merge(_));
    let (own, others): (Vec<_>, Vec<_>) = identifiers.iter().partition(|id| merging || Some(id.assigning_authority()) == scope);
    own.into_iter().try_for_each(|id| identifier(xml, id))?;
    xml.empty("statusCode", &[("code", "active")])?;
    person_of(xml, person, &others, removed)?;
    scope.map_or(Ok(()), |scope| provider(xml, scope))?;
    xml.end("patient")?;
    xml.end("subject1")?;
    custodian(xml, &feed.sender.application)?;
    if let FeedEvent::Merge(pairs) = event {
        pairs.iter().flat_map(|pair| &pair.subsumed).try_for_each(|id| replacement(xml, id))?;
    }
    xml.end("registrationEvent")
}

/// The organization whose patient this is, under the OID of the identifiers it gives.
fn provider<W: Write>(xml: &mut XmlWriter<W>, scope: &Oid) -> io::Result<()> {
    xml.start("providerOrganization", &[("classCode", "ORG"), ("determinerCode", "INSTANCE")])?;
    xml.empty("id", &[("root", scope.as_str())])?;
    xml.start("contactParty", &[("classCode", "CON")])?;
    xml.empty("telecom", &[("nullFlavor", "NI")])?;
    xml.end("contactParty")?;
    xml.end("providerOrganization")
}

fn custodian<W: Write>(xml: &mut XmlWriter<W>, source: &str) -> io::Result<()> {
    xml.start("custodian", &[("typeCode", "CST")])?;
    xml.start("assignedEntity", &[("classCode", "ASSIGNED")])?;
    xml.empty("id", &[("root", source)])?;
    xml.end("assignedEntity")?;
    xml.end("custodian")
}

fn other_id<W: Write>(xml: &mut XmlWriter<W>, id: &Cx) -> io::Result<()> {
    xml.start("asOtherIDs", &[("classCode", "PAT")])?;
    identifier(xml, id)?;
    xml.start("scopingOrganization", &[("classCode", "ORG"), ("determinerCode", "INSTANCE")])?;
    xml.empty("id", &[("root", id.assigning_authority().as_str())])?;
    xml.end("scopingOrganization")?;
    xml.end("asOtherIDs")
}

fn replacement<W: Write>(xml: &mut XmlWriter<W>, subsumed: &Cx) -> io::Result<()> {
    xml.start("replacementOf", &[("typeCode", "RPLC")])?;
    xml.start("priorRegistration", &[("classCode", "REG"), ("moodCode", "EVN")])?;
    xml.empty("statusCode", &[("code", "obsolete")])?;
    xml.start("subject1", &[("typeCode", "SBJ")])?;
    xml.start("priorRegisteredRole", &[("classCode", "PAT")])?;
    identifier(xml, subsumed)?;
    ["priorRegisteredRole", "subject1", "priorRegistration", "replacementOf"].into_iter().try_for_each(|name| xml.end(name))
}

fn identifier<W: Write>(xml: &mut XmlWriter<W>, id: &Cx) -> io::Result<()> {
    xml.empty("id", &[("root", id.assigning_authority().as_str()), ("extension", id.id())])
}

/// The elements in the order of the schema; one that is taken away has a null flavor.
fn person_of<W: Write>(
    xml: &mut XmlWriter<W>,
    patient: &PatientDemographics,
    other_ids: &[&Cx],
    removed: &[DemographicElement],
) -> io::Result<()> {
    use DemographicElement as Element;
    let gone = |element| removed.contains(&element);
    xml.start("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")])?;
    match &patient.name {
        Some(known) if !gone(Element::Name) => name(xml, known)?,
        // A person without any name has to say so.
        _ => xml.empty("name", &[("nullFlavor", if gone(Element::Name) { "NI" } else { "NP" })])?,
    }
    match patient.sex.filter(|_| !gone(Element::Sex)) {
        Some(known) => xml.empty("administrativeGenderCode", &[gender(known)])?,
        None if gone(Element::Sex) => xml.empty("administrativeGenderCode", &[("nullFlavor", "NI")])?,
        None => {}
    }
    time(xml, "birthTime", patient.birth_date.as_ref(), gone(Element::BirthDate))?;
    let deceased = patient.deceased.map(|dead| if dead { "true" } else { "false" });
    value(xml, "deceasedInd", deceased, gone(Element::Deceased))?;
    time(xml, "deceasedTime", patient.death_date.as_ref(), gone(Element::DeathDate))?;
    match gone(Element::Addresses) {
        true => xml.empty("addr", &[("nullFlavor", "NI")])?,
        false => patient.addresses.iter().try_for_each(|known| address(xml, known))?,
    }
    other_ids.iter().try_for_each(|id| other_id(xml, id))?;
    language(xml, patient.language.as_deref(), gone(Element::Language))?;
    xml.end("patientPerson")
}

fn gender(sex: AdministrativeSex) -> (&'static str, &'static str) {
    match sex {
        AdministrativeSex::Female => ("code", "F"),
        AdministrativeSex::Male => ("code", "M"),
        AdministrativeSex::Other | AdministrativeSex::Ambiguous => ("code", "UN"),
        AdministrativeSex::Unknown => ("nullFlavor", "UNK"),
        AdministrativeSex::NotApplicable => ("nullFlavor", "NA"),
    }
}

fn time<W: Write>(xml: &mut XmlWriter<W>, name: &str, date: Option<&PartialDate>, gone: bool) -> io::Result<()> {
    value(xml, name, date.map(PartialDate::as_str), gone)
}

fn value<W: Write>(xml: &mut XmlWriter<W>, name: &str, known: Option<&str>, gone: bool) -> io::Result<()> {
    match known {
        _ if gone => xml.empty(name, &[("nullFlavor", "NI")]),
        Some(text) => xml.empty(name, &[("value", text)]),
        None => Ok(()),
    }
}

fn language<W: Write>(xml: &mut XmlWriter<W>, code: Option<&str>, gone: bool) -> io::Result<()> {
    let known = if gone { Some(("nullFlavor", "NI")) } else { code.map(|code| ("code", code)) };
    let Some(known) = known else { return Ok(()) };
    xml.start("languageCommunication", &[])?;
    xml.empty("languageCode", &[known])?;
    xml.end("languageCommunication")
}

fn name<W: Write>(xml: &mut XmlWriter<W>, name: &PersonName) -> io::Result<()> {
    xml.start("name", &[("use", "L")])?;
    parts(xml, "prefix", &name.prefix)?;
    parts(xml, "given", &name.given)?;
    parts(xml, "family", &name.family)?;
    parts(xml, "suffix", &name.suffix)?;
    xml.end("name")
}

fn address<W: Write>(xml: &mut XmlWriter<W>, address: &Address) -> io::Result<()> {
    xml.start("addr", &[])?;
    parts(xml, "streetAddressLine", &address.lines)?;
    for (part, text) in
        [("city", &address.city), ("state", &address.state), ("postalCode", &address.postal_code), ("country", &address.country)]
    {
        parts(xml, part, text)?;
    }
    xml.end("addr")
}

fn parts<'a, W: Write>(xml: &mut XmlWriter<W>, name: &str, texts: impl IntoIterator<Item = &'a String>) -> io::Result<()> {
    texts.into_iter().try_for_each(|text| xml.leaf(name, &[], text))
}
