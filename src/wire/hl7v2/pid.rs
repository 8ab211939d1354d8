//! PID and MRG: identifiers and demographics (ITI TF-2: Tables 3.8-2 and 3.8-4).

use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;
use crate::model::patient_feed::{
    Address, AdministrativeSex, DemographicElement, PartialDate, PatientDemographics, PatientIdentificationDomain, PersonName,
};

use super::Hl7Error;
use super::er7::{Element, Segment};
use super::error::ErrorCondition;

/// The identifiers of PID-3 or MRG-1 whose assigning authority has an OID; one without an assigning authority, or with the
/// domain's namespace only, is of `domain` (ITI TF-2: 3.8.4.1.4). Those of other authorities are left aside, but one must remain.
pub(super) fn identifiers(field: Element<'_>, domain: Option<&PatientIdentificationDomain>) -> Result<Vec<Cx>, Hl7Error> {
    const SHAPE: &str = "an identifier and the OID of its assigning authority are required, as in 1234^^^&1.2.3&ISO";
    if field.is_empty() || field.is_null() {
        return Err(field.error(ErrorCondition::RequiredFieldMissing, SHAPE));
    }
    let mut identifiers = Vec::new();
    for repetition in field.repetitions() {
        let Some(authority) = assigning_authority(repetition.component(4), domain)? else { continue };
        let id = repetition.component(1);
        let text = id.text()?.ok_or_else(|| id.error(ErrorCondition::RequiredFieldMissing, SHAPE))?;
        let identifier = Cx::new(&text, authority)
            .map_err(|_| id.error(ErrorCondition::DataType, "an identifier has at most 199 characters and none of ^ & | ~"))?;
        identifiers.push(identifier);
    }
    if identifiers.is_empty() { Err(field.error(ErrorCondition::DataType, SHAPE)) } else { Ok(identifiers) }
}

fn assigning_authority(hd: Element<'_>, domain: Option<&PatientIdentificationDomain>) -> Result<Option<Oid>, Hl7Error> {
    let (namespace, universal_id, kind) = (hd.subcomponent(1).text()?, hd.subcomponent(2).text()?, hd.subcomponent(3).text()?);
    match (universal_id, kind.as_deref()) {
        (None, None) => Ok(domain
            .filter(|domain| namespace.is_none() || namespace.as_deref() == domain.namespace_id.as_deref())
            .map(|domain| domain.universal_id.clone())),
        (Some(oid), Some("ISO")) => Ok(oid.parse().ok()),
        _ => Ok(None),
    }
}

/// The patient of a PID segment and the elements that it takes away.
pub(super) fn patient(
    pid: Segment<'_>,
    domain: Option<&PatientIdentificationDomain>,
) -> Result<(PatientDemographics, Vec<DemographicElement>), Hl7Error> {
    let patient = PatientDemographics {
        identifiers: identifiers(pid.field(3), domain)?,
        name: name(pid.field(5))?,
        birth_date: date(pid.field(7))?,
        sex: sex(pid.field(8))?,
        addresses: pid.field(11).repetitions().map(address).filter_map(Result::transpose).collect::<Result<_, _>>()?,
        language: pid.field(15).owned()?,
        deceased: yes_or_no(pid.field(30))?,
        death_date: date(pid.field(29))?,
    };
    use DemographicElement as Element;
    let removable = [
        (5, Element::Name),
        (7, Element::BirthDate),
        (8, Element::Sex),
        (11, Element::Addresses),
        (15, Element::Language),
        (29, Element::DeathDate),
        (30, Element::Deceased),
    ];
    let removed = removable.into_iter().filter(|(field, _)| pid.field(*field).is_null()).map(|(_, element)| element).collect();
    Ok((patient, removed))
}

/// The legal name (XPN.7 = `L`), else the first.
fn name(field: Element<'_>) -> Result<Option<PersonName>, Hl7Error> {
    let mut chosen = None;
    for repetition in field.repetitions() {
        let legal = repetition.component(7).text()?.as_deref() == Some("L");
        if chosen.is_none() || legal {
            chosen = Some(repetition);
        }
        if legal {
            break;
        }
    }
    let Some(xpn) = chosen else { return Ok(None) };
    let part = |number| xpn.component(number).owned();
    let given = [part(2)?, part(3)?].into_iter().flatten().collect();
    let name = PersonName { family: xpn.component(1).subcomponent(1).owned()?, given, suffix: part(4)?, prefix: part(5)? };
    Ok((name != PersonName::default()).then_some(name))
}

fn address(xad: Element<'_>) -> Result<Option<Address>, Hl7Error> {
    let part = |number| xad.component(number).owned();
    let lines = [part(1)?, part(2)?].into_iter().flatten().collect();
    let address = Address { lines, city: part(3)?, state: part(4)?, postal_code: part(5)?, country: part(6)? };
    Ok((address != Address::default()).then_some(address))
}

/// The day of a point in time (type TS), as far as it is given.
fn date(field: Element<'_>) -> Result<Option<PartialDate>, Hl7Error> {
    let Some(text) = field.text()? else { return Ok(None) };
    PartialDate::of_point_in_time(&text).map(Some).ok_or_else(|| {
        field.error(ErrorCondition::DataType, "a date must have the form YYYY, YYYYMM or YYYYMMDD and exist in the calendar")
    })
}

fn sex(field: Element<'_>) -> Result<Option<AdministrativeSex>, Hl7Error> {
    let Some(code) = field.text()? else { return Ok(None) };
    let known = AdministrativeSex::from_code(&code).map(Some);
    known.ok_or_else(|| field.error(ErrorCondition::TableValueNotFound, "the sex must be a code of HL7 table 0001: F, M, O, U, A or N"))
}

fn yes_or_no(field: Element<'_>) -> Result<Option<bool>, Hl7Error> {
    match field.text()?.as_deref() {
        None => Ok(None),
        Some("Y") => Ok(Some(true)),
        Some("N") => Ok(Some(false)),
        Some(_) => Err(field.error(ErrorCondition::TableValueNotFound, "the value must be Y or N (HL7 table 0136)")),
    }
}
