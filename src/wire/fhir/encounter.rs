//! A visit as an Encounter (FHIR R4, encounter.html), written and read.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::consent::{CANONICAL, emergency_code};
use super::fields::{extension, reference, text};
use super::search::local_reference;
use super::{FhirFault, RecordNames, dates, patient_of_reference};
use crate::model::care_record::{CareEpisode, VisitEvent, VisitReport};
use crate::model::dsp::{EmergencyAccess, EpisodeKind, EstablishmentId};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const REFUSED: &str = "dsp-access-refused";
const DECISION: &str = "dsp-arrival-decision";

fn url(name: &str) -> String {
    format!("{CANONICAL}/StructureDefinition/{name}")
}

/// The Encounter of an episode.
pub fn encounter(episode: &CareEpisode, patient: &PatientId) -> Value {
    let mut written = Map::new();
    let mut put = |name: &str, value: Value| written.insert(name.to_owned(), value);
    put("resourceType", "Encounter".into());
    put("id", episode.id.to_string().into());
    put("meta", json!({ "versionId": episode.version.to_string() }));
    let mut extensions = vec![json!({ "url": url(REFUSED), "valueBoolean": episode.is_refused() })];
    let (class, decision) = match episode.kind {
        EpisodeKind::Ordinary => ("IMP", None),
        EpisodeKind::Emergency { arrival_decision } => ("EMER", arrival_decision),
    };
    extensions.extend(decision.map(|decision| json!({ "url": url(DECISION), "valueCode": emergency_code(decision) })));
    put("extension", extensions.into());
    if let Some(number) = &episode.visit_number {
        put("identifier", json!([{ "value": number }]));
    }
    let status = match episode.stay.end {
        _ if episode.is_cancelled() => "cancelled",
        Some(_) => "finished",
        None => "in-progress",
    };
    put("status", status.into());
    put("class", json!({ "system": ACT_CODE, "code": class }));
    put("subject", json!({ "reference": format!("Patient/{}", patient.id()) }));
    let mut period = json!({ "start": dates::instant(episode.stay.start) });
    if let (Some(end), Some(fields)) = (episode.stay.end, period.as_object_mut()) {
        fields.insert("end".to_owned(), dates::instant(end).into());
    }
    put("period", period);
    put("serviceProvider", json!({ "reference": format!("Organization/{}", episode.establishment.as_str()) }));
    if let Some(requesting) = episode.requested_by {
        put("partOf", json!({ "reference": format!("Encounter/{requesting}") }));
    }
    Value::Object(written)
}

/// What an Encounter that was sent says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncounterRequest {
    /// Whose visit.
    pub patient: PatientId,
    /// The establishment that it names.
    pub establishment: Option<EstablishmentId>,
    /// The episode that it is part of.
    pub part_of: Option<Uuid>,
    visit_number: Option<String>,
    status: Status,
    emergency: bool,
    start: Option<Instant>,
    end: Option<Instant>,
    refused: Option<bool>,
    arrival_decision: Option<EmergencyAccess>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    There,
    Finished,
    Cancelled,
}

/// Reads an Encounter.
///
/// # Errors
/// The element that is missing or that this server does not take, and what it takes.
pub fn encounter_request(resource: &Value, names: RecordNames<'_>) -> Result<EncounterRequest, FhirFault> {
    let patient = reference(resource, "subject").and_then(|subject| patient_of_reference(subject, names));
    let local = |path: &str, wanted: &str| {
        let Some(sent) = reference(resource, path) else { return Ok(None) };
        let named = local_reference(sent, names.base_url, None).filter(|(kind, _)| *kind == wanted);
        let fault = || FhirFault::value(&format!("Encounter.{path}"), format!("name it as {wanted}/id of this server"));
        named.map(|(_, id)| Some(id.to_owned())).ok_or_else(fault)
    };
    let part_of = local("partOf", "Encounter")?.map(|id| id.parse::<Uuid>());
    let refused = extension(resource, &url(REFUSED)).map(|value| value.as_bool().ok_or(()));
    Ok(EncounterRequest {
        patient: patient.ok_or_else(|| FhirFault::value("Encounter.subject", "name the patient as Patient/id of this server"))?,
        establishment: local("serviceProvider", "Organization")?.map(|id| id.as_str().into()),
        part_of: part_of.transpose().map_err(|_| FhirFault::value("Encounter.partOf", "name it as Encounter/id of this server"))?,
        visit_number: text(resource, "identifier.0.value").map(str::to_owned),
        status: status(text(resource, "status"))?,
        emergency: is_emergency(text(resource, "class.code"))?,
        start: instant(resource, "period.start")?,
        end: instant(resource, "period.end")?,
        refused: refused.transpose().map_err(|()| FhirFault::value("Encounter.extension", format!("{REFUSED} is a boolean")))?,
        arrival_decision: extension(resource, &url(DECISION)).map(decision).transpose()?,
    })
}

fn status(sent: Option<&str>) -> Result<Status, FhirFault> {
    match sent {
        Some("arrived" | "triaged" | "in-progress" | "onleave") => Ok(Status::There),
        Some("finished") => Ok(Status::Finished),
        Some("cancelled" | "entered-in-error") => Ok(Status::Cancelled),
        _ => Err(FhirFault::value("Encounter.status", "declare a visit once the patient is there: in-progress, finished or cancelled")),
    }
}

fn is_emergency(sent: Option<&str>) -> Result<bool, FhirFault> {
    match sent {
        Some("EMER") => Ok(true),
        Some("IMP" | "AMB") => Ok(false),
        _ => Err(FhirFault::value("Encounter.class", "the class is IMP, EMER or AMB")),
    }
}

fn decision(sent: &Value) -> Result<EmergencyAccess, FhirFault> {
    let all = [EmergencyAccess::Standard, EmergencyAccess::Extended, EmergencyAccess::Denied];
    let known = all.into_iter().find(|access| Some(emergency_code(*access)) == sent.as_str());
    known.ok_or_else(|| FhirFault::value("Encounter.extension", format!("{DECISION} is a code of dsp-emergency-access")))
}

fn instant(resource: &Value, path: &str) -> Result<Option<Instant>, FhirFault> {
    let Some(sent) = text(resource, path) else { return Ok(None) };
    let period = dates::period(sent);
    period.map(|period| Some(period.start)).map_err(|fault| FhirFault::value(&format!("Encounter.{path}"), fault.to_string()))
}

impl EncounterRequest {
    /// What it declares of a visit that is new; one without a number gets `number`.
    pub fn declared(&self, number: Uuid) -> Vec<VisitReport> {
        let admission = self.report(VisitEvent::Admitted(self.start), self.visit_number.clone().unwrap_or_else(|| number.to_string()));
        let after = match self.status {
            Status::There => None,
            Status::Finished => Some(VisitEvent::Discharged(self.end)),
            Status::Cancelled => Some(VisitEvent::AdmissionCancelled),
        };
        let after = after.map(|event| VisitReport { event, ..admission.clone() });
        std::iter::once(admission).chain(after).collect()
    }

    /// What it declares of a visit that is known as this.
    pub fn changed(&self, known: &CareEpisode) -> VisitReport {
        let same_class = matches!(known.kind, EpisodeKind::Emergency { .. }) == self.emergency;
        let event = match self.status {
            Status::Cancelled => VisitEvent::AdmissionCancelled,
            Status::Finished if known.stay.end.is_some() => VisitEvent::Updated,
            Status::Finished => VisitEvent::Discharged(self.end),
            Status::There if known.stay.end.is_some() => VisitEvent::DischargeCancelled,
            Status::There if same_class => VisitEvent::Updated,
            Status::There => VisitEvent::ClassChanged(None),
        };
        self.report(event, known.visit_number.clone().unwrap_or_default())
    }

    fn report(&self, event: VisitEvent, visit_number: String) -> VisitReport {
        let Self { emergency, refused, arrival_decision, .. } = *self;
        VisitReport { visit_number, event, emergency, refused, arrival_decision, requested_by: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Oid;

    #[test]
    fn an_encounter_is_read_as_what_it_declares() {
        let authority: Oid = "1.2.3".parse().unwrap();
        let names = RecordNames { base_url: "https://a.example/fhir", authority: &authority };
        let sent = json!({
            "resourceType": "Encounter", "status": "finished", "class": { "code": "EMER" }, "identifier": [{ "value": "V1" }],
            "subject": { "reference": "Patient/P1" }, "serviceProvider": { "reference": "Organization/E1" },
            "period": { "start": "2025-03-17T09:00:00Z", "end": "2025-03-17T10:00:00Z" },
            "extension": [{ "url": url(REFUSED), "valueBoolean": true }, { "url": url(DECISION), "valueCode": "extended" }],
        });
        let request = encounter_request(&sent, names).unwrap();
        assert_eq!(request.establishment, Some("E1".into()));
        let [admitted, discharged] = &request.declared(Uuid::nil())[..] else { panic!() };
        assert_eq!(admitted.event, VisitEvent::Admitted("2025-03-17T09:00:00Z".parse().ok()));
        assert_eq!(discharged.event, VisitEvent::Discharged("2025-03-17T10:00:00Z".parse().ok()));
        assert_eq!((admitted.emergency, admitted.refused, admitted.visit_number.as_str()), (true, Some(true), "V1"));
        assert_eq!(admitted.arrival_decision, Some(EmergencyAccess::Extended));
        for (path, value) in [("status", json!("planned")), ("class", json!({ "code": "VR" })), ("subject", json!({}))] {
            let mut bad = sent.clone();
            bad[path] = value;
            assert_eq!(encounter_request(&bad, names).unwrap_err().expression, format!("Encounter.{path}"));
        }
    }
}
