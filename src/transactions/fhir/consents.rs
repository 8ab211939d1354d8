//! Consents of the shared care record (IHE PCF, ITI-108; access rules, 3, 7 and 9).

use serde_json::Value;

use super::patching::Patch;
use super::record_names::{names, required_version, uuid};
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, SearchParameter};
use crate::access::{Call, Changed, NewGrant};
use crate::model::audit_event::Transaction;
use crate::model::care_record::Consent;
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::{ConsentChange, ConsentSearch, FhirFault, NewConsent, consent, consent_change, consent_request, form};

const SEARCH: &[SearchParameter] = &[
    SearchParameter { name: "_id", kind: "token", documentation: "The logical id." },
    SearchParameter { name: "patient", kind: "reference", documentation: "Whose record; required, or patient.identifier." },
    SearchParameter { name: "patient.identifier", kind: "token", documentation: "The same by an identifier." },
    SearchParameter { name: "category", kind: "token", documentation: "A code of dsp-consent-category." },
    SearchParameter { name: "status", kind: "token", documentation: "active, inactive or rejected." },
    SearchParameter { name: "actor", kind: "reference", documentation: "Whom it is about." },
    SearchParameter { name: "period", kind: "date", documentation: "When there is access." },
];

const fn route(
    method: Method,
    pattern: &'static str,
    interaction: Interaction,
    documentation: &'static str,
    perform: super::Perform,
) -> Route {
    Route { needs_person: true, ..Route::new(method, pattern, interaction, Transaction::Iti108, documentation, perform) }
}

const fn searching(method: Method, pattern: &'static str) -> Route {
    let documentation = "Finds the consents of one record that the caller sees.";
    Route { search: SEARCH, ..route(method, pattern, Interaction::SearchType, documentation, search) }
}

pub(super) const ROUTES: &[Route] = &[
    searching(Method::Get, "Consent"),
    searching(Method::Post, "Consent/_search"),
    route(Method::Post, "Consent", Interaction::Create, "Grants something, shuts somebody out, or chooses emergency access.", create),
    route(Method::Get, "Consent/{id}", Interaction::Read, "Reads a consent that the caller sees.", read),
    route(Method::Put, "Consent/{id}", Interaction::Update, "Ends a consent, now or earlier than it would; changes the setting.", update),
    route(Method::Patch, "Consent/{id}", Interaction::Patch, "The same as JSON Patch or FHIRPath Patch.", patch),
    route(Method::Delete, "Consent/{id}", Interaction::Delete, "Ends a consent now; it stays to be read.", delete),
];

fn of_fault(fault: &FhirFault) -> Refusal {
    Refusal::of(422, fault.issue())
}

fn answer(changed: &Changed, call: &Call) -> Answer {
    answer_at(&changed.consent, call.now)
}

fn answer_at(found: &Consent, at: Instant) -> Answer {
    Answer::resource(consent(found, at)).version(found.version.into()).modified(found.changed_at)
}

/// All versions, the latest first; earlier ones as they were when they were replaced.
pub(super) fn versions(services: &Services, call: &Call, params: &Params) -> Result<Vec<Answer>, Refusal> {
    let id = uuid(params)?;
    let found = services.door.read(call, Transaction::Iti108, |reading| reading.consent_versions(id))?;
    Ok(found.iter().map(|(found, at)| answer_at(found, *at)).collect())
}

fn read(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params)?;
    let found = services.door.read(call, Transaction::Iti108, |reading| reading.consent(id))?;
    Ok(answer(&Changed { consent: found, ended: None }, call))
}

fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let search = ConsentSearch::read(&request.parameters, names(services, request)?);
    let search = search.map_err(|fault| Refusal::invalid(&format!("http.{}", fault.parameter), "it cannot be answered", &fault.what))?;
    let consents = services.door.read(call, Transaction::Iti108, |reading| reading.consents(&search.patient))?;
    let resources = consents.iter().map(|found| (found, consent(found, call.now)));
    let found: Vec<Value> = resources.filter(|(found, resource)| search.finds(found, resource)).map(|(_, resource)| resource).collect();
    let total = found.len();
    let page: Vec<_> = found.into_iter().skip(search.offset).take(search.count).collect();
    let seen = search.offset.saturating_add(page.len());
    let next = (seen < total && !page.is_empty()).then(|| address(request, Some(seen)));
    let entries = page.into_iter().map(|resource| Entry::found(&request.base_url, resource)).collect();
    let bundle = searchset(u64::try_from(total).unwrap_or(u64::MAX), entries, &address(request, None), next.as_deref());
    Ok(Answer::resource(bundle))
}

/// The address of this page, or of the one that begins there.
fn address(request: &FhirRequest<'_>, offset: Option<usize>) -> String {
    let kept = request.parameters.iter().filter(|(name, _)| offset.is_none() || name != "_offset");
    let mut pairs: Vec<_> = kept.map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    pairs.extend(offset.map(|offset| format!("_offset={offset}")));
    format!("{}/Consent?{}", request.base_url, pairs.join("&"))
}

fn create(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let resource = request.resource_of_type("Consent")?;
    let wanted = consent_request(&resource, names(services, request)?).map_err(|fault| of_fault(&fault))?;
    let changed = services.door.write(call, Transaction::Iti108, |writing| {
        let mut record = writing.manage(&wanted.patient)?;
        match wanted.consent {
            NewConsent::EmergencyAccess(access) => record.set_emergency_access(access, None),
            NewConsent::TrustedCircle(id) => record.give(&NewGrant::TrustedCircle(id), wanted.end),
            NewConsent::Assistant(person) => record.give(&NewGrant::Assistant(person), wanted.end),
            NewConsent::ReferringPhysician(id) => record.give(&NewGrant::ReferringPhysician(id), wanted.end),
            NewConsent::Blacklist(id) => record.give(&NewGrant::Blacklist(id), wanted.end),
        }
    })?;
    let location = format!("Consent/{}/_history/{}", changed.consent.id, changed.consent.version);
    Ok(Answer { status: 201, location: Some(location), ..answer(&changed, call) })
}

fn update(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let wanted = request.resource_of_type("Consent")?;
    if wanted.get("id").and_then(Value::as_str) != Some(params.id()) {
        return Err(Refusal::invalid("Consent.id", "it is not the id of the address", "send the resource under its own address"));
    }
    change(services, call, request, params, |_| Ok(wanted))
}

fn patch(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let patch = Patch::of(request)?;
    change(services, call, request, params, |present| patch.apply(present))
}

/// Changes a consent into what `wanted` makes of it. What cannot be understood is told only to those who see the consent.
fn change(
    services: &Services,
    call: &Call,
    request: &FhirRequest<'_>,
    params: &Params,
    wanted: impl FnOnce(&Value) -> Result<Value, Refusal>,
) -> Result<Answer, Refusal> {
    let (id, expected) = (uuid(params)?, required_version(request)?);
    let present = services.door.read(call, Transaction::Iti108, |reading| reading.consent(id))?;
    let resource = consent(&present, call.now);
    let change = consent_change(&resource, &wanted(&resource)?).map_err(|fault| of_fault(&fault))?;
    let changed = services.door.write(call, Transaction::Iti108, |writing| {
        let mut record = writing.manage_consent(id)?;
        match change {
            ConsentChange::Nothing => record.unchanged(id, expected),
            ConsentChange::End(end) => record.end_consent(id, end, expected),
            ConsentChange::EmergencyAccess(access) => record.set_emergency_access(access, Some(expected)),
        }
    })?;
    Ok(answer(&changed, call))
}

fn delete(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let (id, expected) = (uuid(params)?, required_version(request)?);
    services.door.write(call, Transaction::Iti108, |writing| writing.manage_consent(id)?.end_consent(id, None, expected))?;
    Ok(Answer::no_content())
}
