//! Patients.

use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::model::matricule::{MATRICULE_AUTHORITY, Matricule, check_identifier};
use crate::model::patient_feed::{Address, AdministrativeSex, PartialDate, PatientDemographics, PersonName};

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{Fields, Item};

pub(super) const COLUMNS: [Column; 12] = [
    ("id", Cell::Text),
    ("assigning_authority", Cell::Text),
    ("matricule", Cell::Text),
    ("other_identifiers", Cell::Texts),
    ("family", Cell::Text),
    ("given", Cell::Text),
    ("sex", Cell::Text),
    ("birth_date", Cell::Text),
    ("languages", Cell::Texts),
    ("address.postal_code", Cell::Text),
    ("address.city", Cell::Text),
    ("address.country", Cell::Text),
];

/// Names an entry may have. The last four are those of the access rules: they are taken and not stored yet.
const NAMES: [&str; 14] = [
    "id",
    "assigning_authority",
    "matricule",
    "other_identifiers",
    "family",
    "given",
    "sex",
    "birth_date",
    "languages",
    "address",
    "note",
    "dsp",
    "presence_code",
    "relations",
];

pub(super) fn read(item: &Item, authorities: &[Oid], faults: &mut Vec<Fault>) -> Option<(PatientId, PatientDemographics)> {
    let mut fields = Fields::of(item, &NAMES, faults);
    let matricule = fields.required("matricule");
    let checked = if matricule.is_empty() { None } else { Some(Matricule::try_from(matricule)) };
    let matricule = checked.and_then(|checked| checked.map_err(|error| fields.fault("matricule", error.to_string())).ok());
    let authority = authority(&mut fields, authorities);
    let others = fields.all_parsed("other_identifiers", other_identifier);
    let family = fields.required("family");
    let given = fields.text("given").into_iter().collect();
    let sex = fields.parsed("sex", sex);
    let birth_date = fields.parsed("birth_date", date);
    let languages = fields.texts("languages");
    let address = fields.inside("address", &["postal_code", "city", "country"], address);
    let patient_id = Cx::new(matricule?.as_str(), authority?).ok()?;
    let demographics = PatientDemographics {
        identifiers: [patient_id.clone()].into_iter().chain(others).collect(),
        name: Some(PersonName { family: Some(family), given, ..PersonName::default() }),
        birth_date,
        sex,
        addresses: address.into_iter().filter(|address| *address != Address::default()).collect(),
        language: languages.into_iter().next(),
        ..PatientDemographics::default()
    };
    Some((patient_id, demographics))
}

/// An identifier of any authority; one of the authority of matricules is a matricule, perhaps in its older form.
fn other_identifier(text: String) -> Result<Cx, String> {
    let other = text.parse::<Cx>().map_err(|error| error.expected.to_owned())?;
    check_identifier(&other, false).map_err(|error| format!("of an identifier of {MATRICULE_AUTHORITY}: {error}"))?;
    Ok(other)
}

/// Who issued the identifiers of a patient: the authority stated, if its patients are filed here, or the first of those.
pub(super) fn authority(fields: &mut Fields<'_>, authorities: &[Oid]) -> Option<Oid> {
    let before = fields.parsed("assigning_authority", |text| {
        let known = authorities.iter().find(|oid| oid.as_str() == text).cloned();
        known.ok_or_else(|| "patients of this authority are not filed here; see the setting domain.assigning_authorities".to_owned())
    });
    before.or_else(|| authorities.first().cloned())
}

fn sex(text: String) -> Result<AdministrativeSex, String> {
    match text.as_str() {
        "female" => Ok(AdministrativeSex::Female),
        "male" => Ok(AdministrativeSex::Male),
        "other" => Ok(AdministrativeSex::Other),
        "unknown" => Ok(AdministrativeSex::Unknown),
        _ => Err("the sex is female, male, other or unknown".to_owned()),
    }
}

/// An ISO 8601 date, as far as it is known.
fn date(text: String) -> Result<PartialDate, String> {
    const SHAPE: &str = "a date has the form YYYY-MM-DD, YYYY-MM or YYYY and exists in the calendar";
    let dashes_fit = text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7));
    if !dashes_fit {
        return Err(SHAPE.to_owned());
    }
    PartialDate::try_from(text.replace('-', "")).map_err(|_| SHAPE.to_owned())
}

fn address(fields: &mut Fields<'_>) -> Address {
    let (postal_code, city) = (fields.text("postal_code"), fields.text("city"));
    let country = fields.parsed("country", |code| {
        let fits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if fits { Ok(code) } else { Err("a country is its code of two capital letters (ISO 3166), as in LU".to_owned()) }
    });
    Address { postal_code, city, country, ..Address::default() }
}
