//! A consent of the shared care record as Consent (FHIR R4, consent.html; IHE PCF, ITI-108).

use serde_json::{Map, Value, json};

use super::dates::instant;
use crate::model::care_record::{Beneficiary, Consent, ConsentKind};
use crate::model::dsp::EmergencyAccess;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// Under what the definitions of this project are named.
pub const CANONICAL: &str = "https://dossier.example/fhir";

/// The codes of the categories, in the code system `dsp-consent-category`.
pub const CONSENT_CATEGORIES: [&str; 6] =
    ["mandate", "trusted-circle", "assistant", "referring-physician", "blacklist", "emergency-access"];

/// The resource of a consent, as it is at `now`.
pub fn consent(consent: &Consent, now: Instant) -> Value {
    let status = match () {
        () if consent.is_active(now) => "active",
        () if consent.refused && consent.period.contains(now) => "rejected",
        () => "inactive",
    };
    let category = consent.kind.category();
    json!({
        "resourceType": "Consent",
        "id": consent.id,
        "meta": {
            "versionId": consent.version.to_string(),
            "lastUpdated": instant(consent.changed_at),
            "profile": [format!("{CANONICAL}/StructureDefinition/dsp-{category}")],
        },
        "status": status,
        "scope": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
        "category": categories(consent.kind),
        "patient": { "reference": format!("Patient/{}", consent.holder.id()) },
        "dateTime": instant(consent.given_at),
        "policyRule": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": policy(consent) }] },
        "provision": provision(consent),
    })
}

fn categories(kind: ConsentKind) -> Value {
    let concept = |system: &str, code: &str| json!({ "coding": [{ "system": format!("{CANONICAL}/CodeSystem/{system}"), "code": code }] });
    let mut categories = vec![concept("dsp-consent-category", kind.category())];
    if let ConsentKind::Mandate(mandate) = kind {
        categories.push(concept("dsp-mandate-kind", mandate.code()));
    }
    categories.into()
}

fn denies(consent: &Consent) -> bool {
    consent.refused || matches!(consent.kind, ConsentKind::Blacklist | ConsentKind::EmergencyAccess(EmergencyAccess::Denied))
}

fn policy(consent: &Consent) -> &'static str {
    if denies(consent) { "OPTOUT" } else { "OPTIN" }
}

fn provision(consent: &Consent) -> Value {
    let mut provision = Map::new();
    provision.insert("type".to_owned(), if denies(consent) { "deny" } else { "permit" }.into());
    let mut period = json!({ "start": instant(consent.period.start) });
    if let (Some(end), Some(fields)) = (consent.period.end, period.as_object_mut()) {
        fields.insert("end".to_owned(), instant(end).into());
    }
    provision.insert("period".to_owned(), period);
    if let Some(beneficiary) = &consent.beneficiary {
        let role = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP" }] });
        provision.insert("actor".to_owned(), json!([{ "role": role, "reference": { "reference": reference(beneficiary) } }]));
    }
    if let ConsentKind::EmergencyAccess(access) = consent.kind {
        let coding = json!({ "system": format!("{CANONICAL}/CodeSystem/dsp-emergency-access"), "code": emergency_code(access) });
        provision.insert("code".to_owned(), json!([{ "coding": [coding] }]));
    }
    Value::Object(provision)
}

/// The code of an emergency setting.
pub(super) fn emergency_code(access: EmergencyAccess) -> &'static str {
    match access {
        EmergencyAccess::Standard => "standard",
        EmergencyAccess::Extended => "extended",
        EmergencyAccess::Denied => "denied",
    }
}

/// The reference to whom a consent is about.
pub(super) fn reference(beneficiary: &Beneficiary) -> String {
    match beneficiary {
        Beneficiary::Professional(id) => format!("Practitioner/{id}"),
        Beneficiary::Establishment(id) => format!("Organization/{id}"),
        Beneficiary::Person(person) => {
            let id: Result<PatientId, _> = person.as_str().parse();
            format!("Patient/{}", id.as_ref().map_or("", |id| id.id()))
        }
    }
}
