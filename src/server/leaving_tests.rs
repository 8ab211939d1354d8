//! Answers that wait for their tick, at sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use actix_web::{App, HttpServer, web};
use tokio::sync::{Notify, Semaphore};

use super::clock::Clock;
use super::endpoints::{PublicAddress, routes};
use super::front::Front;
use super::leaving::Leaving;
use super::metrics::Metrics;
use super::request_body::BodyLimits;
use super::request_id::observe;
use crate::access::{Call, Discretion};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::transactions::fhir::ReceivedRequest;
use crate::transactions::{ReplyBody, SoapReply, SoapRequest};
use actix_web::middleware::from_fn;

/// No test waits for it.
const TICK: Duration = Duration::from_secs(3600);
/// Requests that may be worked on at one time.
const PLACES: usize = 2;

/// Answers with what it was sent, which also says what its time could tell and whether the answer goes elsewhere.
fn respond(call: &Call, request: SoapRequest<'_>) -> SoapReply {
    let mut text = String::new();
    request.body.read_to_string(&mut text).unwrap();
    call.discreet.note(match text.as_str() {
        "nothing" | "elsewhere" => Discretion::Nothing,
        "picked" => Discretion::Picked,
        _ => Discretion::None,
    });
    let status = if text == "elsewhere" { 202 } else { 200 };
    let body = if text == "nothing" { streamed(text) } else { ReplyBody::Whole(text.into_bytes()) };
    SoapReply { status, content_type: "text/plain".to_owned(), transaction: Transaction::Unknown, outcome: AuditOutcome::Success, body }
}

fn streamed(text: String) -> ReplyBody {
    ReplyBody::Stream(Box::new(move |out| out.write_all(text.as_bytes())))
}

fn front(held: mpsc::Sender<Discretion>, delivered_elsewhere: Arc<Notify>) -> Front {
    let held = Mutex::new(held);
    let held = Box::new(move |discretion| held.lock().unwrap().send(discretion).unwrap());
    Front {
        clock: Clock::default(),
        respond: Box::new(respond),
        respond_fhir: Box::new(|_: &_, _: ReceivedRequest<'_>| panic!("no request here is one of FHIR")),
        free: Arc::new(Semaphore::new(PLACES)),
        leaving: Leaving { tick: Some(TICK), held },
        delivered_elsewhere,
        refusals: Arc::default(),
        body: BodyLimits { bytes: 1 << 20, idle: Duration::from_secs(10), total: Duration::from_secs(10), least_rate: 1 },
        soap_message_bytes: 1 << 16,
        fhir_body_bytes: 1 << 16,
    }
}

fn asking(address: SocketAddr, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /xds/registry HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    stream
}

/// Whether nothing of an answer is there.
fn waits(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    stream.read(&mut [0; 1]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_wait_for_their_tick_and_take_no_place() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, held) = mpsc::channel();
    let elsewhere = Arc::new(Notify::new());
    let (front, public) = (web::Data::new(front(sender, Arc::clone(&elsewhere))), web::Data::new(PublicAddress::new(None, address)));
    let metrics = web::Data::new(Metrics::new().unwrap());
    let server = HttpServer::new(move || {
        let app = App::new().app_data(front.clone()).app_data(public.clone()).app_data(metrics.clone());
        app.configure(routes).wrap(from_fn(observe))
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let (handle, served) = (server.handle(), tokio::spawn(server));
    let asked = tokio::task::spawn_blocking(move || {
        let mut waiting = Vec::new();
        // More than there are places, one after the other.
        for (body, discretion) in [
            ("nothing", Discretion::Nothing),
            ("picked", Discretion::Picked),
            ("elsewhere", Discretion::Nothing),
            ("nothing", Discretion::Nothing),
        ] {
            waiting.push(asking(address, body));
            assert_eq!(held.recv().unwrap(), discretion, "{body}");
        }
        let mut answer = String::new();
        asking(address, "found").read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("found"), "{answer}");
        assert!(waiting.iter_mut().all(waits), "an answer has left before its tick");
        assert!(held.try_recv().is_err(), "what was found was held");
    });
    asked.await.unwrap();
    // Whoever gets an answer elsewhere could count the time until it comes there.
    let told = tokio::time::timeout(Duration::ZERO, elsewhere.notified()).await;
    assert!(told.is_err(), "an answer is on its way elsewhere before its tick");
    handle.stop(false).await;
    served.await.unwrap().unwrap();
}
