//! Records as comma-separated values (RFC 4180), one a line, lists within a field separated by spaces.

use crate::model::audit_actor::Actor;
use crate::model::audit_event::AuditEvent;
use crate::sheets::csv;
use crate::wire::fhir::dates::instant;

const COLUMNS: [&str; 17] = [
    "time",
    "transaction",
    "action",
    "outcome",
    "source_address",
    "caller",
    "system",
    "quality",
    "actor",
    "user",
    "patients",
    "objects",
    "query",
    "decision",
    "access_reason",
    "errors",
    "event",
];

pub(super) fn header() -> String {
    csv::row(&COLUMNS)
}

/// Times are in UTC.
pub(super) fn row(event: &AuditEvent) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let actor = event.actor.as_ref();
    let fields: [String; COLUMNS.len()] = [
        instant(event.occurred_at),
        event.transaction.as_str().to_owned(),
        event.action().code().to_owned(),
        event.outcome.as_str().to_owned(),
        event.source_address.clone(),
        text(&event.caller),
        text(&event.system),
        actor.map(|actor| actor.quality.code().to_owned()).unwrap_or_default(),
        actor.and_then(Actor::key).map(|key| key.column()).unwrap_or_default(),
        text(&event.user),
        event.patient_ids.join(" "),
        event.object_ids.join(" "),
        text(&event.query),
        text(&event.decision),
        text(&event.access_reason),
        event.errors.join(" "),
        event.system_event.as_ref().map(|event| event.kind.code().to_owned()).unwrap_or_default(),
    ];
    csv::row(&fields)
}
