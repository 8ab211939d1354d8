//! The reply to a SOAP request: how a transaction makes it, and what the server sends.

use std::io::{self, Read, Write};

use uuid::Uuid;

use crate::access::{Call, Failure};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::wire::mtom::{ContentId, MtomWriter, response_content_type};
use crate::wire::soap::{self, Fault, ReplyAddressing};
use crate::wire::xml::XmlWriter;

use super::soap_message::{Packaging, Rejection};

/// What the server sends back. Its audit record is committed before this value exists.
pub struct SoapReply {
    /// HTTP status: 200, that of a fault, or 202 if the answer goes to a callback.
    pub status: u16,
    /// HTTP `Content-Type`; empty without a body.
    pub content_type: String,
    /// Which transaction it was, for the operator's metrics.
    pub transaction: Transaction,
    /// How it ended, for the operator's metrics.
    pub outcome: AuditOutcome,
    /// The message.
    pub body: ReplyBody,
}

impl SoapReply {
    /// A fault, written already.
    pub(super) fn of_fault(status: u16, transaction: Transaction, outcome: AuditOutcome, envelope: Vec<u8>) -> Self {
        let content_type = "application/soap+xml; charset=UTF-8".to_owned();
        Self { status, content_type, transaction, outcome, body: ReplyBody::Whole(envelope) }
    }
}

/// The bytes of a reply.
pub enum ReplyBody {
    /// All at hand.
    Whole(Vec<u8>),
    /// Written as it goes, for documents that do not fit memory. An error while writing ends the connection: the
    /// receiver sees a message without its closing boundary.
    Stream(WriteReply),
}

/// Writes a reply to wherever it goes.
pub type WriteReply = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// What a transaction needs to know to answer.
pub(super) struct ReplyHead {
    pub(super) action: &'static str,
    pub(super) transaction: Transaction,
    pub(super) packaging: Packaging,
    pub(super) addressing: ReplyAddressing,
}

/// A fresh `wsa:MessageID`.
pub(super) fn fresh_message_id() -> String {
    format!("urn:uuid:{}", Uuid::new_v4())
}

impl ReplyHead {
    /// A reply that fits memory, packed as the request was.
    pub(super) fn whole(
        &self,
        failure: Option<&Failure>,
        body: impl FnOnce(&mut XmlWriter<&mut Vec<u8>>) -> io::Result<()>,
    ) -> Result<SoapReply, Rejection> {
        self.judged(outcome_of(failure), body)
    }

    /// A reply that fits memory to a request that may have been carried out in part.
    pub(super) fn judged(
        &self,
        outcome: AuditOutcome,
        body: impl FnOnce(&mut XmlWriter<&mut Vec<u8>>) -> io::Result<()>,
    ) -> Result<SoapReply, Rejection> {
        let mut envelope = Vec::new();
        let written = soap::write_response(&mut envelope, self.action, &self.addressing, &fresh_message_id(), body);
        let packed = written.and_then(|()| self.pack(envelope));
        let (content_type, bytes) = packed.map_err(|_| Fault::receiver("the answer could not be written"))?;
        Ok(self.reply(outcome, content_type, ReplyBody::Whole(bytes)))
    }

    fn pack(&self, envelope: Vec<u8>) -> io::Result<(String, Vec<u8>)> {
        match self.packaging {
            Packaging::Simple => Ok((self.simple_type(), envelope)),
            Packaging::Mtom => {
                let package = Package::new()?;
                let mut writer = MtomWriter::new(Vec::with_capacity(envelope.len() + 1024), &package.boundary)?;
                writer.root(&package.root, |out| out.write_all(&envelope))?;
                Ok((package.content_type(self.action), writer.finish()?))
            }
        }
    }

    /// A reply that need not fit memory, packed as the request was.
    pub(super) fn long(
        &self,
        outcome: AuditOutcome,
        body: impl FnOnce(&mut XmlWriter<&mut dyn Write>) -> io::Result<()> + Send + 'static,
    ) -> Result<SoapReply, Rejection> {
        match self.packaging {
            Packaging::Simple => {
                let head = self.envelope_head();
                Ok(self.reply(outcome, self.simple_type(), ReplyBody::Stream(Box::new(move |out| head.write(out, body)))))
            }
            Packaging::Mtom => self.streamed(outcome, move |mut writer, root, head| {
                writer.root(root, |out| head.write(out as &mut dyn Write, body))?;
                writer.finish().map(drop)
            }),
        }
    }

    /// A reply whose documents are written as they are read: always MTOM (ITI TF-2: 3.43.4.2.2).
    pub(super) fn streamed(
        &self,
        outcome: AuditOutcome,
        write: impl FnOnce(MtomWriter<&mut dyn Write>, &ContentId, EnvelopeHead) -> io::Result<()> + Send + 'static,
    ) -> Result<SoapReply, Rejection> {
        let package = Package::new().map_err(|_| Fault::receiver("the answer could not be written"))?;
        let content_type = package.content_type(self.action);
        let head = self.envelope_head();
        let body = move |out: &mut dyn Write| {
            let writer = MtomWriter::new(out, &package.boundary)?;
            write(writer, &package.root, head)
        };
        Ok(self.reply(outcome, content_type, ReplyBody::Stream(Box::new(body))))
    }

    fn envelope_head(&self) -> EnvelopeHead {
        EnvelopeHead { action: self.action, addressing: self.addressing.clone() }
    }

    fn simple_type(&self) -> String {
        format!("application/soap+xml; charset=UTF-8; action=\"{}\"", self.action)
    }

    fn reply(&self, outcome: AuditOutcome, content_type: String, body: ReplyBody) -> SoapReply {
        SoapReply { status: 200, content_type, transaction: self.transaction, outcome, body }
    }
}

/// The headers of a response envelope that is written later.
pub(super) struct EnvelopeHead {
    action: &'static str,
    addressing: ReplyAddressing,
}

impl EnvelopeHead {
    /// Writes the envelope around `body`.
    pub(super) fn write<W: Write>(&self, out: W, body: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>) -> io::Result<()> {
        soap::write_response(out, self.action, &self.addressing, &fresh_message_id(), body)
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

/// Bytes copied from the content store to the network at a time: one of its chunks, the most that one read gives.
const COPY_BUFFER: usize = 64 * 1024;

/// Hands over everything that can be read, piece by piece.
pub(super) fn copy(from: &mut dyn Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; COPY_BUFFER];
    loop {
        let count = from.read(&mut buffer)?;
        match buffer.get(..count) {
            Some(piece) if !piece.is_empty() => take(piece)?,
            _ => return Ok(()),
        }
    }
}

/// Tells the operator of a failure that is the server's own; the caller learns only that there was one.
pub(super) fn log_failure(call: &Call, transaction: Transaction, failure: &Failure) {
    if failure.outcome() == AuditOutcome::SeriousFailure {
        tracing::error!(request_id = %call.request_id, transaction = transaction.as_str(), error = %failure, "a transaction failed");
    }
}
