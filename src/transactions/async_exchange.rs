//! Asynchronous Web services exchange (ITI TF-2: V.5): answers that go to the address in `wsa:ReplyTo`.
//!
//! A request is admitted before anything is done for it, carried out as any other, and its answer is made durable before
//! it is acknowledged with HTTP status 202. `docs/adr/0008-asynchronous-exchange.md` says why.

use crate::access::{Call, Failure};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::callback_url::CallbackUrl;
use crate::wire::soap::{self, EndpointReference, Envelope, Fault, ReplyAddressing};

use super::soap_message::Rejection;
use super::soap_reply::{fresh_message_id, log_failure};
use super::{ReplyBody, Services, SoapReply};

/// What the operator allows.
#[derive(Debug, Clone, Default)]
pub struct CallbackRules {
    /// Where answers may be sent; nowhere if there is none.
    pub allowed: Vec<CallbackUrl>,
    /// Answers that may wait to be delivered.
    pub most_answers: u64,
    /// Their bytes together.
    pub most_bytes: u64,
}

impl CallbackRules {
    /// Whether answers may be sent there.
    pub fn allow(&self, callback: &CallbackUrl) -> bool {
        self.allowed.iter().any(|allowed| allowed.covers(callback))
    }
}

/// An address that is allowed.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    url: CallbackUrl,
    endpoint: EndpointReference,
}

/// Where the answers to a message go; where nothing is said, back on its connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Routes {
    /// The answer.
    pub(super) answer: Option<Callback>,
    /// A fault.
    pub(super) fault: Option<Callback>,
}

impl Routes {
    /// The address of the answer, for the audit trail.
    pub(super) fn reply_to(&self) -> Option<String> {
        self.answer.as_ref().map(|callback| callback.endpoint.address.clone())
    }
}

/// How an answer is addressed that goes there.
pub(super) fn addressing(callback: Option<&Callback>, relates_to: Option<String>) -> ReplyAddressing {
    ReplyAddressing { relates_to, to: callback.map(|callback| callback.endpoint.clone()) }
}

/// Whether the message may be answered where it wants to be, and where that is. A refusal goes back on its connection,
/// before anything is done.
pub(super) fn admit(services: &Services, envelope: &Envelope) -> Result<Routes, Rejection> {
    let rules = &services.callbacks;
    let answer = callback(rules, "ReplyTo", envelope.reply_to.as_ref())?;
    let fault = match &envelope.fault_to {
        Some(fault_to) => callback(rules, "FaultTo", Some(fault_to))?,
        None => answer.clone(),
    };
    if answer.is_some() || fault.is_some() {
        if envelope.message_id.is_none() {
            return Err(Fault::addressing_header_required("MessageID").into());
        }
        make_sure_of_room(services)?;
    }
    Ok(Routes { answer, fault })
}

fn callback(rules: &CallbackRules, header: &'static str, endpoint: Option<&EndpointReference>) -> Result<Option<Callback>, Fault> {
    let Some(endpoint) = endpoint.filter(|endpoint| endpoint.is_callback()) else { return Ok(None) };
    if rules.allowed.is_empty() {
        return Err(Fault::invalid_addressing_header(header, "OnlyAnonymousAddressSupported"));
    }
    match CallbackUrl::parse(&endpoint.address) {
        Ok(url) if rules.allow(&url) => Ok(Some(Callback { url, endpoint: endpoint.clone() })),
        Ok(_) => {
            Err(refused(header, "it is none of the addresses to which the operator of this server allows answers; ask them to add it"))
        }
        Err(invalid) => Err(refused(header, &invalid.to_string())),
    }
}

fn refused(header: &'static str, why: &str) -> Fault {
    let mut fault = Fault::invalid_addressing_header(header, "InvalidAddress");
    fault.reason = format!("{}; {why}", fault.reason);
    fault
}

/// Several requests at once may each find the last place: the queue is longer than its bound by no more than the requests
/// that are worked on at one time.
fn make_sure_of_room(services: &Services) -> Result<(), Rejection> {
    let rules = &services.callbacks;
    let held = services.door.answers_held().map_err(|failure| {
        tracing::error!(error = %failure, "the answers that wait could not be counted");
        Fault::receiver("the server could not make sure that it can keep the answer; nothing was done, send the message again later")
    })?;
    if held.count < rules.most_answers && held.bytes < rules.most_bytes {
        return Ok(());
    }
    let reason = "as many answers wait to be delivered as this server keeps; nothing was done, send the message again later";
    Err(Rejection { status: 503, fault: Box::new(Fault::receiver(reason)), reason: None })
}

/// Makes the answer durable and acknowledges the request. Where that fails, the answer goes back on the connection that is
/// still open: what was done is not to be hidden from whoever asked for it.
pub(super) fn take_over(services: &Services, call: &Call, callback: &Callback, reply: SoapReply) -> SoapReply {
    let SoapReply { status, content_type, transaction, outcome, body } = reply;
    let accepted = SoapReply { status: 202, content_type: String::new(), transaction, outcome, body: ReplyBody::Whole(Vec::new()) };
    match body {
        ReplyBody::Whole(bytes) => {
            let held = services.door.hold_answer(call, &callback.url, &content_type, |out| out.write_all(&bytes));
            held.map_or_else(
                |failure| {
                    log_failure(call, transaction, &failure);
                    SoapReply { status, content_type, transaction, outcome, body: ReplyBody::Whole(bytes) }
                },
                |()| accepted,
            )
        }
        ReplyBody::Stream(write) => {
            let held = services.door.hold_answer(call, &callback.url, &content_type, write);
            held.map_or_else(|failure| not_held(call, transaction, &failure), |()| accepted)
        }
    }
}

/// The answer to a reading whose answer could not be kept.
fn not_held(call: &Call, transaction: Transaction, failure: &Failure) -> SoapReply {
    log_failure(call, transaction, failure);
    let reason = match failure.outcome() {
        AuditOutcome::MinorFailure => "the answer is larger than what this server keeps for a callback; ask for fewer documents at once",
        AuditOutcome::Success | AuditOutcome::SeriousFailure => "the server could not keep the answer; ask again later",
    };
    let fault = Fault::receiver(reason);
    let mut body = Vec::new();
    // Writing into memory does not fail.
    soap::write_fault(&mut body, &fault, &ReplyAddressing::default(), &fresh_message_id()).unwrap_or_default();
    SoapReply::of_fault(fault.http_status(), transaction, failure.outcome(), body)
}
