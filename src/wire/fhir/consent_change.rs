//! What a Consent that was sent asks for: a new one, or the change of one that is there.

use serde_json::Value;

use super::consent::{CANONICAL, emergency_code};
use super::search::local_reference;
use super::{FhirFault, IssueCode, RecordNames, dates, patient_of_reference};
use crate::model::care_record::person_id;
use crate::model::civil_day::{end_of_day, start_of};
use crate::model::dsp::{EmergencyAccess, PersonId, ProfessionalId};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// A new consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// Whose record it is about.
    pub patient: PatientId,
    /// What is asked for.
    pub consent: NewConsent,
    /// Until when it holds, if it ends.
    pub end: Option<Instant>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewConsent {
    /// A member of the trusted circle.
    TrustedCircle(ProfessionalId),
    /// An assistant.
    Assistant(PersonId),
    /// The declaration of a referring physician.
    ReferringPhysician(ProfessionalId),
    /// A professional to be shut out.
    Blacklist(ProfessionalId),
    /// What emergency professionals see.
    EmergencyAccess(EmergencyAccess),
}

/// What is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentChange {
    /// Nothing.
    Nothing,
    /// It ends: then, or now.
    End(Option<Instant>),
    /// What emergency professionals see.
    EmergencyAccess(EmergencyAccess),
}

fn fault(path: &str, what: impl Into<String>) -> FhirFault {
    FhirFault { code: IssueCode::Value, what: what.into(), expression: path.to_owned() }
}

fn text<'v>(resource: &'v Value, pointer: &str) -> Option<&'v str> {
    resource.pointer(pointer).and_then(Value::as_str)
}

/// Reads a Consent to be created.
///
/// # Errors
/// The element that is missing or that this server does not take, and what it takes.
pub fn consent_request(resource: &Value, names: RecordNames<'_>) -> Result<ConsentRequest, FhirFault> {
    if text(resource, "/status") != Some("active") {
        return Err(fault("Consent.status", "a new consent is active; what ends is changed or deleted later"));
    }
    let patient = text(resource, "/patient/reference").and_then(|reference| patient_of_reference(reference, names));
    let patient = patient.ok_or_else(|| fault("Consent.patient", "name the patient as Patient/id of this server"))?;
    let category = category(resource)?;
    let (consent, type_) = match category {
        "trusted-circle" => (NewConsent::TrustedCircle(professional(resource, names)?), "permit"),
        "referring-physician" => (NewConsent::ReferringPhysician(professional(resource, names)?), "permit"),
        "blacklist" => (NewConsent::Blacklist(professional(resource, names)?), "deny"),
        "assistant" => (NewConsent::Assistant(assistant(resource, names)?), "permit"),
        "emergency-access" => {
            let access = emergency_access(resource)?;
            (NewConsent::EmergencyAccess(access), if access == EmergencyAccess::Denied { "deny" } else { "permit" })
        }
        "mandate" => {
            let text = "mandates are opened by $open-consultation or by an admission, and only ever shortened; nobody creates them here";
            return Err(fault("Consent.category", text));
        }
        _ => {
            return Err(fault(
                "Consent.category",
                format!("the code is none of the code system {CANONICAL}/CodeSystem/dsp-consent-category"),
            ));
        }
    };
    if text(resource, "/provision/type").is_some_and(|sent| sent != type_) {
        return Err(fault("Consent.provision.type", format!("a consent of this category is of type {type_}")));
    }
    if text(resource, "/provision/period/start").is_some() {
        return Err(fault("Consent.provision.period.start", "leave it out: a consent holds from the moment at which it is given"));
    }
    let end = end(resource)?;
    if end.is_some() && matches!(consent, NewConsent::EmergencyAccess(_)) {
        return Err(fault("Consent.provision.period.end", "the emergency setting does not end; choose another one instead"));
    }
    Ok(ConsentRequest { patient, consent, end })
}

/// The code of the category in the code system of this project.
fn category(resource: &Value) -> Result<&str, FhirFault> {
    let system = format!("{CANONICAL}/CodeSystem/dsp-consent-category");
    let concepts = resource.get("category").and_then(Value::as_array).into_iter().flatten();
    let codings = concepts.filter_map(|concept| concept.get("coding")?.as_array()).flatten();
    let mut codes = codings.filter(|coding| text(coding, "/system") == Some(&system)).filter_map(|coding| text(coding, "/code"));
    match (codes.next(), codes.next()) {
        (Some(code), None) => Ok(code),
        _ => Err(fault("Consent.category", format!("exactly one coding has to be of the system {system}"))),
    }
}

fn actor(resource: &Value) -> Result<&str, FhirFault> {
    let actors = resource.pointer("/provision/actor").and_then(Value::as_array).map(Vec::as_slice);
    let named = match actors {
        Some([actor]) => text(actor, "/reference/reference"),
        _ => None,
    };
    named.ok_or_else(|| fault("Consent.provision.actor", "name exactly one actor, by a literal reference"))
}

fn professional(resource: &Value, names: RecordNames<'_>) -> Result<ProfessionalId, FhirFault> {
    let named = local_reference(actor(resource)?, names.base_url, None);
    let id = named.and_then(|(kind, id)| (kind == "Practitioner").then_some(id));
    id.map(ProfessionalId::from).ok_or_else(|| fault("Consent.provision.actor[0].reference", "name the professional as Practitioner/id"))
}

fn assistant(resource: &Value, names: RecordNames<'_>) -> Result<PersonId, FhirFault> {
    let reference = Some(actor(resource)?).filter(|reference| reference.contains("Patient/"));
    let patient = reference.and_then(|reference| patient_of_reference(reference, names));
    patient.as_ref().map(person_id).ok_or_else(|| fault("Consent.provision.actor[0].reference", "name the assistant as Patient/id"))
}

fn emergency_access(resource: &Value) -> Result<EmergencyAccess, FhirFault> {
    let code = text(resource, "/provision/code/0/coding/0/code");
    let all = [EmergencyAccess::Standard, EmergencyAccess::Extended, EmergencyAccess::Denied];
    let known = all.into_iter().find(|access| Some(emergency_code(*access)) == code);
    known.ok_or_else(|| {
        fault(
            "Consent.provision.code",
            format!("give one code of {CANONICAL}/CodeSystem/dsp-emergency-access: standard, extended or denied"),
        )
    })
}

/// The first instant after the period. A day of Luxembourg belongs to it as a whole (FHIR R4, datatypes.html#Period).
fn end(resource: &Value) -> Result<Option<Instant>, FhirFault> {
    let Some(end) = text(resource, "/provision/period/end") else { return Ok(None) };
    let read = match end.contains('T') {
        true => dates::period(end).ok().map(|period| period.start),
        false => start_of(end).map(end_of_day),
    };
    read.map(Some).ok_or_else(|| fault("Consent.provision.period.end", "write a day, or a time with its offset"))
}

/// What does not change; each is compared where it was sent.
const FIXED: [(&str, &str); 5] = [
    ("/patient", "Consent.patient"),
    ("/scope", "Consent.scope"),
    ("/category", "Consent.category"),
    ("/provision/actor", "Consent.provision.actor"),
    ("/provision/period/start", "Consent.provision.period.start"),
];

/// What `wanted` changes of `present`.
///
/// # Errors
/// An element that does not change, or a value that cannot be.
pub fn consent_change(present: &Value, wanted: &Value) -> Result<ConsentChange, FhirFault> {
    for (pointer, path) in FIXED {
        if wanted.pointer(pointer).is_some_and(|sent| Some(sent) != present.pointer(pointer)) {
            let text = "it does not change: send it as it was read; the status, the end of the period and the emergency setting do";
            return Err(fault(path, text));
        }
    }
    if category(present)? == "emergency-access" {
        let access = emergency_access(wanted)?;
        let same = access == emergency_access(present)?;
        return Ok(if same { ConsentChange::Nothing } else { ConsentChange::EmergencyAccess(access) });
    }
    let (end_before, end_after) = (text(present, "/provision/period/end"), text(wanted, "/provision/period/end"));
    match text(wanted, "/status") {
        Some("inactive") if text(present, "/status") != Some("inactive") && end_before == end_after => Ok(ConsentChange::End(None)),
        Some(status) if Some(status) != text(present, "/status") && status != "inactive" => {
            Err(fault("Consent.status", "it changes to inactive only: what has ended is given anew"))
        }
        _ if end_before == end_after => Ok(ConsentChange::Nothing),
        _ => match end(wanted)? {
            Some(end) => Ok(ConsentChange::End(Some(end))),
            None => Err(fault("Consent.provision.period.end", "the end is not taken away: a period is only ever shortened")),
        },
    }
}
