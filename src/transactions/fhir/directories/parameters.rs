//! The search parameters of the directories, and where their values stand in a resource (PDQm, ITI TF-2: 3.78.4.1.2.1; mCSD,
//! ITI TF-2: 3.90.4.1.2).

use crate::transactions::fhir::SearchParameter;

const fn parameter(name: &'static str, kind: &'static str, documentation: &'static str) -> SearchParameter {
    SearchParameter { name, kind, documentation }
}

/// The parameter that asks when an entry was changed last, which no element of the resource tells.
pub(super) const LAST_UPDATED: &str = "_lastUpdated";

const ID: SearchParameter = parameter("_id", "token", "The logical id.");
const UPDATED: SearchParameter = parameter(LAST_UPDATED, "date", "When the entry was changed last; eq, ne, gt, ge, lt, le, sa, eb.");
const IDENTIFIER: SearchParameter = parameter("identifier", "token", "An identifier as system|value, or all of a system as system|.");
const ACTIVE: SearchParameter = parameter("active", "token", "Whether it is in use.");
const NAME: SearchParameter = parameter("name", "string", "The beginning of any word of the name; :exact, :contains.");
const FAMILY: SearchParameter = parameter("family", "string", "The beginning of a word of the family name; :exact, :contains.");
const GIVEN: SearchParameter = parameter("given", "string", "The beginning of a given name; :exact, :contains.");
const ORGANIZATION: SearchParameter = parameter("organization", "reference", "The establishment.");
const TYPE: SearchParameter = parameter("type", "token", "The kind of establishment.");

pub(super) const PATIENT: &[SearchParameter] = &[
    ID,
    UPDATED,
    IDENTIFIER,
    ACTIVE,
    NAME,
    FAMILY,
    GIVEN,
    parameter("birthdate", "date", "The date of birth, or the month or year of it; eq, ne, gt, ge, lt, le."),
    parameter("gender", "token", "The administrative gender."),
    parameter("telecom", "token", "A telephone number or the like."),
    parameter("address", "string", "Any part of an address."),
    parameter("address-city", "string", "The city of an address."),
    parameter("address-country", "string", "The country of an address."),
    parameter("address-postalcode", "string", "The postal code of an address."),
    parameter("address-state", "string", "The state of an address."),
];
pub(super) const ESTABLISHMENT: &[SearchParameter] = &[
    ID,
    UPDATED,
    IDENTIFIER,
    ACTIVE,
    NAME,
    TYPE,
    parameter("partof", "reference", "The establishment that it is part of; none is part of another."),
];
pub(super) const PRACTITIONER: &[SearchParameter] = &[ID, UPDATED, IDENTIFIER, ACTIVE, NAME, FAMILY, GIVEN];
pub(super) const ROLE: &[SearchParameter] = &[
    ID,
    UPDATED,
    ACTIVE,
    ORGANIZATION,
    parameter("practitioner", "reference", "Whose workplaces."),
    parameter("location", "reference", "The place of the establishment."),
    parameter("role", "token", "The kind of the workplace."),
];
pub(super) const LOCATION: &[SearchParameter] =
    &[ID, UPDATED, IDENTIFIER, NAME, ORGANIZATION, TYPE, parameter("status", "token", "active or inactive.")];
pub(super) const SERVICE: &[SearchParameter] = &[
    ID,
    UPDATED,
    ACTIVE,
    NAME,
    ORGANIZATION,
    parameter("location", "reference", "Where it is provided."),
    parameter("service-type", "token", "The kind of the service."),
];
pub(super) const RELATED: &[SearchParameter] = &[UPDATED, parameter("patient", "reference", "The child, or who represents it.")];
pub(super) const DEVICE: &[SearchParameter] = &[UPDATED, parameter("organization", "reference", "The establishment for which they call.")];

/// The parameters of a type.
pub(super) fn of(resource_type: &str) -> &'static [SearchParameter] {
    match resource_type {
        "Patient" => PATIENT,
        "Organization" => ESTABLISHMENT,
        "Practitioner" => PRACTITIONER,
        "PractitionerRole" => ROLE,
        "Location" => LOCATION,
        "HealthcareService" => SERVICE,
        "Device" => DEVICE,
        _ => RELATED,
    }
}

/// Where in a resource of this type the values of a parameter are.
pub(super) fn paths(resource_type: &str, name: &str) -> &'static [&'static str] {
    match (resource_type, name) {
        (_, "_id") => &["id"],
        (_, "identifier") => &["identifier"],
        ("Organization" | "Location" | "HealthcareService", "name") => &["name"],
        (_, "name") => &["name.family", "name.given"],
        (_, "family") => &["name.family"],
        (_, "given") => &["name.given"],
        (_, "birthdate") => &["birthDate"],
        (_, "gender") => &["gender"],
        (_, "telecom") => &["telecom"],
        (_, "address") => &["address.line", "address.city", "address.state", "address.postalCode", "address.country"],
        (_, "address-city") => &["address.city"],
        (_, "address-country") => &["address.country"],
        (_, "address-postalcode") => &["address.postalCode"],
        (_, "address-state") => &["address.state"],
        (_, "active") => &["active"],
        (_, "status") => &["status"],
        ("HealthcareService", "service-type") | (_, "type") => &["type"],
        ("HealthcareService", "organization") => &["providedBy"],
        ("Location", "organization") => &["managingOrganization"],
        ("Device", "organization") => &["owner"],
        (_, "organization") => &["organization"],
        (_, "patient") => &["patient"],
        (_, "practitioner") => &["practitioner"],
        (_, "location") => &["location"],
        (_, "role") => &["code"],
        (_, "partof") => &["partOf"],
        _ => &[],
    }
}
