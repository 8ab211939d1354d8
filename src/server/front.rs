//! One request over HTTP: from the socket to a blocking thread, and back. The same for every protocol.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::clock::Clock;
use super::exchange::Exchange;
use super::leaving::Leaving;
use super::refusals::{Reason, Refusals};
use super::reply_body::{self, ReplyBody, ReplyWriter, reply_stream};
use super::request_body::{self, BodyLimits, BodyReader, BodySource};
use super::tls::TlsPeer;
use crate::access::{Call, Discreet, Discretion};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::node::NodeProof;
use crate::transactions::fhir::{FhirReply, ReceivedRequest};
use crate::transactions::{self, SoapReply, SoapRequest, WriteReply};

/// A request with attachments is handed to a thread, and an answer to the socket, as a whole up to this many bytes. A
/// longer answer keeps its thread and its place until it is sent, within the limits of time, so that callers who do not
/// read cannot fill the memory with answers.
pub(super) const AT_ONCE: usize = 256 * 1024;

/// What answers a SOAP request, on a blocking thread.
pub(super) type Respond = dyn Fn(&Call, SoapRequest<'_>) -> SoapReply + Send + Sync;

/// What answers a FHIR request, on a blocking thread.
pub(super) type RespondFhir = dyn Fn(&Call, ReceivedRequest<'_>) -> FhirReply + Send + Sync;

/// What all endpoints share.
pub(super) struct Front {
    /// When a request came.
    pub(super) clock: Clock,
    /// Answers SOAP requests.
    pub(super) respond: Box<Respond>,
    /// Answers FHIR requests.
    pub(super) respond_fhir: Box<RespondFhir>,
    /// Free places for requests.
    pub(super) free: Arc<Semaphore>,
    /// When an answer leaves.
    pub(super) leaving: Leaving,
    /// Told of each answer that is delivered to its callback from now on.
    pub(super) delivered_elsewhere: Arc<Notify>,
    /// Requests that found none, or were turned away for another reason.
    pub(super) refusals: Arc<Refusals>,
    /// What one request may cost.
    pub(super) body: BodyLimits,
    /// Up to this size, a message without attachments is taken in before a thread is.
    pub(super) soap_message_bytes: u64,
    /// Up to this size, a resource is taken in before a thread is.
    pub(super) fhir_body_bytes: u64,
}

/// What a thread gives back.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Empty without a body.
    pub(super) content_type: String,
    pub(super) body: transactions::ReplyBody,
    pub(super) transaction: Transaction,
    pub(super) outcome: AuditOutcome,
}

/// How a protocol says what the server itself has to say.
pub(super) struct OwnWords {
    /// Too many requests at a time.
    pub(super) busy: fn(BodySource) -> HttpResponse,
    /// A body in an encoding that is not read here.
    pub(super) encoded: fn(BodySource) -> HttpResponse,
    /// The transaction broke off.
    pub(super) broken: fn(Option<BodySource>) -> HttpResponse,
}

/// What a thread does with a request.
pub(super) type Job = Box<dyn FnOnce(&Front, &Call, &mut BodyReader) -> Reply + Send>;

/// The head of an answer, and where its body comes from.
struct Head {
    status: u16,
    headers: Vec<(&'static str, String)>,
    content_type: String,
    body: HeadBody,
    discretion: Discretion,
}

enum HeadBody {
    Whole(Vec<u8>),
    Stream(mpsc::Receiver<reply_body::Piece>),
}

/// Answers a request by a job on a blocking thread, which has the first `enough` bytes of the body when it begins.
pub(super) async fn carry_out(
    front: web::Data<Front>,
    request: &HttpRequest,
    payload: web::Payload,
    enough: usize,
    words: &OwnWords,
    job: Job,
) -> HttpResponse {
    let Some(exchange) = request.extensions().get::<Arc<Exchange>>().map(Arc::clone) else {
        return (words.broken)(None);
    };
    let announced = header(request, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let mut source = BodySource::new(payload, announced, front.body, Arc::clone(&exchange));
    if header(request, &CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        front.refusals.note(Reason::Encoding, &exchange);
        return (words.encoded)(source);
    }
    let Ok(place) = Arc::clone(&front.free).try_acquire_owned() else {
        front.refusals.note(Reason::Busy, &exchange);
        return (words.busy)(source);
    };
    let first = source.first(enough).await;
    let (pump, body) = BodyReader::new(first);
    let (head, reply) = oneshot::channel();
    let node = request.conn_data::<Arc<TlsPeer>>().map(Arc::clone);
    let work = Work { place, front: front.clone().into_inner(), exchange: Arc::clone(&exchange), node, runtime: Handle::current(), head };
    tokio::task::spawn_blocking(move || work.perform(job, body));
    let reply = read_and_wait(&mut source, pump, reply).await;
    // Neither a thread nor a place waits.
    if let Some(head) = &reply {
        front.leaving.wait(head.discretion, source.there()).await;
        if head.status == StatusCode::ACCEPTED.as_u16() {
            front.delivered_elsewhere.notify_one();
        }
    }
    let unread = (!source.is_whole()).then_some(source);
    match reply {
        Some(head) => answer(head, unread),
        None => {
            exchange.answered(Transaction::Unknown, AuditOutcome::SeriousFailure);
            (words.broken)(unread)
        }
    }
}

/// A header of a request, if it is text.
pub(super) fn header<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// Feeds the reader until there is an answer. Nothing, if the thread broke off.
async fn read_and_wait(
    source: &mut BodySource,
    pump: mpsc::Sender<request_body::Piece>,
    mut reply: oneshot::Receiver<Head>,
) -> Option<Head> {
    let mut pumping = pin!(source.pump(pump));
    tokio::select! {
        head = &mut reply => head.ok(),
        () = &mut pumping => reply.await.ok(),
    }
}

fn answer(head: Head, unread: Option<BodySource>) -> HttpResponse {
    let status = StatusCode::from_u16(head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match head.body {
        HeadBody::Whole(bytes) => ReplyBody::whole(bytes, unread),
        HeadBody::Stream(pieces) => ReplyBody::stream(pieces, unread),
    };
    let mut response = HttpResponse::build(status);
    for (name, value) in head.headers {
        response.append_header((name, value));
    }
    if !head.content_type.is_empty() {
        response.insert_header((CONTENT_TYPE, head.content_type));
    }
    response.body(body)
}

/// What is known of an answer before its body is written.
type StreamHead = (u16, Vec<(&'static str, String)>, String, Discretion);

/// What a blocking thread does for one request.
struct Work {
    /// Free again before its caller has the answer, who may send the next request at once.
    place: OwnedSemaphorePermit,
    front: Arc<Front>,
    exchange: Arc<Exchange>,
    /// The client of the connection, if it showed a certificate.
    node: Option<Arc<TlsPeer>>,
    runtime: Handle,
    /// Dropped unused if the transaction breaks off, which the waiting side takes for an answer.
    head: oneshot::Sender<Head>,
}

impl Work {
    fn perform(self, job: Job, mut body: BodyReader) {
        let request_id = self.exchange.request_id;
        let _span = tracing::info_span!("request", %request_id).entered();
        let call = Call {
            request_id,
            now: self.front.clock.instant(),
            source_address: self.exchange.peer.map(|address| address.to_string()).unwrap_or_default(),
            caller: None,
            reply_to: None,
            node: self.node.as_ref().map_or(NodeProof::None, |peer| peer.proof()),
            admitted: None,
            asked: None,
            person: None,
            discreet: Discreet::default(),
        };
        // What a panic leaves behind is dropped here: the transaction's database connection rolls back by itself.
        let Ok(reply) = catch_unwind(AssertUnwindSafe(|| job(&self.front, &call, &mut body))) else {
            return tracing::error!("a transaction broke off in a panic");
        };
        self.exchange.answered(reply.transaction, reply.outcome);
        self.reply(reply, call.discreet.need());
    }

    fn reply(self, reply: Reply, discretion: Discretion) {
        let Reply { status, headers, content_type, body, .. } = reply;
        match body {
            transactions::ReplyBody::Whole(bytes) if bytes.len() <= AT_ONCE => {
                drop(self.place);
                // A waiting side that is gone has no caller to answer.
                let _ = self.head.send(Head { status, headers, content_type, body: HeadBody::Whole(bytes), discretion });
            }
            transactions::ReplyBody::Whole(bytes) => {
                self.stream((status, headers, content_type, discretion), Box::new(move |out| out.write_all(&bytes)))
            }
            transactions::ReplyBody::Stream(write) => self.stream((status, headers, content_type, discretion), write),
        }
    }

    fn stream(self, (status, headers, content_type, discretion): StreamHead, write: WriteReply) {
        let (writer, pieces) = reply_stream(self.runtime, &self.front.body, self.exchange.began);
        if self.head.send(Head { status, headers, content_type, body: HeadBody::Stream(pieces), discretion }).is_ok() {
            stream(writer, write);
        }
    }
}

fn stream(mut writer: ReplyWriter, write: WriteReply) {
    let written = catch_unwind(AssertUnwindSafe(|| write(&mut writer)));
    let ended = match written {
        Ok(Ok(())) => writer.finish(),
        Ok(Err(error)) => {
            writer.cut();
            Err(error)
        }
        Err(_) => return tracing::error!("writing an answer broke off in a panic"),
    };
    if let Err(error) = ended {
        tracing::warn!(kind = ?error.kind(), "an answer was not sent to its end");
    }
}
