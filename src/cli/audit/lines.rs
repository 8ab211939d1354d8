//! A record as a line to read: when, who, what, about whom, with what outcome and why.

use crate::cli::shown;
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::model::civil_day::time_of;
use crate::model::system_event::SystemEvent;

pub(super) fn line(event: &AuditEvent) -> String {
    let outcome = match event.outcome {
        AuditOutcome::Success => "done",
        AuditOutcome::MinorFailure => "refused",
        AuditOutcome::SeriousFailure => "failed",
    };
    let what = format!("{} {} {outcome}", event.transaction.as_str(), event.action().code());
    let patients = (!event.patient_ids.is_empty()).then(|| format!("patient {}", event.patient_ids.join(" ")));
    let decision = event.decision.as_ref().map(|decision| format!("by {decision}"));
    let errors = (!event.errors.is_empty()).then(|| event.errors.join(" "));
    let parts = [Some(who(event)), Some(what), patients, decision, event.system_event.as_ref().map(happened), errors].into_iter().flatten();
    format!("{}  {}\n", time_of(event.occurred_at), shown(&parts.collect::<Vec<_>>().join("  ")))
}

/// What happened to the server itself.
fn happened(event: &SystemEvent) -> String {
    let details = event.details.iter().map(|(name, value)| format!(" {name}={value}"));
    event.kind.code().to_owned() + &details.collect::<String>()
}

/// The person, or else the system, with the address.
fn who(event: &AuditEvent) -> String {
    let key = event.actor.as_ref().and_then(|actor| actor.key()).map(|key| key.column());
    let named = [key, event.user.clone(), event.system.clone(), event.caller.clone()].into_iter().flatten().next();
    format!("{} ({})", named.unwrap_or_else(|| "somebody".to_owned()), event.source_address)
}
