//! The activity history as AuditEvent (ITI TF-2: 3.81, Retrieve ATNA Audit Event; access rules, 8).

use super::record_names::{names, uuid};
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, SearchParameter, audit_repository};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::{HistorySearch, audit_event, form};

/// A search with one of these is in the history of a record where no access rules hold.
const OF_RECORD: [&str; 2] = ["patient", "patient.identifier"];

const SEARCH: &[SearchParameter] = &[
    SearchParameter { name: "patient", kind: "reference", documentation: "Whose record; required, or patient.identifier." },
    SearchParameter { name: "date", kind: "date", documentation: "When; with a prefix, and more than once." },
    SearchParameter { name: "agent", kind: "reference", documentation: "Who: Practitioner, Patient or Organization." },
    SearchParameter { name: "type", kind: "token", documentation: "Event id of DICOM." },
    SearchParameter { name: "subtype", kind: "token", documentation: "Transaction such as ITI-43, or a code of dsp-activity." },
    SearchParameter { name: "outcome", kind: "token", documentation: "0, 4 or 8." },
    SearchParameter { name: "entity", kind: "reference", documentation: "On which document." },
    staffs("action", "token", "C, R, U, D or E."),
    staffs("address", "string", "Network address of an agent."),
    staffs("agent-name", "string", "Name of an agent."),
    staffs("agent.identifier", "token", "Identifier of an agent, such as its UserID in DICOM."),
    staffs("altid", "token", "AlternativeUserID of an agent."),
    staffs("entity-name", "string", "Name of an entity."),
    staffs("entity-role", "token", "Role of an entity."),
    staffs("entity-type", "token", "Type of an entity."),
    staffs("entity.identifier", "token", "Identifier of an entity."),
    staffs("patient.identifier", "token", "Whose record, by identifier."),
    staffs("site", "token", "Where the event was reported."),
    staffs("source", "token", "Identifier of who reported it."),
];

/// What the operator's staff may search for, too, in what the repository holds.
const fn staffs(name: &'static str, kind: &'static str, documentation: &'static str) -> SearchParameter {
    SearchParameter { name, kind, documentation }
}

const fn route(method: Method, pattern: &'static str, interaction: Interaction, perform: super::Perform) -> Route {
    Route {
        needs_person: true,
        ..Route::new(
            method,
            pattern,
            interaction,
            Transaction::Iti81,
            "The activity history of a record, as far as the caller may see it.",
            perform,
        )
    }
}

pub(super) const ROUTES: &[Route] = &[
    Route { search: SEARCH, ..route(Method::Get, "AuditEvent", Interaction::SearchType, search) },
    Route { search: SEARCH, ..route(Method::Post, "AuditEvent/_search", Interaction::SearchType, search) },
    route(Method::Get, "AuditEvent/{id}", Interaction::Read, read),
];

fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let is_of_record = !services.door.has_access_rules() && request.parameters.iter().any(|(name, _)| OF_RECORD.contains(&name.as_str()));
    if !is_of_record && services.door.reads_repository(call)? {
        return audit_repository::search(services, call, request);
    }
    let search = HistorySearch::read(&request.parameters, names(services, request)?);
    let search = search.map_err(|fault| Refusal::invalid(&format!("http.{}", fault.parameter), "it cannot be answered", &fault.what))?;
    let found = services.door.read(call, Transaction::Iti81, |reading| reading.history(&search.patient, &search.filter, &search.page))?;
    // The token is an entry that the caller has: it tells nothing of what lies between entries.
    let last = found.entries.last().filter(|_| found.has_more).map(|activity| activity.id.to_string());
    let next = last.map(|id| address(request, Some(&id)));
    let entries = found.entries.iter().map(|activity| Entry::found(&request.base_url, audit_event(activity))).collect();
    // The number of all matches is not told: it would have to be counted each time.
    Ok(Answer::resource(searchset(None::<u64>, entries, &address(request, None), next.as_deref())))
}

/// The address of this page, or of the one after an entry or a place.
pub(super) fn address(request: &FhirRequest<'_>, after: Option<&str>) -> String {
    let kept = request.parameters.iter().filter(|(name, _)| after.is_none() || name != "_page");
    let mut pairs: Vec<_> = kept.map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    pairs.extend(after.map(|place| format!("_page={}", form::encoded(place))));
    format!("{}/AuditEvent?{}", request.base_url, pairs.join("&"))
}

fn read(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    // Where no access rules hold, everybody reads all of it.
    if services.door.reads_repository(call)? {
        return audit_repository::read(services, call, params);
    }
    let id = uuid(params)?;
    let found = services.door.read(call, Transaction::Iti81, |reading| reading.activity(id))?;
    let activity = found.ok_or_else(|| Refusal::not_found().audited())?;
    Ok(Answer::resource(audit_event(&activity)))
}
