//! One message of the patient identity feed (ITI-8, ITI-64): from the MLLP listener to its transaction.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use super::clock::Clock;
use super::metrics::{Measured, Metrics};
use super::mllp_listener::MllpSender;
use crate::access::{Call, Discreet};
use crate::model::audit_event::AuditOutcome;
use crate::transactions::{Services, iti8};
use crate::wire::hl7v2::ack::acknowledgement_code;
use crate::wire::mllp::MllpError;

/// What the listener calls for each message.
pub(super) fn handler(
    services: Arc<Services>,
    metrics: Arc<Metrics>,
    clock: Clock,
) -> impl Fn(&[u8], &MllpSender) -> Vec<u8> + Send + Sync + 'static {
    move |message, sender| {
        let peer = sender.address;
        let began = Instant::now();
        let request_id = Uuid::new_v4();
        let _span = tracing::info_span!("request", %request_id).entered();
        let call = call(request_id, sender, &clock);
        let (transaction, answer) = (iti8::transaction(message), iti8::answer(&services, &call, message));
        let outcome = outcome_of(&answer);
        let duration = began.elapsed();
        tracing::info!(
            %request_id,
            peer = %peer.ip(),
            transaction = transaction.as_str(),
            outcome = outcome.as_str(),
            bytes_in = message.len(),
            bytes_out = answer.len(),
            milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            "message"
        );
        let (bytes_in, bytes_out) = (message.len() as u64, answer.len() as u64);
        metrics.transaction(&Measured { transaction, outcome, duration, bytes_in, bytes_out });
        answer
    }
}

/// What the listener calls for a stream that is no MLLP.
pub(super) fn refuse(services: Arc<Services>, clock: Clock) -> impl Fn(&[u8], &MllpSender, &MllpError) -> Vec<u8> + Send + Sync + 'static {
    move |beginning, sender, error| {
        let call = call(Uuid::new_v4(), sender, &clock);
        iti8::refuse_frame(&services, &call, beginning, error)
    }
}

fn call(request_id: Uuid, sender: &MllpSender, clock: &Clock) -> Call {
    Call {
        request_id,
        now: clock.instant(),
        source_address: sender.address.ip().to_string(),
        caller: None,
        reply_to: None,
        node: sender.proof(),
        admitted: None,
        asked: None,
        person: None,
        discreet: Discreet::default(),
    }
}

/// MSA-1 as the audit trail would say it (HL7 v2.5: table 0008).
fn outcome_of(answer: &[u8]) -> AuditOutcome {
    match acknowledgement_code(answer) {
        Some("AA") => AuditOutcome::Success,
        Some(_) => AuditOutcome::MinorFailure,
        None => AuditOutcome::SeriousFailure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_follows_the_acknowledgement_code() {
        let answer = |code: &str| outcome_of(format!("MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.5\rMSA|{code}|1\r").as_bytes());
        assert_eq!(answer("AA"), AuditOutcome::Success);
        assert_eq!(answer("AE"), AuditOutcome::MinorFailure);
        assert_eq!(outcome_of(b""), AuditOutcome::SeriousFailure);
    }
}
