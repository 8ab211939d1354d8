//! The person behind a patient role (ITI TF-2: Table 3.44.4.1.2.2-1).

use super::error::{DetailCode, Hl7v3Error};
use super::identifiers::{MOST, identifiers, other_identifiers, too_many};
use super::null::{all_taken_away, is_taken_away};
use super::place::Place;
use crate::model::patient_feed::{Address, AdministrativeSex, DemographicElement, PartialDate, PatientDemographics, PersonName};

/// The patient of a `patient` element and the elements that it takes away. Someone who is no person has identifiers only.
pub(super) fn patient(role: &Place<'_>) -> Result<(PatientDemographics, Vec<DemographicElement>), Hl7v3Error> {
    let mut known = PatientDemographics { identifiers: identifiers(role)?, ..PatientDemographics::default() };
    let Some(person) = role.first("patientPerson") else { return Ok((known, Vec::new())) };
    for others in person.all("asOtherIDs") {
        known.identifiers.extend(other_identifiers(&others)?);
        if known.identifiers.len() > MOST {
            return Err(too_many(&others));
        }
    }
    known.name = name(&person);
    known.birth_date = date(&person, "birthTime")?;
    known.sex = sex(&person)?;
    known.addresses = person.all("addr").map(|addr| address(&addr)).filter(|address| *address != Address::default()).collect();
    known.language = language(&person);
    known.deceased = yes_or_no(&person, "deceasedInd")?;
    known.death_date = date(&person, "deceasedTime")?;
    let removed = removed(&person, &known);
    Ok((known, removed))
}

fn removed(person: &Place<'_>, known: &PatientDemographics) -> Vec<DemographicElement> {
    use DemographicElement as Element;
    let removable = [
        ("name", Element::Name),
        ("birthTime", Element::BirthDate),
        ("addr", Element::Addresses),
        ("deceasedTime", Element::DeathDate),
        ("deceasedInd", Element::Deceased),
    ];
    let gone = removable.into_iter().filter(|(name, _)| all_taken_away(person, name)).map(|(_, element)| element);
    let sex = all_taken_away(person, "administrativeGenderCode") && known.sex.is_none();
    let mut languages = person.all("languageCommunication").filter_map(|spoken| spoken.first("languageCode")).peekable();
    let language = languages.peek().is_some() && languages.all(|code| is_taken_away(&code));
    gone.chain(sex.then_some(Element::Sex)).chain(language.then_some(Element::Language)).collect()
}

/// The legal name (`use` has `L`), else the first.
fn name(person: &Place<'_>) -> Option<PersonName> {
    let names = || person.all("name").filter(|name| name.attribute("nullFlavor").is_none());
    let legal = names().find(|name| name.attribute("use").is_some_and(|uses| uses.split_whitespace().any(|code| code == "L")));
    let chosen = legal.or_else(|| names().next())?;
    let part = |kind| joined(chosen.texts(kind));
    // A name without parts is a family name as far as a reader can tell.
    let family = family(&chosen).or_else(|| if chosen.element().elements().next().is_none() { chosen.text() } else { None });
    let name = PersonName { family, given: chosen.texts("given"), suffix: part("suffix"), prefix: part("prefix") };
    (name != PersonName::default()).then_some(name)
}

/// The family names in use; that of birth (`BR`) only if there is no other.
fn family(name: &Place<'_>) -> Option<String> {
    let parts = |of_birth: bool| {
        let is_of_birth =
            |part: &Place<'_>| part.attribute("qualifier").is_some_and(|codes| codes.split_whitespace().any(|code| code == "BR"));
        joined(name.all("family").filter(|part| is_of_birth(part) == of_birth).filter_map(|part| part.text()).collect())
    };
    parts(false).or_else(|| parts(true))
}

fn joined(parts: Vec<String>) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn address(addr: &Place<'_>) -> Address {
    let part = |kind| joined(addr.texts(kind));
    let street = joined([addr.texts("houseNumber"), addr.texts("streetName")].concat());
    let lines = [addr.texts("streetAddressLine"), street.into_iter().collect(), addr.texts("additionalLocator")].concat();
    Address { lines, city: part("city"), state: part("state"), postal_code: part("postalCode"), country: part("country") }
}

/// The preferred language, else the first.
fn language(person: &Place<'_>) -> Option<String> {
    let spoken = || person.all("languageCommunication").filter(|spoken| spoken.value_of("languageCode", "code").is_some());
    let preferred = spoken().find(|spoken| spoken.value_of("preferenceInd", "value") == Some("true"));
    preferred.or_else(|| spoken().next())?.value_of("languageCode", "code").map(str::to_owned)
}

/// The day of a point in time (type TS), as far as it is given.
fn date(person: &Place<'_>, name: &'static str) -> Result<Option<PartialDate>, Hl7v3Error> {
    let Some(value) = person.value_of(name, "value") else { return Ok(None) };
    let text = "a time must have the form YYYY, YYYYMM, YYYYMMDD or YYYYMMDDHHMMSS and its day must exist in the calendar";
    let place = format!("{name}/@value");
    PartialDate::of_point_in_time(value).map(Some).ok_or_else(|| person.below(&place, DetailCode::DataType, text))
}

/// Male, female or undifferentiated (HL7 version 3 AdministrativeGender); senders who write codes of version 2 table 0001 are
/// understood too. That the sex is unknown or does not apply is said by a null flavor.
fn sex(person: &Place<'_>) -> Result<Option<AdministrativeSex>, Hl7v3Error> {
    let Some(gender) = person.first("administrativeGenderCode") else { return Ok(None) };
    let Some(code) = gender.attribute("code") else {
        return Ok(match gender.attribute("nullFlavor") {
            Some("UNK") => Some(AdministrativeSex::Unknown),
            Some("NA") => Some(AdministrativeSex::NotApplicable),
            _ => None,
        });
    };
    let known = if code == "UN" { Some(AdministrativeSex::Other) } else { AdministrativeSex::from_code(code) };
    let text = "the code must be F, M or UN (code system 2.16.840.1.113883.5.1), or leave it out and give a nullFlavor";
    known.map(Some).ok_or_else(|| gender.below("@code", DetailCode::ValueNotFound, text))
}

fn yes_or_no(person: &Place<'_>, name: &'static str) -> Result<Option<bool>, Hl7v3Error> {
    match person.value_of(name, "value") {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(person.below(&format!("{name}/@value"), DetailCode::DataType, "the value must be true or false")),
    }
}
