//! Records as comma-separated values (RFC 4180), one a line, lists within a field separated by spaces.

use crate::model::audit_actor::Actor;
use crate::model::audit_event::AuditEvent;
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
    COLUMNS.join(",") + "\r\n"
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
    fields.iter().map(|text| field(text)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// In quotes where it has to be. A spreadsheet would calculate what callers wrote as a formula: an apostrophe makes it text.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = format!("{guard}{text}");
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_have_to_be_and_none_is_a_formula() {
        assert_eq!(field("plain text"), "plain text");
        assert_eq!(field("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(field("=1+1"), "'=1+1");
    }
}
