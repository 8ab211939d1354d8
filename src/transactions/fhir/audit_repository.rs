//! This server as an audit record repository over FHIR (IHE RESTful ATNA): Record Audit Event by its FHIR feed (ITI TF-2: 3.20),
//! Retrieve ATNA Audit Event (3.81) and Retrieve Syslog Event (3.82).

use serde_json::Value;
use uuid::Uuid;

use super::audit_events::address;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, person};
use crate::access::{AuditRecord, Call, Next, RecordPosition, RecordWindow};
use crate::model::audit_event::Transaction;
use crate::model::received_record::Transport;
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::wire::dicom_audit::Source;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::fields::text;
use crate::wire::fhir::{AuditRecordSearch, SearchFault, audit_records, incoming_audit_event, received_audit_event};
use crate::wire::jwt::Permission;
use crate::wire::syslog::{SyslogSearch, syslog_event};

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
    let begin = match &search.after {
        None => Place::before(search.until),
        Some(place) => {
            Place::read(place).ok_or_else(|| Refusal::invalid("http._page", "it names no page", "follow the link next as it is"))?
        }
    };
    let mut found = Vec::new();
    let window = RecordWindow { from: search.from, before: begin.before, own: true };
    services.door.repository_records(call, Transaction::Iti81, window, &mut |record| {
        let told = audit_events(services, &record).into_iter().enumerate().skip(begin.given_of(&record));
        found.extend(told.filter(|(_, event)| search.wants(event)).map(|(number, event)| (Place::after(&record, number), event)));
        // One more than asked for says whether there is a next page.
        if found.len() > search.limit { Next::Stop } else { Next::GoOn }
    })?;
    let last = found.get(search.limit.saturating_sub(1)).filter(|_| found.len() > search.limit);
    let next = last.map(|(place, _)| address(request, Some(place)));
    let entries = found.into_iter().take(search.limit).map(|(_, event)| Entry::found(&request.base_url, event)).collect();
    Ok(Answer::resource(searchset(None::<u64>, entries, &address(request, None), next.as_deref())))
}

/// One resource of the repository, by the name that a search shows.
pub(super) fn read(services: &Services, call: &Call, params: &Params) -> Result<Answer, Refusal> {
    let (id, _) = parts_of_name(params.id()).ok_or_else(Refusal::not_found)?;
    let found = services.door.repository_record(call, id)?;
    let events = found.map(|record| audit_events(services, &record)).unwrap_or_default();
    let event = events.into_iter().find(|event| text(event, "id") == Some(params.id()));
    Ok(Answer::resource(event.ok_or_else(|| Refusal::not_found().audited())?))
}

/// Where a page begins. A record that gives several resources may be told on two pages.
struct Place {
    before: RecordPosition,
    /// The record that the page before told a part of, and how many resources it told.
    part: (Uuid, usize),
}

impl Place {
    fn before(time: Instant) -> Self {
        Self { before: (time, Uuid::nil()), part: (Uuid::nil(), 0) }
    }

    /// The name of a place, as links have it: behind the resource of a record that has this number.
    fn after(record: &AuditRecord, number: usize) -> String {
        let (at, id) = record.position();
        format!("{}.{id}-{number}", at.0)
    }

    fn read(place: &str) -> Option<Self> {
        let (at, name) = place.split_once('.')?;
        let (id, number) = parts_of_name(name)?;
        // Names are in order as the numbers that they are: with the next one, the record itself is looked at again.
        let next = Uuid::from_u128(id.as_u128().saturating_add(1));
        Some(Self { before: (Instant(at.parse().ok()?), next), part: (id, number.saturating_add(1)) })
    }

    fn given_of(&self, record: &AuditRecord) -> usize {
        let (id, given) = self.part;
        if record.position() == (self.before.0, id) { given } else { 0 }
    }
}

/// A record and the number within it: of its first resource the name is that of the record alone.
fn parts_of_name(name: &str) -> Option<(Uuid, usize)> {
    let (id, number) = name.split_at_checked(uuid::fmt::Hyphenated::LENGTH)?;
    let number = if number.is_empty() { 0 } else { number.strip_prefix('-')?.parse().ok()? };
    Some((id.parse().ok()?, number))
}

/// A record of the trail is told as it is delivered and exported; what came from elsewhere, as it came.
fn audit_events(services: &Services, record: &AuditRecord) -> Vec<Value> {
    match record {
        AuditRecord::Received(record) => vec![received_audit_event(record, &services.limits.xml)],
        AuditRecord::Own(stored) => audit_records(&stored.event, Some(stored.id), &source(services)),
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
