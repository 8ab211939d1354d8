//! Patient (PDQm, ITI TF-2: 3.78; FHIR R4, patient.html).

use serde_json::{Value, json};

use super::elements::{fault, identifier, items, of_oid, put, text};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::model::matricule::{LegacyMatricule, MATRICULE_AUTHORITY, check_identifier};
use crate::model::patient_feed::{Address, AdministrativeSex, PartialDate, PatientDemographics, PersonName};
use crate::wire::fhir::FhirFault;

/// The id of a patient on this interface: the identifier, where the domain's own authority issued it; else that authority, a hyphen
/// and the identifier.
pub(super) fn logical_id(patient_id: &PatientId, own: &Oid) -> String {
    match patient_id.assigning_authority() {
        authority if authority == own => patient_id.id().to_owned(),
        authority => format!("{authority}-{}", patient_id.id()),
    }
}

/// The patient identifier of such an id.
pub fn patient_of_logical_id(id: &str, own: &Oid) -> Option<PatientId> {
    let of_another = id.split_once('-').and_then(|(authority, id)| Some((authority.parse().ok()?, id)));
    let (authority, id) = of_another.unwrap_or_else(|| (own.clone(), id));
    Cx::new(id, authority).ok()
}

/// The demographics of a patient.
pub fn patient(patient_id: &PatientId, demographics: &PatientDemographics, own: &Oid) -> Value {
    let others = demographics.identifiers.iter().filter(|other| *other != patient_id);
    let identifiers = [patient_id].into_iter().chain(others).map(|id| identifier(id.assigning_authority(), id.id()));
    let mut resource = json!({
        "resourceType": "Patient",
        "id": logical_id(patient_id, own),
        "identifier": identifiers.collect::<Vec<_>>(),
        "active": true,
    });
    put(&mut resource, "name", demographics.name.iter().map(name).collect());
    put(&mut resource, "gender", demographics.sex.map(gender).into());
    put(&mut resource, "birthDate", demographics.birth_date.as_ref().map(dashed).into());
    match (&demographics.death_date, demographics.deceased) {
        (Some(day), _) => put(&mut resource, "deceasedDateTime", dashed(day).into()),
        (None, Some(is_deceased)) => put(&mut resource, "deceasedBoolean", is_deceased.into()),
        (None, None) => {}
    }
    put(&mut resource, "address", demographics.addresses.iter().map(address).collect());
    let language = |tag: &String| json!({ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": tag }] }, "preferred": true });
    put(&mut resource, "communication", demographics.language.iter().map(language).collect());
    resource
}

fn name(name: &PersonName) -> Value {
    let mut written = json!({ "use": "official" });
    put(&mut written, "family", name.family.clone().into());
    put(&mut written, "given", name.given.clone().into());
    put(&mut written, "prefix", name.prefix.iter().cloned().collect());
    put(&mut written, "suffix", name.suffix.iter().cloned().collect());
    written
}

fn address(address: &Address) -> Value {
    let mut written = json!({});
    put(&mut written, "line", address.lines.clone().into());
    put(&mut written, "city", address.city.clone().into());
    put(&mut written, "state", address.state.clone().into());
    put(&mut written, "postalCode", address.postal_code.clone().into());
    put(&mut written, "country", address.country.clone().into());
    written
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn dashed(date: &PartialDate) -> String {
    let digits = date.as_str();
    let parts = [(0, 4), (4, 6), (6, 8)].into_iter().filter_map(|(from, to)| digits.get(from..to));
    parts.collect::<Vec<_>>().join("-")
}

fn undashed(text: &str, path: &str) -> Result<PartialDate, FhirFault> {
    let day = text.split('T').next().unwrap_or("").replace('-', "");
    PartialDate::try_from(day).map_err(|_| fault(path, "a date YYYY, YYYY-MM or YYYY-MM-DD that exists in the calendar is expected"))
}

fn gender(sex: AdministrativeSex) -> &'static str {
    match sex {
        AdministrativeSex::Female => "female",
        AdministrativeSex::Male => "male",
        AdministrativeSex::Other | AdministrativeSex::Ambiguous => "other",
        AdministrativeSex::Unknown | AdministrativeSex::NotApplicable => "unknown",
    }
}

/// The patient that a resource describes, under the first identifier of one of these authorities; a matricule has both check digits
/// right, and its older form is a further identifier only.
///
/// # Errors
/// What is missing or wrong.
pub fn read_patient(resource: &Value, authorities: &[Oid]) -> Result<(PatientId, PatientDemographics), FhirFault> {
    let wrong =
        || fault("identifier", "an identifier of an assigning authority of this domain is required; see domain.assigning_authorities");
    let demographics = read_demographics(resource)?;
    let identifiers = &demographics.identifiers;
    let is_ours = |id: &&Cx| authorities.contains(id.assigning_authority());
    let first = identifiers.iter().filter(is_ours).find(|id| !LegacyMatricule::is(id)).or_else(|| identifiers.iter().find(is_ours));
    let patient_id = first.ok_or_else(wrong)?.clone();
    check_matricules(&patient_id, identifiers)?;
    Ok((patient_id, demographics))
}

/// What a resource says of a person, whoever they are; identifiers of systems that are OIDs.
///
/// # Errors
/// What is wrong.
pub fn read_demographics(resource: &Value) -> Result<PatientDemographics, FhirFault> {
    let identifiers = items(resource, "identifier").filter_map(of_oid).filter_map(|(authority, id)| Cx::new(id, authority).ok());
    let sex = match text(resource, "/gender") {
        None => None,
        Some("female") => Some(AdministrativeSex::Female),
        Some("male") => Some(AdministrativeSex::Male),
        Some("other") => Some(AdministrativeSex::Other),
        Some("unknown") => Some(AdministrativeSex::Unknown),
        Some(_) => return Err(fault("gender", "the gender is female, male, other or unknown")),
    };
    let death_date = text(resource, "/deceasedDateTime").map(|text| undashed(text, "deceasedDateTime")).transpose()?;
    let deceased = resource.get("deceasedBoolean").and_then(Value::as_bool).or_else(|| death_date.as_ref().map(|_| true));
    let preferred = items(resource, "communication").find(|one| one.get("preferred") == Some(&Value::Bool(true)));
    let language = preferred.or_else(|| items(resource, "communication").next()).and_then(|one| text(one, "/language/coding/0/code"));
    let official = items(resource, "name").find(|name| text(name, "/use") == Some("official"));
    Ok(PatientDemographics {
        identifiers: identifiers.collect(),
        name: official.or_else(|| items(resource, "name").next()).map(read_name),
        birth_date: text(resource, "/birthDate").map(|text| undashed(text, "birthDate")).transpose()?,
        sex,
        addresses: items(resource, "address").map(read_address).collect(),
        language: language.map(str::to_owned),
        deceased,
        death_date,
    })
}

/// That the identifier under which a patient is known has both check digits right, and that the others have the older form or do.
fn check_matricules(patient_id: &Cx, identifiers: &[Cx]) -> Result<(), FhirFault> {
    identifiers.iter().try_for_each(|id| {
        check_identifier(id, id == patient_id)
            .map_err(|error| fault("identifier", &format!("of the one of urn:oid:{MATRICULE_AUTHORITY}: {error}")))
    })
}

fn owned(value: &Value, pointer: &str) -> Option<String> {
    text(value, pointer).map(str::to_owned)
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    items(value, name).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn read_name(name: &Value) -> PersonName {
    PersonName {
        family: owned(name, "/family"),
        given: texts(name, "given"),
        suffix: owned(name, "/suffix/0"),
        prefix: owned(name, "/prefix/0"),
    }
}

fn read_address(address: &Value) -> Address {
    Address {
        lines: texts(address, "line"),
        city: owned(address, "/city"),
        state: owned(address, "/state"),
        postal_code: owned(address, "/postalCode"),
        country: owned(address, "/country"),
    }
}
