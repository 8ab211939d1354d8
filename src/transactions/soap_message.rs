//! A SOAP request as it comes off the wire: the envelope in memory, the documents staged.

use std::collections::HashMap;
use std::io::{Read, Write};

use crate::access::{ContentError, Failure, StagedDocument};
use crate::wire::mtom::{ContentId, ContentType, MtomError, Multipart, PartHeaders};
use crate::wire::soap::{self, Envelope, Fault};

use super::{Place, Services};

/// Which actor is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Document Registry.
    Registry,
    /// Document Repository.
    Repository,
    /// Document Recipient (XDR).
    Recipient,
    /// Document Registry, as the receiver of the patient identity feed in HL7 version 3.
    PatientFeed,
}

impl Endpoint {
    /// Where it is on this server.
    pub fn path(self) -> &'static str {
        match self {
            Self::Registry => "/xds/registry",
            Self::Repository => "/xds/repository",
            Self::Recipient => "/xds/recipient",
            Self::PatientFeed => "/hl7v3/patient-feed",
        }
    }
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

/// How a message is packed (SOAP 1.2; MTOM): the reply is packed the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packaging {
    /// One XML document.
    Simple,
    /// multipart/related with the envelope as its root part.
    Mtom,
}

/// A whole request.
pub(super) struct SoapMessage<'s> {
    /// The envelope.
    pub(super) envelope: Envelope,
    /// The other parts, by their ids: encrypted, hashed and durable, but nobody's yet.
    pub(super) parts: HashMap<ContentId, StagedDocument>,
    /// How it was packed.
    pub(super) packaging: Packaging,
    /// Taken by a large message as long as it is in memory.
    _place: Option<Place<'s>>,
}

/// Why a request could not be taken in, and the HTTP status that says so.
pub(super) struct Rejection {
    /// Status of the answer.
    pub(super) status: u16,
    /// The answer.
    pub(super) fault: Box<Fault>,
    /// Why, for the audit trail, where that is more than the answer tells.
    pub(super) reason: Option<String>,
}

impl Rejection {
    /// The same as the answer to the message with this id, if it has one (WS-Addressing 1.0 Core, 3.4).
    pub(super) fn of(mut self, message_id: Option<String>) -> Self {
        self.fault.relates_to = self.fault.relates_to.or_else(|| message_id.map(String::into_boxed_str));
        self
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        Self { status: fault.http_status(), fault: Box::new(fault), reason: None }
    }
}

impl From<MtomError> for Rejection {
    fn from(error: MtomError) -> Self {
        match error {
            MtomError::Io(cause) => unreadable(&cause),
            large @ (MtomError::PartTooLarge { .. } | MtomError::MessageTooLarge { .. }) => {
                Self { status: 413, fault: Box::new(Fault::from(large)), reason: None }
            }
            other => Fault::from(other).into(),
        }
    }
}

/// Bytes copied from the network to the content store at a time: few enough to be hashed and encrypted in the cache.
const COPY_BUFFER: usize = 64 * 1024;

/// From this many bytes on, a message needs a place: as a tree it takes several times its size in memory.
const LARGE: usize = 1024 * 1024;

/// Takes a request in. Documents go to the content store while they are read and never as a whole into memory.
pub(super) fn receive<'s>(services: &'s Services, request: SoapRequest<'_>) -> Result<SoapMessage<'s>, Rejection> {
    let content_type = content_type(request.content_type)?;
    match content_type.media_type() {
        "application/soap+xml" => receive_simple(services, &content_type, request.body),
        "multipart/related" => receive_mtom(services, &content_type, request.body),
        _ => Err(unsupported_media_type()),
    }
}

fn content_type(header: Option<&str>) -> Result<ContentType, Rejection> {
    ContentType::parse(header.unwrap_or("")).map_err(|_| unsupported_media_type())
}

fn unsupported_media_type() -> Rejection {
    let reason =
        "the Content-Type is neither application/soap+xml (SOAP 1.2) nor multipart/related with type=\"application/xop+xml\" (MTOM)";
    Rejection { status: 415, fault: Box::new(Fault::sender(reason)), reason: None }
}

fn receive_simple<'s>(services: &'s Services, content_type: &ContentType, body: &mut dyn Read) -> Result<SoapMessage<'s>, Rejection> {
    let limit = services.limits.soap_message_bytes;
    let mut bytes = Vec::new();
    let just_too_much = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    body.take(just_too_much).read_to_end(&mut bytes).map_err(|cause| unreadable(&cause))?;
    if bytes.len() > limit {
        return Err(too_large(&format!(
            "the message is longer than the {limit} bytes of XML that this server takes; send documents as MTOM attachments"
        )));
    }
    let (envelope, place) = envelope(services, &bytes, content_type.action())?;
    Ok(SoapMessage { envelope, parts: HashMap::new(), packaging: Packaging::Simple, _place: place })
}

fn receive_mtom<'s>(services: &'s Services, content_type: &ContentType, body: &mut dyn Read) -> Result<SoapMessage<'s>, Rejection> {
    let mut multipart = Multipart::open(content_type, body, services.limits.multipart)?;
    let mut parts = HashMap::new();
    let mut root = None;
    while let Some(headers) = multipart.next_part()? {
        if headers.is_root() {
            let root_type = headers.content_type.as_ref();
            let action = content_type.action().or_else(|| root_type.and_then(ContentType::action));
            let bytes = multipart.part_body().into_bytes(services.limits.soap_message_bytes)?;
            root = Some(envelope(services, &bytes, action)?);
        } else {
            let id = part_id(&headers)?;
            parts.insert(id, stage(services, &mut multipart.part_body())?);
        }
    }
    // The multipart reader ends with an error of its own if there is no root part.
    let (envelope, place) = root.ok_or_else(|| Fault::sender("the multipart message has no root part"))?;
    Ok(SoapMessage { envelope, parts, packaging: Packaging::Mtom, _place: place })
}

/// Takes the XML apart; a large one only if there is a place for it.
fn envelope<'s>(services: &'s Services, bytes: &[u8], action: Option<String>) -> Result<(Envelope, Option<Place<'s>>), Rejection> {
    let place = match bytes.len() > LARGE {
        true => Some(services.large_messages.take().ok_or_else(busy)?),
        false => None,
    };
    Ok((soap::read(bytes, &services.limits.xml, action.as_deref())?, place))
}

fn busy() -> Rejection {
    let reason = "the server is working on as many large messages as it has room for; nothing was done, send the message again later";
    Rejection { status: 503, fault: Box::new(Fault::receiver(reason)), reason: None }
}

fn part_id(headers: &PartHeaders) -> Result<ContentId, Rejection> {
    let missing =
        || Fault::sender(format!("part {} of the multipart message has no Content-ID, so nothing can refer to it", headers.part)).into();
    headers.content_id.clone().ok_or_else(missing)
}

/// Puts one document into the content store.
pub(super) fn stage(services: &Services, source: &mut dyn Read) -> Result<StagedDocument, Rejection> {
    let mut staging = services.door.stage().map_err(|failure| not_staged(&failure))?;
    let mut buffer = vec![0; COPY_BUFFER];
    loop {
        let count = source.read(&mut buffer).map_err(|cause| Rejection::from(MtomError::from_io(cause)))?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { break };
        staging
            .write_all(chunk)
            .map_err(|cause| not_staged(&ContentError::from_io(cause, "write a document", "the content store").into()))?;
    }
    staging.finish().map_err(|error| not_staged(&error.into()))
}

fn not_staged(failure: &Failure) -> Rejection {
    if let Failure::Content(ContentError::TooLarge { limit }) = failure {
        return too_large(&format!("a document is larger than the {limit} bytes that this repository takes; nothing was stored"));
    }
    tracing::error!(error = %failure, "a document could not be staged");
    let context = failure.errors().into_iter().next().map_or_else(String::new, |error| error.context);
    Fault::receiver(context).into()
}

fn too_large(reason: &str) -> Rejection {
    Rejection { status: 413, fault: Box::new(Fault::sender(reason)), reason: None }
}

/// The connection broke, or the server's limits on a request were reached.
fn unreadable(cause: &std::io::Error) -> Rejection {
    match cause.kind() {
        std::io::ErrorKind::TimedOut => Rejection {
            status: 408,
            fault: Box::new(Fault::sender("the request did not arrive in time; nothing was stored, send it again")),
            reason: None,
        },
        std::io::ErrorKind::FileTooLarge => too_large("the request is larger than this server takes; nothing was stored"),
        _ => Fault::sender("the request ended before it was complete; nothing was stored").into(),
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
