//! Operations on the record of a patient: its status, its life, the presence code (access rules, 2 and 3).

use serde_json::Value;

use super::record_names::patient;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route};
use crate::access::{Call, Creation, Failure, ManagedRecord, Opening, RecordStatus};
use crate::model::audit_event::Transaction;
use crate::model::dsp::DspStatus;
use crate::model::presence_code::PresenceCode;
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::wire::fhir::{Issue, IssueCode, consent, dates, parameter, parameters};

const fn operation(
    method: Method,
    pattern: &'static str,
    interaction: Interaction,
    documentation: &'static str,
    perform: super::Perform,
) -> Route {
    Route { needs_person: true, ..Route::new(method, pattern, interaction, Transaction::Manage, documentation, perform) }
}

pub(super) const ROUTES: &[Route] = &[
    operation(
        Method::Get,
        "Patient/{id}/$dsp-status",
        Interaction::Operation("dsp-status", "https://dossier.example/fhir/OperationDefinition/dsp-status"),
        "The status of the patient's record; a professional learns whether it is open, and nothing else.",
        status,
    ),
    operation(
        Method::Post,
        "Patient/{id}/$dsp-create",
        Interaction::Operation("dsp-create", "https://dossier.example/fhir/OperationDefinition/dsp-create"),
        "Creates the record: inactive for thirty days, or active at once on the holder's express request.",
        create,
    ),
    operation(
        Method::Post,
        "Patient/{id}/$dsp-activate",
        Interaction::Operation("dsp-activate", "https://dossier.example/fhir/OperationDefinition/dsp-activate"),
        "Ends the thirty days before their time.",
        |services, call, request, params| change(services, call, request, params, |record| record.activate()),
    ),
    operation(
        Method::Post,
        "Patient/{id}/$dsp-close",
        Interaction::Operation("dsp-close", "https://dossier.example/fhir/OperationDefinition/dsp-close"),
        "Closes the record; nothing is exchanged through it any more.",
        |services, call, request, params| change(services, call, request, params, |record| record.close()),
    ),
    operation(
        Method::Post,
        "Patient/{id}/$dsp-reopen",
        Interaction::Operation("dsp-reopen", "https://dossier.example/fhir/OperationDefinition/dsp-reopen"),
        "Opens a closed record again.",
        |services, call, request, params| change(services, call, request, params, |record| record.reopen()),
    ),
    operation(
        Method::Post,
        "Patient/{id}/$presence-code",
        Interaction::Operation("presence-code", "https://dossier.example/fhir/OperationDefinition/presence-code"),
        "Sets the presence code.",
        set_presence_code,
    ),
    operation(
        Method::Post,
        "Patient/{id}/$open-consultation",
        Interaction::Operation("open-consultation", "https://dossier.example/fhir/OperationDefinition/open-consultation"),
        "Opens a consultation for the professional who enters the patient's presence code.",
        open_consultation,
    ),
];

fn status(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let patient_id = patient(services, params)?;
    let status = services.door.read(call, Transaction::Manage, |reading| reading.record_status(&patient_id))?;
    Ok(of_status(&status))
}

/// An act on the record without further input, answered with its status.
fn change(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    params: &Params,
    act: impl FnOnce(&mut ManagedRecord<'_>) -> Result<(), Failure>,
) -> Result<Answer, Refusal> {
    let patient_id = patient(services, params)?;
    let expected = request.expected_version()?;
    let status = services.door.write(call, Transaction::Manage, |writing| {
        let mut record = writing.manage(&patient_id)?.expecting(expected);
        act(&mut record)?;
        Ok(record.status())
    })?;
    Ok(of_status(&status))
}

fn create(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let input = input(request)?;
    let creation = match input.as_ref().and_then(|input| parameter(input, "mode", "valueCode")) {
        None | Some("automatic") => Creation::Automatic,
        Some("volunteer") => Creation::Volunteer,
        Some(_) => {
            return Err(Refusal::invalid("Parameters.parameter", "the mode is unknown", "send the valueCode automatic or volunteer"));
        }
    };
    change(services, call, request, params, |record| record.create(creation))
}

fn set_presence_code(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let code = presence_code(request)?;
    let patient_id = patient(services, params)?;
    services.door.set_presence_code(call, Transaction::Manage, &patient_id, &code)?;
    Ok(Answer::no_content())
}

fn open_consultation(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let code = presence_code(request)?;
    let patient_id = patient(services, params)?;
    match services.door.open_consultation(call, Transaction::Manage, &patient_id, &code)? {
        Opening::Opened(changed) => {
            let version = changed.consent.version.into();
            Ok(Answer::resource(consent(&changed.consent, call.now)).version(version))
        }
        Opening::NotOpened => {
            let text = "this code opens no consultation for you with this patient; ask the patient for the code they have now";
            Err(Refusal::forbidden(text).audited())
        }
        Opening::Locked { until } => Err(locked(until, call.now)),
    }
}

fn locked(until: Instant, now: Instant) -> Refusal {
    let seconds = until.0.saturating_sub(now.0) / 1_000_000 + 1;
    let text = format!("too many wrong presence codes (access rules, 3); codes are looked at again from {} on", dates::instant(until));
    Refusal::of(429, Issue::error(IssueCode::Throttled, text)).header("Retry-After", seconds.to_string()).audited()
}

/// The Parameters of an operation that may do without.
fn input(request: &mut FhirRequest<'_>) -> Result<Option<Value>, Refusal> {
    if request.headers.content_type.is_none() {
        return Ok(None);
    }
    request.resource_of_type("Parameters").map(Some)
}

fn presence_code(request: &mut FhirRequest<'_>) -> Result<PresenceCode, Refusal> {
    let input = request.resource_of_type("Parameters")?;
    let invalid = |what: &str| Refusal::invalid("Parameters.parameter", what, "send the code as valueString of the parameter code");
    let code = parameter(&input, "code", "valueString").ok_or_else(|| invalid("the parameter code is missing"))?;
    PresenceCode::new(code.to_owned()).map_err(|unfit| invalid(&unfit.to_string()))
}

fn of_status(status: &RecordStatus) -> Answer {
    match status {
        RecordStatus::OpenOrNot(open) => Answer::resource(parameters(&[("open", "valueBoolean", (*open).into())])),
        RecordStatus::Known { status, closed_at, version } => {
            let mut values: Vec<(&str, &str, Value)> =
                vec![("status", "valueCode", code(*status).into()), ("open", "valueBoolean", (*status == Some(DspStatus::Active)).into())];
            if let Some(DspStatus::Inactive { activates_at }) = status {
                values.push(("activates-at", "valueInstant", dates::instant(*activates_at).into()));
            }
            if let (Some(closed_at), Some(DspStatus::Closed)) = (closed_at, status) {
                values.push(("closed-at", "valueInstant", dates::instant(*closed_at).into()));
            }
            Answer::resource(parameters(&values)).version(*version)
        }
    }
}

fn code(status: Option<DspStatus>) -> &'static str {
    match status {
        None => "none",
        Some(DspStatus::Inactive { .. }) => "inactive",
        Some(DspStatus::Active) => "active",
        Some(DspStatus::Closed) => "closed",
        Some(DspStatus::Purged) => "purged",
    }
}
