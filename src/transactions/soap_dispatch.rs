//! From the bytes of a SOAP request to those of its reply: finds the transaction by its action.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::access::{Call, Failure};
use crate::model::asked::Asked;
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::wire::hl7v3::acknowledgement;
use crate::wire::soap::{self, Fault, FaultCode, ReplyAddressing};
use crate::wire::xml::{Element, XmlWriter, ns};

use super::async_exchange::{Routes, addressing, take_over};
use super::soap_message::{Endpoint, Rejection, SoapMessage, SoapRequest, receive};
use super::soap_reply::{ReplyHead, fresh_message_id};
use super::{Services, SoapReply, iti18, iti41, iti42, iti43, iti44, iti51, iti57, iti61, iti62, iti86, iti92, xua};

/// What each endpoint does for which action, and the action of the answer.
const ACTIONS: [(Endpoint, &str, Transaction, &str); 14] = [
    (Endpoint::Registry, "urn:ihe:iti:2007:RegisterDocumentSet-b", Transaction::Iti42, "urn:ihe:iti:2007:RegisterDocumentSet-bResponse"),
    (Endpoint::Registry, "urn:ihe:iti:2007:RegistryStoredQuery", Transaction::Iti18, "urn:ihe:iti:2007:RegistryStoredQueryResponse"),
    (Endpoint::Registry, "urn:ihe:iti:2010:UpdateDocumentSet", Transaction::Iti57, "urn:ihe:iti:2010:UpdateDocumentSetResponse"),
    (
        Endpoint::Registry,
        "urn:ihe:iti:2018:RestrictedUpdateDocumentSet",
        Transaction::Iti92,
        "urn:ihe:iti:2018:RestrictedUpdateDocumentSetResponse",
    ),
    (
        Endpoint::Registry,
        "urn:ihe:iti:2009:MultiPatientStoredQuery",
        Transaction::Iti51,
        "urn:ihe:iti:2009:MultiPatientStoredQueryResponse",
    ),
    (
        Endpoint::Registry,
        "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry",
        Transaction::Iti61,
        "urn:ihe:iti:2010:RegisterOnDemandDocumentResponse",
    ),
    (Endpoint::Registry, "urn:ihe:iti:2010:DeleteDocumentSet", Transaction::Iti62, "urn:ihe:iti:2010:DeleteDocumentSetResponse"),
    (
        Endpoint::Repository,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        Transaction::Iti41,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    ),
    (Endpoint::Repository, "urn:ihe:iti:2007:RetrieveDocumentSet", Transaction::Iti43, "urn:ihe:iti:2007:RetrieveDocumentSetResponse"),
    (Endpoint::Repository, "urn:ihe:iti:2017:RemoveDocuments", Transaction::Iti86, "urn:ihe:iti:2017:RemoveDocumentsResponse"),
    (
        Endpoint::Recipient,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        Transaction::Iti41,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    ),
    (Endpoint::PatientFeed, "urn:hl7-org:v3:PRPA_IN201301UV02", Transaction::Iti44, acknowledgement::ACTION),
    (Endpoint::PatientFeed, "urn:hl7-org:v3:PRPA_IN201302UV02", Transaction::Iti44, acknowledgement::ACTION),
    (Endpoint::PatientFeed, "urn:hl7-org:v3:PRPA_IN201304UV02", Transaction::Iti44, acknowledgement::ACTION),
];

/// Every action of this server, with where it is sent.
pub fn actions() -> impl Iterator<Item = (Endpoint, &'static str)> {
    ACTIONS.iter().map(|(endpoint, action, ..)| (*endpoint, *action))
}

/// Carries out one SOAP request. Blocks; whatever happens, there is a reply, and its audit record is committed.
pub fn respond(services: &Services, call: &Call, request: SoapRequest<'_>) -> SoapReply {
    let call = &match services.door.admit(call, Transaction::Unknown) {
        Ok(call) => call,
        Err(failure) => return turn_away(&failure),
    };
    // What a panic leaves behind is dropped here: an open database transaction rolls back by itself.
    let mut call = call.clone();
    let (transaction, routes, result) = catch_unwind(AssertUnwindSafe(|| carry_out(services, &mut call, request))).unwrap_or_else(|_| {
        tracing::error!(request_id = %call.request_id, "a transaction broke off in a panic");
        let fault = Fault::receiver("the server failed; tell its operator the request id");
        (Transaction::Unknown, Routes::default(), Err(fault.into()))
    });
    let (reply, callback) = match result {
        Ok(reply) => (reply, routes.answer),
        Err(rejection) => {
            let addressing = addressing(routes.fault.as_ref(), None);
            (refuse(services, &call, transaction, &rejection, &addressing), routes.fault)
        }
    };
    match callback {
        Some(callback) => take_over(services, &call, &callback, reply),
        None => reply,
    }
}

/// What came of a request: which transaction it was, where its answer goes, and the answer.
type Outcome = (Transaction, Routes, Result<SoapReply, Rejection>);

/// Notes in `call` where the answer goes, and who the person behind the request is, as soon as that is proven.
fn carry_out(services: &Services, call: &mut Call, request: SoapRequest<'_>) -> Outcome {
    let endpoint = request.endpoint;
    match receive(services, request) {
        Ok(message) => {
            let (message_id, routes) = (message.envelope.message_id.clone(), message.routes.clone());
            call.reply_to = routes.reply_to();
            let (transaction, result) = dispatch(services, call, endpoint, message);
            (transaction, routes, result.map_err(|rejection| rejection.of(message_id)))
        }
        Err(rejection) => (Transaction::Unknown, Routes::default(), Err(rejection)),
    }
}

fn dispatch(services: &Services, call: &mut Call, endpoint: Endpoint, message: SoapMessage) -> (Transaction, Result<SoapReply, Rejection>) {
    let action = message.envelope.action.as_str();
    let Some((_, _, transaction, reply_action)) = ACTIONS.iter().find(|(at, known, ..)| *at == endpoint && *known == action) else {
        return (Transaction::Unknown, Err(elsewhere(action).unwrap_or_else(|| Fault::action_not_supported(action)).into()));
    };
    call.asked = asked(&message.envelope.payload);
    match xua::prove(services, call, *transaction, message.envelope.security.as_ref()) {
        Ok(person) => call.person = person,
        Err(not_proven) => {
            call.person = not_proven.person.map(|person| *person);
            return (*transaction, Err(not_proven.rejection));
        }
    }
    let reply = ReplyHead {
        action: reply_action,
        transaction: *transaction,
        packaging: message.packaging,
        addressing: addressing(message.routes.answer.as_ref(), message.envelope.message_id.clone()),
    };
    let result = match transaction {
        Transaction::Iti18 => iti18::perform(services, call, message, &reply),
        Transaction::Iti42 => iti42::perform(services, call, message, &reply),
        Transaction::Iti43 => iti43::perform(services, call, message, reply),
        Transaction::Iti41 => iti41::perform(services, call, endpoint, message, &reply),
        Transaction::Iti44 => iti44::perform(services, call, message, &reply),
        Transaction::Iti51 => iti51::perform(services, call, message, &reply),
        Transaction::Iti57 => iti57::perform(services, call, message, &reply),
        Transaction::Iti61 => iti61::perform(services, call, message, &reply),
        Transaction::Iti62 => iti62::perform(services, call, message, &reply),
        Transaction::Iti86 => iti86::perform(services, call, message, &reply),
        Transaction::Iti92 => iti92::perform(services, call, message, &reply),
        // Not in the table above: other protocols carry them out.
        _ => Err(Fault::action_not_supported(action).into()),
    };
    (*transaction, result)
}

/// A query as the server read it, which is what it answers: in the audit trail nobody hides one behind headers and comments.
fn asked(payload: &Element) -> Option<Asked> {
    if !payload.is(ns::QUERY, "AdhocQueryRequest") {
        return None;
    }
    let mut xml = XmlWriter::new(Vec::new());
    xml.element(payload).ok()?;
    Some(Asked::query(&String::from_utf8(xml.into_inner()).ok()?))
}

/// For an action that another endpoint of this server carries out: where to send it.
fn elsewhere(action: &str) -> Option<Fault> {
    let (endpoint, ..) = ACTIONS.iter().find(|(_, known, ..)| *known == action)?;
    let mut fault = Fault::action_not_supported(action);
    fault.reason = format!("{}; send it to {}", fault.reason, endpoint.path());
    Some(fault)
}

/// The answer to a system that is not admitted; nothing of its request was read. The audit trail has it already.
fn turn_away(failure: &Failure) -> SoapReply {
    let outcome = failure.outcome();
    let fault = match failure {
        Failure::NotAdmitted(refusal) => Fault::sender(refusal.to_string()),
        other => {
            tracing::error!(error = %other, "whether a system is admitted could not be told");
            Fault::receiver("the server failed; nothing was done, send the request again later")
        }
    };
    let status = if outcome == AuditOutcome::MinorFailure { 403 } else { fault.http_status() };
    fault_reply(Transaction::Unknown, outcome, status, &fault, &ReplyAddressing::default())
}

/// What the audit trail says of a refusal: the status, and the real reason where the answer does not tell all.
fn errors(rejection: &Rejection) -> Vec<String> {
    let status = format!("HTTP {}", rejection.status);
    let reason = rejection.reason.as_ref().map(|reason| match rejection.fault.subcodes.first() {
        Some(subcode) => format!("{}: {reason}", subcode.local),
        None => reason.clone(),
    });
    std::iter::once(status).chain(reason).collect()
}

/// The answer to a request that was not understood or is not SOAP as this server speaks it.
fn refuse(services: &Services, call: &Call, transaction: Transaction, rejection: &Rejection, addressing: &ReplyAddressing) -> SoapReply {
    let ours = rejection.fault.code == FaultCode::Receiver;
    let outcome = if ours { AuditOutcome::SeriousFailure } else { AuditOutcome::MinorFailure };
    let audited = services.door.refuse(call, transaction, outcome, errors(rejection));
    let (status, fault, outcome) = match &audited {
        Ok(()) => (rejection.status, Fault::clone(&rejection.fault), outcome),
        Err(failure) => {
            tracing::error!(error = %failure, "the refusal of a request could not be audited");
            let fault = Fault::receiver(failure.errors().into_iter().next().map_or_else(String::new, |error| error.context));
            (fault.http_status(), fault, AuditOutcome::SeriousFailure)
        }
    };
    fault_reply(transaction, outcome, status, &fault, addressing)
}

fn fault_reply(transaction: Transaction, outcome: AuditOutcome, status: u16, fault: &Fault, addressing: &ReplyAddressing) -> SoapReply {
    let mut body = Vec::new();
    // Writing into memory does not fail.
    soap::write_fault(&mut body, fault, addressing, &fresh_message_id()).unwrap_or_default();
    SoapReply::of_fault(status, transaction, outcome, body)
}
