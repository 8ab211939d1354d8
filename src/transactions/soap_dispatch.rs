//! From the bytes of a SOAP request to those of its reply: finds the transaction by its action.

use std::io::{self, Read, Write};

use uuid::Uuid;

use crate::access::{Call, Failure};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::wire::mtom::{ContentId, MtomWriter, response_content_type};
use crate::wire::soap::{self, Envelope, Fault};
use crate::wire::xml::XmlWriter;

use super::soap_message::{Packaging, Rejection, SoapMessage, receive};
use super::{ReplyBody, Services, SoapReply, iti18, iti41, iti42, iti43};

/// Which actor is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Document Registry.
    Registry,
    /// Document Repository.
    Repository,
    /// Document Recipient (XDR).
    Recipient,
}

/// A request as the server got it.
pub struct SoapRequest<'a> {
    /// Where it was sent.
    pub endpoint: Endpoint,
    /// HTTP `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The body. An error of kind `TimedOut` or `FileTooLarge` tells which of the server's limits was reached.
    pub body: &'a mut dyn Read,
}

/// What each endpoint does for which action, and the action of the answer.
const ACTIONS: [(Endpoint, &str, Transaction, &str); 5] = [
    (Endpoint::Registry, "urn:ihe:iti:2007:RegisterDocumentSet-b", Transaction::Iti42, "urn:ihe:iti:2007:RegisterDocumentSet-bResponse"),
    (Endpoint::Registry, "urn:ihe:iti:2007:RegistryStoredQuery", Transaction::Iti18, "urn:ihe:iti:2007:RegistryStoredQueryResponse"),
    (
        Endpoint::Repository,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        Transaction::Iti41,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    ),
    (Endpoint::Repository, "urn:ihe:iti:2007:RetrieveDocumentSet", Transaction::Iti43, "urn:ihe:iti:2007:RetrieveDocumentSetResponse"),
    (
        Endpoint::Recipient,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        Transaction::Iti41,
        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    ),
];

/// Carries out one SOAP request. Blocks; whatever happens, there is a reply, and its audit record is committed.
pub fn respond(services: &Services, call: &Call, request: SoapRequest<'_>) -> SoapReply {
    let endpoint = request.endpoint;
    let (transaction, result) = match receive(services, request) {
        Ok(message) => dispatch(services, call, endpoint, message),
        Err(rejection) => (Transaction::Unknown, Err(rejection)),
    };
    result.unwrap_or_else(|rejection| refuse(services, call, transaction, &rejection))
}

fn dispatch(services: &Services, call: &Call, endpoint: Endpoint, message: SoapMessage) -> (Transaction, Result<SoapReply, Rejection>) {
    let action = message.envelope.action.as_str();
    let Some((_, _, transaction, reply_action)) = ACTIONS.iter().find(|(at, known, ..)| *at == endpoint && *known == action) else {
        return (Transaction::Unknown, Err(Fault::action_not_supported(action).into()));
    };
    let reply = ReplyHead {
        action: reply_action,
        transaction: *transaction,
        packaging: message.packaging,
        relates_to: message.envelope.message_id.clone(),
    };
    let result = match transaction {
        Transaction::Iti18 => iti18::perform(services, call, message, &reply),
        Transaction::Iti42 => iti42::perform(services, call, message, &reply),
        Transaction::Iti43 => iti43::perform(services, call, message, reply),
        Transaction::Iti41 => iti41::perform(services, call, message, &reply),
        Transaction::Iti8 | Transaction::Iti64 | Transaction::Import | Transaction::Unknown => {
            Err(Fault::action_not_supported(action).into())
        }
    };
    (*transaction, result)
}

/// The answer to a request that was not understood or is not SOAP as this server speaks it.
fn refuse(services: &Services, call: &Call, transaction: Transaction, rejection: &Rejection) -> SoapReply {
    let audited = services.door.refuse(call, transaction, vec![format!("HTTP {}", rejection.status)]);
    let (status, fault, outcome) = match &audited {
        Ok(()) => (rejection.status, Fault::clone(&rejection.fault), AuditOutcome::MinorFailure),
        Err(failure) => {
            tracing::error!(error = %failure, "the refusal of a request could not be audited");
            let fault = Fault::receiver(failure.errors().into_iter().next().map_or_else(String::new, |error| error.context));
            (fault.http_status(), fault, AuditOutcome::SeriousFailure)
        }
    };
    let mut body = Vec::new();
    // Writing into memory does not fail.
    soap::write_fault(&mut body, &fault, None, &fresh_message_id()).unwrap_or_default();
    SoapReply { status, content_type: "application/soap+xml; charset=UTF-8".to_owned(), transaction, outcome, body: ReplyBody::Whole(body) }
}

/// What a transaction needs to know to answer.
pub(super) struct ReplyHead {
    action: &'static str,
    pub(super) transaction: Transaction,
    packaging: Packaging,
    relates_to: Option<String>,
}

/// A fresh `wsa:MessageID`.
fn fresh_message_id() -> String {
    format!("urn:uuid:{}", Uuid::new_v4())
}

impl ReplyHead {
    /// A reply that fits memory, packed as the request was.
    pub(super) fn whole(
        &self,
        failure: Option<&Failure>,
        body: impl FnOnce(&mut XmlWriter<&mut Vec<u8>>) -> io::Result<()>,
    ) -> Result<SoapReply, Rejection> {
        let mut envelope = Vec::new();
        let written = soap::write_response(&mut envelope, self.action, self.relates_to.as_deref(), &fresh_message_id(), body);
        let packed = written.and_then(|()| self.pack(envelope));
        let (content_type, bytes) = packed.map_err(|_| Fault::receiver("the answer could not be written"))?;
        Ok(self.reply(outcome_of(failure), content_type, ReplyBody::Whole(bytes)))
    }

    fn pack(&self, envelope: Vec<u8>) -> io::Result<(String, Vec<u8>)> {
        match self.packaging {
            Packaging::Simple => Ok((format!("application/soap+xml; charset=UTF-8; action=\"{}\"", self.action), envelope)),
            Packaging::Mtom => {
                let package = Package::new()?;
                let mut writer = MtomWriter::new(Vec::with_capacity(envelope.len() + 1024), &package.boundary)?;
                writer.root(&package.root, |out| out.write_all(&envelope))?;
                Ok((package.content_type(self.action), writer.finish()?))
            }
        }
    }

    /// A reply whose documents are written as they are read: always MTOM (ITI TF-2: 3.43.4.2.2).
    pub(super) fn streamed(
        self,
        outcome: AuditOutcome,
        write: impl FnOnce(MtomWriter<&mut dyn Write>, &ContentId, EnvelopeHead) -> io::Result<()> + Send + 'static,
    ) -> Result<SoapReply, Rejection> {
        let package = Package::new().map_err(|_| Fault::receiver("the answer could not be written"))?;
        let content_type = package.content_type(self.action);
        let head = EnvelopeHead { action: self.action, relates_to: self.relates_to.clone() };
        let body = move |out: &mut dyn Write| {
            let writer = MtomWriter::new(out, &package.boundary)?;
            write(writer, &package.root, head)
        };
        Ok(self.reply(outcome, content_type, ReplyBody::Stream(Box::new(body))))
    }

    fn reply(&self, outcome: AuditOutcome, content_type: String, body: ReplyBody) -> SoapReply {
        SoapReply { status: 200, content_type, transaction: self.transaction, outcome, body }
    }
}

/// The headers of a response envelope that is written later.
pub(super) struct EnvelopeHead {
    action: &'static str,
    relates_to: Option<String>,
}

impl EnvelopeHead {
    /// Writes the envelope around `body`.
    pub(super) fn write<W: Write>(&self, out: W, body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>) -> io::Result<()> {
        soap::write_response(out, self.action, self.relates_to.as_deref(), &fresh_message_id(), body)
    }
}

fn outcome_of(failure: Option<&Failure>) -> AuditOutcome {
    failure.map_or(AuditOutcome::Success, Failure::outcome)
}

/// The frame of a multipart reply.
struct Package {
    boundary: String,
    root: ContentId,
}

impl Package {
    fn new() -> io::Result<Self> {
        let root = ContentId::parse(&format!("root.{}@dossier", Uuid::new_v4().simple())).map_err(io::Error::other)?;
        Ok(Self { boundary: format!("dossier-{}", Uuid::new_v4().simple()), root })
    }

    fn content_type(&self, action: &str) -> String {
        response_content_type(&self.boundary, &self.root, action)
    }
}

/// Tells the operator of a failure that is the server's own; the caller learns only that there was one.
pub(super) fn log_failure(call: &Call, transaction: Transaction, failure: &Failure) {
    if failure.outcome() == AuditOutcome::SeriousFailure {
        tracing::error!(request_id = %call.request_id, transaction = transaction.as_str(), error = %failure, "a transaction failed");
    }
}

/// That the payload is the element the transaction wants.
pub(super) fn expect_payload(envelope: &Envelope, namespace: &str, local: &str) -> Result<(), Fault> {
    if envelope.payload.is(namespace, local) {
        return Ok(());
    }
    Err(Fault::sender(format!(
        "the Body holds another element than {local} of namespace {namespace}, which the action {} announces",
        envelope.action
    )))
}
