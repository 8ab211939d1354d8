//! The rows of the table.

use super::parameters::{DEVICE, ESTABLISHMENT, LOCATION, PATIENT, PRACTITIONER, RELATED, ROLE, SERVICE};
use super::reads::{read, search};
use super::writes::{create, update};
use super::{cross_reference, feed, matching};
use crate::model::audit_event::Transaction;
use crate::transactions::fhir::{Interaction, Method, Perform, Route, SearchParameter};

const fn row(
    (method, interaction, perform): (Method, Interaction, Perform),
    (pattern, transaction, search): (&'static str, Transaction, &'static [SearchParameter]),
    documentation: &'static str,
) -> Route {
    Route { search, ..Route::new(method, pattern, interaction, transaction, documentation, perform) }
}

const READ: (Method, Interaction, Perform) = (Method::Get, Interaction::Read, read);
const SEARCH: (Method, Interaction, Perform) = (Method::Get, Interaction::SearchType, search);
const SEARCH_BY_FORM: (Method, Interaction, Perform) = (Method::Post, Interaction::SearchType, search);
const CREATE: (Method, Interaction, Perform) = (Method::Post, Interaction::Create, create);
const UPDATE: (Method, Interaction, Perform) = (Method::Put, Interaction::Update, update);

const PIX: (Method, Interaction, Perform) = (
    Method::Get,
    Interaction::Operation("ihe-pix", "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix"),
    cross_reference::perform,
);
const MATCH: (Method, Interaction, Perform) =
    (Method::Post, Interaction::Operation("match", "https://profiles.ihe.net/ITI/PDQm/OperationDefinition/PDQmMatch"), matching::perform);
const FEED: (Method, Interaction, Perform) = (Method::Put, Interaction::ConditionalUpdate, feed::put);
const MESSAGE: (Method, Interaction, Perform) = (
    Method::Post,
    Interaction::Operation("process-message", "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"),
    feed::process_message,
);

const LOOK_UP: Transaction = Transaction::Iti90;
const KEEP: Transaction = Transaction::Import;

pub(in crate::transactions::fhir) const ROUTES: &[Route] = &[
    row(READ, ("Patient/{id}", Transaction::Iti78, &[]), "Demographics of one patient."),
    row(SEARCH, ("Patient", Transaction::Iti78, PATIENT), "Patients by identifier, name, date of birth and what narrows that down."),
    row(SEARCH_BY_FORM, ("Patient/_search", Transaction::Iti78, PATIENT), "The same as a form."),
    row(PIX, ("Patient/$ihe-pix", Transaction::Iti83, &[]), "The other identifiers of a patient."),
    row(MATCH, ("Patient/$match", Transaction::Iti119, &[]), "Who may be meant by what is said of a person, with score and grade."),
    row(
        FEED,
        ("Patient", Transaction::Iti104, &[]),
        "Add, change or merge the patient of an identifier; systems of establishments and the operator.",
    ),
    row(MESSAGE, ("$process-message", Transaction::Iti93, &[]), "The same for all patients of a message."),
    row(CREATE, ("Patient", KEEP, &[]), "Make a patient known; the operator's staff."),
    row(UPDATE, ("Patient/{id}", KEEP, &[]), "Replace demographics; the operator's staff, with If-Match."),
    row(READ, ("Organization/{id}", LOOK_UP, &[]), "One establishment."),
    row(SEARCH, ("Organization", LOOK_UP, ESTABLISHMENT), "Establishments by identifier, name and kind; all of them without a parameter."),
    row(SEARCH_BY_FORM, ("Organization/_search", LOOK_UP, ESTABLISHMENT), "The same as a form."),
    row(CREATE, ("Organization", KEEP, &[]), "Add an establishment; the operator's staff."),
    row(UPDATE, ("Organization/{id}", KEEP, &[]), "Change an establishment; the operator's staff, with If-Match."),
    row(READ, ("Device/{id}", LOOK_UP, &[]), "One connected system; the operator's staff."),
    row(SEARCH, ("Device", LOOK_UP, DEVICE), "The connected systems of an establishment; the operator's staff."),
    row(SEARCH_BY_FORM, ("Device/_search", LOOK_UP, DEVICE), "The same as a form."),
    row(CREATE, ("Device", KEEP, &[]), "Add a connected system with its certificates and its attestation; the operator's staff."),
    row(UPDATE, ("Device/{id}", KEEP, &[]), "Change or suspend a connected system; the operator's staff, with If-Match."),
    row(READ, ("Practitioner/{id}", LOOK_UP, &[]), "One professional."),
    row(SEARCH, ("Practitioner", LOOK_UP, PRACTITIONER), "Professionals by identifier and name; all of them without a parameter."),
    row(SEARCH_BY_FORM, ("Practitioner/_search", LOOK_UP, PRACTITIONER), "The same as a form."),
    row(CREATE, ("Practitioner", KEEP, &[]), "Add a professional; the operator's staff."),
    row(UPDATE, ("Practitioner/{id}", KEEP, &[]), "Change a professional; the operator's staff, with If-Match."),
    row(READ, ("PractitionerRole/{id}", LOOK_UP, &[]), "One workplace."),
    row(SEARCH, ("PractitionerRole", LOOK_UP, ROLE), "Workplaces by professional and establishment."),
    row(SEARCH_BY_FORM, ("PractitionerRole/_search", LOOK_UP, ROLE), "The same as a form."),
    row(CREATE, ("PractitionerRole", KEEP, &[]), "Add a workplace; the operator's staff."),
    row(UPDATE, ("PractitionerRole/{id}", KEEP, &[]), "Change a workplace; the operator's staff, with If-Match."),
    row(READ, ("Location/{id}", LOOK_UP, &[]), "The place of one establishment."),
    row(SEARCH, ("Location", LOOK_UP, LOCATION), "The places of establishments."),
    row(SEARCH_BY_FORM, ("Location/_search", LOOK_UP, LOCATION), "The same as a form."),
    row(READ, ("HealthcareService/{id}", LOOK_UP, &[]), "One service of an establishment."),
    row(SEARCH, ("HealthcareService", LOOK_UP, SERVICE), "What establishments provide, by their kinds."),
    row(SEARCH_BY_FORM, ("HealthcareService/_search", LOOK_UP, SERVICE), "The same as a form."),
    row(READ, ("RelatedPerson/{id}", Transaction::Iti78, &[]), "One legal representative."),
    row(SEARCH, ("RelatedPerson", Transaction::Iti78, RELATED), "Who represents a patient, and whom they represent."),
    row(SEARCH_BY_FORM, ("RelatedPerson/_search", Transaction::Iti78, RELATED), "The same as a form."),
    row(CREATE, ("RelatedPerson", KEEP, &[]), "Enter a legal representative; the operator's staff."),
    row(UPDATE, ("RelatedPerson/{id}", KEEP, &[]), "Change or revoke a representation; the operator's staff, with If-Match."),
];
