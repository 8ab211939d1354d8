//! Whose record a search is about.

use super::super::{FhirRequest, Refusal};
use super::search_parameters::Asked;
use crate::model::hl7_types::PatientId;
use crate::transactions::Services;
use crate::wire::fhir::search::token;
use crate::wire::mhd::Domain;

/// This server, for reading and writing resources.
pub(super) fn domain<'d>(services: &'d Services, request: &'d FhirRequest<'_>) -> Domain<'d> {
    Domain { base_url: &request.base_url, authorities: &services.assigning_authorities }
}

/// The patient that `patient` or `patient.identifier` names; nothing without either.
///
/// # Errors
/// 400 for what is no reference or identifier of this server, and for two patients.
pub(super) fn patient(asked: &Asked, domain: &Domain<'_>) -> Result<Option<PatientId>, Refusal> {
    let mut patients = Vec::new();
    for name in ["patient", "patient:Patient"] {
        for value in asked.values(name) {
            let patient =
                domain.patient_of_address(value).or_else(|| (!value.contains('/')).then(|| domain.patient_of_id(value)).flatten());
            let mend = "write Patient/ and the id that this server uses, or search by patient.identifier";
            patients.push(patient.ok_or_else(|| Refusal::invalid("http.patient", "not a reference to a patient of this server", mend))?);
        }
    }
    for value in asked.values("patient.identifier").chain(asked.values("patient:identifier")) {
        let token = token(value);
        let value = token.code.unwrap_or_default();
        let patient = match token.system.as_deref() {
            Some(system) => domain.patient_of_identifier(system, &value),
            None => domain.patient_of_id(&value),
        };
        let mend = "write urn:oid:AUTHORITY|VALUE";
        patients.push(patient.ok_or_else(|| Refusal::invalid("http.patient.identifier", "not an identifier of a patient", mend))?);
    }
    patients.dedup();
    match patients.len() {
        0 | 1 => Ok(patients.pop()),
        _ => Err(Refusal::invalid("http.patient", "two patients are named", "search in one record at a time")),
    }
}

/// 400: the search names no patient.
pub(super) fn no_patient() -> Refusal {
    Refusal::invalid(
        "http.patient",
        "no patient is named",
        "add patient=Patient/ID or patient.identifier=urn:oid:AUTHORITY|VALUE (MHD 4.2, 2:3.67.4.1.2)",
    )
}
