//! This server as an audit record repository over FHIR (IHE RESTful ATNA): Record Audit Event by its FHIR feed (ITI TF-2: 3.20),
//! Retrieve ATNA Audit Event (3.81) and Retrieve Syslog Event (3.82).

use serde_json::Value;
use uuid::Uuid;

use super::audit_events::address;
use super::record_names::uuid;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, person};
use crate::access::{AuditRecord, Call, Next, RecordWindow};
use crate::model::audit_event::Transaction;
use crate::model::received_record::Transport;
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::wire::dicom_audit::{self, Source};
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::{AuditRecordSearch, SearchFault, audit_event_of_dicom, incoming_audit_event, received_audit_event};
use crate::wire::jwt::Permission;
use crate::wire::syslog::{SyslogSearch, syslog_event};
use crate::wire::xml::parse;

/// Messages in one answer to a syslog search at most; who wants more asks for a shorter time.
const MOST_MESSAGES: usize = 1_000;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        Method::Post,
        "AuditEvent",
        Interaction::Create,
        Transaction::Iti20,
        "Takes an audit record of a connected system [ITI-20].",
        create,
    ),
    Route {
        needs_person: true,
        own_format: true,
        ..Route::new(
            Method::Get,
            "syslogsearch",
            Interaction::Capabilities,
            Transaction::Iti82,
            "Syslog messages of other systems, for the operator's staff [ITI-82]: date, hostname, app-name, procid, msgid, msg and others.",
            syslog_search,
        )
    },
];

fn create(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let resource = request.resource_of_type("AuditEvent")?;
    let kept = services.door.receive_records(call, &[incoming_audit_event(&resource)])?;
    let id = kept.first().copied().unwrap_or_default();
    Ok(Answer::created(named(resource, id), format!("AuditEvent/{id}")))
}

fn named(mut resource: Value, id: Uuid) -> Value {
    if let Some(fields) = resource.as_object_mut() {
        fields.insert("id".to_owned(), id.to_string().into());
    }
    resource
}

fn unanswerable(fault: &SearchFault) -> Refusal {
    Refusal::invalid(&format!("http.{}", fault.parameter), "it cannot be answered", &fault.what)
}

/// What the operator's staff is given on AuditEvent: the records of the whole repository.
pub(super) fn search(services: &Services, call: &Call, request: &FhirRequest<'_>) -> Result<Answer, Refusal> {
    let search = AuditRecordSearch::read(&request.parameters).map_err(|fault| unanswerable(&fault))?;
    let before = match &search.after {
        None => (search.until, Uuid::nil()),
        Some(place) => {
            place_of(place).ok_or_else(|| Refusal::invalid("http._page", "it names no page", "follow the link next as it is"))?
        }
    };
    let (mut found, mut places) = (Vec::new(), Vec::new());
    let window = RecordWindow { from: search.from, before, own: true };
    services.door.repository_records(call, Transaction::Iti81, window, &mut |record| {
        let event = audit_event(services, &record);
        if let Some(event) = event.filter(|event| search.wants(event)) {
            places.push(record.position());
            found.push(event);
        }
        // One more than asked for says whether there is a next page.
        if found.len() > search.limit { Next::Stop } else { Next::GoOn }
    })?;
    let has_more = found.len() > search.limit;
    let last = places.get(search.limit.saturating_sub(1)).filter(|_| has_more);
    let next = last.map(|(at, id)| address(request, Some(&format!("{}.{id}", at.0))));
    found.truncate(search.limit);
    let entries = found.into_iter().map(|event| Entry::found(&request.base_url, event)).collect();
    Ok(Answer::resource(searchset(None::<u64>, entries, &address(request, None), next.as_deref())))
}

/// One record of the repository.
pub(super) fn read(services: &Services, call: &Call, params: &Params) -> Result<Answer, Refusal> {
    let found = services.door.repository_record(call, uuid(params)?)?;
    let event = found.and_then(|record| audit_event(services, &record));
    Ok(Answer::resource(event.ok_or_else(|| Refusal::not_found().audited())?))
}

fn place_of(place: &str) -> Option<(Instant, Uuid)> {
    let (at, id) = place.split_once('.')?;
    Some((Instant(at.parse().ok()?), id.parse().ok()?))
}

/// A record of the trail goes the way of those that come from elsewhere: it is told as it is delivered.
fn audit_event(services: &Services, record: &AuditRecord) -> Option<Value> {
    match record {
        AuditRecord::Received(record) => Some(received_audit_event(record, &services.limits.xml)),
        AuditRecord::Own(stored) => {
            let message = dicom_audit::message(&stored.event, &source(services));
            let event = audit_event_of_dicom(&parse(message.as_bytes(), &services.limits.xml).ok()?)?;
            Some(named(event, stored.id))
        }
    }
}

fn source(services: &Services) -> Source {
    Source::new(services.door.repository_unique_id.as_str(), services.home_community_id.as_str(), "localhost".to_owned())
}

fn syslog_search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    request.check_parameters()?;
    person::check(request, "AuditEvent", Permission::Search, Transaction::Iti82)?;
    let search = SyslogSearch::read(&request.parameters).map_err(|fault| unanswerable(&fault))?;
    let mut found = Vec::new();
    let window = RecordWindow { from: search.from, before: (search.until, Uuid::nil()), own: false };
    services.door.repository_records(call, Transaction::Iti82, window, &mut |record| {
        if let AuditRecord::Received(record) = &record
            && record.transport != Transport::Fhir
        {
            found.extend(Some(syslog_event(record)).filter(|event| search.wants(event)));
        }
        if found.len() > MOST_MESSAGES { Next::Stop } else { Next::GoOn }
    })?;
    if found.len() > MOST_MESSAGES {
        let mend = format!("an answer has at most {MOST_MESSAGES} messages; ask for a shorter time");
        return Err(Refusal::invalid("http.date", "too many messages are found", &mend).audited());
    }
    let text = Value::from(found).to_string();
    Ok(Answer::bytes("application/json", Box::new(move |out| out.write_all(text.as_bytes()))))
}
